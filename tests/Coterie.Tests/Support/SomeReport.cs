using Coterie.Clean;
using Coterie.Clustering;
using Coterie.Collect;
using Coterie.Evaluation;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Reports;

namespace Coterie.Tests.Support;

/// <summary>Reports of runs that could have happened: an orders-only gift shop, a clickstream, a log without structure, a simulated shop with truth.</summary>
static partial class Some
{
    const string Hostile = "</script><img src=x onerror=alert(1)>\"'&`${x}";

    /// <summary>Online Retail: six segments, tested on the following 90 days, better than RFM.</summary>
    public static RunReport Report()
    {
        var segments = SomeSegments.GiftShop();
        return new()
        {
            Version = "0.1.0",
            Seed = 1,
            AsOf = new DateTime(2011, 12, 9, 12, 50, 0, DateTimeKind.Utc),
            Currency = "GBP",
            Input = new()
            {
                Files = ["online_retail.csv.gz"],
                RowsRead = 541_909,
                RowsKept = 399_656,
                Quarantined = new Dictionary<string, long> { ["no_customer"] = 135_080, ["duplicate"] = 5_225, ["non_product"] = 1_920, ["zero_price"] = 28 },
            },
            Quality = SomeParts.GiftShopQuality(),
            Customers = 4_334,
            Features = SomeParts.Features(SomeSegments.GiftShopFeatures, used: 17),
            FeaturesLeftOut = new Dictionary<string, string>
            {
                ["view_to_cart"] = "needs kind:view, kind:add_to_cart",
                ["cart_to_purchase"] = "needs kind:add_to_cart",
                ["session_depth"] = "needs session_id",
                ["searches"] = "needs kind:search",
                ["discount_depth"] = "needs list_price",
                ["main_device"] = "needs device",
                ["mean_rating"] = "needs rating",
            },
            Search = SomeParts.Search(6, structure: true),
            Segments = segments,
            RulesFidelity = 0.914,
            Validity = SomeParts.Validity(segments.Count, "better"),
            Deep = SomeDeep.Off(),
            Map = SomeParts.Map(segments, 3_000, 7),
            Settings = new Dictionary<string, string>
            {
                ["method"] = "auto", ["k"] = "auto (2 to 10)", ["seed"] = "1", ["threads"] = "2", ["memory limit"] = "1.5 GB",
                ["time budget"] = "none", ["timezone"] = "UTC", ["horizon"] = "auto (90 days)", ["scaling"] = "standard",
            },
            Notes =
            [
                "Dates were read as ISO 8601 (evidence: 541,909 of 541,909).",
                "Candidates were compared on all 4,334 customers; no sample was taken.",
                "Currency was not given; GBP is for display only.",
                "The map shows 3,000 of 4,334 customers, chosen by a hash of the id and the seed.",
            ],
            Timings = new Dictionary<string, double>
            {
                ["collect"] = 1.92, ["clean"] = 2.41, ["features"] = 1.37, ["prepare"] = 0.21, ["cluster"] = 9.84, ["evaluate"] = 5.12, ["profile"] = 0.66, ["write"] = 0.93,
            },
            PeakMemoryMb = 812.4,
        };
    }

    /// <summary>A day of clicks: four segments, no horizon to test them on.</summary>
    public static RunReport Clickstream()
    {
        var segments = SomeSegments.Clicks();
        var shop = Report();
        return shop with
        {
            AsOf = new DateTime(2019, 10, 1, 2, 49, 43, DateTimeKind.Utc),
            Currency = "USD",
            Input = new()
            {
                Files = ["2019-Oct-sample.csv.gz"], RowsRead = 17_435, RowsKept = 17_422,
                Quarantined = new Dictionary<string, long> { ["no_customer"] = 1, ["duplicate"] = 12 },
            },
            Quality = SomeParts.ClickQuality(),
            Customers = 4_505,
            Features = SomeParts.Features(SomeSegments.ClickFeatures, used: 9),
            FeaturesLeftOut = new Dictionary<string, string> { ["gap_mean"] = "needs at least two order days", ["refund_share"] = "needs kind:refund" },
            Search = SomeParts.Search(4, structure: true),
            Segments = segments,
            RulesFidelity = 0.962,
            Validity = null,
            Map = SomeParts.Map(segments, 2_400, 11),
            Notes = ["The history covers 2 h 50 min: too short to hold back a horizon, so predictive validity was not measured."],
        };
    }

    /// <summary>A log whose customers do not fall into groups.</summary>
    public static RunReport NoStructure() => Report() with
    {
        Customers = 2_357,
        Search = SomeParts.Search(0, structure: false),
        Segments = [],
        RulesFidelity = double.NaN,
        Validity = null,
        Map = [.. SomeParts.Map(SomeSegments.GiftShop().Take(1).ToList(), 1_500, 3).Select(p => p with { Segment = "" })],
        Notes = ["No structure was found, so no segments were made; pass --k to force a number of groups."],
    };

    /// <summary>A history that is too short to hold back a horizon.</summary>
    public static RunReport WithoutValidity() => Report() with { Validity = null, Notes = ["The history covers 41 days: too short to hold back a horizon."] };

    /// <summary>Segments that are no better than RFM.</summary>
    public static RunReport NoBetterThanRfm() => Report() with { Validity = SomeParts.Validity(6, "no_difference") };

    /// <summary>A simulated shop, compared with the true personas.</summary>
    public static RunReport WithLabels() => Report() with { Labels = SomeParts.Labels(), Customers = 20_000 };

    /// <summary>As many segments as there are colours.</summary>
    public static RunReport TwelveSegments()
    {
        var segments = SomeSegments.Twelve();
        return Report() with { Segments = segments, Map = SomeParts.Map(segments, 3_000, 5), Validity = SomeParts.Validity(12, "worse"), Search = SomeParts.Search(12, true) };
    }

    /// <summary>Markup, quotes and scripts wherever the data reach the page.</summary>
    public static RunReport WithHostileText()
    {
        var report = Report();
        var two = new Bilingual(Hostile, Hostile);
        return report with
        {
            Currency = "<b>",
            Input = report.Input with { Files = [Hostile], Quarantined = new Dictionary<string, long> { [Hostile] = 1 } },
            Quality = report.Quality with
            {
                Files = [new SourceFile(Hostile, Hostile, Hostile, 1)],
                Mapping = [new MappedColumn(Hostile, Hostile, Hostile, Hostile)],
                Layout = Hostile,
                Rules = [new RuleCount(Hostile, Hostile, Hostile, 1, 1, true)],
                Kinds = new Dictionary<string, long> { [Hostile] = 5 },
                Notes = [Hostile],
            },
            Features = [.. report.Features.Select(f => f with { Label = two, Sentence = Hostile, Unit = Hostile, Dropped = Hostile })],
            FeaturesLeftOut = new Dictionary<string, string> { [Hostile] = Hostile },
            Search = report.Search with { Rules = [Hostile], Candidates = [.. report.Search.Candidates.Select(c => c with { Verdict = Hostile, View = Hostile, Method = Hostile })] },
            Segments =
            [
                .. report.Segments.Select(s => s with
                {
                    Name = two,
                    Action = two,
                    Examples = [Hostile],
                    TopCategories = [new NamedShare(Hostile, 0.4, 0.2)],
                    Facts = [.. s.Facts.Select(f => f with { Label = two, Sentence = two, Unit = Hostile })],
                    Rule = s.Rule with { Words = two, Sql = Hostile },
                }),
            ],
            Validity = report.Validity! with { Verdict = two, Notes = [Hostile], Segments = [.. report.Validity.Segments.Select(s => s with { NextCategory = Hostile })] },
            Deep = SomeDeep.Hostile(Hostile),
            Labels = SomeParts.Labels() with { ClassNames = ["a", Hostile], ClusterNames = [Hostile, "b"], Confusion = [[1, 2], [3, 4]], PerClass = [new ClassScore(Hostile, 3, 1, 1, 1)] },
            Settings = new Dictionary<string, string> { [Hostile] = Hostile },
            Notes = [Hostile],
            Timings = new Dictionary<string, double> { [Hostile] = 1 },
        };
    }
}

/// <summary>Parts that the reports share.</summary>
static class SomeParts
{
    static readonly string[] Events = ["customer_id", "time", "kind", "product_id", "price", "quantity", "order_id", "text", "country"];

    public static QualityReport GiftShopQuality() => new()
    {
        Files = [new SourceFile("online_retail.csv.gz", "csv", "utf-8", 7_548_686) { HeaderLines = 1 }],
        Layout = "online_retail",
        Mapping =
        [
            new("customer_id", "CustomerID", "name"), new("time", "InvoiceDate", "name", "yyyy-MM-dd HH:mm:ss"), new("kind", "InvoiceNo", "layout"),
            new("product_id", "StockCode", "name"), new("price", "UnitPrice", "name"), new("quantity", "Quantity", "name"),
            new("order_id", "InvoiceNo", "name"), new("text", "Description", "name"), new("country", "Country", "name"),
        ],
        RowsRead = 541_909,
        RowsKept = 399_656,
        RevenueRead = 9_747_747.93,
        RevenueKept = 8_733_205.11,
        Refunds = 451_209.92,
        Customers = 4_334,
        FirstEvent = new DateTime(2010, 12, 1, 8, 26, 0, DateTimeKind.Utc),
        LastEvent = new DateTime(2011, 12, 9, 12, 50, 0, DateTimeKind.Utc),
        Rules =
        [
            new("no_customer", "The row names no customer.", "该行没有客户。", 135_080, 1_447_682.12, true),
            new("duplicate", "The row repeats another one exactly.", "与另一行完全相同。", 5_225, 24_120.51, true),
            new("non_product", "Postage, charges and corrections are not products.", "邮费、手续费与更正不是商品。", 1_920, -170_218.4, true),
            new("zero_price", "The price is zero.", "价格为零。", 28, 0, true),
            new("refund", "Cancelled invoices were kept as refunds.", "已取消的订单保留为退款。", 8_872, -451_209.92, false),
        ],
        Kinds = new Dictionary<string, long> { ["purchase"] = 390_784, ["refund"] = 8_872 },
        Present = Events.ToHashSet(),
        HasTimeOfDay = true,
        Notes = ["Column InvoiceNo gives both order_id and, by its letter C, the kind."],
        Currency = "GBP",
    };

    public static QualityReport ClickQuality() => GiftShopQuality() with
    {
        Files = [new SourceFile("2019-Oct-sample.csv.gz", "csv", "utf-8", 520_131) { HeaderLines = 1 }],
        Layout = "rees46",
        RowsRead = 17_435,
        RowsKept = 17_422,
        RevenueRead = 68_312.55,
        RevenueKept = 68_212.55,
        Refunds = 0,
        Customers = 4_505,
        FirstEvent = new DateTime(2019, 10, 1, 0, 0, 0, DateTimeKind.Utc),
        LastEvent = new DateTime(2019, 10, 1, 2, 49, 43, DateTimeKind.Utc),
        Rules = [new("duplicate", "The row repeats another one exactly.", "与另一行完全相同。", 12, 100, true), new("no_customer", "The row names no customer.", "该行没有客户。", 1, 0, true)],
        Kinds = new Dictionary<string, long> { ["view"] = 17_044, ["add_to_cart"] = 164, ["purchase"] = 214 },
        Currency = "USD",
        Notes = [],
    };

    public static ReportFeature[] Features(IReadOnlyList<SomeFeature> features, int used) =>
    [
        .. features.Select((f, i) => new ReportFeature
        {
            Name = f.Name,
            Label = f.Label,
            Sentence = f.Sentence,
            Unit = f.Unit,
            Family = f.Family,
            Transform = f.Unit is "money" or "orders" or "count" ? "log" : "none",
            Used = i < used,
            Dropped = i < used ? null : i == used ? $"redundant with {features[0].Name}" : "near_constant",
            Deciles = [.. Enumerable.Range(0, 11).Select(d => Math.Round(f.Typical * Math.Pow(d / 5.0, 1.7), 4))],
            MissingShare = i % 4 == 3 ? 0.353 : 0,
        }),
    ];

    public static ReportSearch Search(int chosen, bool structure)
    {
        var candidates = new List<Candidate>();
        foreach (var (method, distance) in new[] { ("kmeans", Distance.Euclidean), ("kmeans", Distance.Cosine), ("gmm", Distance.Euclidean) })
        {
            for (var k = 2; k <= Math.Max(10, chosen); k++)
            {
                var rng = new Rng(5, (ulong)(k * 3 + (int)distance + method.Length * 100));
                var away = Math.Abs(k - (chosen == 0 ? 2 : chosen));
                var mean = Math.Clamp(0.93 - 0.045 * away - 0.03 * rng.NextDouble() - (method == "gmm" ? 0.11 : 0) - (distance == Distance.Cosine ? 0.05 : 0), 0.3, 1);
                var isChosen = k == chosen && method == "kmeans" && distance == Distance.Euclidean;
                candidates.Add(new Candidate
                {
                    Method = method,
                    Distance = distance,
                    Clusters = k,
                    MeanJaccard = Math.Round(mean, 4),
                    MinJaccard = Math.Round(mean - 0.05 - 0.1 * rng.NextDouble(), 4),
                    Jaccard = [.. Enumerable.Range(0, k).Select(i => Math.Round(mean - 0.01 * i, 4))],
                    BootstrapAri = Math.Round(mean - 0.06, 4),
                    Silhouette = Math.Round(0.38 - 0.02 * k + 0.02 * rng.NextDouble(), 4),
                    MinShare = Math.Round(0.35 / k, 4),
                    Objective = 40_000.0 / k,
                    Score = isChosen ? 0.81 : Math.Round(mean - 0.2, 4),
                    Verdict = isChosen ? "chosen" : mean < 0.6 ? "unstable: smallest Jaccard below 0.60" : away == 1 ? "as stable, lower separation" : "less stable than the chosen one",
                    Seconds = Math.Round(0.05 * k, 2),
                });
            }
        }

        candidates.Add(new Candidate { Method = "gmm", Distance = Distance.Euclidean, Clusters = 15, MeanJaccard = double.NaN, MinJaccard = double.NaN, BootstrapAri = double.NaN, Silhouette = double.NaN, MinShare = double.NaN, Score = double.NaN, Verdict = "not reached within the time budget" });
        return new()
        {
            Candidates = candidates,
            Chosen = candidates.FirstOrDefault(c => c.Verdict == "chosen"),
            NoStructure = !structure,
            Structure = structure
                ? new(true, 0.412, 0.231, 0.262, 0.0244, "The best two-group separation (0.412) lies above all 40 references without clusters (highest 0.262).")
                : new(false, 0.238, 0.233, 0.266, 0.4390, "The best separation (0.238) is what references without clusters reach (mean 0.233, highest 0.266)."),
            Rules =
            [
                "Candidates whose smallest segment holds less than 2 % of customers are set aside.",
                "Candidates whose mean Jaccard is within one standard error of the best are kept.",
                "Among these, the highest stratified silhouette wins; ties go to fewer segments.",
            ],
        };
    }

    public static ReportValidity Validity(int segments, string againstRfm)
    {
        Estimate E(double value, double half) => new(value, Math.Round(value - half, 4), Math.Round(value + half, 4));
        ValidityMetrics M(string name, int groups, double r2, double log, double auc) =>
            new() { Name = name, Groups = groups, R2Spend = E(r2, 0.041), R2LogSpend = E(log, 0.024), AucOrders = E(auc, 0.013) };
        var gain = againstRfm switch { "better" => E(0.071, 0.034), "worse" => E(-0.052, 0.031), _ => E(0.012, 0.03) };
        return new()
        {
            FrozenAt = new DateTime(2011, 9, 10, 12, 50, 0, DateTimeKind.Utc),
            HorizonDays = 90,
            Customers = 3_327,
            Metrics = new Dictionary<string, ValidityMetrics>
            {
                ["ours"] = M("ours", segments, 0.284, 0.312, 0.781),
                ["rfm"] = M("rfm", 11, 0.213, 0.287, 0.762),
                ["random"] = M("random", segments, -0.002, -0.001, 0.501),
                ["kmeans_rfm"] = M("kmeans_rfm", segments, 0.246, 0.291, 0.759),
            },
            Segments =
            [
                .. Enumerable.Range(0, segments).Select(i => new SegmentFuture
                {
                    Segment = i,
                    Customers = 3_327 / segments,
                    SpendPerCustomer = E(Math.Round(2_400 * Math.Exp(-0.62 * i), 2), Math.Round(420 * Math.Exp(-0.55 * i), 2)),
                    OrderRate = E(Math.Round(0.93 * Math.Exp(-0.3 * i), 4), 0.028),
                    RepeatRate = E(Math.Round(0.80 * Math.Exp(-0.48 * i), 4), 0.026),
                    NextCategory = i % 3 == 2 ? null : "HOME DECOR",
                    NextCategoryShare = i % 3 == 2 ? 0 : 0.31,
                }),
            ],
            GainOverRfmR2 = gain,
            GainOverRfmAuc = E(0.019, 0.011),
            AgainstRfm = againstRfm,
            Verdict = againstRfm switch
            {
                "better" => new("These segments say more about the next 90 days than RFM quintiles: they explain 28 % of the differences in spend, RFM 21 %.", "与 RFM 五分法相比，这些分群更能说明未来 90 天：解释消费差异的 28 %，RFM 为 21 %。"),
                "worse" => new("RFM quintiles say more about the next 90 days than these segments. Use RFM where only spend matters.", "在未来 90 天上，RFM 五分法优于这些分群。若只看消费，请用 RFM。"),
                _ => new("These segments and RFM quintiles say about as much about the next 90 days; the difference is within chance.", "在未来 90 天上，这些分群与 RFM 五分法相当，差异在偶然范围内。"),
            },
            Notes = ["Group means were learned on one half of the customers and judged on the other, both ways."],
        };
    }

    public static LabelReport Labels()
    {
        string[] classes = ["researcher", "impulse", "deal_hunter", "replenisher", "gift_giver", "loyal", "window_shopper", "lapsing"];
        var confusion = classes.Select((_, r) => Enumerable.Range(0, 6).Select(c => r % 6 == c ? 1_700 + 60 * r : (r * 7 + c * 13) % 11 * 31).ToArray()).ToArray();
        return new()
        {
            Count = 20_000, Clusters = 6, Classes = 8, Accuracy = 0.731, MacroPrecision = 0.71, MacroRecall = 0.69, MacroF1 = 0.688, WeightedF1 = 0.724,
            Purity = 0.77, Ari = 0.612, Ami = 0.655, Nmi = 0.656, Homogeneity = 0.61, Completeness = 0.71, VMeasure = 0.656, FowlkesMallows = 0.68,
            PerClass = [.. classes.Select((c, i) => new ClassScore(c, 2_500, 0.6 + 0.04 * i, 0.9 - 0.05 * i, i >= 6 ? double.NaN : 0.7))],
            Matching = classes.Select((c, i) => (c, s: i < 6 ? $"S{i + 1}" : null)).ToDictionary(p => p.c, p => p.s),
            ClassNames = classes,
            ClusterNames = ["S1", "S2", "S3", "S4", "S5", "S6"],
            Confusion = confusion,
        };
    }

    /// <summary>Points around a centre for each segment, n in all, in proportion to size.</summary>
    public static MapPoint[] Map(IReadOnlyList<SegmentProfile> segments, int n, ulong seed)
    {
        var rng = new Rng(seed, 1);
        var points = new List<MapPoint>();
        foreach (var s in segments)
        {
            var angle = 2.4 * s.Label + 0.6;
            var (x, y) = (3.4 * Math.Cos(angle) * (0.6 + 0.1 * s.Label), 2.1 * Math.Sin(angle));
            for (var i = 0; i < s.Share * n; i++)
                points.Add(new MapPoint(s.Id, Math.Round(x + 0.9 * rng.NextNormal(), 4), Math.Round(y + 0.7 * rng.NextNormal() + 0.15 * x, 4)));
        }

        return [.. points];
    }
}
