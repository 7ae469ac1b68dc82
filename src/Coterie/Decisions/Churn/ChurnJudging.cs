using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Churn;

/// <summary>What was foreseen at a cut-off beside what came.</summary>
internal sealed record Foreseen
{
    internal required DateTime At { get; init; }
    /// <summary>n places in the order days: the same customer at two cut-offs is drawn together.</summary>
    internal required int[] Places { get; init; }
    internal required bool[] Churned { get; init; }
    /// <summary>By the trees, and by the days since the last order alone.</summary>
    internal required double[] Trees { get; init; }
    internal required double[] Recency { get; init; }
    /// <summary>What ranks: the score of the trees, and the days.</summary>
    internal required double[] Scores { get; init; }
    internal required double[] Silences { get; init; }
    /// <summary>Expected spend over the horizon as of the cut-off.</summary>
    internal required double[] Values { get; init; }

    internal int Count => Places.Length;
}

/// <summary>How well one way of foreseeing did, over the cut-offs.</summary>
public sealed record ChurnScore
{
    /// <summary>trees or recency.</summary>
    public required string Name { get; init; }
    /// <summary>Chance that one who churned was ranked above one who stayed; mean over cut-offs.</summary>
    public required Estimate Auc { get; init; }
    /// <summary>Mean squared error of the probability.</summary>
    public required Estimate Brier { get; init; }
    /// <summary>Churners among the tenth most at risk, over their share among all.</summary>
    public required Estimate LiftAt10 { get; init; }
    /// <summary>The same in expected spend of churners, ranked by probability times expected spend; NaN without money.</summary>
    public required Estimate ValueLiftAt10 { get; init; }
    /// <summary>Expected calibration error in ten bins of equal mass, mean over cut-offs: it counts a level that moves between periods.</summary>
    public required double CalibrationError { get; init; }
    /// <summary>The same of all cut-offs together, where periods too high and too low even out.</summary>
    public required double CalibrationErrorTogether { get; init; }
    /// <summary>What perfect probabilities would show of <see cref="CalibrationError"/> with so few customers: the mean over draws, and 95 of 100 draws lie below
    /// the upper end.</summary>
    public required double CalibrationErrorByChance { get; init; }
    public required double CalibrationErrorByChanceHigh { get; init; }
    public required IReadOnlyList<ReliabilityBin> Reliability { get; init; }
}

/// <summary>One later period.</summary>
/// <param name="At">The instant that it was foreseen from.</param>
/// <param name="Customers">Judged.</param>
/// <param name="Churned">Share that churned.</param>
/// <param name="Foretold">Mean probability that was given.</param>
/// <param name="AucTrees">Of the trees.</param>
/// <param name="AucRecency">Of the days since the last order.</param>
/// <param name="CalibrationError">Of the trees.</param>
public sealed record ChurnCutOff(DateTime At, int Customers, double Churned, double Foretold, double AucTrees, double AucRecency, double CalibrationError);

/// <summary>The trees beside recency alone, on later periods.</summary>
public sealed record ChurnJudgement
{
    public required IReadOnlyList<ChurnCutOff> CutOffs { get; init; }
    public required ChurnScore Trees { get; init; }
    public required ChurnScore Recency { get; init; }
    /// <summary>Trees less recency, paired over customers.</summary>
    public required Estimate AucGain { get; init; }
    /// <summary>Recency's Brier score less the trees': positive is better.</summary>
    public required Estimate BrierGain { get; init; }
    /// <summary>better, worse or no_difference: by whether the interval of the gain in AUC holds zero.</summary>
    public required string AgainstRecency { get; init; }
}

/// <summary>Judges forecasts of churn, with intervals from resampled customers.</summary>
internal static class ChurnJudging
{
    const int Bins = 10;
    const double Tenth = 0.1;

    sealed record Measures(double Auc, double Brier, double Lift, double ValueLift);

    sealed record Ways(ChurnRanking Rank, ChurnRanking ValueRank, double[] Probabilities);

    internal static ChurnJudgement Judge(IReadOnlyList<Foreseen> foreseen, int resamples, Seed seed, int threads)
    {
        Ways[] trees = [.. foreseen.Select(f => Of(f, f.Scores, f.Trees))], recency = [.. foreseen.Select(f => Of(f, f.Silences, f.Recency))];
        var customers = foreseen.SelectMany(f => f.Places).Distinct().Order().ToArray();
        var place = customers.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i);
        int[][] places = [.. foreseen.Select(f => f.Places.Select(p => place[p]).ToArray())];
        double[][] ones = [.. foreseen.Select(f => Enumerable.Repeat(1.0, f.Count).ToArray())];
        Measures[] drawnTrees = new Measures[resamples], drawnRecency = new Measures[resamples];
        Chunks.Each(resamples, threads, r =>
        {
            var rng = seed.Stream((ulong)r);
            var counts = new double[customers.Length];
            for (var i = 0; i < customers.Length; i++) counts[rng.NextInt(customers.Length)]++;
            double[][] weights = [.. places.Select(of => Array.ConvertAll(of, p => counts[p]))];
            drawnTrees[r] = Measure(foreseen, trees, weights);
            drawnRecency[r] = Measure(foreseen, recency, weights);
        });

        Measures wholeTrees = Measure(foreseen, trees, ones), wholeRecency = Measure(foreseen, recency, ones);
        var gain = Interval(wholeTrees.Auc - wholeRecency.Auc, drawnTrees.Zip(drawnRecency, (t, r) => t.Auc - r.Auc));
        return new ChurnJudgement
        {
            CutOffs = [.. foreseen.Select((f, i) => new ChurnCutOff(f.At, f.Count, (double)f.Churned.Count(c => c) / f.Count, f.Trees.Average(),
                trees[i].Rank.Auc(f.Churned, ones[i]), recency[i].Rank.Auc(f.Churned, ones[i]), Calibration.Of(f.Trees, f.Churned, Bins).ExpectedError))],
            Trees = Score("trees", foreseen, f => f.Trees, wholeTrees, drawnTrees, seed.Child(1)),
            Recency = Score("recency", foreseen, f => f.Recency, wholeRecency, drawnRecency, seed.Child(2)),
            AucGain = gain,
            BrierGain = Interval(wholeRecency.Brier - wholeTrees.Brier, drawnTrees.Zip(drawnRecency, (t, r) => r.Brier - t.Brier)),
            AgainstRecency = gain.Low > 0 ? "better" : gain.High < 0 ? "worse" : "no_difference",
        };
    }

    static Ways Of(Foreseen f, double[] scores, double[] probabilities) =>
        new(new ChurnRanking(scores), new ChurnRanking([.. probabilities.Select((p, i) => p * f.Values[i])]), probabilities);

    // Means over cut-offs: customers of different periods are not ranked against each other.
    static Measures Measure(IReadOnlyList<Foreseen> foreseen, Ways[] ways, double[][] weights)
    {
        double auc = 0, brier = 0, lift = 0, valueLift = 0;
        for (var c = 0; c < ways.Length; c++)
        {
            var (f, way, w) = (foreseen[c], ways[c], weights[c]);
            double error = 0, weight = 0;
            var gone = new double[f.Count];
            var lost = new double[f.Count];
            for (var i = 0; i < f.Count; i++)
            {
                if (f.Churned[i]) (gone[i], lost[i]) = (1, f.Values[i]);
                var miss = way.Probabilities[i] - gone[i];
                error += w[i] * miss * miss;
                weight += w[i];
            }

            auc += way.Rank.Auc(f.Churned, w);
            brier += error / weight;
            lift += way.Rank.Lift(Tenth, gone, w);
            valueLift += way.ValueRank.Lift(Tenth, lost, w);
        }

        return new(auc / ways.Length, brier / ways.Length, lift / ways.Length, valueLift / ways.Length);
    }

    static ChurnScore Score(string name, IReadOnlyList<Foreseen> foreseen, Func<Foreseen, double[]> of, Measures whole, Measures[] drawn, Seed seed)
    {
        double[] probabilities = [.. foreseen.SelectMany(of)];
        var calibration = Calibration.Of(probabilities, [.. foreseen.SelectMany(f => f.Churned)], Bins);
        var chance = ByChance([.. foreseen.Select(of)], seed);
        return new ChurnScore
        {
            Name = name,
            Auc = Interval(whole.Auc, drawn.Select(m => m.Auc)),
            Brier = Interval(whole.Brier, drawn.Select(m => m.Brier)),
            LiftAt10 = Interval(whole.Lift, drawn.Select(m => m.Lift)),
            ValueLiftAt10 = Interval(whole.ValueLift, drawn.Select(m => m.ValueLift)),
            CalibrationError = foreseen.Average(f => Calibration.Of(of(f), f.Churned, Bins).ExpectedError),
            CalibrationErrorTogether = calibration.ExpectedError,
            CalibrationErrorByChance = chance.Average(),
            CalibrationErrorByChanceHigh = chance[(int)(0.95 * (chance.Length - 1))],
            Reliability = calibration.Bins,
        };
    }

    // Outcomes drawn from the probabilities themselves.
    static double[] ByChance(double[][] periods, Seed seed)
    {
        var errors = new double[100];
        for (var r = 0; r < errors.Length; r++)
        {
            var rng = seed.Stream((ulong)r);
            errors[r] = periods.Average(probabilities => Calibration.Of(probabilities, Array.ConvertAll(probabilities, p => rng.NextDouble() < p), Bins).ExpectedError);
        }

        Array.Sort(errors);
        return errors;
    }

    static Estimate Interval(double value, IEnumerable<double> drawn)
    {
        double[] sorted = [.. drawn.Where(double.IsFinite).Order()];
        if (sorted.Length == 0 || !double.IsFinite(value)) return new(double.NaN, double.NaN, double.NaN);
        return new(value, sorted[(int)(0.025 * (sorted.Length - 1))], sorted[(int)Math.Ceiling(0.975 * (sorted.Length - 1))]);
    }
}
