using System.Globalization;
using System.Text.Json;

namespace Coterie.Server.Collector;

/// <summary>Instants as clients write them: ISO 8601, or seconds or milliseconds since 1970.</summary>
static class WireTime
{
    // Seconds until the year 5138, milliseconds from 1973 on.
    const double LargestSeconds = 1e11;

    /// <summary>The instant of a member; null where it is absent, null, or no instant (see <see cref="IsWrong"/>).</summary>
    public static DateTime? Of(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? Of(value) : null;

    /// <summary>Whether a member is there and cannot be read.</summary>
    public static bool IsWrong(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) && Of(value) is null;

    static DateTime? Of(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)) return Of(number);
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 and < 64 } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            && text.Length >= 8 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[3])) return time.UtcDateTime;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) ? Of(number) : null;
    }

    static DateTime? Of(double number)
    {
        var milliseconds = Math.Abs(number) < LargestSeconds ? number * 1000 : number;
        return milliseconds is > -6.2e13 and < 2.5e14 ? DateTime.UnixEpoch.AddMilliseconds(milliseconds) : null;
    }

    /// <summary>When it happened: an explicit timestamp wins; else the sender's clock is corrected by how far it was off when it sent; else it is now.
    /// RudderStack's client puts the time of sending into originalTimestamp, so that must not come first.</summary>
    public static DateTime Happened(DateTime? timestamp, DateTime? original, DateTime? sent, DateTime received)
    {
        if (timestamp is { } explicitly) return explicitly;
        if (original is not { } by) return received;
        if (sent is not { } at) return by;
        var ago = at - by;
        return received - ago is var then && ago.Duration() < received - DateTime.MinValue ? then : by;
    }

    public static string Iso(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
