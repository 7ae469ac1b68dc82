using System.Buffers;
using System.Globalization;

namespace Coterie;

/// <summary>Keeps text from being taken for a formula by a spreadsheet that opens a file of ours (OWASP ASVS 5.0, 1.2.10).</summary>
/// <remarks>A value is guarded by one apostrophe in front when its first character, apostrophes aside, is
/// = + - @, their full-width forms, TAB, CR, LF or NUL. A plain number such as -5 keeps its form: it is no formula, and ids must stay
/// what they are. <see cref="Restore"/> undoes <see cref="Guard"/> for every text.</remarks>
public static class SpreadsheetText
{
    static readonly SearchValues<char> Starts = SearchValues.Create("=+-@\t\r\n\0＝＋－＠");
    static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    public static string Guard(string value)
    {
        var rest = value.AsSpan().TrimStart('\'');
        if (rest.IsEmpty || !Starts.Contains(rest[0])) return value;
        return rest.Length == value.Length && IsPlainNumber(rest) ? value : "'" + value;
    }

    public static string Restore(string value)
    {
        var rest = value.AsSpan().TrimStart('\'');
        return rest.Length < value.Length && !rest.IsEmpty && Starts.Contains(rest[0]) ? value[1..] : value;
    }

    /// <summary>An optional sign, digits, and at most one decimal point: nothing that a spreadsheet computes.</summary>
    static bool IsPlainNumber(ReadOnlySpan<char> value)
    {
        var digits = value[0] is '+' or '-' ? value[1..] : value;
        return !digits.IsEmpty && char.IsAsciiDigit(digits[0]) && char.IsAsciiDigit(digits[^1])
            && digits.IndexOfAnyExcept(NumberCharacters) < 0
            && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
    }
}
