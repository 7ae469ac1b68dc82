using Coterie.Numerics;

namespace Coterie.Clustering.Metrics;

/// <summary>The gap at one number of clusters.</summary>
/// <param name="LogWithin">log W_k of the rows: W is the sum of squared distances to the cluster means.</param>
/// <param name="Reference">Mean of log W_k over references without clusters.</param>
/// <param name="Gain">Gap(k) of the paper: Reference - LogWithin; larger is better.</param>
/// <param name="Error">s_k: standard deviation over references times sqrt(1 + 1/B).</param>
public sealed record Gap(int Clusters, double LogWithin, double Reference, double Gain, double Error);

/// <summary>The gap statistic (Tibshirani, Walther and Hastie 2001): how much smaller the spread within k clusters is than it would be for
/// rows without clusters, drawn uniformly in a box along the rows' principal components (the paper's choice b).</summary>
/// <param name="Gaps">For k = 1 .. most.</param>
/// <param name="Clusters">The smallest k with gap(k) at least gap(k+1) - s(k+1); the largest k tried where none is.</param>
public sealed record GapStatistic(IReadOnlyList<Gap> Gaps, int Clusters)
{
    /// <summary>By k-means on rows (n x d, finite).</summary>
    /// <exception cref="ConfigurationException">most or references is below 1, or the options are impossible.</exception>
    /// <exception cref="InputException">There are no rows, or a value is not finite.</exception>
    public static GapStatistic Of(Matrix rows, int most, Seed seed, int references = 20, KMeansOptions? options = null)
    {
        var problems = new List<string>();
        if (most < 1) problems.Add($"gap: the most clusters is {most}; expected 1 or more.");
        if (references < 1) problems.Add($"gap: references is {references}; expected 1 or more.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
        if (rows.Rows == 0) throw new InputException("the gap statistic needs rows; there are none.");
        Check.Finite(rows);
        var fit = options ?? new KMeansOptions();
        var box = Box.Of(rows);
        var logs = new double[references + 1][];
        Chunks.Each(references + 1, fit.Threads, r =>
        {
            var table = r == 0 ? rows : box.Draw(rows.Rows, seed.Stream((ulong)r));
            logs[r] = [.. Enumerable.Range(1, most).Select(k => LogWithin(table, fit with { Clusters = k, Threads = 1 }, seed.Child((ulong)r)))];
        });
        var gaps = Enumerable.Range(0, most).Select(k =>
        {
            var others = logs.Skip(1).Select(l => l[k]).ToArray();
            var mean = others.Average();
            var deviation = Math.Sqrt(others.Sum(x => (x - mean) * (x - mean)) / others.Length);
            return new Gap(k + 1, logs[0][k], mean, mean - logs[0][k], deviation * Math.Sqrt(1 + 1.0 / others.Length));
        }).ToArray();
        var chosen = Enumerable.Range(0, most - 1).Where(k => gaps[k].Gain >= gaps[k + 1].Gain - gaps[k + 1].Error).Select(k => k + 1).FirstOrDefault(most);
        return new(gaps, chosen);
    }

    // Spread that rounding leaves of equal rows counts as none, and has a logarithm.
    static double LogWithin(Matrix rows, KMeansOptions options, Seed seed) => Math.Log(Math.Max(KMeans.Fit(rows, options, seed).Objective, double.Epsilon));

    /// <param name="Mean">d.</param>
    /// <param name="Axes">d x d, principal components in rows.</param>
    /// <param name="Low">Least value along each component.</param>
    /// <param name="High">Largest value along each component.</param>
    sealed record Box(double[] Mean, double[][] Axes, double[] Low, double[] High)
    {
        public static Box Of(Matrix rows)
        {
            int n = rows.Rows, d = rows.Columns;
            var mean = new double[d];
            for (var i = 0; i < n; i++) Lloyd.Add(mean, rows.Row(i), 1.0 / n);
            var covariance = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(d, d);
            for (var i = 0; i < n; i++)
            {
                for (var a = 0; a < d; a++)
                    for (var b = 0; b <= a; b++) covariance[a, b] += (rows[i, a] - mean[a]) * (rows[i, b] - mean[b]) / n;
            }

            for (var a = 0; a < d; a++)
                for (var b = 0; b < a; b++) covariance[b, a] = covariance[a, b];
            var vectors = covariance.Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenVectors;
            var axes = Enumerable.Range(0, d).Select(c => vectors.Column(c).ToArray()).ToArray();
            double[] low = new double[d], high = new double[d];
            Array.Fill(low, double.PositiveInfinity);
            Array.Fill(high, double.NegativeInfinity);
            for (var i = 0; i < n; i++)
            {
                for (var c = 0; c < d; c++)
                {
                    var along = 0.0;
                    for (var j = 0; j < d; j++) along += (rows[i, j] - mean[j]) * axes[c][j];
                    low[c] = Math.Min(low[c], along);
                    high[c] = Math.Max(high[c], along);
                }
            }

            return new(mean, axes, low, high);
        }

        public Matrix Draw(int n, Rng rng)
        {
            var d = Mean.Length;
            var rows = new Matrix(n, d);
            var along = new double[d];
            for (var i = 0; i < n; i++)
            {
                for (var c = 0; c < d; c++) along[c] = Low[c] + rng.NextDouble() * (High[c] - Low[c]);
                for (var j = 0; j < d; j++)
                {
                    var value = Mean[j];
                    for (var c = 0; c < d; c++) value += along[c] * Axes[c][j];
                    rows[i, j] = (float)value;
                }
            }

            return rows;
        }
    }
}
