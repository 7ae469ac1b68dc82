using Coterie.Warehouse;

namespace Coterie.Features;

/// <summary>A table of sums, one row a customer: the name that expressions call it by, and the steps that make it, in order.</summary>
sealed record SumTable(string Alias, string Table, params IReadOnlyList<Func<FeatureScope, Step>> Steps);

/// <summary>The tables over which features are expressions. A table is made only if a feature asks for it.</summary>
static class SumTables
{
    public static readonly IReadOnlyList<SumTable> All =
    [
        new("visits", "features_visits", SeenSteps.Seen, VisitSteps.Parts, VisitSteps.Marked, VisitSteps.Visits, VisitSteps.Sums),
        new("days", "features_days", SeenSteps.Seen, VisitSteps.Parts, VisitSteps.Marked, VisitSteps.Visits, VisitSteps.Sums,
            VisitSteps.Days),
        new("views", "features_views", SeenSteps.Seen, InterestSteps.Views),
        new("carts", "features_carts", SeenSteps.Seen, InterestSteps.Carts),
        new("actions", "features_actions", SeenSteps.Seen, InterestSteps.Actions),
        new("categories", "features_categories", SeenSteps.Seen, InterestSteps.Categories),
        new("orders", "features_orders", SeenSteps.Lines, OrderSteps.Orders, OrderSteps.Sums),
        new("gaps", "features_gaps", SeenSteps.Lines, OrderSteps.Orders, OrderSteps.Gaps),
        new("bought", "features_bought", SeenSteps.Lines, OrderSteps.Bought),
        new("prices", "features_prices", SeenSteps.Lines, OrderSteps.Prices),
        new("refunds", "features_refunds", SeenSteps.Lines, OrderSteps.Refunds),
        new("brands", "features_brands", s => SeenSteps.ValueCounts(s, "brand"),
            s => InterestSteps.Values(s, "brand", "features_brands", "1 = 0")),
        new("devices", "features_devices", s => SeenSteps.ValueCounts(s, "device"),
            s => InterestSteps.Values(s, "device", "features_devices", ContextFamily.Mobile)),
        new("channels", "features_channels", s => SeenSteps.ValueCounts(s, "channel"),
            s => InterestSteps.Values(s, "channel", "features_channels", ContextFamily.Paid)),
        new("countries", "features_countries", s => SeenSteps.ValueCounts(s, "country"),
            s => InterestSteps.Values(s, "country", "features_countries", ContextFamily.Abroad)),
        new("reviews", "features_reviews", SeenSteps.Reviews),
    ];

    /// <summary>The tables that an expression names.</summary>
    public static IReadOnlyList<SumTable> UsedBy(string expression) =>
        [.. All.Where(t => expression.Contains($"\"{t.Alias}\".", StringComparison.Ordinal))];

    /// <summary>One row a customer of one table: the number, then each expression as a double, NaN for NULL.</summary>
    public static Step Read(FeatureScope s, SumTable table, IReadOnlyList<string> expressions) => s.Step($"read features of {table.Alias}", $"""
        SELECT "{table.Alias}"."customer_no"{Doubles(expressions)}
        FROM "{table.Table}" AS "{table.Alias}"
        """);

    /// <summary>One row: the expressions for a customer who is not in the table.</summary>
    public static Step ReadAbsent(FeatureScope s, SumTable table, IReadOnlyList<string> expressions) =>
        s.Step($"read features without {table.Alias}", $"""
            SELECT 0{Doubles(expressions)}
            FROM (SELECT 1 AS "one") AS "nobody" LEFT JOIN "{table.Table}" AS "{table.Alias}" ON 1 = 0
            """);

    /// <summary>One row a customer, over several tables.</summary>
    public static Step ReadMixed(FeatureScope s, IReadOnlyList<SumTable> tables, IReadOnlyList<string> expressions)
    {
        var joins = tables.Select(t =>
            $"""LEFT JOIN "{t.Table}" AS "{t.Alias}" ON "customer"."customer_no" = "{t.Alias}"."customer_no" """);
        return s.Step("read features of several tables", $"""
            SELECT "customer"."customer_no"{Doubles(expressions)}
            FROM "features_customer" AS "customer"
            {string.Join('\n', joins)}
            """);
    }

    static string Doubles(IEnumerable<string> expressions) =>
        string.Concat(expressions.Select(e => $",\n       coalesce(CAST({e} AS DOUBLE), CAST('NaN' AS DOUBLE))"));
}
