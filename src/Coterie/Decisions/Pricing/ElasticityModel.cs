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

/// <summary>Estimates elasticities by group and segment and shrinks them: groups towards their common mean, and segments
/// towards the mean of their group.</summary>
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

        var common = Shrinkage.Of([.. answered.Select(e => e.Fit!.Slope)], [.. answered.Select(e => Error(e.Fit!))], options.Draws, seed.Stream(1));
        // With one segment, everybody is that segment and there is nothing to tell apart.
        var own = answered.Select(e => segments < 2 ? [] : Enumerable.Range(0, segments).Where(s => Usable(fits[e.Group * (segments + 1) + s])).ToArray()).ToArray();
        var withOwn = Enumerable.Range(0, answered.Length).Where(j => own[j].Length > 0).ToArray();
        var apart = withOwn.Length == 0 ? null : SegmentShrinkage.Of([.. withOwn.Select(j =>
            Estimates([.. own[j].Select(s => fits[answered[j].Group * (segments + 1) + s]!)]))], common, seed.Stream(2));
        var several = apart is not null && withOwn.Any(j => own[j].Length > 1);
        Dictionary<int, int> placeOf = answered.Select((e, j) => (e.Group, j)).ToDictionary(p => p.Group, p => p.j);
        List<GroupElasticity> result = [];
        foreach (var everybody in all)
        {
            if (!placeOf.TryGetValue(everybody.Group, out var j))
            {
                result.Add(everybody);
                continue;
            }

            result.Add(everybody with { Draws = [.. common.Effects.Select(d => d[j])], OwnShare = answered.Length > 1 ? common.Weights[j] : 1 });
            var k = Array.IndexOf(withOwn, j);
            for (var s = 0; s < own[j].Length; s++)
            {
                result.Add(new GroupElasticity(everybody.Group, own[j][s], fits[everybody.Group * (segments + 1) + own[j][s]], null)
                {
                    Draws = [.. apart!.Effects[k].Select(d => d[s])],
                    OwnShare = apart.Weights[k][s],
                });
            }
        }

        return new(result, answered.Length > 1 ? Decisions.Pricing.Draws.Interval(common.Scatter) : null, several ? Decisions.Pricing.Draws.Interval(apart!.Scatter) : null);
    }

    static bool Usable(FixedEffectsPoissonFit? fit) => fit is not null && fit.Moved >= 2 && double.IsFinite(fit.StandardError) && Error(fit) < 50;

    // Products are the same in all segments, so the jackknife gives the covariance of their estimates.
    static SegmentEstimates Estimates(FixedEffectsPoissonFit[] fits)
    {
        var n = fits.Length;
        var covariance = new double[n * n];
        for (var s = 0; s < n; s++)
        {
            for (var p = 0; p < n; p++)
            {
                var sum = 0.0;
                for (var i = 0; i < fits[s].Without.Length; i++) sum += fits[s].Without[i] * fits[p].Without[i];
                covariance[s * n + p] = sum * (Error(fits[s]) / fits[s].StandardError) * (Error(fits[p]) / fits[p].StandardError);
            }
        }

        // Fewer products than segments leave directions without variance: a hundredth on top keeps them apart.
        for (var s = 0; s < n; s++) covariance[s * n + s] *= 1.01;
        return new([.. fits.Select(f => f.Slope)], covariance);
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
    internal static double Error(FixedEffectsPoissonFit fit) => Math.Max(1e-4, fit.StandardError * Quantile(fit.Freedom) / 1.959964);
}
