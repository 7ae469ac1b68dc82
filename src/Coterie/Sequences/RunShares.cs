using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>The rows that are decomposed, n x m for m runs: x = sqrt((c + a p) / (N + a)) - sqrt(p), where c is how often the customer has the run, N how
/// many runs of that length, p the shop's share of it and a the shrinkage.</summary>
/// <remarks>Where c is 0, x is sqrt(p) (b - 1) with b = sqrt(a / (N + a)): one number for a customer and a length. So the matrix is a sparse one plus one
/// product of two vectors for each length, and is never written out.</remarks>
sealed class RunShares
{
    readonly SparseMatrix rows;
    readonly SparseMatrix columns;
    readonly double[][] absent;
    readonly double[][] roots;

    RunShares(SparseMatrix rows, double[][] absent, double[][] roots)
    {
        this.rows = rows;
        columns = rows.Transposed();
        this.absent = absent;
        this.roots = roots;
    }

    /// <summary>Of customers' words, by the runs of a model.</summary>
    public static RunShares Of(IReadOnlyList<int[]> words, SequenceStatisticsModel model)
    {
        int n = words.Count, m = model.Width;
        var a = model.Options.Shrinkage;
        var absent = new double[model.Runs.Count][];
        var roots = new double[model.Runs.Count][];
        var places = model.Runs.Select(t => t.Runs.Select(KeyValuePair.Create).ToDictionary()).ToArray();
        var first = 0;
        for (var t = 0; t < absent.Length; t++)
        {
            absent[t] = new double[n];
            roots[t] = new double[m];
            for (var j = 0; j < model.Runs[t].Shares.Count; j++) roots[t][first + j] = Math.Sqrt(model.Runs[t].Shares[j]);
            first += model.Runs[t].Shares.Count;
        }

        var offsets = new int[n + 1];
        List<int> at = [];
        List<float> values = [];
        var own = new SortedDictionary<int, int>();
        for (var i = 0; i < n; i++)
        {
            first = 0;
            for (var t = 0; t < absent.Length; t++)
            {
                own.Clear();
                var total = 0;
                WordGrams.Each(words[i], model.Runs[t].Order, run =>
                {
                    if (!places[t].TryGetValue(run, out var place)) return;
                    own[place] = own.GetValueOrDefault(place) + 1;
                    total++;
                });
                var none = total + a > 0 ? Math.Sqrt(a / (total + a)) : 1;
                absent[t][i] = none - 1;
                foreach (var (place, count) in own)
                {
                    var share = model.Runs[t].Shares[place];
                    at.Add(first + place);
                    values.Add((float)(Math.Sqrt((count + a * share) / (total + a)) - none * Math.Sqrt(share)));
                }

                first += model.Runs[t].Shares.Count;
            }

            offsets[i + 1] = at.Count;
        }

        return new(new(n, m, offsets, [.. at], [.. values]), absent, roots);
    }

    /// <summary>Means of the columns, m.</summary>
    public double[] Means(int threads)
    {
        var ones = new double[rows.Rows];
        Array.Fill(ones, 1.0 / Math.Max(1, rows.Rows));
        return TransposedTimes(ones, 1, null, threads);
    }

    /// <summary>(X - 1 centre^T) times m x k: n x k.</summary>
    public double[] Times(double[] dense, int k, double[]? centre, int threads)
    {
        var product = rows.Times(dense, k, threads);
        for (var t = 0; t < roots.Length; t++) AddOuter(product, absent[t], Combined(roots[t], dense, k), 1);
        if (centre is not null) AddOuter(product, Ones(rows.Rows), Combined(centre, dense, k), -1);
        return product;
    }

    /// <summary>Its transpose times n x k: m x k.</summary>
    public double[] TransposedTimes(double[] dense, int k, double[]? centre, int threads)
    {
        var product = columns.Times(dense, k, threads);
        for (var t = 0; t < roots.Length; t++) AddOuter(product, roots[t], Combined(absent[t], dense, k), 1);
        if (centre is not null) AddOuter(product, centre, Combined(Ones(rows.Rows), dense, k), -1);
        return product;
    }

    static double[] Ones(int n)
    {
        var ones = new double[n];
        Array.Fill(ones, 1);
        return ones;
    }

    // weights^T (r) times r x k: k.
    static double[] Combined(double[] weights, double[] dense, int k)
    {
        var sums = new double[k];
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0) continue;
            for (var c = 0; c < k; c++) sums[c] += weights[i] * dense[i * k + c];
        }

        return sums;
    }

    static void AddOuter(double[] product, double[] left, double[] right, double sign)
    {
        var k = right.Length;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] == 0) continue;
            for (var c = 0; c < k; c++) product[i * k + c] += sign * left[i] * right[c];
        }
    }
}
