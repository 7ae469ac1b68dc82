using Coterie.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Decisions;

/// <summary>How vectors of products are made from counts.</summary>
public sealed record ItemVectorsOptions
{
    /// <summary>Numbers for each product.</summary>
    public int Dim { get; init; } = 64;
    /// <summary>Steps apart, in either direction, that count; a pair d steps apart counts 1 / d.</summary>
    public int Window { get; init; } = 10;
    /// <summary>The logarithm of a count (and 1) is divided by both products' sums to this power: what is taken often is not near everything.</summary>
    public double Shares { get; init; } = 0.25;
    /// <summary>The vote of each earlier event, in shares of the next one's.</summary>
    public double Decay { get; init; } = 0.6;
    /// <summary>Passes of the factorisation: more are more exact.</summary>
    public int Iterations { get; init; } = 2;
    /// <summary>Threads; 0 takes all. The numbers do not depend on it.</summary>
    public int Threads { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (Dim < 1) yield return $"vectors: dim is {Dim}; expected 1 or more.";
        if (Window < 1) yield return $"vectors: window is {Window}; expected 1 or more.";
        if (!(Shares is >= 0 and <= 1)) yield return $"vectors: shares is {Shares}; expected 0 to 1.";
        if (!(Decay is > 0 and <= 1)) yield return $"vectors: decay is {Decay}; expected more than 0, at most 1.";
        if (Iterations < 0) yield return $"vectors: iterations is {Iterations}; expected 0 or more.";
        if (Threads < 0) yield return $"vectors: threads is {Threads}; expected 0 or more.";
    }
}

/// <summary>Products as points: inner products of their vectors follow the counts of how often they are taken soon after each other. Products that never
/// met can be near by way of others.</summary>
/// <remarks>The positive part of the symmetric matrix of scaled counts, factored (Levy and Goldberg 2014, "Neural word embedding as implicit matrix
/// factorization", section 5, with logarithms of counts, scaled, in the place of mutual
/// information, which makes much of pairs that met once).</remarks>
public sealed class ItemVectors : ItemRecommender
{
    readonly ItemVectorsOptions options;

    ItemVectors(IReadOnlyList<string> products, Matrix vectors, ItemVectorsOptions options)
    {
        Products = products;
        Vectors = vectors;
        this.options = options;
    }

    public override IReadOnlyList<string> Products { get; }
    /// <summary>Products x dim; columns beyond the rank of the counts are 0.</summary>
    public Matrix Vectors { get; }

    /// <exception cref="ConfigurationException">Lists every problem of the options.</exception>
    /// <exception cref="InputException">The histories are not usable.</exception>
    public static ItemVectors Fit(ItemHistories histories, ItemVectorsOptions options, Seed seed)
    {
        var problems = options.Problems().ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        histories.Check();
        var counts = Scaled(Counts(histories, options), options.Shares);
        var n = counts.Rows;
        // Half of the directions may belong to negative eigenvalues: products that are told apart by never meeting. They are left out.
        double[] Times(double[] dense, int k) => counts.Times(dense, k, options.Threads);
        var svd = RandomisedSvd.Right(n, n, Times, Times, Math.Min(n, options.Dim + options.Dim / 4 + 8), options.Iterations, seed);
        return new(histories.Products, Positive(svd.Right, Times, n, options.Dim), options);
    }

    /// <summary>The matrix within the space of the directions, without its negative part: vectors whose inner products are what is left (Rayleigh and Ritz).
    /// Directions of singular values alone would mix a positive eigenvalue with a negative one of the same size.</summary>
    /// <param name="directions">k orthonormal vectors of n.</param>
    static Matrix Positive(double[][] directions, Func<double[], int, double[]> times, int n, int dim)
    {
        var k = directions.Length;
        var vectors = new Matrix(n, dim);
        if (k == 0) return vectors;
        var dense = new double[n * k];
        for (var c = 0; c < k; c++)
            for (var p = 0; p < n; p++) dense[p * k + c] = directions[c][p];
        var image = times(dense, k);
        var inner = Matrix<double>.Build.Dense(k, k);
        for (var a = 0; a < k; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var sum = 0.0;
                for (var p = 0; p < n; p++) sum += dense[p * k + a] * image[p * k + b];
                inner[a, b] = inner[b, a] = sum;
            }
        }

        var eigen = inner.Evd(Symmetricity.Symmetric);
        for (var c = 0; c < Math.Min(k, dim) && eigen.EigenValues[k - 1 - c].Real > 0; c++)
        {
            var root = Math.Sqrt(eigen.EigenValues[k - 1 - c].Real);
            for (var p = 0; p < n; p++)
            {
                var sum = 0.0;
                for (var a = 0; a < k; a++) sum += dense[p * k + a] * eigen.EigenVectors[a, k - 1 - c];
                vectors[p, c] = (float)(root * sum);
            }
        }

        return vectors;
    }

    static SparseMatrix Counts(ItemHistories histories, ItemVectorsOptions options)
    {
        var where = ProductPairs.Of(histories);
        void Fill(int product, float[] row)
        {
            for (var e = where.Offsets[product]; e < where.Offsets[product + 1]; e++)
            {
                var history = histories.Histories[where.Customers[e]];
                for (var d = 1; d <= options.Window; d++)
                {
                    if (where.Places[e] + d < history.Length) row[history[where.Places[e] + d]] += 1f / d;
                    if (where.Places[e] - d >= 0) row[history[where.Places[e] - d]] += 1f / d;
                }
            }

            // A product is near itself without being told.
            row[product] = 0;
        }

        return ProductPairs.Build(histories.Products.Count, Fill, 0, options.Threads);
    }

    static SparseMatrix Scaled(SparseMatrix counts, double shares)
    {
        var scale = new float[counts.Rows];
        for (var p = 0; p < counts.Rows; p++)
        {
            double sum = 0;
            for (var e = counts.Offsets[p]; e < counts.Offsets[p + 1]; e++) sum += counts.Values[e];
            scale[p] = sum > 0 ? (float)Math.Pow(sum, -shares) : 0;
        }

        var values = new float[counts.Values.Length];
        for (var p = 0; p < counts.Rows; p++)
            for (var e = counts.Offsets[p]; e < counts.Offsets[p + 1]; e++) values[e] = (float)Math.Log(1 + counts.Values[e]) * scale[p] * scale[counts.Places[e]];
        return counts with { Values = values };
    }

    protected override Matrix ScoreAll(IReadOnlyList<int[]> histories)
    {
        var scores = new Matrix(histories.Count, Products.Count);
        var sum = new float[Vectors.Columns];
        for (var i = 0; i < histories.Count; i++)
        {
            Array.Clear(sum);
            var weight = 1f;
            for (var back = 1; back <= histories[i].Length && weight > 1e-4f; back++, weight *= (float)options.Decay)
            {
                var vector = Vectors.Row(histories[i][^back]);
                for (var c = 0; c < sum.Length; c++) sum[c] += weight * vector[c];
            }

            for (var p = 0; p < Products.Count; p++)
            {
                var vector = Vectors.Row(p);
                var score = 0f;
                for (var c = 0; c < sum.Length; c++) score += sum[c] * vector[c];
                scores[i, p] = score;
            }
        }

        return scores;
    }
}
