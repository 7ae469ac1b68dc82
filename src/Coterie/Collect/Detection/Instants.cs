namespace Coterie.Collect;

/// <summary>Sampled times as numbers, good enough to compare: day and month may be taken the wrong way round, zones are ignored.</summary>
static class Instants
{
    /// <summary>Seconds since 1970, or NaN.</summary>
    public static double Rough(string value)
    {
        if (TimeShape.Of(value) is not { } shape) return double.NaN;
        if (shape.Pattern.StartsWith("epoch", StringComparison.Ordinal))
        {
            var scale = shape.Pattern switch { "epoch milliseconds" => 1e3, "epoch microseconds" => 1e6, "epoch nanoseconds" => 1e9,
                _ => 1 };
            return double.Parse(value.Trim()) / scale;
        }

        // Numbers in the order of the pattern's codes.
        var numbers = new List<int>();
        var number = -1;
        foreach (var c in value + " ")
        {
            if (char.IsAsciiDigit(c) && number < 10_000_000) number = (Math.Max(0, number) * 10) + (c - '0');
            else if (number >= 0)
            {
                numbers.Add(number);
                number = -1;
            }
        }

        if (shape.Pattern.StartsWith("%Y%m%d", StringComparison.Ordinal)) return Packed(value.Trim());
        var codes = shape.Pattern.Split('%', StringSplitOptions.RemoveEmptyEntries).Select(c => c[0])
            .Where(c => c is not ('b' or 'B' or 'a' or 'A' or 'p' or 'z')).ToList();
        int Get(char code, int otherwise) => codes.IndexOf(code) is >= 0 and var at && at < numbers.Count ? numbers[at] : otherwise;
        var year = Get('Y', Get('y', 70) + 2000);
        var month = shape.Pattern.Contains("%b", StringComparison.OrdinalIgnoreCase) ? MonthOf(value)
            : Get('m', shape.First > 12 ? shape.Second : Get('1', 1));
        var day = Get('d', shape.First > 12 ? shape.First : Get('2', 1));
        if (month > 12) (month, day) = (day, month);
        var hour = Get('H', Get('I', 0)) % 24 + (value.Contains("pm", StringComparison.OrdinalIgnoreCase) ? 12 : 0);
        return (((year * 372.0) + (month * 31) + day - ((1970 * 372) + 32)) * 86_400) + (hour * 3600) + (Get('M', 0) * 60) + Get('S', 0);
    }

    static double Packed(string digits)
    {
        int Part(int at, int length) => digits.Length >= at + length ? int.Parse(digits.AsSpan(at, length)) : 0;
        var days = (Part(0, 4) * 372.0) + (Part(4, 2) * 31) + Part(6, 2) - ((1970 * 372) + 32);
        return (days * 86_400) + (Part(8, 2) * 3600) + (Part(10, 2) * 60) + Part(12, 2);
    }

    static int MonthOf(string value)
    {
        string[] months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        return 1 + Math.Max(0, Array.FindIndex(months, m => value.Contains(m, StringComparison.OrdinalIgnoreCase)));
    }
}
