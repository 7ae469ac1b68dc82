using System.Text.Json;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Who is who, from all rows of the store and the batch: a function of the set of rows, never of their order.</summary>
static class Identities
{
    /// <summary>What resolving found.</summary>
    /// <param name="People">How rows find their customer.</param>
    /// <param name="Merged">Ids that now belong to another customer.</param>
    /// <param name="Shared">Anonymous ids that several customers used.</param>
    public sealed record Found(People People, long Merged, long Shared);

    // Rows that may say who is who: events, robots and reused message ids among them, and identity rows; what a rule of single rows refused says nothing.
    static readonly string Speaking = $"rule IN ({CleaningRules.Kept}, {CleaningRules.IdConflict.Code}, {CleaningRules.Duplicate.Code}, " +
        $"{CleaningRules.Robot.Code}, {CleaningRules.Identity.Code})";

    /// <summary>Writes <c>new_known</c> (id, customer) and <c>new_spans</c> (anonymous_id, since, until, customer) as temporary tables; the caller
    /// puts them in the place of the stored ones.</summary>
    public static Found Resolve(IWarehouse warehouse, IReadOnlyDictionary<string, IReadOnlyList<string>> tables)
    {
        var aliases = tables.Any(t => t.Value.Contains("previous_id"));
        var anonymous = tables.Any(t => t.Value.Contains("anonymous_id"));
        warehouse.Execute(new Step("create the merged customers", "CREATE OR REPLACE TEMP TABLE new_known (id VARCHAR, customer VARCHAR)"));
        var merged = aliases ? MergeKnown(warehouse, tables) : 0;
        if (!anonymous)
        {
            warehouse.Execute(new Step("create the owners of anonymous ids",
                "CREATE OR REPLACE TEMP TABLE new_spans (anonymous_id VARCHAR, since TIMESTAMP, until TIMESTAMP, customer VARCHAR)"));
            return new Found(New(merged > 0, false), merged, 0);
        }
        warehouse.Execute(Pairs(tables, merged > 0));
        warehouse.Execute(Spans(tables, merged > 0));
        var owned = warehouse.Single(new Step("count the merged anonymous ids", $"""
            SELECT count(DISTINCT anonymous_id) FROM new_spans
            WHERE anonymous_id IN (SELECT anonymous_id FROM ({Union(tables, "anonymous_id", ["anonymous_id"])}))
            """), r => r.GetInt64(0));
        var shared = warehouse.Single(new Step("count the shared anonymous ids",
            "SELECT count(*) FROM (SELECT anonymous_id FROM identity_pairs GROUP BY anonymous_id HAVING count(*) > 1)"), r => r.GetInt64(0));
        return new Found(New(merged > 0, true), merged + owned, shared);
    }

    static People New(bool merged, bool anonymous) => new(merged, anonymous) { Known = "new_known", Spans = "new_spans" };

    // Aliases between known customers.
    static long MergeKnown(IWarehouse warehouse, IReadOnlyDictionary<string, IReadOnlyList<string>> tables)
    {
        warehouse.Execute(new Step("collect the aliases", $"""
            CREATE OR REPLACE TEMP TABLE identity_aliases AS
            SELECT DISTINCT previous_id, customer_id FROM ({Union(tables, "previous_id, customer_id", ["previous_id", "customer_id"])})
            WHERE previous_id <> customer_id
            """));
        var candidates = new HashSet<string>(StringComparer.Ordinal);
        var pairs = warehouse.Rows(new Step("read the aliases", "SELECT previous_id, customer_id FROM identity_aliases ORDER BY ALL"),
            r => KeyValuePair.Create(r.GetString(0), r.GetString(1)));
        candidates.UnionWith(pairs.Select(p => p.Value));
        warehouse.Query(new Step("find previous ids that are customers", $"""
            SELECT DISTINCT customer_id FROM ({Union(tables, "customer_id", ["customer_id"])})
            WHERE customer_id IN (SELECT previous_id FROM identity_aliases)
            """), r => candidates.Add(r.GetString(0)));

        // A previous id that was never a customer is a browser: it is owned (spans), not merged, for one browser may serve two customers.
        var sets = new UnionFind();
        foreach (var (previous, customer) in pairs)
            if (candidates.Contains(previous)) sets.Union(previous, customer);
        var merged = sets.Representatives(candidates);
        foreach (var chunk in merged.Chunk(10_000))
            warehouse.Execute(new Step("note the merged customers",
                "INSERT INTO new_known SELECT e[1], e[2] FROM (SELECT unnest(CAST(CAST($pairs AS JSON) AS VARCHAR[][])) AS e)")
            {
                Parameters = new Dictionary<string, object?> { ["pairs"] = JsonSerializer.Serialize(chunk.Select(p => new[] { p.Key, p.Value })) },
            });
        return merged.Count;
    }

    // Every way to say "this anonymous id is that customer": a row that carries both, or an alias from it.
    static string Links(IReadOnlyDictionary<string, IReadOnlyList<string>> tables, bool merged)
    {
        var links = new List<string>();
        foreach (var (table, columns) in tables)
        {
            if (columns.Contains("anonymous_id"))
                links.Add($"SELECT anonymous_id, customer_id, \"time\" FROM {table} WHERE anonymous_id IS NOT NULL AND customer_id IS NOT NULL AND {Speaking}");
            if (columns.Contains("previous_id"))
                links.Add($"SELECT previous_id, customer_id, \"time\" FROM {table} WHERE previous_id IS NOT NULL AND customer_id IS NOT NULL AND {Speaking}");
        }
        var customer = merged ? "coalesce(k.customer, l.customer_id)" : "l.customer_id";
        var known = merged ? " LEFT JOIN new_known AS k ON k.id = l.customer_id" : "";
        return $"SELECT l.anonymous_id, {customer} AS customer, l.\"time\" FROM ({string.Join(" UNION ALL ", links)}) AS l{known}";
    }

    static Step Pairs(IReadOnlyDictionary<string, IReadOnlyList<string>> tables, bool merged) => new("pair anonymous ids with customers", $"""
        CREATE OR REPLACE TEMP TABLE identity_pairs AS
        SELECT anonymous_id, customer FROM ({Links(tables, merged)}) GROUP BY anonymous_id, customer
        """);

    // One customer: always theirs. Several (a shared tablet): from each identification to the next; before the first, the first.
    // Two identifications at one instant: the ordinally smaller customer.
    static Step Spans(IReadOnlyDictionary<string, IReadOnlyList<string>> tables, bool merged) => new("find the owners of anonymous ids", $"""
        CREATE OR REPLACE TEMP TABLE new_spans AS
        WITH owners AS (SELECT anonymous_id, count(*) AS customers, min(customer) AS customer FROM identity_pairs GROUP BY anonymous_id),
        moments AS (
            SELECT anonymous_id, "time", min(customer) AS customer FROM ({Links(tables, merged)})
            WHERE anonymous_id IN (SELECT anonymous_id FROM owners WHERE customers > 1) GROUP BY anonymous_id, "time"),
        changes AS (
            SELECT *, lag(customer) OVER (PARTITION BY anonymous_id ORDER BY "time") AS before FROM moments
            QUALIFY before IS DISTINCT FROM customer)
        SELECT anonymous_id, CAST('-infinity' AS TIMESTAMP) AS since, CAST('infinity' AS TIMESTAMP) AS until, customer FROM owners WHERE customers = 1
        UNION ALL
        SELECT anonymous_id, CASE WHEN before IS NULL THEN CAST('-infinity' AS TIMESTAMP) ELSE "time" END,
            lead("time", 1, CAST('infinity' AS TIMESTAMP)) OVER (PARTITION BY anonymous_id ORDER BY "time"), customer
        FROM changes
        """);

    static string Union(IReadOnlyDictionary<string, IReadOnlyList<string>> tables, string columns, string[] needed) => string.Join(" UNION ALL ", tables
        .Where(t => needed.All(t.Value.Contains))
        .Select(t => $"SELECT {columns} FROM {t.Key} WHERE {string.Join(" AND ", needed.Select(n => $"{n} IS NOT NULL"))} AND {Speaking}"));
}
