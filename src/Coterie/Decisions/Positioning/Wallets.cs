using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Positioning;

/// <summary>Share of wallet: of all that a segment spends here, how much goes to each group; intervals from resampled customers.</summary>
static class Wallets
{
    internal static IReadOnlyList<WalletShare> Of(SegmentCounts counts, IReadOnlyList<SegmentRef> segments, IReadOnlyList<string> groups, PositioningOptions options, Seed seed, int threads)
    {
        var (own, against) = Shares(counts.Table(counts.SegmentOf, counts.Ones(), counts.Spend));
        var (ownDrawn, againstDrawn) = (new double[options.Resamples][,], new double[options.Resamples][,]);
        Chunks.Each(options.Resamples, threads, b =>
            (ownDrawn[b], againstDrawn[b]) = Shares(counts.Table(counts.SegmentOf, counts.Resample(seed, b), counts.Spend)));
        List<WalletShare> all = [];
        for (var s = 0; s < counts.Segments; s++)
            for (var g = 0; g < counts.Groups; g++)
                if (!double.IsNaN(own[s, g])) all.Add(new(segments[s].Id, groups[g], Interval(own, ownDrawn, s, g), Interval(against, againstDrawn, s, g)));
        return all;
    }

    readonly record struct Both(double[,] Own, double[,] Against);

    // A segment's shares, and their difference from everybody's.
    static Both Shares(double[,] spend)
    {
        int rows = spend.GetLength(0), columns = spend.GetLength(1);
        double[,] own = new double[rows, columns], against = new double[rows, columns];
        double[] row = new double[rows], column = new double[columns];
        for (var s = 0; s < rows; s++)
        {
            for (var g = 0; g < columns; g++)
            {
                row[s] += spend[s, g];
                column[g] += spend[s, g];
            }
        }

        var total = row.Sum();
        for (var s = 0; s < rows; s++)
        {
            for (var g = 0; g < columns; g++)
            {
                own[s, g] = row[s] > 0 ? spend[s, g] / row[s] : double.NaN;
                against[s, g] = own[s, g] - column[g] / total;
            }
        }

        return new(own, against);
    }

    static Estimate Interval(double[,] value, double[][,] drawn, int s, int g)
    {
        var all = drawn.Select(d => d[s, g]).Where(double.IsFinite).ToArray();
        Array.Sort(all);
        return all.Length == 0 ? new(value[s, g], double.NaN, double.NaN) : new(value[s, g], all[(int)(0.025 * (all.Length - 1))], all[(int)Math.Ceiling(0.975 * (all.Length - 1))]);
    }
}
