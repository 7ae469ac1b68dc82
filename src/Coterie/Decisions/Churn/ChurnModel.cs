using Coterie.Decisions.Trees;
using Coterie.Numerics;

namespace Coterie.Decisions.Churn;

/// <summary>Trees that rank and a calibration that makes probabilities of it, each learned from its own, later period.</summary>
public sealed record ChurnModel
{
    public required TreeEnsemble Trees { get; init; }
    public required ProbabilityCalibration Calibration { get; init; }
    /// <summary>Of the days since the last order alone: what the trees have to beat.</summary>
    public required ProbabilityCalibration Recency { get; init; }
    /// <summary>Portraits that the trees learned from, some of the same customer at different times.</summary>
    public required int Learned { get; init; }
    public required DateTime FirstFreeze { get; init; }
    public required DateTime LastFreeze { get; init; }
    public required DateTime CalibratedAt { get; init; }

    const int Step = 10, Most = 240, FewestOfEach = 50;

    /// <summary>Null where a period has too few who churned or too few who stayed, and <paramref name="why"/> says so.</summary>
    internal static ChurnModel? Fit(IReadOnlyList<ChurnFreeze> past, ChurnFreeze later, OrderDays orders, Seed seed, out ChurnShortage? why)
    {
        bool[] taught = [.. past.SelectMany(f => f.Churned(orders))], after = later.Churned(orders);
        why = Shortage(taught) ?? Shortage(after);
        if (why is not null) return null;

        var rows = new Matrix([.. past.SelectMany(f => f.Rows.Values)], taught.Length, later.Rows.Columns);
        var options = new BoostedTreesOptions { Trees = Most, LearningRate = 0.05, Leaves = 8, MinRows = Math.Clamp(taught.Length / 200, 10, 100), ColumnShare = 0.5 };
        var all = BoostedTrees.FitLogOdds(rows, later.Columns, taught, options, seed.Child(1));
        var trees = all.First(Best(all, later.Rows, after));
        return new ChurnModel
        {
            Trees = trees,
            Calibration = ProbabilityCalibration.Fit(trees.Score(later.Rows), after, seed.Child(2)),
            Recency = ProbabilityCalibration.Fit(later.Silences, after, seed.Child(3)),
            Learned = taught.Length,
            FirstFreeze = past.Min(f => f.At),
            LastFreeze = past.Max(f => f.At),
            CalibratedAt = later.At,
        };
    }

    static ChurnShortage? Shortage(bool[] churned)
    {
        var gone = churned.Count(c => c);
        return gone < FewestOfEach || churned.Length - gone < FewestOfEach ? new(churned.Length, gone, FewestOfEach) : null;
    }

    // How many trees foresee the later period best: the log loss of their curve.
    static int Best(TreeEnsemble trees, Matrix rows, bool[] churned)
    {
        var scores = new double[rows.Rows];
        Array.Fill(scores, trees.Base);
        var (best, least) = (Step, double.PositiveInfinity);
        for (var t = 0; t < trees.Trees.Count; t++)
        {
            var tree = trees.Trees[t];
            for (var i = 0; i < scores.Length; i++) scores[i] += tree.Leaves[tree.LeafOf(rows.Row(i))];
            if ((t + 1) % Step != 0) continue;
            var curve = ProbabilityCalibration.Platt(scores, churned);
            double loss = 0;
            for (var i = 0; i < scores.Length; i++) loss += ProbabilityCalibration.LogLoss(curve.Of(scores[i]), churned[i]);
            if (loss >= least) continue;
            (best, least) = (t + 1, loss);
        }

        return best;
    }

    /// <summary>Probability of churn of each row.</summary>
    internal double[] Probabilities(Matrix rows, int threads) => Array.ConvertAll(Trees.Score(rows, threads), Calibration.Of);
}

/// <summary>A period that cannot teach: too few of one kind.</summary>
/// <param name="Customers">Looked at.</param>
/// <param name="Churned">Of them.</param>
/// <param name="Fewest">That each kind needs.</param>
internal sealed record ChurnShortage(int Customers, int Churned, int Fewest);
