using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>Codes one customer's events, oldest first, by what came before. One pass, one event at a time.</summary>
sealed class SequenceCoder
{
    const int First = SequenceField.First;

    readonly SequenceSchema schema;
    readonly bool hours;
    readonly Dictionary<string, int> kinds, categories, channels, devices, vocabulary;
    readonly Dictionary<string, double> usual = new(StringComparer.Ordinal);
    readonly int named;

    // Of this customer so far.
    readonly Dictionary<string, int> products = new(StringComparer.Ordinal), seenCategories = new(StringComparer.Ordinal);
    readonly HashSet<string> brands = new(StringComparer.Ordinal);
    readonly List<Past> pasts = [];
    readonly RecentList recent = new(), bought = new(), recentCategories = new();
    int orders, position, lastAgo;
    string? lastOrder, lastSession, lastBrand;
    long lastSecond, lastPurchase;
    bool started, whole;

    // What happened to one product: when last, how often, and in which of the customer's orders last (0: never bought).
    record struct Past(long Second, int Touches, int Order);

    public SequenceCoder(SequenceSchema schema, bool hasTimeOfDay)
    {
        this.schema = schema;
        hours = hasTimeOfDay;
        kinds = Numbered(SequenceFields.Kinds);
        categories = Numbered(schema.Categories.Select(c => c.Name));
        channels = Numbered(schema.Channels);
        devices = Numbered(schema.Devices);
        vocabulary = Numbered(schema.Products);
        named = Math.Min(schema.Options.Categories, schema.Categories.Count);
        foreach (var category in schema.Categories)
            if (category.Price is { } price) usual[category.Name] = price;
    }

    static Dictionary<string, int> Numbered(IEnumerable<string> words) =>
        words.Select(KeyValuePair.Create<string, int>).ToDictionary(StringComparer.Ordinal);

    /// <summary>Forgets the customer before.</summary>
    /// <param name="fromTheStart">Whether the first event to come is the customer's first.</param>
    public void Begin(bool fromTheStart)
    {
        products.Clear();
        seenCategories.Clear();
        brands.Clear();
        pasts.Clear();
        recent.Clear();
        bought.Clear();
        recentCategories.Clear();
        orders = position = lastAgo = 0;
        lastOrder = lastSession = lastBrand = null;
        lastSecond = 0;
        lastPurchase = long.MinValue;
        started = false;
        whole = fromTheStart;
    }

    /// <summary>Codes the next event into <paramref name="codes"/> (one for each field) and remembers it.</summary>
    public void Code(in SequenceEvent e, Span<ushort> codes)
    {
        codes.Fill(SequenceField.Unknown);
        void Put(Span<ushort> into, int field, int bucket) => into[field] = (ushort)(First + bucket);

        Put(codes, SequenceFields.Kind, kinds.GetValueOrDefault(e.Kind, SequenceFields.Kinds.Count));
        if (e.Kind == "purchase") Order(e);
        if (e.Product is { } product) Product(product, e, codes);
        if (e.Category is { } category) Category(category, codes);
        if (e.Brand is { } brand)
        {
            Put(codes, SequenceFields.Brand, brand == lastBrand ? 0 : brands.Contains(brand) ? 1 : 2);
            brands.Add(brand);
            lastBrand = brand;
        }

        if (Usual(e.Category) is { } price && e.Price > 0) Put(codes, SequenceFields.Price, SequenceFields.Bucket(e.Price / price, schema.PriceEdges));
        if (!double.IsNaN(e.Quantity)) Put(codes, SequenceFields.Quantity, SequenceFields.Bucket(e.Quantity, SequenceFields.QuantityEdges));
        if (e.ListPrice > 0 && e.Price >= 0)
            Put(codes, SequenceFields.Discount, SequenceFields.Bucket(1 - e.Price / e.ListPrice, SequenceFields.DiscountEdges));
        if (started || whole)
            Put(codes, SequenceFields.Gap, started ? SequenceFields.Bucket(e.Second - lastSecond, SequenceFields.GapEdges) : SequenceFields.GapEdges.Count + 1);
        position = Continues(e) ? position + 1 : 1;
        Put(codes, SequenceFields.Position, SequenceFields.Bucket(position, SequenceFields.PositionEdges));
        var day = Math.DivRem(e.Second, 86_400, out var second);
        if (second < 0) (day, second) = (day - 1, second + 86_400);
        if (hours) Put(codes, SequenceFields.Hour, (int)(second / 3_600));
        // 1970-01-01 was a Thursday.
        Put(codes, SequenceFields.Weekday, (int)(((day + 3) % 7 + 7) % 7));
        if (e.Channel is not null && channels.TryGetValue(e.Channel, out var channel)) Put(codes, SequenceFields.Channel, channel);
        if (e.Device is not null && devices.TryGetValue(e.Device, out var device)) Put(codes, SequenceFields.Device, device);

        started = true;
        lastSecond = e.Second;
        lastSession = e.Session;
    }

    // Lines of one order share its id; without ids, a day's purchases are one order.
    void Order(in SequenceEvent e)
    {
        var same = orders > 0 && (e.Order is not null || lastOrder is not null
            ? e.Order == lastOrder
            : Math.Floor(e.Second / 86_400.0) == Math.Floor(lastPurchase / 86_400.0));
        if (!same) orders++;
        lastOrder = e.Order;
        lastPurchase = e.Second;
    }

    void Product(string id, in SequenceEvent e, Span<ushort> codes)
    {
        var known = products.TryGetValue(id, out var number);
        if (!known)
        {
            products[id] = number = pasts.Count;
            pasts.Add(default);
        }

        ref var past = ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(pasts)[number];
        var buys = e.Kind == "purchase";
        if (schema.Options.Products == ProductCoding.Hashed) codes[SequenceFields.Product] = (ushort)(First + Hash(id) % (ulong)schema.Options.ProductCodes);
        else if (vocabulary.TryGetValue(id, out var word)) codes[SequenceFields.Product] = (ushort)(First + word);
        codes[SequenceFields.ProductRank] = Rank(recent.Rank(number), known);
        codes[SequenceFields.BoughtRank] = Rank(bought.Rank(number), past.Order > 0);
        // A purchase belongs to the order that was counted last, anything else to the next one.
        var ago = past.Order > 0 ? Math.Min(orders + (buys ? 0 : 1) - past.Order, SequenceFields.Ranks + 1) : SequenceFields.Ranks + 2;
        codes[SequenceFields.OrdersAgo] = (ushort)(First + ago);
        if (buys && ago is > 0 and <= SequenceFields.Ranks + 1)
        {
            codes[SequenceFields.OrderBeat] = (ushort)(First + (lastAgo == 0 ? 0 : Math.Min(Math.Abs(ago - lastAgo), 2) + 1));
            lastAgo = ago;
        }

        codes[SequenceFields.Touches] = (ushort)(First + SequenceFields.Bucket(past.Touches, SequenceFields.TouchEdges));
        codes[SequenceFields.ProductGap] =
            (ushort)(First + (known ? SequenceFields.Bucket(e.Second - past.Second, SequenceFields.GapEdges) : SequenceFields.GapEdges.Count + 1));

        recent.Touch(number);
        if (buys) bought.Touch(number);
        past = new Past(e.Second, past.Touches + 1, buys ? orders : past.Order);
    }

    void Category(string name, Span<ushort> codes)
    {
        if (categories.TryGetValue(name, out var place)) codes[SequenceFields.Category] = (ushort)(First + Math.Min(place, named));
        var known = seenCategories.TryGetValue(name, out var number);
        if (!known) seenCategories[name] = number = seenCategories.Count;
        codes[SequenceFields.CategoryRank] = Rank(recentCategories.Rank(number), known);
        recentCategories.Touch(number);
    }

    static ushort Rank(int rank, bool known) => (ushort)(First + (rank >= 0 ? rank : SequenceFields.Ranks + (known ? 0 : 1)));

    double? Usual(string? category) => category is not null && usual.TryGetValue(category, out var price) ? price : schema.UsualPrice;

    bool Continues(in SequenceEvent e) => started
        && (e.Session is not null && lastSession is not null ? e.Session == lastSession : e.Second - lastSecond <= 1_800);

    // FNV-1a (Fowler, Noll and Vo) over UTF-16 units, its bits then spread: the same on every machine and in every version.
    static ulong Hash(string text)
    {
        var hash = 14695981039346656037;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211;
        return Rng.Mix(hash);
    }
}
