using Coterie.Evaluation;
using Coterie.Numerics;
using MathNet.Numerics.Distributions;

namespace Coterie.Decisions.Pricing;

/// <summary>The elasticity of a group for everybody or one segment, before and after shrinking.</summary>
sealed record GroupElasticity(int Group, int? Segment, FixedEffectsPoissonFit? Fit, string? Reason)
{
    /// <summary>draws; null where refused.</summary>
    public double[]? Draws { get; init; }
    public double? OwnShare { get; init; }
    public double Spread => Fit?.Spread ?? 0;

    public Estimate? Own => Fit is { } fit && double.IsFinite(fit.StandardError)
        ? new Estimate(fit.Slope, fit.Slope - ElasticityModel.Quantile(fit.Freedom) * fit.StandardError, fit.Slope + ElasticityModel.Quantile(fit.Freedom) * fit.StandardError) : null;
}

/// <summary>All elasticities of a panel.</summary>
sealed record ElasticityFits(IReadOnlyList<GroupElasticity> All, Estimate? BetweenGroups, Estimate? BetweenSegments);

/// <summary>Estimates elasticities by group and segment and shrinks them: groups towards their common mean, and within a group the segments' differences
/// from everybody towards none.</summary>
static class ElasticityModel
{
    /// <param name="panel">Products by week.</param>
    /// <param name="groups">Number of groups.</param>
    /// <param name="options">Validated.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="threads">Change nothing but speed.</param>
    internal static ElasticityFits Fit(PricePanel panel, int groups, PricingOptions options, Seed seed, int threads)
    {
        var of = Enumerable.Range(0, groups).Select(g => panel.Products.Where(p => p.Group == g).ToArray()).ToArray();
        var segments = panel.Segments;
        var fits = new FixedEffectsPoissonFit?[groups * (segments + 1)];
        Chunks.Each(fits.Length, threads, i => fits[i] = of[i / (segments + 1)].Length == 0 ? null
            : FixedEffectsPoisson.Fit(panel.Rows(of[i / (segments + 1)], i % (segments + 1))));

        List<GroupElasticity> all = [];
        for (var g = 0; g < groups; g++)
            if (of[g].Length > 0) all.Add(new(g, null, fits[g * (segments + 1) + segments], Refusal(fits[g * (segments + 1) + segments], options)));
        var answered = all.Where(e => e.Reason is null).ToArray();
        if (answered.Length == 0) return new(all, null, null);

        var common = Shrinkage.Of([.. answered.Select(e => e.Fit!.Slope)], [.. answered.Select(e => Error(e.Fit!))], null, options.Draws, seed.Stream(1));
        Estimate? betweenSegments = null;
        List<GroupElasticity> result = [];
        Dictionary<int, int> placeOf = answered.Select((e, j) => (e.Group, j)).ToDictionary(p => p.Group, p => p.j);
        // With one segment, everybody is that segment and there is nothing to tell apart.
        var own = segments < 2 ? [] : answered.SelectMany(e => Enumerable.Range(0, segments), (e, s) => new Difference(e, s, fits[e.Group * (segments + 1) + s])).Where(d => d.Usable).ToArray();
        var differences = own.Length == 0 ? null
            : Shrinkage.Of([.. own.Select(d => d.Value)], [.. own.Select(d => d.Error)], 0, options.Draws, seed.Stream(2));
        if (differences is not null && own.Length > 1) betweenSegments = Decisions.Pricing.Draws.Interval(differences.Scatter);
        foreach (var everybody in all)
        {
            if (!placeOf.TryGetValue(everybody.Group, out var j))
            {
                result.Add(everybody);
                continue;
            }

            var draws = common.Effects.Select(d => d[j]).ToArray();
            result.Add(everybody with { Draws = draws, OwnShare = answered.Length > 1 ? common.Weights[j] : 1 });
            for (var k = 0; k < own.Length; k++)
            {
                if (own[k].Everybody.Group != everybody.Group) continue;
                result.Add(new GroupElasticity(everybody.Group, own[k].Segment, own[k].Fit, null)
                {
                    Draws = [.. draws.Select((b, d) => b + differences!.Effects[d][k])],
                    OwnShare = differences!.Weights[k],
                });
            }
        }

        return new(result, answered.Length > 1 ? Decisions.Pricing.Draws.Interval(common.Scatter) : null, betweenSegments);
    }

    /// <summary>Why an estimate is not used; null where it is.</summary>
    internal static string? Refusal(FixedEffectsPoissonFit? fit, PricingOptions options) =>
        fit is null ? "not_estimable"
        : fit.Moved < options.FewestMoved ? fit.Moved == 0 ? "no_spread" : "few_products"
        : !double.IsFinite(fit.StandardError) ? "not_estimable"
        : Quantile(fit.Freedom) * fit.StandardError > options.WidestHalf ? "wide"
        : null;

    /// <summary>The 97.5 % point of Student's t.</summary>
    internal static double Quantile(double freedom) => StudentT.InvCDF(0, 1, freedom, 0.975);

    // A standard error under the normal law whose interval is as wide as that of Student's t.
    static double Error(FixedEffectsPoissonFit fit) => Math.Max(1e-6, fit.StandardError * Quantile(fit.Freedom) / 1.959964);

    // A segment against everybody in the same group: products are the same, so the jackknife gives the variance of the difference.
    sealed class Difference
    {
        public Difference(GroupElasticity everybody, int segment, FixedEffectsPoissonFit? fit)
        {
            (Everybody, Segment, Fit) = (everybody, segment, fit);
            if (fit is null || !double.IsFinite(fit.StandardError) || fit.Moved < 2) return;
            var squares = 0.0;
            var clusters = 0;
            for (var i = 0; i < fit.Without.Length; i++)
            {
                var rest = fit.Without[i] - everybody.Fit!.Without[i];
                squares += rest * rest;
                if (!double.IsNaN(fit.Effects[i])) clusters++;
            }

            Value = fit.Slope - everybody.Fit!.Slope;
            Error = Math.Sqrt(squares * (clusters - 1) / Math.Max(1, clusters)) * Quantile(fit.Freedom) / 1.959964;
            Usable = Error is > 1e-6 and < 50;
        }

        public GroupElasticity Everybody { get; }
        public int Segment { get; }
        public FixedEffectsPoissonFit? Fit { get; }
        public double Value { get; }
        public double Error { get; }
        public bool Usable { get; }
    }
}
