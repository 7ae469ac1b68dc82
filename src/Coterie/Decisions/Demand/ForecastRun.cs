using Coterie.Numerics;

namespace Coterie.Decisions.Demand;

/// <summary>All forecasts of a panel: of the past from each origin, and of the weeks to come.</summary>
sealed class ForecastRun
{
    readonly DemandMethod[][] chosen;

    ForecastRun(DemandPanel panel, ForecastSettings settings, OriginForecasts[] origins)
    {
        Panel = panel;
        Settings = settings;
        Origins = origins;
        chosen = [.. Enumerable.Range(0, origins.Length).Select(k => MethodChoice.At(origins, k, settings.Span, panel.Season))];
        var calibrations = new Calibrations?[origins.Length];
        var judged = Judged.ToArray();
        Chunks.Each(judged.Length + 1, settings.Threads, j =>
        {
            var k = j < judged.Length ? judged[j] : origins.Length - 1;
            calibrations[k] = Learn(k);
        });
        Learned = calibrations;
    }

    internal DemandPanel Panel { get; }
    internal ForecastSettings Settings { get; }
    /// <summary>In order of time; the last is the end of the panel.</summary>
    internal OriginForecasts[] Origins { get; }
    internal int Last => Origins.Length - 1;

    /// <summary>Calibrations at judged origins and at the last; null elsewhere.</summary>
    Calibrations?[] Learned { get; }

    /// <summary>Places of the origins that the result is judged on: those, at the end, before which at least one origin had passed.</summary>
    internal IEnumerable<int> Judged
    {
        get
        {
            var able = Enumerable.Range(0, Last).Where(k => Origins[0].Origin + Settings.Span <= Origins[k].Origin).ToArray();
            return able.TakeLast(Settings.Judged);
        }
    }

    /// <exception cref="ArgumentException">The panel has fewer weeks than the settings need.</exception>
    internal static ForecastRun Of(DemandPanel panel, ForecastSettings settings, Action<string>? say = null, CancellationToken stop = default)
    {
        if (panel.Weeks < settings.FewestWeeks) throw new ArgumentException($"{panel.Weeks} steps; {settings.FewestWeeks} are needed.", nameof(panel));
        return new(panel, settings, RollingForecasts.Run(panel, settings, say ?? (_ => { }), stop));
    }

    /// <summary>The method of a series at an origin.</summary>
    internal DemandMethod Chosen(int at, int series) => chosen[at][series];

    /// <summary>The chosen forecast; null where the series was too young.</summary>
    internal MethodForecast? Forecast(int at, int series) => Origins[at].Methods[series]?[(int)chosen[at][series]];

    /// <summary>The calibration for a target of a series at a judged origin or at the last.</summary>
    internal QuantileCalibration Calibration(int at, int series, int target) =>
        Learned[at]!.Of(Panel.Sums[series], target == Settings.Horizon);

    sealed record Calibrations(QuantileCalibration Steps, QuantileCalibration Leads, QuantileCalibration SumSteps, QuantileCalibration SumLeads)
    {
        internal QuantileCalibration Of(bool sum, bool lead) => (sum, lead) switch
        {
            (false, false) => Steps,
            (false, true) => Leads,
            (true, false) => SumSteps,
            _ => SumLeads,
        };
    }

    // Scores at the origins that have passed, each of the method that was chosen then: the one chosen now was chosen for having done well there, and would
    // make its quantiles look better than they are.
    Calibrations Learn(int at)
    {
        var now = Origins[at];
        var scores = new List<QuantileCalibration.Score>[4];
        for (var k = 0; k < scores.Length; k++) scores[k] = [];
        foreach (var past in Origins.Take(at).Where(o => o.Origin + Settings.Span <= now.Origin))
        {
            var weight = QuantileCalibration.Weight(now.Origin - past.Origin);
            var then = chosen[Array.IndexOf(Origins, past)];
            for (var i = 0; i < Panel.Count; i++)
            {
                if (past.Methods[i]?[(int)then[i]] is not { } forecast) continue;
                var actual = RollingForecasts.Actual(Panel, Settings, i, past.Origin);
                for (var target = 0; target < actual.Length; target++)
                {
                    var into = scores[(Panel.Sums[i] ? 2 : 0) + (target == Settings.Horizon ? 1 : 0)];
                    into.Add(QuantileCalibration.ScoreOf(forecast.Of(target, Panel.Whole), actual[target], Uniform(i, past.Origin, target), weight));
                }
            }
        }

        int[] passed = [.. Origins.Take(at).Where(o => o.Origin + Settings.Span <= now.Origin).Select(o => o.Origin)];
        var spans = passed.Length == 0 ? 0 : 1 + (double)(passed[^1] - passed[0]) / Settings.Span;
        return new(new(scores[0], spans), new(scores[1], spans), new(scores[2], spans), new(scores[3], spans));
    }

    /// <summary>A number in [0, 1) for a series, an origin and a target: where inside the step of a count a randomised score falls.</summary>
    internal double Uniform(int series, int origin, int target) =>
        (Rng.Mix(Settings.Seed.Value ^ Rng.Mix(((ulong)series << 24) ^ ((ulong)origin << 8) ^ (ulong)target)) >> 11) * (1.0 / (1UL << 53));
}
