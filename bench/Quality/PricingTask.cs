using Coterie.Decisions.Pricing;
using Coterie.Numerics;
using Coterie.Tests.Decisions;

namespace Coterie.Quality;

/// <summary>Shops with a known answer to prices: does the interval hold the truth in 95 % of them, with how much bias, beside log(1 + units) by least squares on
/// the same panel; and prices shuffled within products: how often is an effect seen where there is none.</summary>
internal static class PricingTask
{
    internal static int Run(string[] args)
    {
        var seeds = int.Parse(Arguments.Text(args, "--seeds", "200"));
        var only = Arguments.Text(args, "--only", "");
        Dictionary<string, PriceShop> shops = new()
        {
            ["usual"] = new(),
            ["slow sellers, prices from views"] = new() { Units = 0.8, Views = true },
            ["few products"] = new() { ProductsPerGroup = 8 },
            ["uneven products"] = new() { Popularity = 1.7, ProductsPerGroup = 20 },
            ["no effect"] = new() { Elasticity = 0, GroupScatter = 0, SegmentScatter = 0 },
            ["quantity discounts, no effect"] = new() { Elasticity = 0, GroupScatter = 0, SegmentScatter = 0, Bulk = true, ProductsPerGroup = 15 },
        };
        var results = new Dictionary<string, object>();
        foreach (var (name, shop) in shops)
        {
            if (only.Length > 0 && !name.Contains(only, StringComparison.Ordinal)) continue;
            var scores = new Score[seeds];
            Chunks.Each(seeds, 2, i => scores[i] = One(shop with { Seed = (ulong)i + 1 }));
            results[name] = Summary(scores);
            Console.WriteLine($"{name}: {System.Text.Json.JsonSerializer.Serialize(results[name])}");
        }

        if (only.Length > 0) return 0;
        Arguments.Save("pricing.json", new
        {
            task = "pricing",
            protocol = "shops of 4 groups x 30 products x 52 weeks x 3 segments unless named otherwise, Gamma-Poisson units, group elasticities -1.8 +- 0.5, segments +- 0.3",
            machine = $"{Environment.ProcessorCount} cores, .NET {Environment.Version}",
            seeds,
            shops = results,
        });
        return 0;
    }

    sealed class Score
    {
        public int Groups, GroupsHeld, Refused, Shrunk, ShrunkHeld, Segments, SegmentsHeld, Shuffled, ShuffledSeen, Proposals, GoodProposals;
        public double Bias, Width, LeastSquaresBias;
        public int LeastSquares;
    }

    static Score One(PriceShop shop)
    {
        var truth = shop.Make();
        var options = new PricingOptions { Draws = 2_000 };
        var panel = PriceShop.Panel(truth, options);
        var fits = ElasticityModel.Fit(panel, shop.Groups, options, new Seed(shop.Seed), 1);
        var score = new Score();
        foreach (var e in fits.All)
        {
            var real = truth.Elasticities[e.Group][e.Segment ?? shop.Segments];
            if (e.Segment is null && e.Reason is not null) score.Refused++;
            if (e.Segment is null && e.Own is { } own)
            {
                score.Groups++;
                score.Bias += own.Value - real;
                score.Width += own.High - own.Low;
                if (own.Low <= real && real <= own.High) score.GroupsHeld++;
            }

            if (e.Draws is null) continue;
            var shrunk = Draws.Interval(e.Draws);
            var held = shrunk.Low <= real && real <= shrunk.High ? 1 : 0;
            if (e.Segment is null) (score.Shrunk, score.ShrunkHeld) = (score.Shrunk + 1, score.ShrunkHeld + held);
            else (score.Segments, score.SegmentsHeld) = (score.Segments + 1, score.SegmentsHeld + held);
            if (e.Segment is not null) continue;
            var proposal = PriceProposals.Best(e.Draws, 0.6, 0.7, 1.15);
            if (proposal.Action == "keep") continue;
            score.Proposals++;
            if (PriceProposals.Gain(proposal.Ratio, 0.6, real) > 0) score.GoodProposals++;
        }

        for (var g = 0; g < shop.Groups; g++)
        {
            var products = panel.Products.Where(p => p.Group == g).ToArray();
            if (LogLeastSquares(panel.Rows(products, panel.Segments)) is not { } slope) continue;
            score.LeastSquares++;
            score.LeastSquaresBias += slope - truth.Elasticities[g][shop.Segments];
        }

        // Prices in another order within each product: whatever effect there was is gone.
        var rng = new Seed(shop.Seed).Stream(88);
        for (var g = 0; g < shop.Groups; g++)
        {
            var products = panel.Products.Where(p => p.Group == g).Select(p =>
            {
                var price = p.Price.ToArray();
                rng.Shuffle<double>(price);
                return p with { Price = price };
            }).ToArray();
            if (FixedEffectsPoisson.Fit(panel.Rows(products, panel.Segments)) is not { } fit || !double.IsFinite(fit.StandardError)) continue;
            score.Shuffled++;
            if (Math.Abs(fit.Slope) > ElasticityModel.Quantile(fit.Freedom) * fit.StandardError) score.ShuffledSeen++;
        }

        return score;
    }

    static object Summary(Score[] s)
    {
        double Sum(Func<Score, double> of) => s.Sum(of);
        return new
        {
            groups = Sum(x => x.Groups),
            interval_holds_truth = Share(Sum(x => x.GroupsHeld), Sum(x => x.Groups)),
            bias = Share(Sum(x => x.Bias), Sum(x => x.Groups)),
            width = Share(Sum(x => x.Width), Sum(x => x.Groups)),
            refused = Sum(x => x.Refused),
            shrunk_holds_truth = Share(Sum(x => x.ShrunkHeld), Sum(x => x.Shrunk)),
            segments_shrunk_hold_truth = Share(Sum(x => x.SegmentsHeld), Sum(x => x.Segments)),
            shuffled_prices_seen = Share(Sum(x => x.ShuffledSeen), Sum(x => x.Shuffled)),
            log_least_squares_bias = Share(Sum(x => x.LeastSquaresBias), Sum(x => x.LeastSquares)),
            proposals = Sum(x => x.Proposals),
            proposals_that_gain = Share(Sum(x => x.GoodProposals), Sum(x => x.Proposals)),
        };
    }

    static double? Share(double a, double b) => b == 0 ? null : Math.Round(a / b, 4);

    // log(1 + units) on log price with product and week effects: the rival.
    static double? LogLeastSquares(PanelRows rows)
    {
        var (x, y) = (rows.X.ToArray(), rows.Y.Select(u => Math.Log(1 + u)).ToArray());
        for (var sweep = 0; sweep < 200; sweep++)
        {
            foreach (var v in new[] { x, y })
            {
                for (var i = 0; i < rows.Products; i++) Centre(v, Enumerable.Range(rows.Offsets[i], rows.Offsets[i + 1] - rows.Offsets[i]).ToArray());
                var sums = new double[rows.Weeks];
                var counts = new int[rows.Weeks];
                for (var r = 0; r < v.Length; r++)
                {
                    sums[rows.Week[r]] += v[r];
                    counts[rows.Week[r]]++;
                }

                for (var r = 0; r < v.Length; r++) v[r] -= sums[rows.Week[r]] / counts[rows.Week[r]];
            }
        }

        var square = x.Sum(v => v * v);
        return square > 1e-9 ? x.Zip(y, (a, b) => a * b).Sum() / square : null;
    }

    static void Centre(double[] v, int[] at)
    {
        if (at.Length == 0) return;
        var mean = at.Average(r => v[r]);
        foreach (var r in at) v[r] -= mean;
    }
}
