using MathNet.Numerics.Distributions;

namespace Coterie.Decisions.Campaigns;

/// <summary>Reads the results of a randomised campaign: is it random, what did each arm do, in which segments, and do customers differ in it?</summary>
public static class CampaignMeasurement
{
    // A ranking needs customers who did and customers who did not, in both arms.
    const int LeastInArm = 200, LeastResponders = 20;
    const int MostLooks = 60;

    /// <exception cref="ConfigurationException">Options that contradict one another: every problem.</exception>
    /// <exception cref="InputException">The results cannot be used.</exception>
    public static Decided Decide(MeasureOptions options)
    {
        Validate(options);
        options.Say("reading results");
        var data = CampaignResults.Read(options);
        var result = Judge(data, options);
        return new(result, MeasurePage.Of(result, options), Tables(result));
    }

    static void Validate(MeasureOptions o)
    {
        var problems = new List<string>();
        if (o.Outcomes.Count == 0) problems.Add("Name at least one column of outcomes with --outcome.");
        foreach (var name in o.Outcomes.Append(o.Treatment).Intersect(o.Covariates.Concat(o.Pre), StringComparer.Ordinal))
            problems.Add($"'{name}' is given as an outcome or arm and as something known before; it can be one of them.");
        if (o.Outcomes.Contains(o.Treatment)) problems.Add($"'{o.Treatment}' is given as arm and as outcome.");
        if (!(o.Share is > 0 and < 1)) problems.Add($"--share is {o.Share}; expected between 0 and 1.");
        if (o.Planned < 2 * ConfidenceSequence.FirstLook) problems.Add($"--planned is {o.Planned}; expected at least {2 * ConfidenceSequence.FirstLook} customers.");
        if (o.Shuffles < 19) problems.Add($"The permutation test needs at least 19 shuffles; {o.Shuffles} were asked for.");
        if (o.Expected.Any(e => !(e.Value > 0))) problems.Add("--expect: every share must be above 0.");
        if (o.ExpectEqual && o.Expected.Count > 0) problems.Add("--expect: give 'equal' or shares, not both.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }

    static MeasureResult Judge(CampaignResults data, MeasureOptions options)
    {
        int[] sizes = [.. Enumerable.Range(0, data.Arms.Count).Select(a => data.Arm.Count(x => x == a))];
        var balance = data.Covariates.Names.Count > 0 ? RandomisationChecks.Balance(data.Covariates.Rows, data.Covariates.Names, data.Arm, data.Arms) : null;
        var result = new MeasureResult
        {
            Customers = data.Count,
            LeftOut = data.LeftOut,
            Unknown = data.Unknown,
            Control = data.Arms[0],
            Arms = [.. data.Arms.Select((name, a) => new CampaignArm(name, sizes[a]))],
            SampleRatio = Ratio(data, sizes, options),
            Balance = balance,
            Sequential = options.Sequential,
        };
        if (balance is { Random: false }) return result with { Refused = "not_random" };

        options.Say("effects");
        var outcomes = data.Outcomes.Select(o => Cuped.Adjust(o, data.Pre, data.Arm, data.Arms.Count)).ToArray();
        var effects = Effects(data, outcomes, options);
        var segments = Segments(data, outcomes, options);
        var uplift = new List<UpliftFinding>();
        foreach (var (arm, outcome) in Pairs(data))
        {
            if (Sample(data, arm, outcome) is not { } sample) continue;
            options.Stop.ThrowIfCancellationRequested();
            options.Say($"uplift of {data.Arms[arm]} on {options.Outcomes[outcome]}");
            uplift.Add(UpliftSelection.Judge(sample, data.Arms[arm], options.Outcomes[outcome], options.Share, options.Shuffles,
                options.Seed.Child((ulong)(arm * 1000 + outcome)), options.Threads));
        }

        var adjusted = Holm.Adjust([.. uplift.Select(u => u.P)]);
        return result with
        {
            Effects = effects,
            SegmentEffects = segments,
            SegmentContrasts = Contrasts(segments),
            Uplift = [.. uplift.Select((u, i) => u with { AdjustedP = adjusted[i], Usable = adjusted[i] <= 0.05 && u.Qini.Low > 0 })],
            Looks = Looks(data, outcomes, options),
        };
    }

    sealed record Pair(int Arm, int Outcome)
    {
        public void Deconstruct(out int arm, out int outcome) => (arm, outcome) = (Arm, Outcome);
    }

    static IEnumerable<Pair> Pairs(CampaignResults data) =>
        Enumerable.Range(0, data.Outcomes.Count).SelectMany(o => Enumerable.Range(1, data.Arms.Count - 1).Select(a => new Pair(a, o)));

    static SampleRatio? Ratio(CampaignResults data, int[] sizes, MeasureOptions options)
    {
        if (options.ExpectEqual) return RandomisationChecks.SampleRatio(sizes, [.. data.Arms.Select(_ => 1.0)]);
        if (options.Expected.Count == 0) return null;
        string[] unknown = [.. options.Expected.Keys.Except(data.Arms, StringComparer.Ordinal)], missing = [.. data.Arms.Except(options.Expected.Keys, StringComparer.Ordinal)];
        if (unknown.Length + missing.Length > 0)
            throw new ConfigurationException($"--expect must give a share for each arm ({string.Join(", ", data.Arms)}); {(unknown.Length > 0 ? "there is no arm '" + unknown[0] : "none is given for '" + missing[0])}'.");
        return RandomisationChecks.SampleRatio(sizes, [.. data.Arms.Select(a => options.Expected[a])]);
    }

    static double[] Of(CampaignResults data, double[] outcome, int arm, int segment = -1) =>
        [.. Enumerable.Range(0, data.Count).Where(i => data.Arm[i] == arm && (segment < 0 || data.Segment![i] == segment)).Select(i => outcome[i])];

    static List<ArmEffect> Effects(CampaignResults data, double[][] outcomes, MeasureOptions options)
    {
        var effects = new List<ArmEffect>();
        foreach (var (arm, o) in Pairs(data))
        {
            var plain = MeanDifference.Of(Moments.Of(Of(data, data.Outcomes[o], arm)), Moments.Of(Of(data, data.Outcomes[o], 0)));
            Moments treated = Moments.Of(Of(data, outcomes[o], arm)), control = Moments.Of(Of(data, outcomes[o], 0));
            var once = MeanDifference.Of(treated, control);
            var used = options.Sequential ? ConfidenceSequence.Of(treated, control, options.Planned) : once;
            var saved = plain.StandardError > 0 ? 1 - once.StandardError * once.StandardError / (plain.StandardError * plain.StandardError) : 0;
            effects.Add(new(data.Arms[arm], options.Outcomes[o], data.Outcomes[o].All(y => y is 0 or 1), plain, used, saved, used.P, PowerAnalysis.Detectable(once.StandardError)));
        }

        var adjusted = Holm.Adjust([.. effects.Select(e => e.Used.P)]);
        return [.. effects.Select((e, i) => e with { AdjustedP = adjusted[i] })];
    }

    static List<SegmentEffect> Segments(CampaignResults data, double[][] outcomes, MeasureOptions options)
    {
        var all = new List<SegmentEffect>();
        if (data.Segment is null) return all;
        foreach (var (arm, o) in Pairs(data))
        {
            int[] usable = [.. Enumerable.Range(0, data.SegmentNames.Count).Where(s => Of(data, outcomes[o], arm, s).Length >= 10 && Of(data, outcomes[o], 0, s).Length >= 10)];
            if (usable.Length == 0) continue;
            var level = 1 - 0.05 / usable.Length;
            SegmentEffect[] rows = [.. usable.Select(s =>
            {
                Moments treated = Moments.Of(Of(data, outcomes[o], arm, s)), control = Moments.Of(Of(data, outcomes[o], 0, s));
                // An always-valid interval is planned for the segment's share of the customers.
                var planned = Math.Max(2.0 * ConfidenceSequence.FirstLook, options.Planned * (double)(treated.Count + control.Count) / data.Count);
                var effect = options.Sequential ? ConfidenceSequence.Of(treated, control, planned, level) : MeanDifference.Of(treated, control, level);
                return new SegmentEffect(data.SegmentNames[s], data.Arms[arm], options.Outcomes[o], effect, effect.P);
            })];
            var adjusted = Holm.Adjust([.. rows.Select(r => r.Effect.P)]);
            all.AddRange(rows.Select((r, i) => r with { AdjustedP = adjusted[i] }));
        }

        return all;
    }

    // Cochran's Q: are the effects of the segments further apart than their errors?
    static List<SegmentContrast> Contrasts(List<SegmentEffect> segments)
    {
        var contrasts = new List<SegmentContrast>();
        foreach (var group in segments.GroupBy(s => (s.Arm, s.Outcome)))
        {
            SegmentEffect[] rows = [.. group.Where(r => r.Effect.StandardError > 0)];
            if (rows.Length < 2) continue;
            double Weight(SegmentEffect r) => 1 / (r.Effect.StandardError * r.Effect.StandardError);
            var mean = rows.Sum(r => Weight(r) * r.Effect.Effect.Value) / rows.Sum(Weight);
            var q = rows.Sum(r => Weight(r) * (r.Effect.Effect.Value - mean) * (r.Effect.Effect.Value - mean));
            contrasts.Add(new(group.Key.Arm, group.Key.Outcome, 1 - ChiSquared.CDF(rows.Length - 1, q)));
        }

        return contrasts;
    }

    static UpliftSample? Sample(CampaignResults data, int arm, int outcome)
    {
        if (data.Covariates.Names.Count == 0) return null;
        var sample = data.Sample(arm, outcome);
        foreach (var treated in new[] { true, false })
        {
            double[] outcomes = [.. Enumerable.Range(0, sample.Count).Where(i => sample.Treated[i] == treated).Select(i => sample.Outcome[i])];
            var usual = outcomes.GroupBy(y => y).Max(g => g.Count());
            if (outcomes.Length < LeastInArm || outcomes.Length - usual < LeastResponders) return null;
        }

        return sample;
    }

    static List<Look> Looks(CampaignResults data, double[][] outcomes, MeasureOptions options)
    {
        var looks = new List<Look>();
        if (data.Days is null) return looks;
        var days = data.Days.Distinct().Order().ToArray();
        // Later looks see all that earlier ones saw; of very many days, some at even distances and always the last.
        if (days.Length > MostLooks) days = [.. Enumerable.Range(1, MostLooks).Select(l => days[(int)((long)l * days.Length / MostLooks) - 1])];
        foreach (var (arm, o) in Pairs(data))
        {
            foreach (var day in days)
            {
                double[] Until(int a) => [.. Enumerable.Range(0, data.Count).Where(i => data.Arm[i] == a && data.Days[i] <= day).Select(i => outcomes[o][i])];
                double[] treated = Until(arm), control = Until(0);
                if (Math.Min(treated.Length, control.Length) < ConfidenceSequence.FirstLook) continue;
                var effect = ConfidenceSequence.Of(Moments.Of(treated), Moments.Of(control), options.Planned);
                looks.Add(new(day, data.Arms[arm], options.Outcomes[o], effect.Effect, effect.P));
            }
        }

        return looks;
    }

    static DecisionFile[] Tables(MeasureResult r)
    {
        if (r.Refused is not null) return [];
        string[] columns = ["segment", "arm", "outcome", "treated", "control", "treated_mean", "control_mean", "effect", "low", "high", "p_adjusted"];
        object?[] Row(string segment, string arm, string outcome, MeanEffect e, double p) =>
            [segment, arm, outcome, e.Treated, e.Control, e.TreatedMean, e.ControlMean, e.Effect.Value, e.Effect.Low, e.Effect.High, p];
        return
        [
            new DecisionFile("effects", columns,
            [
                .. r.Effects.Select(e => Row("", e.Arm, e.Outcome, e.Used, e.AdjustedP)),
                .. r.SegmentEffects.Select(s => Row(s.Segment, s.Arm, s.Outcome, s.Effect, s.AdjustedP)),
            ]),
        ];
    }
}
