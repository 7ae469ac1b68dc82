using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>Writes the SELECT of a raw relation: one expression for each raw column, over the scan of a table.</summary>
/// <remarks>Three levels: the scan (source columns as text), the parsed values (<c>p_…</c>), and the raw columns with what follows from
/// several
/// values (kinds of orders, unit price from a total, the first unreadable column).</remarks>
sealed partial class RelationBuilder(SourceTable table, string layout, CollectOptions options, IWarehouse warehouse)
{
    /// <summary>A parsed value.</summary>
    /// <param name="Sql">Over the scan.</param>
    /// <param name="Check">The source value, where a value that cannot be read must be told from a missing one.</param>
    sealed record Cell(string Sql, string? Check);

    readonly Dictionary<string, Cell> cells = new(StringComparer.Ordinal);
    readonly Dictionary<string, MappedColumn> mapping = new(StringComparer.Ordinal);
    readonly HashSet<SourceColumn> used = [];
    readonly List<string> notes = [];
    bool hasTimeOfDay;

    Dialect Dialect => warehouse.Dialect;

    /// <summary>The kind of rows that say none.</summary>
    public string DefaultKind { get; set; } = "purchase";

    public bool Has(string target) => cells.ContainsKey(target);

    public void Note(string note) => notes.Add(note);

    /// <summary>Sets a parsed value by hand.</summary>
    public void Set(string target, string sql, string source, string why, IEnumerable<SourceColumn> from, string? check = null,
        string? format = null)
    {
        cells[target] = new Cell(sql, check);
        mapping[target] = new MappedColumn(target, source, why, format);
        used.UnionWith(from);
    }

    public RawRelation Build()
    {
        var unmapped = table.Properties(used);
        if (unmapped is not null && !cells.ContainsKey("properties")) cells["properties"] = new Cell(unmapped, null);
        var parsed = string.Concat(cells.Select(c => $", {c.Value.Sql} AS {Parsed(c.Key)}"));
        var isJson = table.MarksBroken;
        var columns = RawColumns.All.Select(c => $"{Outer(c, isJson)} AS {Dialect.Name(c.Name)}");
        var sql = $"SELECT file_no, {string.Join(", ", columns)}, {table.Raw} AS raw FROM (SELECT *{parsed} FROM ({table.Scan(used)}))";
        return new RawRelation
        {
            Layout = layout,
            Files = [.. table.Files.Select(f => f.Source)],
            Mapping = [.. mapping.Values.OrderBy(m => Place(m.Target)).ThenBy(m => m.Target, StringComparer.Ordinal)],
            SelectSql = sql,
            Present = Present(),
            HasTimeOfDay = hasTimeOfDay,
            MalformedSql = table.MalformedSql,
            Notes = [.. table.Files.SelectMany(f => f.Notes), .. notes],
        };
    }

    static int Place(string target)
    {
        for (var i = 0; i < RawColumns.All.Count; i++)
        {
            if (RawColumns.All[i].Name == target) return i;
        }

        return RawColumns.All.Count;
    }

    HashSet<string> Present()
    {
        var present = RawColumns.All.Select(c => c.Name).Where(Has).ToHashSet(StringComparer.Ordinal);
        present.Add("kind");
        if (Has("price") || Has("amount")) present.UnionWith(["price", "signed_price"]);
        if (Has("quantity")) present.Add("signed_quantity");
        if (ListPrice() is not null) present.Add("list_price");
        return present;
    }

    static string Parsed(string target) => $"p_{target}";

    string Outer(EventColumn column, bool isJson)
    {
        var sql = column.Name switch
        {
            "kind" => isJson ? $"CASE WHEN NOT {JsonTable.Broken} THEN {Kind()} END" : Kind(),
            "price" => SignedPrice() is { } price ? $"abs({price})" : null,
            "quantity" => Has("quantity") ? $"abs({Parsed("quantity")})" : null,
            "signed_price" => SignedPrice(),
            "signed_quantity" => Has("quantity") ? Parsed("quantity") : null,
            "list_price" => ListPrice(),
            "cancelled" => Has("cancelled") ? $"coalesce({Parsed("cancelled")}, false)" : null,
            "unreadable" => Unreadable(isJson),
            "newlines" => table.Newlines,
            _ => Has(column.Name) ? Parsed(column.Name) : null,
        };
        return sql is null ? $"CAST(NULL AS {column.Type})" : $"CAST({sql} AS {column.Type})";
    }

    string? SignedPrice()
    {
        if (Has("price")) return Parsed("price");
        if (!Has("amount")) return null;
        return Has("quantity")
            ? $"{Parsed("amount")} / CASE WHEN {Parsed("quantity")} <> 0 THEN {Parsed("quantity")} ELSE 1 END"
            : Parsed("amount");
    }

    string? ListPrice()
    {
        if (Has("list_price")) return $"abs({Parsed("list_price")})";
        if (!Has("discount") || SignedPrice() is not { } price) return null;
        return discountIsShare
            ? $"CASE WHEN abs({Parsed("discount")}) < 1 THEN abs({price}) / (1 - abs({Parsed("discount")})) END"
            : $"abs({price}) + abs({Parsed("discount")}){(Has("quantity") ? $" / CASE WHEN {Parsed("quantity")} <> 0 THEN abs({Parsed("quantity")}) ELSE 1 END" : "")}";
    }

    bool discountIsShare;

    string Kind()
    {
        var backs = new List<string>();
        if (Has("cancelled")) backs.Add(Parsed("cancelled"));
        if (Has("quantity")) backs.Add($"{Parsed("quantity")} < 0");
        if (Has("amount") && !Has("price") && !Has("quantity")) backs.Add($"{Parsed("amount")} < 0");
        var back = string.Join(" OR ", backs);
        if (Has("kind"))
            return backs.Count == 0 ? Parsed("kind")
                : $"CASE WHEN {Parsed("kind")} = 'purchase' AND ({back}) THEN 'refund' ELSE {Parsed("kind")} END";
        var kind = Dialect.Text(DefaultKind);
        return backs.Count == 0 || DefaultKind != "purchase" ? kind : $"CASE WHEN {back} THEN 'refund' ELSE {kind} END";
    }

    string Unreadable(bool isJson)
    {
        var checks = cells.Where(c => c.Value.Check is not null)
            .OrderBy(c => Place(c.Key))
            .Select(c => $"WHEN {c.Value.Check} IS NOT NULL AND {Parsed(c.Key)} IS NULL THEN "
                + $"{Dialect.Text(c.Key == "amount" ? "price" : c.Key)}")
            .ToList();
        if (Has("kind")) checks.Add($"WHEN {Parsed("kind")} IS NULL THEN 'kind'");
        if (isJson) checks.Insert(0, $"WHEN {JsonTable.Broken} THEN 'json'");
        return checks.Count == 0 ? "NULL" : $"CASE {string.Join(" ", checks)} END";
    }
}
