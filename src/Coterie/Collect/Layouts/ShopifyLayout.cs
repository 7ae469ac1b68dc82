using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>Shopify's orders export: one row for each line of an order; what concerns the order stands only in its first row.</summary>
/// <remarks>Columns as in Shopify's help, "Exporting orders to a CSV file".</remarks>
static class ShopifyLayout
{
    static readonly string[] Needed = ["Name", "Email", "Created at", "Lineitem name", "Lineitem quantity", "Lineitem price"];

    public static bool Recognises(SourceTable table) => table is TextTable && Needed.All(n => table.Columns.Any(c => c.Name == n));

    public static RawRelation Relation(SourceTable source, IReadOnlyDictionary<string, Assignment> given, CollectOptions options,
        IWarehouse warehouse)
    {
        var table = FilledDown(source);
        SourceColumn? At(string name) => table.Columns.FirstOrDefault(c => c.Name == name);
        var assignments = new Assignments();
        foreach (var (target, names) in new (string, string[])[]
        {
            ("customer_id", ["Email"]), ("order_id", ["Name"]), ("time", ["Created at"]), ("product_id", ["Lineitem sku"]),
                ("text", ["Lineitem name"]), ("price", ["Lineitem price"]),
            ("quantity", ["Lineitem quantity"]), ("list_price", ["Lineitem compare at price"]), ("brand", ["Vendor"]),
                ("currency", ["Currency"]),
            ("country", ["Shipping Country", "Billing Country"]), ("channel", ["Source"]), ("status", ["Financial Status"]),
        })
        {
            if (names.Select(At).FirstOrDefault(c => c is not null) is { } column) assignments.Set(target, column, "layout");
        }

        assignments.Override(Translated(given, table));
        var builder = new RelationBuilder(table, "shopify", options, warehouse).Apply(assignments);
        if (!given.ContainsKey("product_id") && At("Lineitem sku") is { } sku && At("Lineitem name") is { } title)
        {
            builder.Set("product_id", $"coalesce({builder.Trimmed(sku)}, {builder.Trimmed(title)})", "Lineitem sku, else Lineitem name",
                "layout", [sku, title]);
        }

        if (At("Cancelled at") is { } cancelled && !given.ContainsKey("cancelled") && At("Financial Status") is { } status)
        {
            builder.Set("cancelled", $"coalesce({cancelled.Sql} IS NOT NULL OR lower({status.Sql}) IN ('refunded', 'voided'), false)",
                "Financial Status, Cancelled at", "layout", [cancelled]);
        }
        else if (At("Financial Status") is { } state && !given.ContainsKey("cancelled") && !given.ContainsKey("status"))
        {
            builder.Set("cancelled", $"coalesce(lower({state.Sql}) IN ('refunded', 'voided'), false)", "Financial Status", "layout", []);
        }

        if (At("Refunded Amount") is not null)
            builder.Note("Orders that were refunded in part stay purchases; the export does not say which lines came back. The "
                + "refunded amount is among the properties.");
        return builder.Build();
    }

    static Dictionary<string, Assignment> Translated(IReadOnlyDictionary<string, Assignment> given, SourceTable table) =>
        given.ToDictionary(g => g.Key, g => g.Value.Column is { } c ? g.Value with { Column = table.Columns[c.Index] }
            : g.Value, StringComparer.Ordinal);

    /// <summary>Columns of the order are filled down from its first row; columns of the line are left.</summary>
    static DerivedTable FilledDown(SourceTable source)
    {
        var name = source.Columns.First(c => c.Name == "Name");
        bool OfLine(SourceColumn c) => c.Name.StartsWith("Lineitem", StringComparison.Ordinal) || c == name || c.Name == "Vendor";
        List<SourceColumn> columns = [.. source.Columns.Select(c => OfLine(c) ? c : c with { Sql = $"filled_{c.Index}" })];
        string Scan(IReadOnlyCollection<SourceColumn> used)
        {
            var filled = string.Concat(used.Where(c => c.Sql.StartsWith("filled_", StringComparison.Ordinal)).OrderBy(c => c.Index)
                .Select(c =>
                $", last_value(c{c.Index} IGNORE NULLS) OVER sofar AS {c.Sql}"));
            var rest = string.Concat(columns.Where(c => c.Sql.StartsWith("filled_", StringComparison.Ordinal) && !used.Contains(c))
                .Select(c => $", c{c.Index} AS {c.Sql}"));
            return $"SELECT *{filled}{rest} FROM (SELECT *, row_number() OVER () AS place FROM ({source.Scan(used)})) "
                + $"WINDOW sofar AS (PARTITION BY file_no, {name.Sql} ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT "
                + "ROW) ORDER BY place";
        }

        return new DerivedTable(source.Files, source.Dialect, columns, source.Raw, source.Newlines, source.MalformedSql, Scan);
    }
}
