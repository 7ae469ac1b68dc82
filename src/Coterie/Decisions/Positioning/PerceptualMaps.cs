using Coterie.Evaluation;
using Coterie.Numerics;
using Coterie.Profiles;

namespace Coterie.Decisions.Positioning;

/// <summary>Segments against groups of products: is there an association, and where does everything stand?</summary>
/// <remarks>The classical chi-square test takes lines as independent; one customer's are not. Customers are therefore dealt anew over the segments (a permutation
/// test), and intervals come from resampled customers whose points are put on the map as supplementary ones, so that axes cannot turn (Greenacre 2017, chapter 29).</remarks>
static class PerceptualMaps
{
    internal static PerceptualMap Of(SegmentCounts counts, IReadOnlyList<SegmentRef> segments, IReadOnlyList<string> groups, PositioningOptions options, Seed seed, int threads)
    {
        var table = counts.Table(counts.SegmentOf, counts.Ones(), counts.Orders);
        var map = CorrespondenceAnalysis.Of(table);
        var total = table.Cast<double>().Sum();
        var (rows, columns) = (counts.Segments, counts.Groups);

        var chance = new double[options.Resamples];
        Chunks.Each(chance.Length, threads, b =>
        {
            // Only those who are in a segment change places.
            var placed = counts.SegmentOf.Where(s => s >= 0).ToArray();
            seed.Child(1).Stream((ulong)b).Shuffle<int>(placed);
            var next = 0;
            chance[b] = CorrespondenceAnalysis.Inertia(counts.Table([.. counts.SegmentOf.Select(s => s < 0 ? -1 : placed[next++])], counts.Ones(), counts.Orders));
        });

        var drawn = new double[options.Resamples][][];
        Chunks.Each(drawn.Length, threads, b =>
        {
            var again = counts.Table(counts.SegmentOf, counts.Resample(seed.Child(2), b), counts.Orders);
            var row = new double[columns];
            var column = new double[rows];
            drawn[b] = new double[rows + columns][];
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++) row[j] = again[i, j];
                drawn[b][i] = row.Sum() > 0 ? CorrespondenceAnalysis.Supplementary(map, row) : map.Rows[i];
            }

            for (var j = 0; j < columns; j++)
            {
                for (var i = 0; i < rows; i++) column[i] = again[i, j];
                drawn[b][rows + j] = column.Sum() > 0 ? CorrespondenceAnalysis.SupplementaryColumn(map, column) : map.Columns[j];
            }
        });

        var shown = Math.Min(2, map.Principal.Length);
        var plane = map.Principal.Take(shown).Sum();
        PositionedPoint Point(string kind, string id, Bilingual name, double[] at, double mass, int index) => new()
        {
            Kind = kind,
            Id = id,
            Name = name,
            Mass = mass,
            X = Interval(at, drawn, index, 0),
            Y = Interval(at, drawn, index, 1),
            Quality = CorrespondenceMap.Quality(at, shown),
            Contribution = plane > 0 ? mass * at.Take(shown).Sum(c => c * c) / plane : 0,
        };
        return new PerceptualMap
        {
            Groups = columns,
            Orders = total,
            Inertia = map.Inertia,
            PrincipalInertias = map.Principal,
            Explained = map.Inertia > 0 ? plane / map.Inertia : 1,
            ChiSquare = map.Inertia * total,
            Freedom = (rows - 1) * (columns - 1),
            PValue = (1.0 + chance.Count(c => c >= map.Inertia - 1e-12)) / (chance.Length + 1),
            ChanceInertia = chance.Average(),
            Points =
            [
                .. Enumerable.Range(0, rows).Select(i => Point("segment", segments[i].Id, segments[i].Name, map.Rows[i], map.RowMasses[i], i)),
                .. Enumerable.Range(0, columns).Select(j => Point("group", groups[j], new(groups[j], groups[j]), map.Columns[j], map.ColumnMasses[j], rows + j)),
            ],
        };
    }

    static Estimate Interval(double[] at, double[][][] drawn, int index, int axis)
    {
        if (axis >= at.Length) return new(0, 0, 0);
        var all = drawn.Select(d => d[index][axis]).ToArray();
        Array.Sort(all);
        return new(at[axis], all[(int)(0.025 * (all.Length - 1))], all[(int)Math.Ceiling(0.975 * (all.Length - 1))]);
    }
}
