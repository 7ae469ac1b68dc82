using Coterie.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Decisions.Campaigns;

/// <summary>Could the ranking of customers be chance? Treatments are shuffled among customers, the ranking is learned anew from each shuffle, and its
/// Qini is compared with that of the true treatments.</summary>
/// <remarks>Under "the same effect on everybody" y - effect · t does not depend on t, so shuffled treatments make data as likely as the true ones; the
/// effect itself is estimated (Ding, Feller and Miratrix 2016). The ranking is the regression of transformed outcomes
/// (t - e)/(e(1 - e)) · (y - effect · (t - e) - m(x)), whose left side is the same in every shuffle: a refit is one product. Its Qini is in doubly robust form,
/// mean((rank/n - 1/2) · score), out of fold.</remarks>
internal static class Heterogeneity
{
    const int Folds = 5;
    const double Penalty = 0.1;

    /// <summary>The permutation p: (1 + shuffles at least as good) / (1 + shuffles).</summary>
    public static double P(UpliftSample s, int shuffles, Seed seed, int threads)
    {
        int n = s.Count, d = s.Rows.Columns;
        if (d == 0 || n < 10 * Folds) return 1;
        var fold = DoublyRobust.Fold(n, Folds, seed);
        var inverse = new Matrix<double>[Folds];
        var members = new int[Folds][];
        var rest = new double[n];
        var effect = s.Outcome.Where((_, i) => s.Treated[i]).Average() - s.Outcome.Where((_, i) => !s.Treated[i]).Average();
        for (var k = 0; k < Folds; k++)
        {
            int[] outside = [.. Enumerable.Range(0, n).Where(i => fold[i] != k)];
            members[k] = [.. Enumerable.Range(0, n).Where(i => fold[i] == k)];
            var others = s.Rows.Take(outside);
            var model = LinearModels.Ridge(others, [.. outside.Select(i => Without(s, i, effect))], Penalty * outside.Length);
            var expected = model.Score(s.Rows.Take(members[k]));
            for (var r = 0; r < members[k].Length; r++) rest[members[k][r]] = Without(s, members[k][r], effect) - expected[r];
            inverse[k] = Gram(others, Penalty * outside.Length).Inverse();
        }

        var truth = Statistic(s, s.Treated, rest, members, inverse);
        var better = new bool[shuffles];
        Chunks.Each(shuffles, threads, b =>
        {
            var treated = (bool[])s.Treated.Clone();
            seed.Child(7).Stream((ulong)b).Shuffle<bool>(treated);
            better[b] = Statistic(s, treated, rest, members, inverse) >= truth;
        });
        return (1.0 + better.Count(x => x)) / (1 + shuffles);
    }

    // The outcome without the common effect.
    static double Without(UpliftSample s, int i, double effect) => s.Outcome[i] - (s.Treated[i] ? 1 - s.Propensity[i] : -s.Propensity[i]) * effect;

    static Matrix<double> Gram(Matrix rows, double penalty)
    {
        var d = rows.Columns;
        var gram = new double[d, d];
        for (var i = 0; i < rows.Rows; i++)
        {
            var row = rows.Row(i);
            for (var j = 0; j < d; j++)
                for (var k = 0; k <= j; k++) gram[j, k] += row[j] * (double)row[k];
        }

        for (var j = 0; j < d; j++)
        {
            for (var k = 0; k < j; k++) gram[k, j] = gram[j, k];
            gram[j, j] += penalty;
        }

        return Matrix<double>.Build.DenseOfArray(gram);
    }

    static double Statistic(UpliftSample s, bool[] treated, double[] rest, int[][] members, Matrix<double>[] inverse)
    {
        int n = s.Count, d = s.Rows.Columns;
        var scores = new double[n];
        var mean = 0.0;
        for (var i = 0; i < n; i++)
        {
            var e = s.Propensity[i];
            scores[i] = (treated[i] ? 1 / e : -1 / (1 - e)) * rest[i];
            mean += scores[i] / n;
        }

        for (var i = 0; i < n; i++) scores[i] -= mean;
        var products = new double[members.Length][];
        var total = new double[d];
        for (var k = 0; k < members.Length; k++)
        {
            products[k] = new double[d];
            foreach (var i in members[k])
            {
                var row = s.Rows.Row(i);
                for (var j = 0; j < d; j++) products[k][j] += row[j] * scores[i];
            }

            for (var j = 0; j < d; j++) total[j] += products[k][j];
        }

        var statistic = 0.0;
        for (var k = 0; k < members.Length; k++)
        {
            var weights = inverse[k] * Vector<double>.Build.Dense(d, j => total[j] - products[k][j]);
            statistic += Ranked(s.Rows, members[k], [.. weights], scores) / n;
        }

        return statistic;
    }

    // Sum of (rank - half) · score within a fold; equal predictions share their rank.
    static double Ranked(Matrix rows, int[] members, double[] weights, double[] scores)
    {
        var keys = new double[members.Length];
        for (var r = 0; r < keys.Length; r++)
        {
            var row = rows.Row(members[r]);
            for (var j = 0; j < weights.Length; j++) keys[r] += weights[j] * row[j];
        }

        var values = Array.ConvertAll(members, i => scores[i]);
        Array.Sort(keys, values);
        var sum = 0.0;
        for (var r = 0; r < keys.Length;)
        {
            var start = r;
            var run = 0.0;
            for (; r < keys.Length && keys[r] == keys[start]; r++) run += values[r];
            sum += ((start + r) / 2.0 / keys.Length - 0.5) * run;
        }

        return sum;
    }
}
