using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Demand;

/// <summary>How far off a method was on the judged origins.</summary>
/// <param name="Method">Its name; "chosen" is what the choice took, "chosen, median" its middle quantile instead of its mean.</param>
/// <param name="Pattern">The pattern of the series; null: all of them.</param>
/// <param name="Series">How many.</param>
/// <param name="Mase">Mean absolute scaled error (Hyndman and Koehler 2006): 1 is the seasonal naive forecast on the past. Interval over series.</param>
/// <param name="Pinball">Mean pinball loss over the levels .05 to .95, twice, in units of the same scale; NaN where the method is judged by its mean only.</param>
/// <param name="Bias">Sum of forecasts less sum of demand, over the sum of demand.</param>
public sealed record MethodAccuracy(string Method, DemandPattern? Pattern, int Series, Estimate Mase, double Pinball, double Bias);

/// <summary>How often demand stayed at or below a quantile.</summary>
/// <param name="Level">What the quantile says.</param>
/// <param name="Share">Share of steps at or below, with its interval over series. Counts jump: where even zero is above the level, this must be higher.</param>
/// <param name="Randomised">The same with each step of a count shared out (randomised probability integral transform): free of those jumps.</param>
public sealed record QuantileCoverage(double Level, Estimate Share, double Randomised);

/// <summary>The forecasts judged on origins later than all that chose and calibrated them.</summary>
public sealed record DemandJudgement
{
    /// <summary>Origins that were judged, of which each forecast every step ahead.</summary>
    public required int Origins { get; init; }
    public required int Steps { get; init; }
    public required int Series { get; init; }
    /// <summary>Series without any change in the past, for which scaled errors do not exist.</summary>
    public required int Unscaled { get; init; }
    public required IReadOnlyList<MethodAccuracy> Methods { get; init; }
    /// <summary>MASE of the chosen forecasts over that of the seasonal naive; below 1 is better. Interval over series.</summary>
    public required Estimate AgainstNaive { get; init; }
    public required IReadOnlyList<QuantileCoverage> Coverage { get; init; }
    /// <summary>The same for the sum of the lead time.</summary>
    public required IReadOnlyList<QuantileCoverage> LeadCoverage { get; init; }
    /// <summary>Share of steps between the quantiles .05 and .95.</summary>
    public required Estimate Central { get; init; }
    /// <summary>Share at or below the quantile .9 by pattern.</summary>
    public required IReadOnlyDictionary<string, double> NinetyByPattern { get; init; }
}

/// <summary>Judges a run.</summary>
static class Judging
{
    internal static readonly double[] Levels = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];
    const int Ninety = 5, Resamples = 400;

    // Sums of one series over judged origins and steps.
    sealed class Sums
    {
        internal double Scaled, ScaledMedian, Pinball, Forecast, Demand, Central;
        internal int Steps, Leads;
        internal readonly double[] Below = new double[Levels.Length], Randomised = new double[Levels.Length];
        internal readonly double[] LeadBelow = new double[Levels.Length], LeadRandomised = new double[Levels.Length];
        internal readonly double[] MethodScaled = new double[DemandMethods.All.Length], MethodForecast = new double[DemandMethods.All.Length];
        internal readonly double[] MethodPinball = new double[DemandMethods.All.Length];
        internal readonly int[] MethodSteps = new int[DemandMethods.All.Length];
        internal double Scale;
        internal DemandPattern Pattern;
    }

    /// <param name="run">The forecasts.</param>
    /// <param name="which">The series to judge.</param>
    /// <returns>Null where no origin can be judged or no series has demand that changes.</returns>
    internal static DemandJudgement? Of(ForecastRun run, IReadOnlyList<int> which)
    {
        var judged = run.Judged.ToArray();
        var sums = new Sums?[which.Count];
        Chunks.Each(which.Count, run.Settings.Threads, j => sums[j] = One(run, which[j], judged));
        var there = sums.Where(s => s is { Steps: > 0 }).Select(s => s!).ToArray();
        var scaled = there.Where(s => s.Scale > 0).ToArray();
        if (judged.Length == 0 || scaled.Length == 0) return null;
        var seed = run.Settings.Seed.Child(77);
        var naive = (int)DemandMethod.SeasonalNaive;
        return new()
        {
            Origins = judged.Length,
            Steps = run.Settings.Horizon,
            Series = there.Length,
            Unscaled = there.Length - scaled.Length,
            Methods = [.. Table(scaled, null, seed), .. scaled.Select(s => s.Pattern).Distinct().Order().SelectMany(p => Table([.. scaled.Where(s => s.Pattern == p)], p, seed))],
            AgainstNaive = Resampled(scaled.Length, seed, draw => Sum(draw, i => scaled[i].Scaled / scaled[i].Steps) / Sum(draw, i => scaled[i].MethodScaled[naive] / scaled[i].MethodSteps[naive])),
            Coverage = [.. Levels.Select((level, q) => Covered(there, level, seed, s => s.Below[q], s => s.Randomised[q], s => s.Steps))],
            LeadCoverage = [.. Levels.Select((level, q) => Covered(there, level, seed, s => s.LeadBelow[q], s => s.LeadRandomised[q], s => s.Leads))],
            Central = Resampled(there.Length, seed, draw => Sum(draw, i => there[i].Central) / Sum(draw, i => there[i].Steps)),
            NinetyByPattern = there.GroupBy(s => s.Pattern).OrderBy(g => g.Key)
                .ToDictionary(g => DemandMethods.Name(g.Key).En, g => g.Sum(s => s.Below[Ninety]) / g.Sum(s => s.Steps)),
        };
    }

    static Sums One(ForecastRun run, int i, int[] judged)
    {
        var sums = new Sums();
        foreach (var k in judged)
        {
            var at = run.Origins[k];
            if (at.Methods[i] is not { } methods || run.Forecast(k, i) is not { } forecast) continue;
            var actual = RollingForecasts.Actual(run.Panel, run.Settings, i, at.Origin);
            // The scale and the pattern are those of the first judged origin, so that errors of all origins are in one unit.
            if (sums.Steps == 0) (sums.Scale, sums.Pattern) = (at.Scales[i], at.Patterns[i]);
            for (var target = 0; target < actual.Length; target++)
            {
                var lead = target == run.Settings.Horizon;
                var distribution = forecast.Of(target, run.Panel.Whole);
                var calibration = run.Calibration(k, i, target);
                var quantiles = calibration.Quantiles(distribution, Levels);
                var score = QuantileCalibration.ScoreOf(distribution, actual[target], run.Uniform(i, at.Origin, target + 100), 1);
                for (var q = 0; q < Levels.Length; q++)
                {
                    if (actual[target] <= quantiles[q]) (lead ? sums.LeadBelow : sums.Below)[q]++;
                    if (calibration.Within(score, distribution.Mean, Levels[q])) (lead ? sums.LeadRandomised : sums.Randomised)[q]++;
                    if (!lead) sums.Pinball += 2 * RollingForecasts.Pinball(actual[target], quantiles[q], Levels[q]) / Levels.Length;
                }

                if (lead)
                {
                    sums.Leads++;
                    continue;
                }

                sums.Steps++;
                sums.Demand += actual[target];
                sums.Forecast += forecast.Means[target];
                sums.Scaled += Math.Abs(actual[target] - forecast.Means[target]);
                sums.ScaledMedian += Math.Abs(actual[target] - quantiles[3]);
                if (actual[target] >= quantiles[0] && actual[target] <= quantiles[^1]) sums.Central++;
                Compare(sums, methods, target, actual[target], run.Panel.Whole);
            }
        }

        return sums;
    }

    static void Compare(Sums sums, MethodForecast?[] methods, int target, double actual, bool whole)
    {
        Span<double> quantiles = stackalloc double[Levels.Length];
        for (var m = 0; m < methods.Length; m++)
        {
            if (methods[m] is not { } other) continue;
            sums.MethodSteps[m]++;
            sums.MethodScaled[m] += Math.Abs(actual - other.Means[target]);
            sums.MethodForecast[m] += other.Means[target];
            other.Of(target, whole).Quantiles(Levels, quantiles);
            for (var q = 0; q < Levels.Length; q++) sums.MethodPinball[m] += 2 * RollingForecasts.Pinball(actual, quantiles[q], Levels[q]) / Levels.Length;
        }
    }

    static IEnumerable<MethodAccuracy> Table(Sums[] scaled, DemandPattern? pattern, Seed seed)
    {
        var demand = scaled.Sum(s => s.Demand);
        double Bias(double forecast, double of) => of > 0 ? forecast / of - 1 : double.NaN;
        yield return new("chosen", pattern, scaled.Length, Mean(scaled, seed, s => s.Scaled / s.Steps / s.Scale),
            scaled.Average(s => s.Pinball / s.Steps / s.Scale), Bias(scaled.Sum(s => s.Forecast), demand));
        yield return new("chosen_median", pattern, scaled.Length, Mean(scaled, seed, s => s.ScaledMedian / s.Steps / s.Scale), double.NaN, double.NaN);
        foreach (var method in DemandMethods.All)
        {
            var m = (int)method;
            var with = scaled.Where(s => s.MethodSteps[m] > 0).ToArray();
            if (with.Length == 0) continue;
            yield return new(DemandMethods.Code(method), pattern, with.Length, Mean(with, seed, s => s.MethodScaled[m] / s.MethodSteps[m] / s.Scale),
                with.Average(s => s.MethodPinball[m] / s.MethodSteps[m] / s.Scale), Bias(with.Sum(s => s.MethodForecast[m]), with.Sum(s => s.Demand)));
        }
    }

    static QuantileCoverage Covered(Sums[] there, double level, Seed seed, Func<Sums, double> below, Func<Sums, double> randomised, Func<Sums, int> steps) => new(
        level,
        Resampled(there.Length, seed, draw => Sum(draw, i => below(there[i])) / Sum(draw, i => steps(there[i]))),
        there.Sum(randomised) / there.Sum(s => (double)steps(s)));

    static Estimate Mean(Sums[] of, Seed seed, Func<Sums, double> value)
    {
        var values = of.Select(value).ToArray();
        return Resampled(values.Length, seed, draw => Sum(draw, i => values[i]) / draw.Length);
    }

    static double Sum(int[] draw, Func<int, double> value)
    {
        var sum = 0.0;
        foreach (var i in draw) sum += value(i);
        return sum;
    }

    // Series are drawn with replacement: what another choice of products could have shown.
    static Estimate Resampled(int series, Seed seed, Func<int[], double> value)
    {
        int[] draw = [.. Enumerable.Range(0, series)];
        var whole = value(draw);
        if (series < 2) return new(whole, double.NaN, double.NaN);
        var found = new double[Resamples];
        for (var r = 0; r < Resamples; r++)
        {
            var rng = seed.Stream((ulong)r);
            for (var i = 0; i < draw.Length; i++) draw[i] = rng.NextInt(series);
            found[r] = value(draw);
        }

        Array.Sort(found);
        return new(whole, found[(int)(0.025 * Resamples)], found[(int)(0.975 * Resamples)]);
    }
}
