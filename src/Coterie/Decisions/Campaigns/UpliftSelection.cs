using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Campaigns;

/// <summary>Predictions for customers by models that never saw them.</summary>
/// <param name="Effects">n, predicted effects.</param>
/// <param name="Places">n, the place within the customer's fold, in (0, 1); what ranks customers across folds.</param>
internal sealed record HeldOut(double[] Effects, double[] Places);

/// <summary>A chosen learner and the scores it was chosen by.</summary>
internal sealed record UpliftChoice(UpliftLearner Learner, IReadOnlyList<LearnerScore> Scores);

/// <summary>Chooses a learner by cross-validated Qini and judges the choice on customers that had no part in it (nested cross-validation).</summary>
internal static class UpliftSelection
{
    const int Inner = 3, Outer = 5, Resamples = 200, BinCount = 5;

    /// <summary>The learner of the largest mean Qini over held-out folds; the simpler one of equals.</summary>
    public static UpliftChoice Choose(UpliftSample s, Seed seed, int threads)
    {
        var learners = UpliftLearners.For(s);
        var fold = DoublyRobust.Fold(s.Count, Inner, seed);
        var qini = new double[learners.Count * Inner];
        Chunks.Each(qini.Length, threads, job =>
        {
            var (l, k) = (job / Inner, job % Inner);
            UpliftSample outside = s.Take(Where(fold, f => f != k)), inside = s.Take(Where(fold, f => f == k));
            var score = Qini.Score(UpliftLearners.Fit(learners[l], outside, seed.Child((ulong)k)).Predict(inside.Rows), inside.Outcome, inside.Treated);
            qini[job] = double.IsFinite(score) ? score : 0;
        });
        LearnerScore[] scores = [.. learners.Select((l, p) => new LearnerScore(l, qini.AsSpan(p * Inner, Inner).ToArray().Average()))];
        return new(scores.MaxBy(x => x.Qini)!.Learner, scores);
    }

    /// <summary>The choice made on everybody, and a model of it.</summary>
    public static UpliftModel Fit(UpliftSample s, Seed seed, int threads) => UpliftLearners.Fit(Choose(s, seed, threads).Learner, s, seed);

    public static HeldOut Predict(UpliftSample s, Seed seed, int threads)
    {
        var fold = DoublyRobust.Fold(s.Count, Outer, seed.Child(1));
        double[] effects = new double[s.Count], places = new double[s.Count];
        for (var k = 0; k < Outer; k++)
        {
            var inside = Where(fold, f => f == k);
            var predicted = Fit(s.Take(Where(fold, f => f != k)), seed.Child(100 + (ulong)k), threads).Predict(s.Rows.Take(inside));
            var ranking = Ranking.Of(predicted);
            for (int run = 0, at = 0; run < ranking.Ends.Length; run++)
            {
                var middle = 1 - (at + ranking.Ends[run]) / 2.0 / inside.Length;
                for (; at < ranking.Ends[run]; at++) places[inside[ranking.Order[at]]] = middle;
            }

            for (var r = 0; r < inside.Length; r++) effects[inside[r]] = predicted[r];
        }

        return new(effects, places);
    }

    /// <summary>Everything that is said of one comparison.</summary>
    public static UpliftFinding Judge(UpliftSample s, string arm, string outcome, double share, int shuffles, Seed seed, int threads)
    {
        var choice = Choose(s, seed, threads);
        var held = Predict(s, seed, threads);
        var scores = DoublyRobust.Scores(s, seed.Child(2));
        var qini = Interval(s, held.Places, seed.Child(3), threads);
        var p = Heterogeneity.P(s, shuffles, seed.Child(4), threads);
        return new UpliftFinding
        {
            Arm = arm,
            Outcome = outcome,
            Learner = choice.Learner,
            Learners = choice.Scores,
            Qini = qini,
            Auuc = Qini.Auuc(held.Places, s.Outcome, s.Treated),
            P = p,
            AdjustedP = p,
            Usable = p <= 0.05 && qini.Low > 0,
            Policy = Policy(scores, held.Places, share),
            Bins = Bins(scores, held),
            CalibrationSlope = Slope(scores, held.Effects),
            Curve = Qini.Curve(held.Places, s.Outcome, s.Treated),
        };
    }

    // Poisson bootstrap of held-out predictions: the choice and the fits are held fixed.
    static Estimate Interval(UpliftSample s, double[] places, Seed seed, int threads)
    {
        var ranking = Ranking.Of(places);
        var perfect = Qini.PerfectArea(s.Outcome, s.Treated);
        var value = Qini.Weighted(ranking, s.Outcome, s.Treated, [], perfect);
        var drawn = new double[Resamples];
        Chunks.Each(Resamples, threads, b =>
            drawn[b] = Qini.Weighted(ranking, s.Outcome, s.Treated, PredictiveValidity.PoissonWeights(s.Count, seed.Stream((ulong)b)), perfect));
        return PredictiveValidity.Interval(value, drawn);
    }

    static PolicyValue Policy(double[] scores, double[] places, double share)
    {
        bool Contacted(int i) => places[i] > 1 - share;
        return new(share, DoublyRobust.Mean([.. scores.Select((v, i) => Contacted(i) ? v : 0)]),
            DoublyRobust.Mean([.. scores.Select((v, i) => (Contacted(i) ? 1 - share : -share) * v)]));
    }

    static List<UpliftBin> Bins(double[] scores, HeldOut held)
    {
        var bins = new List<UpliftBin>();
        for (var b = 0; b < BinCount; b++)
        {
            int[] inside = [.. Enumerable.Range(0, scores.Length).Where(i => Math.Min(BinCount - 1, (int)(held.Places[i] * BinCount)) == b)];
            if (inside.Length > 1) bins.Add(new(inside.Length, inside.Average(i => held.Effects[i]), DoublyRobust.Mean([.. inside.Select(i => scores[i])])));
        }

        return bins;
    }

    /// <summary>The slope of scores on predictions with a heteroscedasticity-robust interval: the best linear predictor of Chernozhukov, Demirer, Duflo and
    /// Fernández-Val (2023). NaN where all predictions are equal.</summary>
    static Estimate Slope(double[] scores, double[] effects)
    {
        double mean = effects.Average(), height = scores.Average(), square = 0, product = 0, noise = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            square += (effects[i] - mean) * (effects[i] - mean);
            product += (effects[i] - mean) * (scores[i] - height);
        }

        if (!(square > 0)) return new(double.NaN, double.NaN, double.NaN);
        var slope = product / square;
        for (var i = 0; i < scores.Length; i++)
        {
            var gap = (effects[i] - mean) * (scores[i] - height - slope * (effects[i] - mean));
            noise += gap * gap;
        }

        var half = 1.959963984540054 * Math.Sqrt(noise) / square;
        return new(slope, slope - half, slope + half);
    }

    static int[] Where(int[] fold, Func<int, bool> chosen) => [.. Enumerable.Range(0, fold.Length).Where(i => chosen(fold[i]))];
}
