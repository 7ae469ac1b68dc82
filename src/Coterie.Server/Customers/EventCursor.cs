using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Coterie.Server.Customers;

/// <summary>The last event of a page; the page after it begins with the next older one.</summary>
readonly record struct EventCursor(DateTime Time, string Id)
{
    const int Longest = 2000;

    /// <summary>As addresses carry it.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Time.Ticks}:{Id}")));

    /// <returns>Null for what is no cursor.</returns>
    public static EventCursor? Of(string text)
    {
        if (text.Length > Longest || !Base64Url.IsValid(text)) return null;
        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(':', 2) is [var ticks, var id]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var t) && t <= DateTime.MaxValue.Ticks ? new(new DateTime(t, DateTimeKind.Unspecified), id) : null;
    }
}
