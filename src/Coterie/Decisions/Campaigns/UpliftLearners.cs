using Coterie.Numerics;

namespace Coterie.Decisions.Campaigns;

/// <summary>Meta-learners of uplift on penalised linear and logistic regression, and honest trees.</summary>
internal static class UpliftLearners
{
    // As strong as one observation for each weight: the usual default of logistic regression.
    const double Light = 1;
    // Effects are small beside their noise: a tenth of the customers' weight pulls them together and hardly moves large ones.
    const double EffectPenalty = 0.1;
    // The label flip stands for the effect only where both arms are as likely.
    const double MostUneven = 0.05;

    /// <summary>Learners that suit the sample, in the order of preference.</summary>
    public static IReadOnlyList<UpliftLearner> For(UpliftSample sample)
    {
        var even = sample.Binary && Array.TrueForAll(sample.Propensity, e => Math.Abs(e - 0.5) <= MostUneven);
        return [.. Enum.GetValues<UpliftLearner>().Where(l => l != UpliftLearner.ClassTransformation || even)];
    }

    public static UpliftModel Fit(UpliftLearner learner, UpliftSample sample, Seed seed) => new(learner, learner switch
    {
        UpliftLearner.SLearner => Single(sample),
        UpliftLearner.TLearner => Two(sample),
        UpliftLearner.XLearner => Cross(sample),
        UpliftLearner.ClassTransformation => Flip(sample),
        UpliftLearner.DoublyRobust => Robust(sample, seed),
        _ => UpliftTrees.Fit(sample, seed),
    });

    /// <summary>The expected outcome by logistic regression for yes and no, else by ridge regression.</summary>
    internal static Func<Matrix, double[]> Outcome(Matrix rows, double[] outcome, double penalty)
    {
        var positive = Array.ConvertAll(outcome, y => y > 0.5);
        if (!Array.TrueForAll(outcome, y => y is 0 or 1)) return LinearModels.Ridge(rows, outcome, penalty).Score;
        // One answer only: there is nothing to learn, and its rate is that answer.
        if (!positive.Contains(true) || !positive.Contains(false)) return r => Repeated(r.Rows, outcome.Length > 0 ? outcome[0] : 0);
        var model = LinearModels.Logistic(rows, positive, penalty);
        return r => Array.ConvertAll(model.Score(r), s => 1 / (1 + Math.Exp(-s)));
    }

    static Func<Matrix, double[]> Single(UpliftSample s)
    {
        var model = Outcome(WithTreatment(s.Rows, i => s.Treated[i] ? 0.5f : -0.5f), s.Outcome, Light);
        return rows => Minus(model(WithTreatment(rows, _ => 0.5f)), model(WithTreatment(rows, _ => -0.5f)));
    }

    static Func<Matrix, double[]> Two(UpliftSample s)
    {
        UpliftSample treated = s.Arm(true), control = s.Arm(false);
        var (with, without) = (Outcome(treated.Rows, treated.Outcome, Light), Outcome(control.Rows, control.Outcome, Light));
        return rows => Minus(with(rows), without(rows));
    }

    static Func<Matrix, double[]> Cross(UpliftSample s)
    {
        UpliftSample treated = s.Arm(true), control = s.Arm(false);
        var (with, without) = (Outcome(treated.Rows, treated.Outcome, Light), Outcome(control.Rows, control.Outcome, Light));
        var ofTreated = LinearModels.Ridge(treated.Rows, Minus(treated.Outcome, without(treated.Rows)), EffectPenalty * treated.Count);
        var ofControl = LinearModels.Ridge(control.Rows, Minus(with(control.Rows), control.Outcome), EffectPenalty * control.Count);
        var share = s.Propensity.Average();
        return rows =>
        {
            double[] a = ofControl.Score(rows), b = ofTreated.Score(rows);
            for (var i = 0; i < a.Length; i++) a[i] = share * a[i] + (1 - share) * b[i];
            return a;
        };
    }

    // Z = 1 where a treated customer responds or a control customer does not: effect = 2 P(Z = 1 | x) - 1.
    static Func<Matrix, double[]> Flip(UpliftSample s)
    {
        var model = Outcome(s.Rows, [.. s.Outcome.Select((y, i) => s.Treated[i] ? y : 1 - y)], Light);
        return rows => Array.ConvertAll(model(rows), p => 2 * p - 1);
    }

    static Func<Matrix, double[]> Robust(UpliftSample s, Seed seed) =>
        LinearModels.Ridge(s.Rows, DoublyRobust.Scores(s, seed), EffectPenalty * s.Count).Score;

    // Columns x, t, t·x.
    static Matrix WithTreatment(Matrix rows, Func<int, float> treatment)
    {
        var d = rows.Columns;
        var wide = new Matrix(rows.Rows, 2 * d + 1);
        for (var i = 0; i < rows.Rows; i++)
        {
            Span<float> from = rows.Row(i), to = wide.Row(i);
            var t = treatment(i);
            from.CopyTo(to);
            to[d] = t;
            for (var j = 0; j < d; j++) to[d + 1 + j] = t * from[j];
        }

        return wide;
    }

    static double[] Minus(double[] a, double[] b) => [.. a.Select((v, i) => v - b[i])];

    static double[] Repeated(int n, double value)
    {
        var all = new double[n];
        Array.Fill(all, value);
        return all;
    }
}
