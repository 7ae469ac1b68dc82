using System.Globalization;

namespace Coterie.Tables;

/// <summary>Reads one decimal number from bytes.</summary>
static class TextNumber
{
    // Powers of ten that a double holds exactly.
    static readonly double[] Powers =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>A number at <paramref name="at"/>, which then stands behind it. Up to 19 digits and 22 decimal places are worked out by one
    /// product or quotient, within two units in the last place of a double: far below single precision. Longer ones go the slow way.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public static bool Read(ReadOnlySpan<byte> text, ref int at, out double value)
    {
        var i = at;
        var negative = false;
        if (i < text.Length && (text[i] is (byte)'-' or (byte)'+')) negative = text[i++] == (byte)'-';
        ulong mantissa = 0;
        int digits = 0, exponent = 0, seen = i;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
        {
            if (digits >= 19) exponent++;
            else
            {
                mantissa = mantissa * 10 + (uint)(text[i] - '0');
                if (mantissa > 0) digits++;
            }
        }

        var places = i - seen;
        if (i < text.Length && text[i] == '.')
        {
            i++;
            seen = i;
            for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
            {
                if (digits >= 19) continue;
                mantissa = mantissa * 10 + (uint)(text[i] - '0');
                if (mantissa > 0) digits++;
                exponent--;
            }

            places += i - seen;
        }

        value = 0;
        if (places == 0) return false;
        if (i < text.Length && (text[i] | 0x20) == 'e')
        {
            var e = i + 1;
            var down = false;
            if (e < text.Length && (text[e] is (byte)'-' or (byte)'+')) down = text[e++] == (byte)'-';
            var from = e;
            var written = 0;
            for (; e < text.Length && (uint)(text[e] - '0') <= 9; e++) written = Math.Min(100_000, written * 10 + (text[e] - '0'));
            if (e > from)
            {
                exponent += down ? -written : written;
                i = e;
            }
        }

        if (mantissa == 0) value = 0;
        else if (exponent is >= -22 and <= 22) value = exponent < 0 ? mantissa / Powers[-exponent] : mantissa * Powers[exponent];
        else if (!double.TryParse(text[at..i], NumberStyles.Float, CultureInfo.InvariantCulture, out value)) return false;
        else negative = false;
        if (negative) value = -value;
        at = i;
        return true;
    }
}
