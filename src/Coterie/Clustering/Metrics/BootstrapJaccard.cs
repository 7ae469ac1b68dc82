using Coterie.Numerics;

namespace Coterie.Clustering.Metrics;

/// <summary>Stability of each cluster under the bootstrap (Hennig 2007): how much of it refits on resampled rows find again. Above 0.75 a
/// cluster is a valid pattern, above 0.85 highly stable; below 0.5 it is dissolved.</summary>
/// <param name="Mean">K, the mean Jaccard index of each cluster of the reference with its like in the refits.</param>
/// <param name="Dissolved">K, the share of refits in which the index is 0.5 or less.</param>
/// <param name="Replicates">replicates x K.</param>
public sealed record BootstrapJaccard(double[] Mean, double[] Dissolved, double[][] Replicates)
{
    /// <summary>Of a fitted model on the rows (n x d) it was fitted on: so many samples of n rows drawn with replacement are fitted by the
    /// same options, and compared on the distinct rows that were drawn. A replicate that drew no row of a cluster says nothing of it.</summary>
    /// <exception cref="ConfigurationException">replicates is below 1, or the options are impossible.</exception>
    public static BootstrapJaccard Of(Matrix rows, ClusterModel reference, MethodOptions options, Seed seed, int replicates = 100)
    {
        if (replicates < 1) throw new ConfigurationException($"bootstrap: replicates is {replicates}; expected 1 or more.");
        var labels = reference.Assign(rows, options.Threads).Labels;
        var k = reference.Clusters;
        var each = new double[replicates][];
        for (var r = 0; r < replicates; r++)
        {
            var rng = seed.Stream((ulong)r);
            var drawn = new int[rows.Rows];
            for (var i = 0; i < drawn.Length; i++) drawn[i] = rng.NextInt(drawn.Length);
            Array.Sort(drawn);
            var model = Clusterer.Fit(rows.Take(drawn), options, seed.Child((ulong)r));
            int[] distinct = [.. drawn.Distinct()];
            var again = model.Assign(rows.Take(distinct), options.Threads).Labels;
            int[] before = [.. distinct.Select(i => labels[i])];
            var jaccard = Agreement.Jaccard(before, again);
            each[r] = new double[k];
            for (var c = 0; c < k; c++) each[r][c] = Array.IndexOf(before, c) < 0 ? double.NaN : jaccard[c];
        }

        double Over(int cluster, Func<double, double> value) =>
            each.Select(e => e[cluster]).Where(x => !double.IsNaN(x)).Select(value).DefaultIfEmpty(double.NaN).Average();
        return new([.. Enumerable.Range(0, k).Select(c => Over(c, x => x))], [.. Enumerable.Range(0, k).Select(c => Over(c, x => x <= 0.5 ? 1 : 0))], each);
    }
}
