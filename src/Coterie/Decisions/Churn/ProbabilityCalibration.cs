using Coterie.Numerics;

namespace Coterie.Decisions.Churn;

/// <summary>Turns scores into probabilities, learned from scores and outcomes of a period that the scores were not learned from.</summary>
/// <remarks>Either Platt's logistic curve (1999; probability = 1 / (1 + exp(-(a + b score)))) or isotonic steps (Zadrozny and Elkan 2002; pool adjacent
/// violators), whichever has the smaller log loss in five folds: the curve is steadier with few customers, the steps bend where the curve cannot.</remarks>
public sealed record ProbabilityCalibration
{
    /// <summary>platt or isotonic.</summary>
    public required string Method { get; init; }
    /// <summary>Platt's a and b.</summary>
    public double Intercept { get; init; }
    public double Slope { get; init; } = 1;
    /// <summary>Mean score of each isotonic step, rising.</summary>
    public IReadOnlyList<double> Scores { get; init; } = [];
    /// <summary>Probability of each step; between means a straight line.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [];

    const int Folds = 5;

    /// <summary>The probability of a score.</summary>
    public double Of(double score)
    {
        if (Method == "platt") return 1 / (1 + Math.Exp(-(Intercept + Slope * score)));
        if (score <= Scores[0]) return Shares[0];
        if (score >= Scores[^1]) return Shares[^1];
        int low = 0, high = Scores.Count - 1;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (Scores[middle] <= score) low = middle;
            else high = middle;
        }

        return Shares[low] + (Shares[high] - Shares[low]) * (score - Scores[low]) / (Scores[high] - Scores[low]);
    }

    /// <summary>The method of smaller log loss in folds.</summary>
    /// <param name="scores">n.</param>
    /// <param name="positive">n outcomes; both must occur.</param>
    /// <param name="seed">Draws the folds.</param>
    public static ProbabilityCalibration Fit(double[] scores, bool[] positive, Seed seed)
    {
        var order = Enumerable.Range(0, scores.Length).ToArray();
        seed.Stream(0xCA1B).Shuffle<int>(order);
        double platt = 0, isotonic = 0;
        for (var fold = 0; fold < Folds; fold++)
        {
            int[] learn = [.. order.Where((_, i) => i % Folds != fold)], judge = [.. order.Where((_, i) => i % Folds == fold)];
            bool[] learned = [.. learn.Select(i => positive[i])];
            if (!learned.Contains(true) || !learned.Contains(false)) return Platt(scores, positive);
            double[] of = [.. learn.Select(i => scores[i])];
            platt += Loss(Platt(of, learned), judge);
            isotonic += Loss(Isotonic(of, learned), judge);
        }

        return isotonic < platt ? Isotonic(scores, positive) : Platt(scores, positive);

        double Loss(ProbabilityCalibration c, int[] judge) => judge.Sum(i => LogLoss(c.Of(scores[i]), positive[i]));
    }

    /// <summary>-log of the probability given to what happened.</summary>
    internal static double LogLoss(double probability, bool happened) => -Math.Log(Math.Clamp(happened ? probability : 1 - probability, 1e-12, 1));

    /// <summary>Platt's curve.</summary>
    public static ProbabilityCalibration Platt(double[] scores, bool[] positive)
    {
        var rows = new Matrix([.. scores.Select(s => (float)s)], scores.Length, 1);
        // One observation's worth of shrinkage: separable scores must not give an endless slope.
        var model = LinearModels.Logistic(rows, positive, penalty: 1e-3);
        return new() { Method = "platt", Intercept = model.Intercept, Slope = model.Weights[0] };
    }

    /// <summary>Isotonic steps. A step's share is (hits + 1/2) / (n + 1), so that none is 0 or 1 for sure.</summary>
    public static ProbabilityCalibration Isotonic(double[] scores, bool[] positive)
    {
        var keys = scores.ToArray();
        var hits = positive.ToArray();
        Array.Sort(keys, hits);
        List<(double Score, double Hits, int Count)> steps = [];
        for (var i = 0; i < keys.Length;)
        {
            // Equal scores are one step from the start, whatever order they came in.
            double sum = 0, hit = 0;
            var count = 0;
            for (var key = keys[i]; i < keys.Length && keys[i] == key; i++, count++)
            {
                sum += keys[i];
                hit += hits[i] ? 1 : 0;
            }

            steps.Add((sum, hit, count));
            while (steps.Count > 1 && Share(steps[^2]) >= Share(steps[^1]))
            {
                var (a, b) = (steps[^2], steps[^1]);
                steps.RemoveRange(steps.Count - 2, 2);
                steps.Add((a.Score + b.Score, a.Hits + b.Hits, a.Count + b.Count));
            }
        }

        // Small end steps may be pulled over their neighbours by the half: keep the rise.
        var shares = new double[steps.Count];
        for (var k = 0; k < shares.Length; k++) shares[k] = (steps[k].Hits + 0.5) / (steps[k].Count + 1);
        Pool(shares, [.. steps.Select(s => s.Count)]);
        return new() { Method = "isotonic", Scores = [.. steps.Select(s => s.Score / s.Count)], Shares = shares };

        static double Share((double Score, double Hits, int Count) step) => step.Hits / step.Count;
    }

    // Weighted pool adjacent violators, in place.
    static void Pool(double[] values, int[] weights)
    {
        List<(int Start, double Sum, double Weight)> blocks = [];
        for (var i = 0; i < values.Length; i++)
        {
            blocks.Add((i, values[i] * weights[i], weights[i]));
            while (blocks.Count > 1 && blocks[^2].Sum / blocks[^2].Weight > blocks[^1].Sum / blocks[^1].Weight)
            {
                var (a, b) = (blocks[^2], blocks[^1]);
                blocks.RemoveRange(blocks.Count - 2, 2);
                blocks.Add((a.Start, a.Sum + b.Sum, a.Weight + b.Weight));
            }
        }

        for (var b = 0; b < blocks.Count; b++)
        {
            var end = b + 1 < blocks.Count ? blocks[b + 1].Start : values.Length;
            for (var i = blocks[b].Start; i < end; i++) values[i] = blocks[b].Sum / blocks[b].Weight;
        }
    }
}
