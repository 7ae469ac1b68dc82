using System.Security.Cryptography;
using System.Text;

namespace Coterie.Activation;

/// <summary>E-mail addresses and phone numbers as advertising platforms compare them: brought to one form, then hashed, once.</summary>
public static class AdIdentifiers
{
    /// <summary>The hash of an e-mail address: without white space around it, in lower case, SHA-256 in lower-case hex. What is such a hash already stays one.</summary>
    /// <returns>Null where it is no address.</returns>
    public static string? Email(string text)
    {
        var address = text.Trim().ToLowerInvariant();
        if (IsHash(address)) return address;
        var at = address.IndexOf('@', StringComparison.Ordinal);
        var domain = address[(at + 1)..];
        var fine = at > 0 && domain.IndexOf('.', StringComparison.Ordinal) > 0 && !domain.Contains('@', StringComparison.Ordinal) && !domain.EndsWith('.')
            && !address.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ',' or ';' or '<' or '>' or '"');
        return fine ? Hash(address) : null;
    }

    /// <summary>The hash of a phone number: digits with country code, and + before them where <paramref name="plus"/>; SHA-256 in lower-case hex. What is such a hash
    /// already stays one.</summary>
    /// <param name="callingCode">Country code, such as 44, of numbers that are written without one; null: such numbers are not used.</param>
    /// <returns>Null where it is no number, or lacks its country code.</returns>
    public static string? Phone(string text, string? callingCode, bool plus) =>
        text.Trim().ToLowerInvariant() is var trimmed && IsHash(trimmed) ? trimmed : International(trimmed, callingCode) is { } digits ? Hash(plus ? "+" + digits : digits) : null;

    /// <summary>A number's digits from the country code on (E.164: at most 15, and no code begins with 0).</summary>
    internal static string? International(string text, string? callingCode)
    {
        // An area code's zero in brackets, +44 (0)20 …, is dialled only inside the country.
        var written = text.StartsWith('+') || text.StartsWith("00", StringComparison.Ordinal) ? text.Replace("(0)", "", StringComparison.Ordinal) : text;
        var digits = new StringBuilder();
        for (var i = 0; i < written.Length; i++)
        {
            var c = written[i];
            if (char.IsAsciiDigit(c)) digits.Append(c);
            else if (!(c is ' ' or '-' or '.' or '(' or ')' or '/' or '\u00A0' || (c == '+' && i == 0))) return null;
        }

        var number = digits.ToString();
        if (written.StartsWith('+')) { }
        else if (number.StartsWith("00", StringComparison.Ordinal)) number = number[2..];
        else if (callingCode is null) return null;
        else if (!(number.StartsWith(callingCode, StringComparison.Ordinal) && number.Length - callingCode.Length >= 9 && number.Length >= 11))
        {
            // Italy's numbers keep their zero.
            number = callingCode + (callingCode == "39" ? number : number.TrimStart('0'));
        }

        return number.Length is >= 8 and <= 15 && number[0] != '0' ? number : null;
    }

    static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
