using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Coterie.Server.Live;

/// <summary>A place in an order of members: the key and the id of the last one that was shown, not a number of rows, so that it stays true when a newer run
/// has other members.</summary>
readonly record struct MemberCursor(MemberOrder Order, bool Descending, double Key, string Id)
{
    public string Write() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{(int)Order}{(Descending ? 'd' : 'a')}{BitConverter.DoubleToInt64Bits(Key):x16}{Id}")));

    /// <exception cref="ConfigurationException">It is no cursor, or one of another order.</exception>
    public static MemberCursor Read(string text, MemberQuery query)
    {
        try
        {
            var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
            if (plain.Length >= 18 && plain[0] is >= '0' and < (char)('0' + MemberLayout.OrderCount) && plain[1] is 'a' or 'd'
                && long.TryParse(plain.AsSpan(2, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
                && BitConverter.Int64BitsToDouble(bits) is var key && !double.IsNaN(key))
            {
                var cursor = new MemberCursor((MemberOrder)(plain[0] - '0'), plain[1] == 'd', key, plain[18..]);
                if (cursor.Order == query.Order && cursor.Descending == query.Descending) return cursor;
                throw new ConfigurationException($"The cursor is of another order ({cursor.Order}{(cursor.Descending ? ", descending" : "")}); begin again without one.", "此页链接属于另一种排序，请从首页重新开始。");
            }
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new ConfigurationException("The cursor is not one that a page gave; begin again without one.", "此页链接无效，请从首页重新开始。");
    }
}
