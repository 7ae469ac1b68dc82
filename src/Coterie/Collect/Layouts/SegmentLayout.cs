using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>JSON Lines of Segment's spec: identify, track, page, screen, group and alias calls, with the e-commerce events (spec version
/// 2).</summary>
static class SegmentLayout
{
    static readonly string[] Calls = ["track", "identify", "page", "screen", "group", "alias"];

    // Members that the spec names; they are asked for even where the sample shows none of them.
    static readonly string[] Pointers =
    [
        "/type", "/event", "/userId", "/anonymousId", "/previousId", "/messageId", "/timestamp", "/originalTimestamp", "/sentAt",
            "/receivedAt",
        "/properties/products", "/properties/product_id", "/properties/sku", "/properties/name", "/properties/title",
            "/properties/category", "/properties/brand", "/properties/price",
        "/properties/quantity", "/properties/currency", "/properties/order_id", "/properties/revenue", "/properties/subtotal",
            "/properties/total", "/properties/value",
        "/properties/query", "/properties/review_body", "/properties/rating", "/properties/session_id",
        "/context/device/type", "/context/os/name", "/context/campaign/source", "/context/location/country", "/context/sessionId",
            "/traits/country", "/context/traits/country",
    ];

    static readonly string[] ItemMembers = ["/product_id", "/sku", "/name", "/category", "/brand", "/price", "/quantity"];

    public static bool Recognises(IReadOnlyList<TableFile> files)
    {
        if (files[0].Format != FileFormat.JsonLines) return false;
        var paths = files[0].Paths.ToList();
        var type = paths.IndexOf("/type");
        if (type < 0 || (!paths.Contains("/userId") && !paths.Contains("/anonymousId"))) return false;
        var values = files.SelectMany(f => f.Chunks).SelectMany(c => c).Select(r => r[type]).OfType<string>().ToList();
        return values.Count > 0 && values.Count(v => Calls.Contains(v)) >= 0.9 * values.Count;
    }

    public static RawRelation Relation(
        IReadOnlyList<TableFile> files, IReadOnlyDictionary<string, string> map, CollectOptions options, IWarehouse warehouse)
    {
        var source = new JsonTable(files, warehouse.Dialect, Pointers);
        SourceColumn At(string pointer) => source.At(pointer)!;
        string P(string member) => At($"/properties/{member}").Sql;
        var table = Exploded(source);
        var builder = new RelationBuilder(table, "segment_spec", options, warehouse);

        void Set(string target, string sql, string shown, params string[] pointers) =>
            builder.Set(target, sql, shown, "layout", pointers.Select(At));

        Set("message_id", $"CASE WHEN item_no > 1 THEN {At("/messageId").Sql} || '/' || item_no ELSE {At("/messageId").Sql} END",
            "messageId", "/messageId");
        Set("customer_id", At("/userId").Sql, "userId", "/userId");
        Set("anonymous_id", At("/anonymousId").Sql, "anonymousId", "/anonymousId");
        Set("previous_id", At("/previousId").Sql, "previousId", "/previousId");
        Set("kind", "call", "type, event", "/type", "/event");
        Set("product_id", $"coalesce(item[1], item[2], {P("product_id")}, {P("sku")})", "product_id, sku", "/properties/product_id",
            "/properties/sku");
        Set("category", $"coalesce(item[4], {P("category")})", "category", "/properties/category");
        Set("brand", $"coalesce(item[5], {P("brand")})", "brand", "/properties/brand");
        Set("text", $"coalesce({P("query")}, {P("review_body")}, item[3], {P("name")}, {P("title")})", "query, review_body, name, title",
            "/properties/query", "/properties/review_body", "/properties/name", "/properties/title");
        Set("currency", P("currency"), "currency", "/properties/currency");
        Set("order_id", P("order_id"), "order_id", "/properties/order_id");
        Set("session_id", $"coalesce({P("session_id")}, {At("/context/sessionId").Sql})", "session_id", "/properties/session_id",
            "/context/sessionId");
        Set("channel", At("/context/campaign/source").Sql, "context.campaign.source", "/context/campaign/source");
        Set("device", $"coalesce({At("/context/device/type").Sql}, {At("/context/os/name").Sql})",
            "context.device.type, context.os.name", "/context/device/type", "/context/os/name");
        string[] countries = ["/context/location/country", "/traits/country", "/context/traits/country"];
        Set("country", $"coalesce({string.Join(", ", countries.Select(c => At(c).Sql))})", "country", countries);
        SetMoney(builder, source);
        SetTime(builder, source, options, warehouse);
        Set("cancelled", "call = 'refund'", "Order Refunded, Order Cancelled", "/event");

        var given = MapOptions.For(table, map);
        if (given.Count > 0)
        {
            var assignments = new Assignments();
            assignments.Override(given);
            builder.Apply(assignments);
        }

        return builder.Build();
    }

    static void SetMoney(RelationBuilder builder, JsonTable source)
    {
        string P(string member) => source.At($"/properties/{member}")!.Sql;
        // Spec: revenue is without shipping and tax, total is with both. Of an order without prices of its products each line gets an
        // equal part.
        var order = $"try_cast(coalesce({P("revenue")}, {P("subtotal")}, {P("total")}, {P("value")}) AS DOUBLE)";
        var units = "coalesce(nullif(try_cast(item[7] AS DOUBLE), 0), 1)";
        string[] used = ["/properties/price", "/properties/revenue", "/properties/subtotal", "/properties/total", "/properties/value"];
        builder.Set("price",
            "CASE WHEN call IN ('purchase', 'refund') THEN coalesce(try_cast(item[6] AS DOUBLE), CASE WHEN product IS NULL THEN "
                + $"try_cast({P("price")} AS DOUBLE) END, "
            + $"abs({order}) / greatest(1, item_count) / {units}) ELSE try_cast({P("price")} AS DOUBLE) END",
            "price; else revenue, subtotal, total, value of the order", "layout", used
                .Select(p => source.At(p)!), $"coalesce(item[6], {P("price")})");
        builder.Set("quantity",
            $"coalesce(try_cast(item[7] AS DOUBLE), CASE WHEN product IS NULL THEN try_cast({P("quantity")} AS DOUBLE) END, CASE "
                + "WHEN call IN ('purchase', 'refund') THEN 1 END)",
            "quantity, else 1", "layout", [source.At("/properties/quantity")!], $"coalesce(item[7], {P("quantity")})");
        builder.Set("rating", $"try_cast({P("rating")} AS DOUBLE)", "rating", "layout", [source.At("/properties/rating")!], P("rating"));
    }

    static void SetTime(RelationBuilder builder, JsonTable source, CollectOptions options, IWarehouse warehouse)
    {
        // timestamp is the sender's clock corrected for its skew; the others stand in where it is missing.
        List<SourceColumn> times = [.. new[] { "/timestamp", "/originalTimestamp", "/sentAt", "/receivedAt" }.Select(p => source.At(p)!)];
        List<string> values = [.. Enumerable.Range(0, times[0].Values.Count)
            .Select(i => times.Select(t => t.Values[i]).FirstOrDefault(v => v is not null)).OfType<string>()];
        builder.SetTime($"coalesce({string.Join(", ", times.Select(t => t.Sql))})", values,
            "timestamp, originalTimestamp, sentAt, receivedAt", times);
    }

    /// <summary>Orders become one row for each product; every other call stays one row.</summary>
    static DerivedTable Exploded(JsonTable source)
    {
        var dialect = source.Dialect;
        var (type, name, products) = (source.At("/type")!, source.At("/event")!, source.At("/properties/products")!);
        var call = $"CASE WHEN {type.Sql} IN ('page', 'screen') THEN 'view' WHEN {type.Sql} = 'track' THEN "
            + $"{KindWords.Sql(name.Sql, SeenEvents(name), dialect)} "
            + $"WHEN {type.Sql} IS NULL THEN NULL ELSE lower({type.Sql}) END";
        string Scan(IReadOnlyCollection<SourceColumn> used)
        {
            var all = used.Concat([type, name, products]).Distinct().ToList();
            var members = string.Join(", ", ItemMembers.Select(dialect.Text));
            return $"SELECT *, json_extract_string(product, [{members}]) AS item FROM "
                + "(SELECT *, len(list) AS item_count, unnest(list) AS product, generate_subscripts(list, 1) AS item_no FROM "
                + $"(SELECT *, CASE WHEN call IN ('purchase', 'refund') THEN coalesce(nullif(TRY(CAST({products.Sql} AS JSON[])), "
                + "[]), [NULL]) ELSE [NULL] END AS list FROM "
                + $"(SELECT *, {call} AS call FROM ({source.Scan(all)}))))";
        }

        string? Properties(IReadOnlySet<SourceColumn> used)
        {
            var whole = source.Properties(used.Except([products]).ToHashSet());
            var line = source.Properties(used.Append(products).ToHashSet());
            return whole is null || line is null
                ? whole ?? line
                : $"CASE WHEN product IS NULL THEN {whole} ELSE CAST(json_merge_patch({line}, json_object('product', product)) AS "
                    + "VARCHAR) END";
        }

        return new DerivedTable(source.Files, dialect, source.Columns, source.Raw, "0", source.MalformedSql, Scan, Properties,
            marksBroken: true);
    }

    static IEnumerable<string> SeenEvents(SourceColumn name) =>
        name.Present.GroupBy(v => v).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(30)
            .Select(g => g.Key);
}
