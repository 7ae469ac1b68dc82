using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Densities and moments of a mixture, four rows at a time in double. Rows are summed over fixed chunks that are combined in
/// index order, a bounded number of chunks at once.</summary>
static class GaussianKernel
{
    const int Lanes = 4;
    const int ChunksAtOnce = 64;                                                    // bounds memory: 64 x K x d^2/2 doubles

    /// <summary>Validated. Statistics of the expectation step.</summary>
    public static GaussianStatistics Expect(Matrix rows, GaussianDensity density, GaussianMixtureOptions options) =>
        Gather(rows, density.Means, density, null, density.Triangular, options.Threads);

    /// <summary>Validated. The same for responsibilities of 0 and 1, about the given means.</summary>
    public static GaussianStatistics Hard(Matrix rows, double[][] means, int[] labels, GaussianMixtureOptions options) =>
        Gather(rows, means, null, labels, options.Covariance is Covariance.Full or Covariance.Tied, options.Threads);

    static GaussianStatistics Gather(Matrix rows, double[][] means, GaussianDensity? density, int[]? labels, bool triangular, int threads)
    {
        int k = means.Length, d = rows.Columns, chunks = Chunks.Count(rows.Rows);
        var width = triangular ? d * (d + 1) / 2 : d;
        var total = new GaussianStatistics(0, new double[k], [.. means.Select(_ => new double[d])], [.. means.Select(_ => new double[width])]);
        var logLikelihood = 0.0;
        for (var wave = 0; wave < chunks; wave += ChunksAtOnce)
        {
            var parts = new Sums[Math.Min(ChunksAtOnce, chunks - wave)];
            var first = wave;
            Chunks.Each(parts.Length, threads, p =>
            {
                var start = (first + p) * Chunks.Rows;
                parts[p] = new Sums(k, d, width);
                Chunk(rows, start, Math.Min(rows.Rows, start + Chunks.Rows), means, density, labels, triangular, parts[p]);
            });
            foreach (var part in parts)
            {
                logLikelihood += Total(part.LogLikelihood);
                for (var c = 0; c < k; c++)
                {
                    total.Counts[c] += Total(part.Counts[c]);
                    for (var j = 0; j < d; j++) total.First[c][j] += Total(part.First[c * d + j]);
                    for (var e = 0; e < width; e++) total.Second[c][e] += Total(part.Second[c * width + e]);
                }
            }
        }

        return total with { LogLikelihood = logLikelihood };
    }

    sealed class Sums(int k, int d, int width)
    {
        public Vector256<double> LogLikelihood;
        public readonly Vector256<double>[] Counts = new Vector256<double>[k], First = new Vector256<double>[k * d], Second = new Vector256<double>[k * width];
    }

    static double Total(Vector256<double> v) => (v[0] + v[1]) + (v[2] + v[3]);

    static void Chunk(Matrix rows, int start, int end, double[][] means, GaussianDensity? density, int[]? labels, bool triangular, Sums sums)
    {
        int k = means.Length, d = rows.Columns;
        var differences = new Vector256<double>[k * d];
        var logs = new Vector256<double>[k];
        for (var i = start; i < end; i += Lanes)
        {
            var count = Math.Min(Lanes, end - i);
            var present = Vector256.LessThan(Vector256.Create(0.0, 1, 2, 3), Vector256.Create((double)count));
            Subtract(rows, i, count, means, differences);
            if (density is not null)
            {
                LogDensities(density, differences, logs, d);
                sums.LogLikelihood += Vector256.BitwiseAnd(LogSumExp(logs), present);
            }

            for (var c = 0; c < k; c++)
            {
                var r = density is not null ? logs[c] : Belongs(labels!, i, count, c);
                r = Vector256.BitwiseAnd(r, present);
                if (r == Vector256<double>.Zero) continue;
                sums.Counts[c] += r;
                Accumulate(differences.AsSpan(c * d, d), r, sums.First.AsSpan(c * d, d), sums.Second, c * (sums.Second.Length / k), triangular);
            }
        }
    }

    static Vector256<double> Belongs(int[] labels, int i, int count, int c)
    {
        double At(int lane) => lane < count && labels[i + lane] == c ? 1 : 0;
        return Vector256.Create(At(0), At(1), At(2), At(3));
    }

    // Four rows minus each mean -> K x d lanes. Absent rows repeat the last one.
    static void Subtract(Matrix rows, int i, int count, double[][] means, Span<Vector256<double>> differences)
    {
        var d = rows.Columns;
        Span<float> r0 = rows.Row(i), r1 = rows.Row(i + Math.Min(1, count - 1)), r2 = rows.Row(i + Math.Min(2, count - 1)), r3 = rows.Row(i + count - 1);
        for (var j = 0; j < d; j++)
        {
            var x = Vector256.Create((double)r0[j], r1[j], r2[j], r3[j]);
            for (var c = 0; c < means.Length; c++) differences[c * d + j] = x - Vector256.Create(means[c][j]);
        }
    }

    // log(weight) + log density of each component.
    static void LogDensities(GaussianDensity density, ReadOnlySpan<Vector256<double>> differences, Span<Vector256<double>> logs, int d)
    {
        for (var c = 0; c < logs.Length; c++)
        {
            var x = differences.Slice(c * d, d);
            var factor = density.Factors[c];
            Vector256<double> quadratic = default;
            if (density.Triangular)
            {
                for (int i = 0, p = 0; i < d; i++)
                {
                    Vector256<double> y = default;
                    for (var j = 0; j <= i; j++, p++) y = Vector256.FusedMultiplyAdd(Vector256.Create(factor[p]), x[j], y);
                    quadratic = Vector256.FusedMultiplyAdd(y, y, quadratic);
                }
            }
            else
            {
                for (var j = 0; j < d; j++)
                {
                    var y = Vector256.Create(factor[j]) * x[j];
                    quadratic = Vector256.FusedMultiplyAdd(y, y, quadratic);
                }
            }

            logs[c] = Vector256.Create(density.Constants[c]) - Vector256.Create(0.5) * quadratic;
        }
    }

    // Replaces logs by responsibilities; returns log-sum-exp.
    static Vector256<double> LogSumExp(Span<Vector256<double>> logs)
    {
        var most = logs[0];
        foreach (var log in logs) most = Vector256.Max(most, log);
        Vector256<double> sum = default;
        foreach (ref var log in logs)
        {
            log = Exponential.Of(log - most);
            sum += log;
        }

        foreach (ref var log in logs) log /= sum;
        return most + Vector256.Create(Math.Log(sum[0]), Math.Log(sum[1]), Math.Log(sum[2]), Math.Log(sum[3]));
    }

    static void Accumulate(ReadOnlySpan<Vector256<double>> x, Vector256<double> r, Span<Vector256<double>> first, Vector256<double>[] second, int at, bool triangular)
    {
        var p = at;
        for (var i = 0; i < x.Length; i++)
        {
            var weighted = r * x[i];
            first[i] += weighted;
            if (!triangular)
            {
                second[p] = Vector256.FusedMultiplyAdd(weighted, x[i], second[p]);
                p++;
                continue;
            }

            var row = second.AsSpan(p, i + 1);
            for (var j = 0; j < row.Length; j++) row[j] = Vector256.FusedMultiplyAdd(weighted, x[j], row[j]);
            p += i + 1;
        }
    }

    /// <summary>Validated. Labels, seconds and responsibilities of rows [start, end).</summary>
    public static void Assign(Matrix rows, int start, int end, GaussianDensity density, Assignment result)
    {
        int k = density.Means.Length, d = rows.Columns;
        var differences = new Vector256<double>[k * d];
        var logs = new Vector256<double>[k];
        for (var i = start; i < end; i += Lanes)
        {
            var count = Math.Min(Lanes, end - i);
            Subtract(rows, i, count, density.Means, differences);
            LogDensities(density, differences, logs, d);
            for (var lane = 0; lane < count; lane++)
            {
                int label = 0, second = -1;
                for (var c = 1; c < k; c++)
                {
                    if (logs[c][lane] > logs[label][lane]) (second, label) = (label, c);
                    else if (second < 0 || logs[c][lane] > logs[second][lane]) second = c;
                }

                var sum = 0.0;
                for (var c = 0; c < k; c++) sum += Math.Exp(logs[c][lane] - logs[label][lane]);
                result.Labels[i + lane] = label;
                result.Second[i + lane] = second;
                result.Confidence[i + lane] = (float)(1 / sum);
            }
        }
    }
}
