using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>The Brazilian e-commerce data set of Olist: tables that are joined into purchases and reviews.</summary>
/// <remarks>Kaggle olistbr/brazilian-ecommerce. <c>customer_unique_id</c> is the person; <c>customer_id</c> is new for every order.
/// Each row of the items table is one unit.</remarks>
static class OlistLayout
{
    // A table is known by columns that only it has.
    static readonly (string Table, string[] Columns)[] Tables =
    [
        ("orders", ["order_id", "customer_id", "order_status", "order_purchase_timestamp"]),
        ("items", ["order_id", "order_item_id", "product_id", "price", "freight_value"]),
        ("customers", ["customer_id", "customer_unique_id"]),
        ("products", ["product_id", "product_category_name"]),
        ("translation", ["product_category_name", "product_category_name_english"]),
        ("reviews", ["review_id", "order_id", "review_score", "review_answer_timestamp"]),
        ("payments", ["order_id", "payment_sequential", "payment_type", "payment_value"]),
        ("sellers", ["seller_id", "seller_zip_code_prefix"]),
        ("geolocation", ["geolocation_zip_code_prefix", "geolocation_lat", "geolocation_lng"]),
    ];

    /// <summary>The relations, and the tables that they stand for; null where the tables of the data set are not there.</summary>
    public sealed record Result(IReadOnlyList<RawRelation> Relations, IReadOnlySet<SourceTable> Consumed);

    public static Result? Relations(IReadOnlyList<SourceTable> all, IReadOnlyDictionary<string, string> map, CollectOptions options,
        IWarehouse warehouse)
    {
        var tables = new Dictionary<string, SourceTable>(StringComparer.Ordinal);
        foreach (var table in all.Where(t => t is not JsonTable))
        {
            var name = Tables.FirstOrDefault(t => t.Columns.All(n => table.Columns.Any(c => c.Name == n))).Table;
            if (name is not null) tables.TryAdd(name, table);
        }

        if (!tables.TryGetValue("orders", out var orders) || !tables.TryGetValue("items", out var items)) return null;
        if (!tables.ContainsKey("customers"))
        {
            throw new InputException(
                $"{orders.FilesShown} and {items.FilesShown} are tables of Olist, but the table of customers is missing, and "
                    + "customer_id is new for every order there. "
                + "Add olist_customers_dataset.csv, or name the whole folder.",
                $"{orders.FilesShownZh}与{items.FilesShownZh}是 Olist 的表，但缺少客户表；其中每个订单的 customer_id 都不同。请补充 olist_customers_dataset.csv，或指定整个文件夹。");
        }

        List<RawRelation> relations = [Purchases(tables, map, options, warehouse)];
        if (tables.ContainsKey("reviews")) relations.Add(Reviews(tables, map, options, warehouse));
        return new Result(relations, tables.Values.ToHashSet());
    }

    static RawRelation Purchases(Dictionary<string, SourceTable> tables, IReadOnlyDictionary<string, string> map, CollectOptions options,
        IWarehouse warehouse)
    {
        var join = new Join(tables, "items")
            .To("orders", "order_id", "items")
            .To("customers", "customer_id", "orders")
            .To("products", "product_id", "items")
            .To("translation", "product_category_name", "products");
        var table = join.Table();
        var a = new Assignments();
        a.Set("order_id", join.At("items", "order_id"), "layout");
        a.Set("product_id", join.At("items", "product_id"), "layout");
        a.Set("price", join.At("items", "price"), "layout");
        a.Set("time", join.At("orders", "order_purchase_timestamp"), "layout");
        a.Set("customer_id", join.At("customers", "customer_unique_id"), "layout");
        if (join.Has("products")) a.Set("category", join.At("products", "product_category_name"), "layout");
        a.Set("quantity", null, "layout", "1");
        a.Set("currency", null, "layout", "BRL");
        var given = MapOptions.For(table, map);
        a.Override(given);

        var builder = new RelationBuilder(table, "olist", options, warehouse).Apply(a);
        var item = join.At("items", "order_item_id");
        var order = join.At("items", "order_id");
        builder.Set("message_id", $"{order.Sql} || '/' || {item.Sql}", "order_id / order_item_id", "layout", [order, item]);
        var status = join.At("orders", "order_status");
        builder.Set("cancelled", $"coalesce({status.Sql} = 'canceled', false)", "order_status", "layout", []);
        if (join.Has("translation") && join.Has("products") && !given.ContainsKey("category"))
        {
            var english = join.At("translation", "product_category_name_english");
            var portuguese = join.At("products", "product_category_name");
            builder.Set("category", $"coalesce({english.Sql}, {portuguese.Sql})",
                "product_category_name_english, else product_category_name", "layout", [english, portuguese]);
        }

        var unused = tables.Keys.Where(t => t is "payments" or "sellers" or "geolocation").Order(StringComparer.Ordinal).ToList();
        if (unused.Count > 0) builder.Note($"Tables of Olist that say nothing about events were not used: {string.Join(", ", unused)}.");
        return builder.Build();
    }

    static RawRelation Reviews(Dictionary<string, SourceTable> tables, IReadOnlyDictionary<string, string> map, CollectOptions options,
        IWarehouse warehouse)
    {
        var join = new Join(tables, "reviews").To("orders", "order_id", "reviews").To("customers", "customer_id", "orders");
        var table = join.Table();
        var a = new Assignments();
        a.Set("message_id", join.At("reviews", "review_id"), "layout");
        a.Set("order_id", join.At("reviews", "order_id"), "layout");
        a.Set("rating", join.At("reviews", "review_score"), "layout");
        a.Set("time", join.At("reviews", "review_answer_timestamp"), "layout");
        a.Set("customer_id", join.At("customers", "customer_unique_id"), "layout");
        if (join.Find("reviews", "review_comment_message") is { } message) a.Set("text", message, "layout");
        a.Set("kind", null, "layout", "review");
        a.Override(MapOptions.For(table, map));
        var builder = new RelationBuilder(table, "olist", options, warehouse).Apply(a);

        // One review id stands for several orders at times.
        var (id, order) = (join.At("reviews", "review_id"), join.At("reviews", "order_id"));
        builder.Set("message_id", $"{id.Sql} || '/' || {order.Sql}", "review_id / order_id", "layout", [id, order]);
        return builder.Build();
    }

    /// <summary>Left joins from a main table, in the order of its rows.</summary>
    sealed class Join
    {
        readonly Dictionary<string, SourceTable> tables;
        readonly string main;
        readonly List<string> joined = [];
        readonly List<string> clauses = [];
        readonly Dictionary<(string Table, string Name), SourceColumn> columns = [];

        public Join(Dictionary<string, SourceTable> tables, string main)
        {
            this.tables = tables;
            this.main = main;
            Add(main);
        }

        public bool Has(string table) => joined.Contains(table);

        public SourceColumn At(string table, string name) => columns[(table, name)];

        public SourceColumn? Find(string table, string name) => columns.GetValueOrDefault((table, name));

        public Join To(string table, string key, string from)
        {
            if (!tables.TryGetValue(table, out var target) || !Has(from)) return this;
            var keyColumn = target.Columns.First(c => c.Name == key);
            var selected = string.Join(", ", target.Columns.Select(c => $"{c.Sql} AS {table}_{c.Index}"));
            // A key that comes twice must not double the main table's rows: its first row counts.
            clauses.Add($"LEFT JOIN (SELECT {selected} FROM ({target.Scan(target.Columns.ToList())}) "
                + $"QUALIFY row_number() OVER (PARTITION BY {keyColumn.Sql}) = 1) AS {table} ON {table}_{keyColumn.Index} = "
                + $"{At(from, key).Sql}");
            Add(table);
            return this;
        }

        void Add(string table)
        {
            joined.Add(table);
            foreach (var column in tables[table].Columns)
            {
                var name = columns.Values.Any(c => c.Name == column.Name) ? $"{table}.{column.Name}" : column.Name;
                columns[(table, column.Name)] = new SourceColumn(columns.Count, name, $"{table}_{column.Index}", column.Type,
                    column.Values);
            }
        }

        public DerivedTable Table()
        {
            var source = tables[main];
            var selected = string.Join(", ", source.Columns.Select(c => $"{c.Sql} AS {main}_{c.Index}"));
            string Scan(IReadOnlyCollection<SourceColumn> used) =>
                $"SELECT * FROM (SELECT file_no, row_number() OVER () AS place, {source.Newlines} AS breaks, {selected} FROM "
                    + $"({source.Scan(source.Columns.ToList())})) AS {main} "
                + $"{string.Join(" ", clauses)} ORDER BY place";

            var files = joined.SelectMany(t => tables[t].Files).ToList();
            var malformed = new List<string>();
            var first = 0;
            foreach (var table in joined)
            {
                if (tables[table].MalformedSql is { } sql) malformed.Add($"SELECT CAST(file_no + {first} AS SMALLINT) AS file_no, "
                    + $"line, reason, raw FROM ({sql})");
                first += tables[table].Files.Count;
            }

            var list = columns.Values.OrderBy(c => c.Index).ToList();
            return new DerivedTable(files, source.Dialect, list, SourceTable.Row(list, source.Dialect), "breaks", malformed.Count == 0 ? null
                : string.Join(" UNION ALL ", malformed), Scan);
        }
    }
}
