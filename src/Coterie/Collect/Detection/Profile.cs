namespace Coterie.Collect;

/// <summary>What the sampled values of one column look like.</summary>
sealed class Profile
{
    public Profile(SourceColumn column)
    {
        Column = column;
        var present = column.Present;
        Rows = column.Values.Count;
        Filled = Rows == 0 ? 0 : (double)present.Count / Rows;
        Frequencies = [.. present.GroupBy(v => v).Select(g => new ValueCount(g.Key, g.Count())).OrderByDescending(v => v.Count)
            .ThenBy(v => v.Value, StringComparer.Ordinal)];
        Format = NumberFormat.Of(present);
        Numbers = Format is null ? [] : [.. present.Select(Format.Read).OfType<double>()];
        NumberShare = present.Count == 0 ? 0 : (double)Numbers.Count / present.Count;
        TimeShare = column.Type.StartsWith("TIMESTAMP", StringComparison.Ordinal)
            || column.Type == "DATE" ? 1 : TimeFormats.ShareOf(present);
    }

    /// <summary>A value and how often it occurs.</summary>
    public sealed record ValueCount(string Value, int Count);

    public SourceColumn Column { get; }

    public int Rows { get; }

    /// <summary>Share of rows that have a value.</summary>
    public double Filled { get; }

    /// <summary>Distinct values, the frequent first.</summary>
    public IReadOnlyList<ValueCount> Frequencies { get; }

    public int Distinct => Frequencies.Count;

    public int Count => Column.Present.Count;

    /// <summary>How the numbers are written; null where no value is one.</summary>
    public NumberFormat? Format { get; }

    public IReadOnlyList<double> Numbers { get; }

    public double NumberShare { get; }

    /// <summary>Share of values that are times of one format.</summary>
    public double TimeShare { get; }

    public bool IsNumber => Count > 0 && NumberShare >= 0.7;

    /// <summary>Share of the numbers that are whole.</summary>
    public double WholeShare => Numbers.Count == 0 ? 0 : (double)Numbers.Count(n => n == Math.Floor(n)) / Numbers.Count;

    public bool HasFractions => IsNumber && (WholeShare < 0.7 || FormatShowsCents);

    /// <summary>Numbers such as 12.00 or 7,50: two digits behind the point everywhere, which ids never have.</summary>
    bool FormatShowsCents => Format is { } f
        && Column.Present.Count(v => v.Length > 3 && v.TrimEnd(' ', '€', '$', '£', '¥') is { Length: > 3 } t
            && t[^3] == f.Decimal) > 0.8 * Count;

    public bool IsConstant => Distinct <= 1;

    public bool IsUnique => Count > 0 && Distinct == Count;

    /// <summary>Words separated by space, on average; a text in Chinese or Japanese counts a word for every four signs.</summary>
    public double Words => Count == 0 ? 0
        : Column.Present.Average(v => Math.Max(v.Count(c => c == ' ') + 1, v.Count(c => c >= '\u2E80') / 4.0));

    /// <summary>Share of rows whose value satisfies a test.</summary>
    public double ShareOf(Func<string, bool> test) => Count == 0 ? 0 : (double)Frequencies
        .Where(f => test(f.Value)).Sum(f => f.Count) / Count;

    /// <summary>Mostly times, of one format or of several.</summary>
    public bool IsTime => Count > 0 && (TimeShare >= 0.5 || Column.Present.Count(v => TimeShape.Of(v) is not null) >= 0.6 * Count);

    /// <summary>Whole numbers whose values lie in the range of a clock: a time only if nothing speaks for an id.</summary>
    public bool IsBareNumberTime => IsTime && Column.Present.Take(50).All(v => v.All(char.IsAsciiDigit));

    /// <summary>Hours and minutes without a day.</summary>
    public bool IsClock => Count > 0 && ShareOf(IsClockValue) >= 0.9;

    static bool IsClockValue(string v)
    {
        var parts = v.Trim().Split(':');
        return parts.Length is 2 or 3 && parts.All(p => p.Length is 1 or 2 && p.All(char.IsAsciiDigit)) && int.Parse(parts[0]) < 24
            && int.Parse(parts[1]) < 60;
    }

    public bool IsEmail => Count > 0
        && ShareOf(v => v.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && v.IndexOf('.', at) > at) > 0.9;

    public bool IsUuid => Count > 0 && ShareOf(v => v.Length >= 32 && Guid.TryParse(v, out _)) > 0.9;
}
