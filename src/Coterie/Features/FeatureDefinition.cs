namespace Coterie.Features;

/// <summary>A feature and the SQL expression that gives it: over the tables of sums (<see cref="FeatureTables"/>), one row a customer.</summary>
/// <param name="Feature">What it is.</param>
/// <param name="Sql">The expression; NULL where the customer has nothing to measure.</param>
sealed record FeatureDefinition(Feature Feature, Func<FeatureScope, string> Sql);

/// <summary>Short ways to write the expressions of a family.</summary>
static class FeatureSql
{
    /// <summary>a / b, NULL where b is 0 or NULL.</summary>
    public static string Ratio(string a, string b) => $"CAST({a} AS DOUBLE) / nullif(CAST({b} AS DOUBLE), 0)";

    /// <summary>A count: 0 for a customer without a row.</summary>
    public static string Count(string column) => $"coalesce({column}, 0)";

    /// <summary>Seconds as days.</summary>
    public static string Days(string seconds) => $"({seconds}) / 86400.0";

    /// <summary>Days from a moment (in seconds) to the as-of instant.</summary>
    public static string DaysSince(string second) => Days($"$now - {second}");

    /// <summary>The value if the condition holds, else NULL.</summary>
    public static string If(string condition, string value) => $"CASE WHEN {condition} THEN {value} END";

    /// <summary>The largest of several non-null values.</summary>
    public static string Largest(IEnumerable<string> values) => $"greatest({string.Join(", ", values)})";
}
