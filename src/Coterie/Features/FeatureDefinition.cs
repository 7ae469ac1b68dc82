namespace Coterie.Features;

/// <summary>A feature and the SQL expression that gives it: over the tables of sums (<see cref="SumTables"/>), one row a customer.</summary>
/// <param name="Feature">What it is.</param>
/// <param name="Sql">The expression; NULL where the customer has nothing to measure.</param>
sealed record FeatureDefinition(Feature Feature, string Sql)
{
    /// <summary>The expression in data without a single purchase, where it differs.</summary>
    public string? SqlWithoutPurchases { get; init; }

    public string SqlFor(FeatureScope scope) => scope.HasKind("purchase") ? Sql : SqlWithoutPurchases ?? Sql;
}

/// <summary>A phrase for a segment's name in both languages.</summary>
sealed record Phrase(string En, string Zh);

/// <summary>Short ways to write the expressions of a family.</summary>
static class FeatureSql
{
    /// <summary>a / b, NULL where b is 0 or NULL.</summary>
    public static string Ratio(string a, string b) => $"CAST({a} AS DOUBLE) / nullif(CAST({b} AS DOUBLE), 0)";

    /// <summary>A count: 0 for a customer without a row.</summary>
    public static string Count(string column) => $"coalesce({column}, 0)";

    /// <summary>A sum of whole numbers as a 64-bit number: what follows is faster than on an engine's wider type.</summary>
    public static string Sum(string whole) => $"CAST(sum({whole}) AS BIGINT)";

    /// <summary>Days from a moment (in seconds) to the as-of instant.</summary>
    public static string DaysSince(string second) => $"($now - {second}) / 86400.0";

    /// <summary>The value if the condition holds, else NULL.</summary>
    public static string If(string condition, string value) => $"CASE WHEN {condition} THEN {value} END";

    /// <summary>The largest of several values, none of them NULL for a customer who has any.</summary>
    public static string Largest(IEnumerable<string> values) => $"greatest({string.Join(", ", values)})";

    /// <summary>Shannon entropy in bits of whole-number counts, in the order written; 0 log 0 is 0.</summary>
    public static string Entropy(IReadOnlyList<string> counts, string total)
    {
        var terms = counts.Select(c => $"CASE WHEN {c} > 0 THEN {c} * log2({c}) ELSE 0 END");
        // A rounding error must not make an entropy of zero negative.
        return If($"{total} > 0", $"greatest(0.0, log2({total}) - ({string.Join(" + ", terms)}) / CAST({total} AS DOUBLE))");
    }
}
