using Coterie.Numerics;
using MathNet.Numerics.Distributions;

namespace Coterie.Clustering.Search;

/// <summary>Asks whether rows fall into groups more than a continuum of the same columns and correlations does. The statistic is the
/// gap statistic's (Tibshirani, Walther and Hastie 2001): by how much the share of variance within clusters of k-means is smaller than on
/// references, in standard deviations of the references, at the number of clusters where that is most. Where columns are few, one cut in two counts as well, and
/// so do peaks of the density (<see cref="DensityPeaks"/>), which need not be round. Whatever stands out most counts, for the rows and for each
/// reference alike, so that looking in many places costs both the same. The numbers are in docs/decisions/0008-is-there-structure.md.</summary>
static class StructureTester
{
    /// <summary>Rows looked at; groups that cannot be told from a continuum on this many are not groups to act on.</summary>
    public const int Rows = 4000;
    public const double Level = 0.002;
    // Groups that are there are mostly far beyond every reference: so many of these then decide, if the level is kept ten times over.
    const int FirstLook = 16;
    const double Decided = 0.1;
    static readonly int[] Tried = [2, 3, 4, 5, 6, 8];
    // The spanning tree of so many rows costs less than the k-means fits; where columns are many it needs all pairs.
    const int DensityRows = 2000, DensityRowsWide = 1000, Wide = 8;
    // Of many features some have two humps by themselves, and shuffled columns have them too: groups must then show in several together. Among so
    // few columns one is a good part of all that is known.
    const int FewColumns = 5;
    // References that all have no second peak do not spread; a prominence below this is none.
    const double LeastSpread = 0.03;

    /// <summary>Validated: rows finite. With several views each is held to its share of the level (Bonferroni). When time is over the first references
    /// must do; when it is stopped before those, groups are taken to be there, and the explanation says so.</summary>
    public static StructureTest Test(Matrix rows, int replicates, Seed seed, int threads, int views = 1, FitLimit? limit = null)
    {
        var sample = Sample(rows, seed);
        var distinct = RowOrder.Distinct(sample, RowOrder.Canonical(sample));
        // Below this no number of clusters leaves rows to compare.
        if (distinct < 2 * Tried[0])
            return new(false, 0, 0, 0, 1, $"Only {distinct} distinct customers: too few to tell groups from a continuum.");
        var continuum = Continuum.Of(sample, threads);
        var logs = new double[replicates + 1][];
        void Measure(int from, int to) => Chunks.Each(to - from, threads, i =>
        {
            if (limit?.Stopped == true) return;
            var r = from + i;
            var data = r == 0 ? sample : continuum.Draw(sample.Rows, seed.Stream(1000 + (ulong)r));
            logs[r] = LogWithin(data, distinct, seed.Child((ulong)r));
        });

        var first = Math.Min(replicates, FirstLook) + 1;
        Measure(0, first);
        if (Array.IndexOf(logs, null, 0, first) >= 0)
            return new(true, 0, 0, 0, 1, "The search was stopped before it was known whether there are groups at all: they are taken to be there.");
        var early = Judge(logs[..first], rows.Columns, Level / views);
        if (first == logs.Length || (early.Structure && early.PValue <= Decided * Level / views)) return early;
        if (limit?.Over == true) return early;
        Measure(first, logs.Length);
        if (logs.Contains(null)) return early;
        return Judge(logs, rows.Columns, Level / views);
    }

    static Matrix Sample(Matrix rows, Seed seed)
    {
        var index = RowOrder.Canonical(rows);
        seed.Stream(0).Shuffle(index.AsSpan());
        return rows.Take(index.AsSpan(0, Math.Min(Rows, index.Length)));
    }

    // log of the within-cluster sum of squares over the total one, for each number of clusters: the unimodal fit pulls columns a little
    // towards their mode, which the ratio does not see.
    static double[] LogWithin(Matrix rows, int distinct, Seed seed)
    {
        var order = RowOrder.Canonical(rows);
        double Objective(int k) => Math.Log(1e-12 + KMeans.FitOrdered(rows, order,
            new() { Clusters = k, Starts = k == 1 ? 1 : 2, MaxIterations = 40, Tolerance = 1e-3, Threads = 1 }, seed.Child((ulong)k)).Objective);
        var total = Objective(1);
        return [.. Tried.Where(k => 2 * k <= distinct).Select(k => Objective(k) - total), .. Enumerable.Range(0, Split(rows.Columns)).Select(j => LogSplit(rows, j)), .. DensityPeaks.Of(Thinned(rows))];
    }

    static int Split(int columns) => columns <= FewColumns ? columns : 0;

    // Rows come in random order.
    static Matrix Thinned(Matrix rows)
    {
        var most = rows.Columns > Wide ? DensityRowsWide : DensityRows;
        return rows.Rows <= most ? rows : new Matrix(rows.Values[..(most * rows.Columns)], most, rows.Columns);
    }

    // The same for one column cut in two at its best place: groups along one or two of many columns are lost among the others.
    static double LogSplit(Matrix rows, int column)
    {
        var values = new float[rows.Rows];
        for (var i = 0; i < values.Length; i++) values[i] = rows[i, column];
        return Cut.Of(values);
    }

    // Every replicate is standardised against the others as the data are, so that the choice of K costs both the same.
    static StructureTest Judge(double[][] logs, int columns, double level)
    {
        var statistics = new double[logs.Length];
        var strongest = 0;                                                          // measure in which the rows stand out most
        for (var r = 0; r < logs.Length; r++)
        {
            statistics[r] = double.NegativeInfinity;
            for (var k = 0; k < logs[0].Length; k++)
            {
                var others = Enumerable.Range(1, logs.Length - 1).Where(o => o != r).Select(o => logs[o][k]).ToArray();
                double mean = others.Average(), spread = Math.Sqrt(others.Sum(x => (x - mean) * (x - mean)) / (others.Length - 1));
                var z = (mean - logs[r][k]) / Math.Max(spread, k >= logs[0].Length - DensityPeaks.Count ? LeastSpread : 1e-9);
                if (z <= statistics[r]) continue;
                statistics[r] = z;
                if (r == 0) strongest = k;
            }
        }

        var references = statistics[1..];
        var centre = references.Average();
        var deviation = Math.Sqrt(references.Sum(x => (x - centre) * (x - centre)) / (references.Length - 1));
        var high = references.Max();
        // A prediction interval from the references: with a few dozen of them the empirical p-value cannot go below a percent.
        var t = (statistics[0] - centre) / Math.Max(deviation, 1e-9) / Math.Sqrt(1 + 1.0 / references.Length);
        var p = 1 - StudentT.CDF(0, 1, references.Length - 1, t);
        var structure = p <= level && statistics[0] > high;
        var density = strongest - (logs[0].Length - DensityPeaks.Count);
        var kind = !structure ? StructureKind.None
            : density == DensityPeaks.Count - 1 ? StructureKind.Core
            : density >= 0 ? StructureKind.Shapes
            : strongest >= logs[0].Length - DensityPeaks.Count - Split(columns) ? StructureKind.Bands
            : StructureKind.Round;
        var explanation = structure
            ? $"Customers fall into groups more than a continuum with the same features and correlations ({Words(kind)}): the statistic is {statistics[0]:F1}, the highest of {references.Length} references {high:F1}."
            : $"No groups beyond a continuum: the statistic is {statistics[0]:F1}, references without groups give {centre:F1} on average and up to {high:F1}.";
        return new(structure, statistics[0], centre, high, p, explanation) { Kind = kind };
    }

    static string Words(StructureKind kind) => kind switch
    {
        StructureKind.Round => "round groups",
        StructureKind.Bands => "groups along a single feature",
        StructureKind.Shapes => "dense regions apart from each other, of any shape",
        _ => "a dense core in a thin surround",
    };
}
