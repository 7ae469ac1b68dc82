using System.Globalization;
using System.Text.Json;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Takes the stored rows of some customers out of a warehouse, so that a small one answers for them what the whole one would: every rule but one
/// (a message id that another customer used before) looks at the rows of one person only.</summary>
static class StoredCustomers
{
    /// <summary>A browser that many people share is followed to its newest owners: an event of today moves none of the older ones.</summary>
    const int OwnersOfOneBrowser = 8;

    const string Wanted = "stored_wanted", Staged = "stored_staged";

    /// <summary>All ids that belong to the same people as the given ones, the given ones among them: what was merged, and the browsers that are theirs.</summary>
    public static IReadOnlyCollection<string> Related(IWarehouse store, IReadOnlyCollection<string> ids)
    {
        var related = new SortedSet<string>(ids, StringComparer.Ordinal);
        if (!Exists(store)) return related;
        var given = Ids(ids);
        var owners = store.Rows(new Step("find who the ids belong to", $"""
            WITH given AS (SELECT unnest(CAST(CAST($ids AS JSON) AS VARCHAR[])) AS id),
            newest AS (
                SELECT customer FROM identity_spans WHERE anonymous_id IN (SELECT id FROM given)
                QUALIFY row_number() OVER (PARTITION BY anonymous_id ORDER BY since DESC) <= {OwnersOfOneBrowser})
            SELECT id FROM given UNION SELECT customer FROM newest UNION SELECT customer FROM identity_known WHERE id IN (SELECT id FROM given)
            """)
        { Parameters = given }, r => r.GetString(0));
        related.UnionWith(owners);
        related.UnionWith(store.Rows(new Step("find the other ids of the same people", """
            WITH given AS (SELECT unnest(CAST(CAST($ids AS JSON) AS VARCHAR[])) AS id)
            SELECT id FROM identity_known WHERE customer IN (SELECT id FROM given)
            UNION SELECT anonymous_id FROM identity_spans WHERE customer IN (SELECT id FROM given)
            """)
        { Parameters = Ids(owners) }, r => r.GetString(0)));
        return related;
    }

    /// <summary>Copies every stored row that speaks of one of the ids.</summary>
    /// <returns>How many rows; nothing is copied when they are more than <paramref name="most"/>.</returns>
    public static long Copy(IWarehouse store, IReadOnlyCollection<string> ids, IWarehouse into, long most)
    {
        if (!Exists(store)) return 0;
        var columns = EventStore.Columns(store, EventStore.Rows);
        string[] names = [.. new[] { "customer_id", "anonymous_id", "previous_id" }.Where(columns.Contains)];
        var wanted = string.Join(" OR ", names.Select(n => $"\"{n}\" IN (SELECT id FROM {Wanted})"));
        var d = store.Dialect;
        bool Number(string column) => EventStore.Column(column).Type == "DOUBLE";
        store.Execute(new Step("note the wanted ids", $"CREATE OR REPLACE TEMP TABLE {Wanted} AS SELECT unnest(CAST(CAST($ids AS JSON) AS VARCHAR[])) AS id") { Parameters = Ids(ids) });
        try
        {
            var texts = columns.Select(c => Number(c) ? null : new List<string?>()).ToArray();
            var numbers = columns.Select(c => Number(c) ? new List<double>() : null).ToArray();
            long rows = 0;
            var shown = columns.Select(c => Number(c) ? d.Name(c) : $"CAST({d.Name(c)} AS VARCHAR)");
            foreach (var near in IdKeys.Near(store, columns, Keys(store, columns)))
            {
                store.Query(new Step("read the stored rows of some customers", $"SELECT {string.Join(", ", shown)} FROM {near} WHERE {wanted} LIMIT {most + 1 - rows}"), r =>
                {
                    rows++;
                    for (var j = 0; j < columns.Count; j++)
                    {
                        numbers[j]?.Add(r.IsDBNull(j) ? double.NaN : r.GetDouble(j));
                        texts[j]?.Add(r.TextOrNull(j));
                    }
                });
                if (rows > most) return rows;
            }

            Write(into, columns, [.. columns.Select((_, j) => numbers[j] is { } n ? (AppendedColumn)new NumberColumn([.. n]) : new TextColumn(texts[j]!))]);
            var file = columns.ToList().IndexOf("file");
            CopyFiles(store, into, texts[file]!.OfType<string>().Select(f => int.Parse(f, CultureInfo.InvariantCulture)).ToHashSet());
            return rows;
        }
        finally
        {
            store.Execute(new Step("remove a temporary table", $"DROP TABLE IF EXISTS {Wanted}"));
        }
    }

    // Of the wanted ids, and of whoever else a row names together with one of them.
    static List<uint> Keys(IWarehouse store, IReadOnlyList<string> columns)
    {
        if (!columns.Contains(IdKeys.Person)) return [];
        var keys = $"SELECT {IdKeys.Of("id")} AS key FROM {Wanted}";
        if (columns.Contains(IdKeys.Anonymous)) keys += $" UNION SELECT \"{IdKeys.Person}\" FROM {EventStore.Rows} WHERE \"{IdKeys.Anonymous}\" IN (SELECT {IdKeys.Of("id")} FROM {Wanted})";
        if (columns.Contains("previous_id")) keys += $" UNION SELECT \"{IdKeys.Person}\" FROM {EventStore.Rows} WHERE \"previous_id\" IN (SELECT id FROM {Wanted})";
        return store.Rows(new Step("find the keys of some customers", $"SELECT DISTINCT key FROM ({keys}) WHERE key IS NOT NULL"), r => Convert.ToUInt32(r.GetValue(0), CultureInfo.InvariantCulture));
    }

    /// <summary>When the newest event happened; null in a store without events.</summary>
    public static DateTime? Newest(IWarehouse store) => !Exists(store) ? null : store.Single(
        new Step("find the newest event", $"SELECT max(\"time\") FROM {EventStore.Rows} WHERE rule = {CleaningRules.Kept}"),
        r => r.IsDBNull(0) ? (DateTime?)null : DateTime.SpecifyKind(r.GetDateTime(0), DateTimeKind.Utc));

    static bool Exists(IWarehouse store) => EventStore.Columns(store, EventStore.Rows).Count > 0;

    static Dictionary<string, object?> Ids(IEnumerable<string> ids) => new() { ["ids"] = JsonSerializer.Serialize(ids) };

    static void Write(IWarehouse into, IReadOnlyList<string> columns, IReadOnlyList<AppendedColumn> values)
    {
        var d = into.Dialect;
        var types = columns.Select(c => EventStore.Column(c).Type).ToArray();
        into.Execute(new Step("make room for stored rows", $"CREATE OR REPLACE TEMP TABLE {Staged} ({string.Join(", ", columns.Select((c, j) => $"{d.Name(c)} {(types[j] == "DOUBLE" ? "DOUBLE" : "VARCHAR")}"))})"));
        into.Append(Staged, values);
        into.Execute(new Step("keep the stored rows", $"CREATE TABLE {EventStore.Rows} AS SELECT {string.Join(", ", columns.Select((c, j) => $"CAST({d.Name(c)} AS {types[j]}) AS {d.Name(c)}"))} FROM {Staged}"));
        into.Execute(new Step("remove a temporary table", $"DROP TABLE {Staged}"));
    }

    // Rules ask a file only whether its times have a time of day.
    static void CopyFiles(IWarehouse store, IWarehouse into, HashSet<int> wanted)
    {
        into.Execute(EventStore.CreateFiles());
        into.Execute(EventStore.CreateQuarantine());
        into.Execute(EventStore.CreateMapping());
        var files = store.Rows(new Step("read whether files have times of day", $"SELECT file, time_of_day FROM {EventStore.Files}"), r => KeyValuePair.Create(r.GetInt32(0), r.GetBoolean(1)))
            .Where(f => wanted.Contains(f.Key)).OrderBy(f => f.Key).Select(f => string.Create(CultureInfo.InvariantCulture, $"({f.Key}, '', '', '', 0, 0, '', {f.Value})")).ToArray();
        if (files.Length > 0) into.Execute(new Step("keep the files", $"INSERT INTO {EventStore.Files} VALUES {string.Join(", ", files)}"));
    }
}
