using Coterie.Features;
using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>A segmentation frozen at an instant, and what followed.</summary>
public sealed record ValidityRequest
{
    public required FeatureTable Frozen { get; init; }
    public required Outcomes Outcomes { get; init; }
    public required int HorizonDays { get; init; }
    /// <summary>Our segments of the frozen customers, 0 .. Groups-1.</summary>
    public required int[] Labels { get; init; }
    public required int Groups { get; init; }
    /// <summary>Further groupings of the same customers to show beside ours, such as each view alone.</summary>
    public IReadOnlyList<NamedGrouping> Others { get; init; } = [];
    public required Seed Seed { get; init; }
    public int Threads { get; init; } = 1;
    public int Splits { get; init; } = 3;
    public int Resamples { get; init; } = 200;
}

/// <summary>A grouping by name: n labels, 0 .. Groups-1.</summary>
public sealed record NamedGrouping(string Name, int[] Labels, int Groups);

/// <summary>Judges a frozen segmentation on the horizon after it, beside the RFM table, a random partition and k-means on R, F
/// and M, all on the same customers, the same halves and the same bootstrap resamples (paired).</summary>
public static class PredictiveValidity
{
    /// <exception cref="ArgumentException">Customers of the table and of the outcomes differ.</exception>
    public static ValidityReport Judge(ValidityRequest request)
    {
        var n = request.Frozen.Count;
        if (n != request.Outcomes.Customers.Length || n != request.Labels.Length || request.Others.Any(o => o.Labels.Length != n))
            throw new ArgumentException($"{n} frozen customers, {request.Outcomes.Customers.Length} outcomes and {request.Labels.Length} labels must be as many, in every grouping.", nameof(request));

        var notes = new List<string>();
        var (spend, ordered) = Future(request.Outcomes, notes);
        var rfm = Baselines.Measures(request.Frozen);
        (string Name, Grouping Grouping)[] groupings =
        [
            ("ours", new Grouping(request.Labels, request.Groups)),
            ("rfm", Baselines.RfmQuintiles(rfm)),
            ("random", Baselines.RandomLike(request.Labels, request.Groups, request.Seed)),
            ("kmeans_rfm", Baselines.KMeansRfm(rfm, request.Groups, request.Seed.Child(3), request.Threads)),
            .. request.Others.Select(o => (o.Name, new Grouping(o.Labels, o.Groups))),
        ];
        var fits = groupings.Select(g => CrossFit.Fit(g.Grouping, spend, ordered, request.Splits, request.Seed.Child(1))).ToArray();
        var resamples = Resample(fits, n, request);
        var metrics = groupings.Select((g, i) => new ValidityMetrics
        {
            Name = g.Name,
            Groups = g.Grouping.Labels.Distinct().Count(),
            R2Spend = Interval(fits[i].R2Spend([]), resamples.Select(r => r.R2[i])),
            R2LogSpend = Interval(fits[i].R2LogSpend([]), resamples.Select(r => r.R2Log[i])),
            AucOrders = Interval(fits[i].Auc([]), resamples.Select(r => r.Auc[i])),
        }).ToArray();

        var gainR2 = Interval(metrics[0].R2Spend.Value - metrics[1].R2Spend.Value, resamples.Select(r => r.R2[0] - r.R2[1]));
        var gainAuc = Interval(metrics[0].AucOrders.Value - metrics[1].AucOrders.Value, resamples.Select(r => r.Auc[0] - r.Auc[1]));
        var against = Against(gainR2, gainAuc);
        return new ValidityReport
        {
            Labels = request.Labels,
            FrozenAt = request.Frozen.AsOf,
            HorizonDays = request.HorizonDays,
            Customers = n,
            Metrics = metrics,
            Segments = SegmentFutures.Describe(request, spend, ordered),
            GainOverRfmR2 = gainR2,
            GainOverRfmAuc = gainAuc,
            AgainstRfm = against,
            Verdict = Verdicts.English(against, metrics, request.HorizonDays),
            VerdictZh = Verdicts.Chinese(against, metrics, request.HorizonDays),
            Notes = notes,
        };
    }

    sealed record Scores(double[] R2, double[] R2Log, double[] Auc);

    static List<Scores> Resample(CrossFit[] fits, int n, ValidityRequest request)
    {
        var results = new Scores[request.Resamples];
        Parallel.For(0, request.Resamples, new ParallelOptions { MaxDegreeOfParallelism = request.Threads }, b =>
        {
            var weights = PoissonWeights(n, request.Seed.Child(2).Stream((ulong)b));
            results[b] = new Scores(
                [.. fits.Select(f => f.R2Spend(weights))], [.. fits.Select(f => f.R2LogSpend(weights))], [.. fits.Select(f => f.Auc(weights))]);
        });
        return [.. results];
    }

    /// <summary>The Poisson bootstrap: each customer counts Poisson(1) times (Hanley and MacGibbon 2006).</summary>
    internal static double[] PoissonWeights(int n, Rng rng)
    {
        var weights = new double[n];
        var limit = Math.Exp(-1);
        for (var i = 0; i < n; i++)
        {
            var count = 0;
            for (var p = rng.NextDouble(); p > limit; p *= rng.NextDouble()) count++;
            weights[i] = count;
        }

        return weights;
    }

    /// <summary>The value with the 2.5 and 97.5 % points of its resamples.</summary>
    internal static Estimate Interval(double value, IEnumerable<double> resamples)
    {
        var sorted = resamples.Order().ToArray();
        if (sorted.Length == 0) return new Estimate(value, value, value);
        return new Estimate(value, sorted[(int)(0.025 * (sorted.Length - 1))], sorted[(int)Math.Ceiling(0.975 * (sorted.Length - 1))]);
    }

    // Logs without a single order in the horizon are judged on coming back at all.
    static (double[] Spend, bool[] Ordered) Future(Outcomes outcomes, List<string> notes)
    {
        if (outcomes.Orders.Any(o => o > 0))
            return (outcomes.Spend, [.. outcomes.Orders.Select(o => o > 0)]);
        notes.Add("No orders in the horizon: 'orders' means any activity, and 'spend' counts 1 for a customer who came back.");
        return ([.. outcomes.Active.Select(a => a ? 1.0 : 0.0)], outcomes.Active);
    }

    // Better needs one clear gain and no clear loss; worse the opposite; a gain in one and a loss in the other is no difference.
    static string Against(Estimate r2, Estimate auc)
    {
        var gains = (r2.Low > 0 ? 1 : 0) + (auc.Low > 0 ? 1 : 0);
        var losses = (r2.High < 0 ? 1 : 0) + (auc.High < 0 ? 1 : 0);
        return (gains, losses) switch
        {
            ( > 0, 0) => "better",
            (0, > 0) => "worse",
            (0, 0) => "no_difference",
            _ => "mixed",
        };
    }
}
