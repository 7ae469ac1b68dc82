using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Pricing;

/// <summary>Judges elasticities on later weeks: given each week's sum, which products is it made of?</summary>
/// <remarks>Product effects and slope are learned on the first three quarters of the weeks, once with price and once without; the later weeks of a group
/// are multinomial with shares exp(a_i + b x_it) / sum, so their week effects need not be known.</remarks>
static class Foresight
{
    const double Learned = 0.75;
    const int FewestLater = 4;

    internal static PriceForesight? Judge(PricePanel panel, IReadOnlyList<int> groups, PricingOptions options, Rng rng)
    {
        var cut = (int)(panel.Weeks * Learned);
        if (panel.Weeks - cut < FewestLater) return null;
        var of = groups.Select(g => panel.Products.Where(p => p.Group == g).ToArray()).ToArray();
        var early = of.Select(products => panel.Rows(products, panel.Segments, 0, cut)).ToArray();
        var learned = early.Select(rows => FixedEffectsPoisson.Fit(rows)).ToArray();
        var usable = Enumerable.Range(0, of.Length).Where(k => ElasticityModel.Refusal(learned[k], options) is null).ToArray();
        if (usable.Length == 0) return null;
        // What is proposed is shrunk, so what is judged is too.
        var shrunk = Shrinkage.Of([.. usable.Select(k => learned[k]!.Slope)], [.. usable.Select(k => ElasticityModel.Error(learned[k]!))], options.Draws, rng);
        List<double> gains = [];
        var deviance = 0.0;
        for (var u = 0; u < usable.Length; u++)
        {
            var (products, rows) = (of[usable[u]], early[usable[u]]);
            var slope = shrunk.Effects.Average(d => d[u]);
            if (FixedEffectsPoisson.Fit(rows, slope) is not { } with || FixedEffectsPoisson.Fit(rows, 0) is not { } without) continue;
            var later = panel.Rows(products, panel.Segments, cut);
            var byWeek = new List<Row>[panel.Weeks];
            for (var i = 0; i < products.Length; i++)
                for (var r = later.Offsets[i]; r < later.Offsets[i + 1] && !double.IsNaN(with.Effects[i]); r++)
                    (byWeek[later.Week[r]] ??= []).Add(new Row(i, later.Y[r], with.Effects[i] + with.Slope * later.X[r], without.Effects[i]));
            var gain = new double[products.Length];
            foreach (var week in byWeek)
            {
                if (week is null || week.Sum(r => r.Units) is not (> 0 and var sum)) continue;
                double first = LogSum(week, r => r.With), second = LogSum(week, r => r.Without);
                foreach (var r in week)
                {
                    if (r.Units == 0) continue;
                    gain[r.Product] += r.Units * (r.With - first - (r.Without - second));
                    deviance += 2 * r.Units * (Math.Log(r.Units / sum) - (r.Without - second));
                }
            }

            gains.AddRange(gain.Where((_, i) => later.Offsets[i + 1] > later.Offsets[i] && !double.IsNaN(with.Effects[i])));
        }

        if (gains.Count < 2 || deviance <= 0) return null;
        // Products are the clusters here too.
        var mean = gains.Average();
        var error = Math.Sqrt(gains.Sum(x => (x - mean) * (x - mean)) * gains.Count / (gains.Count - 1));
        var half = ElasticityModel.Quantile(gains.Count - 1) * error;
        var total = gains.Sum();
        return new PriceForesight
        {
            LearnedWeeks = cut,
            LaterWeeks = panel.Weeks - cut,
            Products = gains.Count,
            DevianceTaken = new Estimate(2 * total / deviance, 2 * (total - half) / deviance, 2 * (total + half) / deviance),
        };
    }

    readonly record struct Row(int Product, double Units, double With, double Without);

    static double LogSum(List<Row> rows, Func<Row, double> of)
    {
        var top = rows.Max(of);
        return top + Math.Log(rows.Sum(r => Math.Exp(of(r) - top)));
    }
}
