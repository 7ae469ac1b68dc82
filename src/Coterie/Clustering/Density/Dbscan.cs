using Coterie.Clustering.Density;
using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Groups rows that are linked by dense places; rows in no dense place are noise, labelled -1.</summary>
public sealed record DbscanOptions : MethodOptions
{
    /// <summary>Rows within this distance are neighbours: in units of the columns, or 1 - cosine.</summary>
    public double Eps { get; init; } = 0.5;
    /// <summary>A row is a core point when this many rows, itself among them, are within reach.</summary>
    public int MinSamples { get; init; } = 5;
    /// <summary>Euclidean, cosine or Manhattan.</summary>
    public Distance Distance { get; init; } = Distance.Euclidean;

    private protected override IEnumerable<string> Problems()
    {
        if (!(Eps > 0) || !double.IsFinite(Eps)) yield return $"dbscan: eps is {Eps}; expected a finite number above 0.";
        if (MinSamples < 1) yield return $"dbscan: min-samples is {MinSamples}; expected 1 or more.";
    }
}

/// <summary>DBSCAN (Ester, Kriegel, Sander and Xu 1996), exact: core points within reach of one another share a cluster. A row that is
/// not a core point goes to the cluster of its nearest core point within reach, which the paper leaves to the order of the rows; among
/// equally near ones to the cluster of the lower number. Memory is of order n whatever the reach.</summary>
public static class Dbscan
{
    /// <summary>Fits rows (n x d, finite). Clusters are numbered by their first core point. No rows give a model of no clusters.</summary>
    public static DbscanModel Fit(Matrix rows, DbscanOptions options)
    {
        options.Validate("dbscan");
        Check.Finite(rows);
        if (options.Distance == Distance.Cosine) rows = Spherical.Normalised(rows);
        var coreLabels = new int[rows.Rows];
        Array.Fill(coreLabels, -1);
        var clusters = rows.Rows == 0 ? 0 : Cores(rows, options, coreLabels);
        var cores = Enumerable.Range(0, rows.Rows).Where(i => coreLabels[i] >= 0).ToArray();
        var model = new DbscanModel
        {
            Cores = rows.Take(cores).Values,
            CoreLabels = [.. cores.Select(i => coreLabels[i])],
            Columns = rows.Columns,
            Count = clusters,
            Eps = options.Eps,
            Distance = options.Distance,
            Labels = coreLabels,
        };
        model.LabelBorders(rows, options.Threads);
        return model;
    }

    // Validated. Writes the label of each core point; the number of clusters.
    static int Cores(Matrix rows, DbscanOptions options, int[] labels)
    {
        var tree = new KdTree(rows, options.Distance == Distance.Manhattan, options.Threads);
        var reach = new Reach(tree, options.Eps, options.Distance);
        var masks = CorePoints.Find(tree, reach, options.MinSamples, options.Threads);
        var sets = CorePoints.Join(tree, reach, masks, options.Threads);
        var roots = new int[rows.Rows];
        Array.Fill(roots, -1);
        for (var i = 0; i < roots.Length; i++)
            if ((masks[i / KdTree.Leaf] >> i % KdTree.Leaf & 1) != 0) roots[tree.Order[i]] = sets.Find(i);
        var numbers = new int[rows.Rows];
        Array.Fill(numbers, -1);
        var clusters = 0;
        for (var row = 0; row < roots.Length; row++)
        {
            if (roots[row] < 0) continue;
            if (numbers[roots[row]] < 0) numbers[roots[row]] = clusters++;
            labels[row] = numbers[roots[row]];
        }

        return clusters;
    }
}
