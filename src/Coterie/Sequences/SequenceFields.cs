namespace Coterie.Sequences;

/// <summary>The fields of a coded event: their order, their words, and the borders of their buckets.</summary>
/// <remarks>Relational fields say how an event stands to the customer's own past (product_rank and the like). They hold in any catalogue, which names
/// of products do not.</remarks>
static class SequenceFields
{
    // Places of the fields, in the order of Of.
    public const int Kind = 0, Category = 1, Product = 2, ProductRank = 3, BoughtRank = 4, OrdersAgo = 5, OrderBeat = 6,
        Touches = 7, ProductGap = 8, CategoryRank = 9, Brand = 10, Price = 11, Quantity = 12, Discount = 13, Gap = 14, Position = 15, Hour = 16,
        Weekday = 17, Channel = 18, Device = 19, Count = 20;

    /// <summary>The closed list of kinds, in the order in which a purchase comes about; it also orders events of equal times.</summary>
    public static readonly IReadOnlyList<string> Kinds =
    [
        "email_open", "ad_click", "search", "view", "click", "wishlist", "add_to_cart", "remove_from_cart", "checkout", "purchase", "refund", "review",
        "message",
    ];

    /// <summary>Ranks are told apart up to this one.</summary>
    public const int Ranks = 8;

    /// <summary>Seconds: a pause that long or longer belongs to the next bucket. Half an hour ends a session.</summary>
    public static readonly IReadOnlyList<long> GapEdges =
        [1, 30, 120, 600, 1_801, 7_200, 43_200, 129_600, 345_600, 864_000, 2_592_000, 7_776_000, 15_552_000];

    static readonly string[] GapWords =
    [
        "same second", "under 30 s", "under 2 min", "under 10 min", "within 30 min", "under 2 h", "under 12 h", "under 1.5 days", "under 4 days",
        "under 10 days", "under 30 days", "under 90 days", "under 180 days", "longer",
    ];

    /// <summary>Earlier events with the same product: so many or more belong to the next bucket.</summary>
    public static readonly IReadOnlyList<int> TouchEdges = [1, 2, 3, 4, 7];

    /// <summary>Place of an event in its session, likewise.</summary>
    public static readonly IReadOnlyList<int> PositionEdges = [2, 3, 4, 5, 7, 10, 15];

    public static readonly IReadOnlyList<double> QuantityEdges = [1, 2, 3, 5, 10];

    /// <summary>Share of the list price that was let off. Half a percent is rounding.</summary>
    public static readonly IReadOnlyList<double> DiscountEdges = [0.005, 0.1, 0.2, 0.3, 0.5];

    public static IReadOnlyList<SequenceField> Of(SequenceSchema schema) =>
    [
        Words("kind", "What happened.", [.. Kinds, "other"]),
        Words("category", "The product's category; those of fewest events share one code.", [.. schema.NamedCategories, "other"]),
        schema.Options.Products == ProductCoding.Hashed
            ? new("product", "The product's id, hashed: two products may share a code.", SequenceField.First + schema.Options.ProductCodes, [])
            : Words("product", "The product's id.", schema.Products),
        Words("product_rank", "How many different products ago this one was the customer's last: 1 is the same as just now.", [.. RankWords, "new"]),
        Words("bought_rank", "The same among the products that the customer bought.", [.. RankWords, "never bought"]),
        Words("orders_ago", "How many orders ago the customer last bought this product.", ["this order", .. RankWords, "never bought"]),
        Words("order_beat", "A product bought again: whether it was as many orders ago as at the repeat before; in a rotation it always is.",
            ["first repeat", "same", "one off", "other"]),
        Words("touches", "How many earlier events of the customer were about this product.", ["0", "1", "2", "3", "4 to 6", "7 or more"]),
        Words("product_gap", "Time since the customer's last event about this product.", [.. GapWords, "never"]),
        Words("category_rank", "How many different categories ago this one was the customer's last.", [.. RankWords, "new"]),
        Words("brand", "The product's brand beside that of the product before.", ["same", "known", "new"]),
        Words("price", "Unit price over the usual price of the category, in eighths of the training events.", [.. Enumerable.Range(1, schema.PriceEdges.Count + 1).Select(i => $"{i}")]),
        Words("quantity", "Units.", ["under 1", "1", "2", "3 or 4", "5 to 9", "10 or more"]),
        Words("discount", "Price below list.", ["none", "under 10 %", "under 20 %", "under 30 %", "under 50 %", "50 % or more"]),
        Words("gap", "Time since the customer's event before.", [.. GapWords, "first event"]),
        Words("position", "Place in the session; a session ends with its id, or after 30 minutes without an event.",
            ["1", "2", "3", "4", "5 or 6", "7 to 9", "10 to 14", "15 or later"]),
        Words("hour", "Hour of the day, UTC.", [.. Enumerable.Range(0, 24).Select(h => $"{h}")]),
        Words("weekday", "Day of the week, UTC.", ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]),
        Words("channel", "Where the customer came from.", schema.Channels),
        Words("device", "What the customer used.", schema.Devices),
    ];

    static IEnumerable<string> RankWords => [.. Enumerable.Range(1, Ranks).Select(r => $"{r}"), "further back"];

    static SequenceField Words(string name, string sentence, IReadOnlyList<string> words) => new(name, sentence, SequenceField.First + words.Count, words);

    /// <summary>How many edges the value has reached: its bucket, from 0.</summary>
    public static int Bucket(double value, IReadOnlyList<double> edges)
    {
        var bucket = 0;
        while (bucket < edges.Count && value >= edges[bucket]) bucket++;
        return bucket;
    }

    public static int Bucket(int value, IReadOnlyList<int> edges)
    {
        var bucket = 0;
        while (bucket < edges.Count && value >= edges[bucket]) bucket++;
        return bucket;
    }

    public static int Bucket(long value, IReadOnlyList<long> edges)
    {
        var bucket = 0;
        while (bucket < edges.Count && value >= edges[bucket]) bucket++;
        return bucket;
    }
}
