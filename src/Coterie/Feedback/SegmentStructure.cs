using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Feedback;

/// <summary>How a segment was divided: each of its rows belongs to the nearest centre.</summary>
/// <param name="Entry">Id of the entry that asked for it.</param>
/// <param name="Ids">Segment id of each part.</param>
/// <param name="Centres">Parts x d, in the space of the prepared rows; of unit length for cosine.</param>
/// <param name="Distance">Euclidean or cosine.</param>
/// <param name="Scale">Squared distance to the unit of the clusters' cost.</param>
public sealed record SegmentDivision(string Entry, IReadOnlyList<string> Ids, float[][] Centres, Distance Distance, double Scale);

/// <summary>One part of a division.</summary>
public readonly record struct DivisionPart(int Division, int Part);

/// <summary>A cluster, or what is left of it after divisions.</summary>
public sealed record RegionAtom(int Cluster, IReadOnlyList<DivisionPart> Parts);

/// <summary>A segment as a union of clusters and of parts of clusters; a locked one may have none.</summary>
public sealed record SegmentRegion(IReadOnlyList<RegionAtom> Atoms);

/// <summary>The segments that people made of a run's clusters. A row's cost of a segment is the least of its atoms': what the cluster costs, and for every division how much farther
/// the own part's centre is than the nearest. So a merged segment is exactly the union, and a division moves nobody across the border of what was divided.</summary>
public sealed record SegmentStructure
{
    /// <summary>Number of clusters that the run found.</summary>
    public required int Clusters { get; init; }
    public IReadOnlyList<SegmentDivision> Divisions { get; init; } = [];
    public required IReadOnlyList<SegmentRegion> Segments { get; init; }

    /// <summary>Costs of the segments (n x segments) from those of the clusters (n x clusters); positive infinity where a segment has no region.</summary>
    internal Matrix Costs(Matrix clusterCosts, Matrix rows, int threads)
    {
        var costs = new Matrix(rows.Rows, Segments.Count);
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            var farther = Room(rows.Columns, out var place);
            for (var i = start; i < end; i++)
            {
                Farther(rows.Row(i), place, farther);
                for (var s = 0; s < Segments.Count; s++) costs[i, s] = (float)Least(Segments[s].Atoms, clusterCosts.Row(i), farther, out var _);
            }
        });
        return costs;
    }

    /// <summary>The cluster within the segment that a row belongs to; -1 where the segment has none.</summary>
    internal int ClusterOf(ReadOnlySpan<float> row, ReadOnlySpan<float> clusterCosts, int segment)
    {
        var farther = Room(row.Length, out var place);
        Farther(row, place, farther);
        Least(Segments[segment].Atoms, clusterCosts, farther, out var cluster);
        return cluster;
    }

    static double Least(IReadOnlyList<RegionAtom> atoms, ReadOnlySpan<float> clusterCosts, double[][] farther, out int cluster)
    {
        var least = double.PositiveInfinity;
        cluster = -1;
        foreach (var atom in atoms)
        {
            double cost = clusterCosts[atom.Cluster];
            foreach (var part in atom.Parts) cost += farther[part.Division][part.Part];
            if (cost < least) (least, cluster) = (cost, atom.Cluster);
        }

        return least;
    }

    double[][] Room(int columns, out double[] place)
    {
        place = new double[columns];
        return [.. Divisions.Select(d => new double[d.Centres.Length])];
    }

    // For each division, how much farther than the nearest part each part is, in the unit of the clusters' cost.
    void Farther(ReadOnlySpan<float> row, double[] place, double[][] farther)
    {
        for (var d = 0; d < Divisions.Count; d++)
        {
            var division = Divisions[d];
            Profiles.SegmentCentres.Place(row, division.Distance, place);
            var least = double.PositiveInfinity;
            for (var p = 0; p < division.Centres.Length; p++)
            {
                farther[d][p] = Square(place, division.Centres[p]);
                least = Math.Min(least, farther[d][p]);
            }

            for (var p = 0; p < division.Centres.Length; p++) farther[d][p] = (farther[d][p] - least) * division.Scale;
        }
    }

    internal static double Square(ReadOnlySpan<double> place, ReadOnlySpan<float> centre)
    {
        double sum = 0;
        for (var j = 0; j < place.Length; j++) sum += (place[j] - centre[j]) * (place[j] - centre[j]);
        return sum;
    }
}
