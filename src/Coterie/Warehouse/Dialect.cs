namespace Coterie.Warehouse;

/// <summary>The SQL that differs between engines, and nothing else. Each engine has one file that answers these.</summary>
public abstract class Dialect
{
    /// <summary>An identifier, quoted: a name with quotes or SQL in it stays a name.</summary>
    public abstract string Name(string identifier);

    /// <summary>A text literal, for the few places where the engine takes no parameter.</summary>
    public abstract string Text(string value);

    /// <summary>Seconds since 1970-01-01 of a timestamp, as a whole number.</summary>
    public abstract string EpochSeconds(string timestamp);

    /// <summary>Hour of the day 0..23 of a timestamp.</summary>
    public abstract string Hour(string timestamp);

    /// <summary>Day of the week, Monday 1 to Sunday 7.</summary>
    public abstract string Weekday(string timestamp);

    /// <summary>Month 1..12 of a timestamp.</summary>
    public abstract string Month(string timestamp);

    /// <summary>The day of a timestamp, as a date.</summary>
    public abstract string Day(string timestamp);

    /// <summary>A sum that does not depend on the order of rows: doubles are rounded to 1e-4 and added as whole numbers.
    /// With <paramref name="filter"/>, only rows for which it holds. Values must be finite and below 9e14; cleaning sees to it.</summary>
    public abstract string ExactSum(string expression, string? filter = null);

    /// <summary>How many rows satisfy a condition.</summary>
    public abstract string CountIf(string condition);

    /// <summary>A 64-bit hash of a text, the same on every thread, for sampling by id.</summary>
    public abstract string Hash(string expression);

    /// <summary>A timestamp from seconds since 1970-01-01.</summary>
    public abstract string FromEpochSeconds(string seconds);

    /// <summary>Whole-number quotient of two whole numbers.</summary>
    public abstract string Quotient(string dividend, string divisor);

    /// <summary>Population standard deviation that does not depend on the order of rows: values are sorted before they are added.</summary>
    public abstract string StandardDeviation(string expression);

    /// <summary>The head of a statement that makes a temporary table of this session from the SELECT that follows it.</summary>
    public abstract string CreateTemporary(string table);

    /// <summary>The type of a list of single-precision numbers.</summary>
    public abstract string FloatList { get; }

    /// <summary>A list of expressions.</summary>
    public abstract string ListOf(IEnumerable<string> expressions);

    /// <summary>An item of a list, counted from 1.</summary>
    public abstract string Item(string list, int number);
}
