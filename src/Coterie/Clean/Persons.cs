using System.Text.Json;
using Coterie.Privacy;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Finds everything by which a customer is known in a workspace's events.</summary>
static class Persons
{
    const string Others = "r.rowid NOT IN (SELECT id FROM erased_rows)";

    /// <summary>What asking for some customers found.</summary>
    /// <param name="Person">Their ids and the texts that only they have.</param>
    /// <param name="Unknown">Ids that the events do not have.</param>
    public sealed record Found(ErasedPerson Person, IReadOnlyList<string> Unknown);

    /// <summary>Customers by their id, one that was merged into it, or an anonymous id of theirs.</summary>
    /// <exception cref="InputException">An anonymous id that several customers used.</exception>
    public static Found Find(IWarehouse warehouse, IReadOnlyList<string> asked)
    {
        var columns = EventStore.Columns(warehouse, EventStore.Rows);
        if (columns.Count == 0) return new(new([], asked, asked, [], []), asked);
        var people = Of(warehouse, columns);
        var (customers, unknown) = (new List<string>(), new List<string>());
        foreach (var id in asked)
        {
            if (CustomerOf(warehouse, columns, people, id) is { } customer) customers.Add(customer);
            else unknown.Add(id);
        }

        Mark(warehouse, customers, []);
        var ids = Ids(warehouse, columns).Union(customers.Select(People.IdOf)).Union(asked).Union(customers).ToArray();
        return new(new ErasedPerson(customers, ids, ids.Except(OtherNames(warehouse, columns, ids)), Values(warehouse, columns).Except(ids), Keys(warehouse)), unknown);
    }

    /// <summary>How rows find their customer, from the stored tables of who is who.</summary>
    internal static People Of(IWarehouse warehouse, IReadOnlyList<string> columns) => new(
        warehouse.Single(new Step("see whether ids are merged", "SELECT count(*) > 0 FROM identity_known"), r => r.GetBoolean(0)), columns.Contains("anonymous_id"));

    /// <summary>Writes the temporary tables <c>erased_ids</c> (id) and <c>erased_rows</c> (id, a rowid of the store): rows of the customers, and rows with one of the ids.</summary>
    internal static void Mark(IWarehouse warehouse, IReadOnlyList<string> customers, IReadOnlyList<string> ids)
    {
        var columns = EventStore.Columns(warehouse, EventStore.Rows);
        var people = Of(warehouse, columns);
        Put(warehouse, "erased_customers", customers);
        Put(warehouse, "erased_ids", [.. ids]);
        var byId = new[] { "customer_id", "anonymous_id", "previous_id" }.Where(columns.Contains).Select(c => $" OR r.\"{c}\" IN (SELECT id FROM erased_ids)");
        warehouse.Execute(new Step("find the person's rows", $"""
            CREATE OR REPLACE TEMP TABLE erased_rows AS SELECT r.rowid AS id FROM {people.From(EventStore.Rows)}
            WHERE {people.Customer} IN (SELECT id FROM erased_customers){string.Concat(byId)}
            """));
    }

    /// <summary>The same where there are no events.</summary>
    internal static void MarkNobody(IWarehouse warehouse, IReadOnlyList<string> ids)
    {
        Put(warehouse, "erased_customers", []);
        Put(warehouse, "erased_ids", ids);
    }

    static void Put(IWarehouse warehouse, string table, IReadOnlyList<string> ids)
    {
        warehouse.Execute(new Step("make a list of ids", $"CREATE OR REPLACE TEMP TABLE {table} (id VARCHAR)"));
        if (ids.Count > 0) warehouse.Append(table, [new TextColumn(ids)]);
    }

    static string? CustomerOf(IWarehouse warehouse, IReadOnlyList<string> columns, People people, string id)
    {
        var named = new Dictionary<string, object?> { ["id"] = id };
        bool Any(string sql) => warehouse.Single(new Step("look for a customer", sql) { Parameters = named }, r => r.GetInt64(0)) > 0;
        if (people.Merged && warehouse.Rows(new Step("see what an id was merged into", "SELECT customer FROM identity_known WHERE id = $id") { Parameters = named }, r => r.GetString(0)) is [var merged]) return merged;
        if (Any($"SELECT count(*) FROM {EventStore.Rows} WHERE customer_id = $id")) return id;
        if (!people.Anonymous) return null;
        var anonymous = People.IdOf(id);
        named["id"] = anonymous;
        var owners = warehouse.Rows(new Step("see whose an anonymous id is", "SELECT DISTINCT customer FROM identity_spans WHERE anonymous_id = $id ORDER BY 1") { Parameters = named }, r => r.GetString(0));
        if (owners.Count > 1)
            throw new InputException($"The anonymous id '{anonymous}' was used by {owners.Count} customers, such as a shared tablet is. Name the customer who is to be erased: their events on it go, the others' stay.");
        if (owners.Count == 1) return owners[0];
        return Any($"SELECT count(*) FROM {EventStore.Rows} WHERE anonymous_id = $id") ? People.Nobody + anonymous : null;
    }

    /// <summary>Every id in the events.</summary>
    public static IReadOnlyList<string> Ids(IWarehouse warehouse)
    {
        var columns = EventStore.Columns(warehouse, EventStore.Rows);
        return [.. new[] { "customer_id", "anonymous_id", "previous_id" }.Where(columns.Contains)
            .SelectMany(c => warehouse.Rows(new Step("list all ids", $"SELECT DISTINCT \"{c}\" FROM {EventStore.Rows} WHERE \"{c}\" IS NOT NULL"), r => r.GetString(0))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    // An id that a row of somebody else has too, such as a shared tablet's, is not the person's.
    static IEnumerable<string> Ids(IWarehouse warehouse, IReadOnlyList<string> columns) => new[] { "customer_id", "anonymous_id", "previous_id" }.Where(columns.Contains)
        .SelectMany(column => warehouse.Rows(new Step("list the person's ids", $"""
            SELECT DISTINCT "{column}" FROM {EventStore.Rows} AS r WHERE r.rowid IN (SELECT id FROM erased_rows) AND "{column}" IS NOT NULL
            EXCEPT SELECT DISTINCT "{column}" FROM {EventStore.Rows} AS r WHERE {Others}
            """), r => r.GetString(0)));

    // Ids that something else is called too: a product, an order of somebody else.
    static List<string> OtherNames(IWarehouse warehouse, IReadOnlyList<string> columns, IReadOnlyList<string> ids)
    {
        Put(warehouse, "erased_names", ids);
        var texts = Texts(columns);
        return [.. texts.SelectMany(column => warehouse.Rows(new Step("see whether ids name something else too",
            $"SELECT DISTINCT r.\"{column}\" FROM {EventStore.Rows} AS r WHERE {Others} AND r.\"{column}\" IN (SELECT id FROM erased_names)"), r => r.GetString(0)))];
    }

    static string[] Texts(IReadOnlyList<string> columns) =>
        [.. EventStore.SentAmong(columns).Where(c => EventStore.Column(c).Type == "VARCHAR" && c is not ("customer_id" or "anonymous_id" or "previous_id" or "properties"))];

    static HashSet<string> Values(IWarehouse warehouse, IReadOnlyList<string> columns)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in Texts(columns)) values.UnionWith(Only($"r.\"{column}\"", column));
        if (columns.Contains("category")) values.UnionWith(Only("unnest(string_split(r.\"category\", '/'))", "category"));
        if (columns.Contains("properties")) values.UnionWith(Leaves(warehouse));
        return values;

        List<string> Only(string expression, string column) => warehouse.Rows(new Step("find texts that only the person has", $"""
            SELECT DISTINCT {expression} FROM {EventStore.Rows} AS r WHERE r.rowid IN (SELECT id FROM erased_rows) AND r."{column}" IS NOT NULL
            EXCEPT SELECT DISTINCT {expression} FROM {EventStore.Rows} AS r WHERE {Others}
            """), r => r.GetString(0));
    }

    static List<string> Leaves(IWarehouse warehouse)
    {
        var leaves = new HashSet<string>(StringComparer.Ordinal);
        warehouse.Query(new Step("read what else the person's events say", $"SELECT DISTINCT r.properties FROM {EventStore.Rows} AS r WHERE r.rowid IN (SELECT id FROM erased_rows) AND r.properties IS NOT NULL"), r =>
        {
            try
            {
                using var document = JsonDocument.Parse(r.GetString(0));
                Collect(document.RootElement);
            }
            catch (JsonException)
            {
                leaves.Add(r.GetString(0));
            }
        });
        Put(warehouse, "erased_names", [.. leaves.Where(ErasedPerson.IsSearchedValue).Order(StringComparer.Ordinal)]);
        return warehouse.Rows(new Step("find what only the person's events say", $"""
            SELECT id FROM erased_names AS n
            WHERE NOT EXISTS (SELECT 1 FROM {EventStore.Rows} AS r WHERE {Others} AND r.properties IS NOT NULL AND contains(r.properties, n.id))
            """), r => r.GetString(0));

        void Collect(JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var member in element.EnumerateObject()) Collect(member.Value);
                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray()) Collect(item);
                    break;
                case JsonValueKind.String:
                    leaves.Add(element.GetString()!);
                    break;
                case JsonValueKind.Number when element.GetRawText() is { Length: >= 9 } digits && digits.All(char.IsAsciiDigit):
                    leaves.Add(digits);
                    break;
            }
        }
    }

    // What the files call the columns of ids.
    static List<string> Keys(IWarehouse warehouse) => warehouse.Rows(new Step("list the columns of ids",
        $"SELECT DISTINCT source FROM {EventStore.Mapping} WHERE target IN ('customer_id', 'anonymous_id', 'previous_id') AND source IS NOT NULL ORDER BY 1"), r => r.GetString(0));
}
