using System.Text;

namespace Coterie.Collect;

/// <summary>How one written time is built, seen from its signs alone.</summary>
/// <param name="Pattern">A strptime pattern; %1 and %2 stand for day and month where the signs do not tell which is which.</param>
/// <param name="First">The number at %1, else 0.</param>
/// <param name="Second">The number at %2, else 0.</param>
/// <param name="Iso">Year, month, day in that order with - or /, which the engine reads by itself (ISO 8601 and near).</param>
sealed record TimeShape(string Pattern, int First, int Second, bool HasTime, bool Midnight, bool HasOffset, bool Iso)
{
    static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december"];
    static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    // Times of Unix clocks between 1990 and 2100, so that other numbers are seldom taken for them.
    public const long MinEpochSeconds = 631_152_000;
    public const long MaxEpochSeconds = 4_102_444_800;

    /// <summary>The shape of a value, or null when it is no time.</summary>
    public static TimeShape? Of(string value)
    {
        value = value.Trim();
        if (value.Length is < 6 or > 45) return null;
        if (value.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0) return OfDigits(value);
        return OfDecimalSeconds(value) ?? new Scanner(value).Read();
    }

    static TimeShape? OfDigits(string value)
    {
        if (value.Length is 8 or 12 or 14 && Calendar(value))
            return new(value.Length switch { 8 => "%Y%m%d", 12 => "%Y%m%d%H%M", _ => "%Y%m%d%H%M%S" }, 0, 0, value.Length > 8, false,
                false, false);
        if (value.Length > 19 || !long.TryParse(value, out var number)) return null;
        foreach (var (name, factor) in new[] { ("epoch seconds", 1L), ("epoch milliseconds", 1_000L), ("epoch microseconds", 1_000_000L),
            ("epoch nanoseconds", 1_000_000_000L) })
        {
            var seconds = number / factor;
            if (seconds is >= MinEpochSeconds and < MaxEpochSeconds) return new(name, 0, 0, true, seconds % 86_400 == 0, true, false);
        }

        return null;
    }

    static TimeShape? OfDecimalSeconds(string value)
    {
        var point = value.IndexOf('.');
        if (point is < 9 or > 10 || value.AsSpan(0, point).IndexOfAnyExceptInRange('0', '9') >= 0
            || value.AsSpan(point + 1).IndexOfAnyExceptInRange('0', '9') >= 0) return null;
        return long.Parse(value.AsSpan(0, point)) is >= MinEpochSeconds and < MaxEpochSeconds
            ? new("epoch seconds with fraction", 0, 0, true, false, true, false)
            : null;
    }

    static bool Calendar(string digits)
    {
        var year = int.Parse(digits.AsSpan(0, 4));
        var month = int.Parse(digits.AsSpan(4, 2));
        var day = int.Parse(digits.AsSpan(6, 2));
        if (year is < 1900 or > 2100 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        return digits.Length == 8 || (int.Parse(digits.AsSpan(8, 2)) < 24 && int.Parse(digits.AsSpan(10, 2)) < 60
            && (digits.Length == 12 || int.Parse(digits.AsSpan(12, 2)) < 61));
    }

    /// <summary>Walks over one value and writes its pattern.</summary>
    sealed class Scanner(string s)
    {
        readonly StringBuilder pattern = new();
        int i;
        int first;
        int second;
        bool iso;
        bool hasTime;
        bool midnight = true;
        bool offset;

        public TimeShape? Read()
        {
            Weekday();
            if (!Date()) return null;
            if (i < s.Length && !Clock()) return null;
            if (i < s.Length && !Zone()) return null;
            if (i < s.Length) return null;
            return new TimeShape(pattern.ToString(), first, second, hasTime, midnight, offset, iso && pattern.Length > 0);
        }

        void Weekday()
        {
            var word = Word(i);
            if (word.Length < 3) return;
            var day = Array.FindIndex(Days, d => d == word || (word.Length == 3 && d.StartsWith(word, StringComparison.Ordinal)));
            if (day < 0) return;
            pattern.Append(word.Length == 3 ? "%a" : "%A");
            i += word.Length;
            Literal(',');
            Literal(' ');
        }

        bool Date() => Word(i).Length >= 3 ? MonthFirst() : DigitsAt(i) == 4 ? YearFirst() : DigitsAt(i) is 1 or 2 && DayOrMonthFirst();

        bool YearFirst()
        {
            var year = Number("%Y");
            if (i >= s.Length || s[i] is not ('-' or '/' or '.' or '年')) return false;
            var separator = s[i];
            pattern.Append(separator);
            i++;
            if (Word(i).Length >= 3) return Month() && Literal(separator) && DigitsAt(i) is 1 or 2 && Number("%d") is > 0 and <= 31;
            if (DigitsAt(i) is not (1 or 2) || Number("%m") is < 1 or > 12) return false;
            if (!Literal(separator == '年' ? '月' : separator)) return false;
            if (DigitsAt(i) is not (1 or 2) || Number("%d") is < 1 or > 31) return false;
            if (separator == '年' && !Literal('日') && !Literal('号')) return false;
            iso = separator is '-' or '/';
            return year is >= 1000;
        }

        bool MonthFirst()
        {
            if (!Month()) return false;
            Literal('.');
            Literal(' ');
            if (DigitsAt(i) is not (1 or 2) || Number("%d") is < 1 or > 31) return false;
            if (i + 1 < s.Length && s[i..].StartsWith("th", StringComparison.OrdinalIgnoreCase)) return false;
            if (!Literal(',')) Literal(' ');
            else Literal(' ');
            return DigitsAt(i) == 4 && Number("%Y") >= 1000;
        }

        bool DayOrMonthFirst()
        {
            var start = pattern.Length;
            var a = Number("%1");
            Literal('.');
            var separator = i < s.Length && s[i] is '/' or '-' or ' ' ? s[i] : '\0';
            if (pattern.Length > start + 2) separator = '.';
            else if (separator != '\0') Literal(separator);
            if (separator == '.') Literal(' ');
            if (Word(i).Length >= 3)
            {
                pattern.Replace("%1", "%d", start, 2);
                if (a is < 1 or > 31 || !Month()) return false;
                if (!Literal(separator) && !Literal(' ') && !Literal('-')) return false;
                return Year();
            }

            if (separator is '\0' or ' ' || DigitsAt(i) is not (1 or 2)) return false;
            var b = Number("%2");
            if (!Literal(separator)) return false;
            if (!Year() || a is < 1 or > 31 || b is < 1 or > 31 || (a > 12 && b > 12)) return false;
            (first, second) = (a, b);
            return true;
        }

        bool Year() => DigitsAt(i) switch { 4 => Number("%Y") >= 1000, 2 => Number("%y") >= 0, _ => false };

        bool Month()
        {
            var word = Word(i);
            var month = Array.FindIndex(Months, m => m == word || (word.Length == 3 && m.StartsWith(word, StringComparison.Ordinal)));
            if (month < 0) return false;
            pattern.Append(word.Length == 3 ? "%b" : "%B");
            i += word.Length;
            return true;
        }

        bool Clock()
        {
            var before = i;
            if (Literal('T'))
            {
            }
            else
            {
                Literal(',');
                if (!Literal(' ')) iso = false;
                while (Literal(' ')) iso = false;
            }

            if (DigitsAt(i) is not (1 or 2))
            {
                i = before;
                return Zone();
            }

            var hour = Number("%H");
            var mark = pattern.Length - 2;
            if (Literal('时') || Literal('時')) return Chinese(hour);
            if (i == s.Length)
            {
                // Day and hour only, as the Tianchi data have it.
                iso = false;
                hasTime = true;
                midnight = hour == 0;
                return hour < 24;
            }

            if (!Literal(':') || DigitsAt(i) != 2) return false;
            var minute = Number("%M");
            var rest = 0;
            if (Literal(':'))
            {
                if (DigitsAt(i) != 2) return false;
                rest = Number("%S");
                if (i < s.Length && s[i] is '.' or ',' && DigitsAt(i + 1) > 0)
                {
                    iso &= s[i] == '.';
                    Literal(s[i]);
                    pattern.Append("%f");
                    var digits = DigitsAt(i);
                    rest += s.AsSpan(i, digits).IndexOfAnyExcept('0') >= 0 ? 1 : 0;
                    i += digits;
                }
            }

            HalfDay(mark);
            hasTime = true;
            midnight = hour == 0 && minute == 0 && rest == 0;
            return hour <= 24 && minute < 60;
        }

        bool Chinese(int hour)
        {
            if (DigitsAt(i) is not (1 or 2)) return false;
            var minute = Number("%M");
            if (!Literal('分')) return false;
            var second = 0;
            if (DigitsAt(i) is 1 or 2)
            {
                second = Number("%S");
                if (!Literal('秒')) return false;
            }

            hasTime = true;
            midnight = hour + minute + second == 0;
            return true;
        }

        void HalfDay(int hourMark)
        {
            var at = i < s.Length && s[i] == ' ' ? i + 1 : i;
            var word = Word(at);
            if (word is not ("am" or "pm")) return;
            if (at > i) Literal(' ');
            i += 2;
            pattern.Replace("%H", "%I", hourMark, 2);
            pattern.Append("%p");
            iso = false;
        }

        bool Zone()
        {
            var spaced = s[i] == ' ';
            if (spaced) pattern.Append(s[i++]);
            if (i >= s.Length) return false;
            offset = true;
            var word = s[i..];
            if (word is "Z" or "z" or "UTC" or "GMT")
            {
                pattern.Append(word);
                i = s.Length;
                iso &= word is "Z" or "UTC";
                return hasTime;
            }

            if (s[i] is not ('+' or '-')) return false;
            var digits = DigitsAt(i + 1);
            var end = i + 1 + digits;
            if (digits == 2 && end + 2 < s.Length && s[end] == ':') end += 3;
            else if (digits is not (2 or 4)) return false;
            pattern.Append("%z");
            i = end;
            iso &= !spaced;
            return hasTime;
        }

        int DigitsAt(int at)
        {
            var n = 0;
            while (at + n < s.Length && char.IsAsciiDigit(s[at + n])) n++;
            return n;
        }

        string Word(int at)
        {
            var n = 0;
            while (at + n < s.Length && char.IsAsciiLetter(s[at + n])) n++;
            return s.Substring(Math.Min(at, s.Length), n).ToLowerInvariant();
        }

        int Number(string code)
        {
            var digits = DigitsAt(i);
            var number = digits is > 0 and < 9 ? int.Parse(s.AsSpan(i, digits)) : -1;
            pattern.Append(code);
            i += digits;
            return number;
        }

        bool Literal(char c)
        {
            if (i >= s.Length || s[i] != c) return false;
            pattern.Append(c);
            i++;
            return true;
        }
    }
}
