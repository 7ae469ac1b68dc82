namespace Coterie.Warehouse.DuckDb;

/// <summary>DuckDB's words for what differs between engines.</summary>
public sealed class DuckDbDialect : Dialect
{
    public static readonly DuckDbDialect Instance = new();

    public override string Name(string identifier) => $"\"{identifier.Replace("\"", "\"\"")}\"";

    public override string Text(string value) => $"'{value.Replace("'", "''")}'";

    public override string EpochSeconds(string timestamp) => $"CAST(epoch_us({timestamp}) // 1000000 AS BIGINT)";

    public override string Hour(string timestamp) => $"hour({timestamp})";

    public override string Weekday(string timestamp) => $"isodow({timestamp})";

    public override string Month(string timestamp) => $"month({timestamp})";

    public override string Day(string timestamp) => $"CAST({timestamp} AS DATE)";

    public override string ExactSum(string expression, string? filter = null)
    {
        var where = filter is null ? "" : $" FILTER (WHERE {filter})";
        return $"(coalesce(sum(CAST(round(({expression}) * 10000) AS BIGINT)){where}, 0) / 10000.0)";
    }

    public override string CountIf(string condition) => $"count(*) FILTER (WHERE {condition})";

    // The high bits of MD5: DuckDB's own hash() may change between versions, and a sample must not.
    public override string Hash(string expression) => $"md5_number_upper({expression})";

    public override string FromEpochSeconds(string seconds) => $"make_timestamp(CAST({seconds} AS BIGINT) * 1000000)";

    public override string Quotient(string dividend, string divisor) => $"(({dividend}) // ({divisor}))";

    // stddev_pop(x ORDER BY x) gives the same and costs four times as much.
    public override string StandardDeviation(string expression) => $"list_aggregate(list_sort(list({expression})), 'stddev_pop')";

    public override string CreateTemporary(string table) => $"CREATE OR REPLACE TEMP TABLE {Name(table)} AS";

    public override string FloatList => "FLOAT[]";

    public override string ListOf(IEnumerable<string> expressions) => $"[{string.Join(", ", expressions)}]";

    public override string Item(string list, int number) => $"{list}[{number}]";
}
