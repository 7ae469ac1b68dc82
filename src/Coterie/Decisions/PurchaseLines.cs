using Coterie.Warehouse;

namespace Coterie.Decisions;

/// <summary>What the log says about a product: the title, category and brand that stand on most of its lines; null where it says nothing.</summary>
public sealed record SoldProduct(string Id, string? Title, string? Category, string? Brand)
{
    /// <summary>How a person would call it.</summary>
    public string Name => Title is { Length: > 0 } title && title != Id ? title : Id;
}

/// <summary>Every line bought up to an instant, in the order of customer, time, order and product: the columns are parallel arrays.</summary>
public sealed record PurchaseLines
{
    public required IReadOnlyList<string> Customers { get; init; }
    public required IReadOnlyList<SoldProduct> Products { get; init; }
    /// <summary>Orders in all; a customer's orders are numbered one after the other, in order of time.</summary>
    public required int Orders { get; init; }
    public required int[] Customer { get; init; }
    /// <summary>-1 where the line names no product.</summary>
    public required int[] Product { get; init; }
    public required int[] Order { get; init; }
    /// <summary>Seconds before the instant.</summary>
    public required long[] Ago { get; init; }
    /// <summary>Unit price; NaN where the line has none.</summary>
    public required double[] Price { get; init; }
    /// <summary>Units; one where the line does not say.</summary>
    public required double[] Quantity { get; init; }

    public int Count => Customer.Length;

    /// <summary>Reads the lines of a shop.</summary>
    public static PurchaseLines Read(DecisionInput input)
    {
        var (w, present) = (input.Warehouse, input.Quality.Present);
        var products = Facts(input);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var p = 0; p < products.Count; p++) places[products[p].Id] = p;

        List<string> customers = [];
        List<int> customer = [], product = [], order = [];
        List<long> ago = [];
        List<double> price = [], quantity = [];
        Dictionary<string, int> open = new(StringComparer.Ordinal);
        var (orders, rows) = (0, 0);
        w.Query(new Step("read purchase lines", $"""
            SELECT "customer_id", $now - {w.Dialect.EpochSeconds("\"time\"")} AS "ago", "order_id", "product_id", "price", coalesce("quantity", 1) AS "quantity"
            FROM "events"
            WHERE "kind" = 'purchase' AND "time" <= $as_of AND "customer_id" IS NOT NULL
            ORDER BY "customer_id", "time", "order_id", "product_id", "price", "quantity"
            """) { Parameters = Instant(input) }, r =>
        {
            if ((++rows & 0xFFFF) == 0) input.Stop.ThrowIfCancellationRequested();
            var id = r.GetString(0);
            if (customers.Count == 0 || customers[^1] != id)
            {
                customers.Add(id);
                open.Clear();
            }

            ago.Add(r.GetInt64(1));
            // Without an order id a day with a purchase is an order, as everywhere else.
            var key = r.TextOrNull(2) ?? "\0" + input.AsOf.AddSeconds(-ago[^1]).Date.Ticks;
            if (!open.TryGetValue(key, out var number)) open[key] = number = orders++;
            customer.Add(customers.Count - 1);
            order.Add(number);
            product.Add(r.TextOrNull(3) is { } name ? places[name] : -1);
            price.Add(present.Contains("price") && !r.IsDBNull(4) ? r.GetDouble(4) : double.NaN);
            quantity.Add(r.GetDouble(5));
        });
        return new PurchaseLines
        {
            Customers = customers,
            Products = products,
            Orders = orders,
            Customer = [.. customer],
            Product = [.. product],
            Order = [.. order],
            Ago = [.. ago],
            Price = [.. price],
            Quantity = [.. quantity],
        };
    }

    /// <summary>The place of each customer's segment; -1 where the run did not know the customer, 0 for everybody without a run.</summary>
    public int[] SegmentsOf(Membership? membership) => [.. Customers.Select(c => membership?.Of(c) ?? 0)];

    static List<SoldProduct> Facts(DecisionInput input)
    {
        List<string> ids = input.Warehouse.Rows(new Step("list products bought", """
            SELECT DISTINCT "product_id" FROM "events" WHERE "kind" = 'purchase' AND "time" <= $as_of AND "product_id" IS NOT NULL ORDER BY "product_id"
            """) { Parameters = Instant(input, now: false) }, r => r.GetString(0));
        Dictionary<string, string> titles = Most("text"), categories = Most("category"), brands = Most("brand");
        return [.. ids.Select(id => new SoldProduct(id, titles.GetValueOrDefault(id), categories.GetValueOrDefault(id), brands.GetValueOrDefault(id)))];

        Dictionary<string, string> Most(string column)
        {
            Dictionary<string, string> most = new(StringComparer.Ordinal);
            if (!input.Quality.Present.Contains(column)) return most;
            var name = input.Warehouse.Dialect.Name(column);
            // Most lines first, then by the alphabet, so that the answer does not depend on the order of rows.
            input.Warehouse.Query(new Step($"find each product's {column}", $"""
                SELECT "product_id", {name} FROM "events"
                WHERE "kind" = 'purchase' AND "time" <= $as_of AND "product_id" IS NOT NULL AND {name} IS NOT NULL
                GROUP BY "product_id", {name} ORDER BY "product_id", count(*) DESC, {name}
                """) { Parameters = Instant(input, now: false) }, r => most.TryAdd(r.GetString(0), r.GetString(1)));
            return most;
        }
    }

    internal static Dictionary<string, object?> Instant(DecisionInput input, bool now = true)
    {
        Dictionary<string, object?> values = new() { ["as_of"] = input.AsOf };
        if (now) values["now"] = Seconds(input.AsOf);
        return values;
    }

    internal static long Seconds(DateTime instant) => (instant.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
}
