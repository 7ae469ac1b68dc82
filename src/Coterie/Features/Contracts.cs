namespace Coterie.Features;

/// <summary>How a feature is brought to a comparable scale before clustering.</summary>
public enum Transform
{
    /// <summary>By skewness: none, log, or rank.</summary>
    Auto,
    None,
    /// <summary>Square root: amounts and counts whose large values matter.</summary>
    Sqrt,
    /// <summary>log(1 + x).</summary>
    Log,
    /// <summary>Rank to normal score.</summary>
    Rank,
}

/// <summary>One feature of the catalogue.</summary>
public sealed record Feature
{
    /// <summary>snake_case, as in SQL and files.</summary>
    public required string Name { get; init; }
    /// <summary>Short label, English and Chinese, for charts: "Days since last order".</summary>
    public required string Label { get; init; }
    public required string LabelZh { get; init; }
    /// <summary>One sentence that defines it.</summary>
    public required string Sentence { get; init; }
    /// <summary>days, orders, money, share, count, hours, stars …</summary>
    public required string Unit { get; init; }
    /// <summary>recency, frequency, money, rhythm, basket, refunds, discount, category, time, season, funnel, session, search, context, reviews, trend.</summary>
    public required string Family { get; init; }
    public Transform Transform { get; init; } = Transform.Auto;
    /// <summary>Words for a segment that has much or little of it, for names and facts: ("buys often", "buys rarely").</summary>
    public required string High { get; init; }
    public required string Low { get; init; }
    public required string HighZh { get; init; }
    public required string LowZh { get; init; }
    /// <summary>What it cannot be computed without: an event column ("price"), a kind ("kind:view"), "browsing" (any kind besides
    /// purchase and refund), "time_of_day", "history" (most of a year, see <see cref="FeatureCatalogue.HistoryDays"/>).</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];
}

/// <summary>What the features of one customer need to know of the whole shop. Measured once and kept with a model, so that a customer
/// who is scored later, from another file, gets the same features.</summary>
public sealed record ShopFacts
{
    /// <summary>The shop's first event, UTC: seasons need most of a year after it.</summary>
    public required DateTime? FirstEvent { get; init; }
    /// <summary>Categories of most events, most first.</summary>
    public required IReadOnlyList<string> TopCategories { get; init; }
    /// <summary>The country of most events.</summary>
    public required string? MainCountry { get; init; }
    /// <summary>Mean unit price of the lines bought in each category.</summary>
    public required IReadOnlyDictionary<string, double> CategoryPrices { get; init; }
}

/// <summary>What to compute features of, and as of when.</summary>
public sealed record FeatureRequest
{
    /// <summary>Only events at or before this instant are seen, UTC.</summary>
    public required DateTime AsOf { get; init; }
    /// <summary>Event columns that carry information.</summary>
    public required IReadOnlySet<string> Present { get; init; }
    /// <summary>Event kinds that occur.</summary>
    public required IReadOnlySet<string> Kinds { get; init; }
    public bool HasTimeOfDay { get; init; } = true;
    /// <summary>The relation that holds the events; <see cref="CustomerSample"/> makes one of some customers only.</summary>
    public string Events { get; init; } = "events";
    /// <summary>The top categories whose shares are features; null chooses them from the data seen.</summary>
    public IReadOnlyList<string>? TopCategories { get; init; }
    /// <summary>What is known of the shop; null measures it from the events seen.</summary>
    public ShopFacts? Facts { get; init; }
}

/// <summary>Customers x features, as of an instant; customers in ordinal order of their id.</summary>
public sealed record FeatureTable
{
    public required DateTime AsOf { get; init; }
    public required string[] Customers { get; init; }
    public required IReadOnlyList<Feature> Features { get; init; }
    /// <summary>One array for each feature, length customers; NaN where the customer has nothing to measure (no second order, so no gap).</summary>
    public required IReadOnlyList<double[]> Columns { get; init; }
    /// <summary>Features of the catalogue that these data cannot give, with the reason.</summary>
    public IReadOnlyDictionary<string, string> LeftOut { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> TopCategories { get; init; } = [];
    /// <summary>What was known of the shop: pass it to <see cref="FeatureRequest.Facts"/> to score customers in the same way.</summary>
    public ShopFacts? Facts { get; init; }

    public int Count => Customers.Length;

    /// <summary>Some of the features, those that the table has.</summary>
    public FeatureTable Only(IReadOnlyCollection<string> names)
    {
        var places = Enumerable.Range(0, Features.Count).Where(j => names.Contains(Features[j].Name)).ToArray();
        return this with { Features = [.. places.Select(j => Features[j])], Columns = [.. places.Select(j => Columns[j])] };
    }

    /// <summary>The customers for whom it holds.</summary>
    public FeatureTable Where(Func<string, bool> holds)
    {
        var places = Enumerable.Range(0, Count).Where(i => holds(Customers[i])).ToArray();
        return places.Length == Count ? this : At(places);
    }

    /// <summary>At most so many of the customers, at even distances.</summary>
    public FeatureTable Some(int most)
    {
        if (Count <= most) return this;
        return At([.. Enumerable.Range(0, most).Select(i => (int)((long)i * Count / most))]);
    }

    internal FeatureTable At(int[] places) => this with
    {
        Customers = [.. places.Select(i => Customers[i])],
        Columns = [.. Columns.Select(c => Array.ConvertAll(places, i => c[i]))],
    };

    /// <summary>The column of a feature, or null where the data could not give it.</summary>
    public double[]? Column(string feature)
    {
        for (var i = 0; i < Features.Count; i++)
            if (Features[i].Name == feature) return Columns[i];
        return null;
    }
}

/// <summary>What happened to customers in (from, to]: the future of a frozen segmentation.</summary>
/// <param name="Customers">The same customers, in the same order, as the feature table it is compared with.</param>
/// <param name="Spend">Sum of price x quantity of purchases.</param>
/// <param name="Orders">Orders (distinct order ids, else distinct days with a purchase).</param>
/// <param name="Active">Whether any event happened.</param>
/// <param name="TopCategory">Category of most spend in the period, or null.</param>
public sealed record Outcomes(string[] Customers, double[] Spend, double[] Orders, bool[] Active, string?[] TopCategory);
