using Coterie.Numerics;

namespace Coterie.Decisions.Campaigns;

/// <summary>An effect and its error, of the customers of one cell.</summary>
/// <param name="Variance">Of the estimate.</param>
internal sealed record CellEffect(double Effect, double Variance);

/// <summary>What an offer does, in cells of customers: bands of predicted effect where customers differ in a way that can be foretold, else segments
/// pulled towards the common effect as far as chance can explain their differences.</summary>
internal sealed record OfferEffects
{
    public const int Bands = 3;
    // Fewer customers of a cell in either half, and its effect is the common one.
    const int Least = 40;

    public required UpliftFinding Finding { get; init; }
    /// <summary>Cell of each of today's customers.</summary>
    public required int[] CellNow { get; init; }
    /// <summary>By cell, from all customers and from either half of them.</summary>
    public required CellEffect[] All { get; init; }
    public required CellEffect[] First { get; init; }
    public required CellEffect[] Second { get; init; }
    /// <summary>By cell, from all customers, each cell by itself.</summary>
    public required CellEffect[] Plain { get; init; }

    public static OfferEffects Learn(CampaignHistory history, int arm, PlanCustomers customers, PlanOptions options, Seed seed, int threads)
    {
        var sample = history.Sample(arm);
        var finding = UpliftSelection.Judge(sample, history.Arms[arm], options.HistoryOutcome, 0.3, options.Shuffles, seed, threads);
        var scores = DoublyRobust.Scores(sample, seed.Child(2));
        int[] then, now;
        int cells;
        if (finding.Usable)
        {
            var held = UpliftSelection.Predict(sample, seed, threads);
            cells = Bands;
            then = Array.ConvertAll(held.Places, p => Math.Min(Bands - 1, (int)(p * Bands)));
            // Bands of the history by place; today's customers by where their prediction falls among the history's, all by the model of everybody.
            var model = UpliftSelection.Fit(sample, seed, threads);
            var known = model.Predict(sample.Rows);
            Array.Sort(known);
            now = Array.ConvertAll(model.Predict(history.Now), v => Band(known, v));
        }
        else
        {
            cells = customers.SegmentNames.Count;
            then = Array.ConvertAll(history.Rows(arm), i => history.Segment[i]);
            now = customers.Segment;
        }

        var half = DoublyRobust.Fold(sample.Count, 2, seed.Child(9));
        double[][] Cells(Func<int, bool> chosen) => [.. Enumerable.Range(0, cells).Select(c => (double[])[.. scores.Where((_, i) => then[i] == c && chosen(i))])];
        CellEffect[] Of(Func<int, bool> chosen) => Shrunken(Cells(chosen));
        return new OfferEffects { Finding = finding, CellNow = now, All = Of(_ => true), First = Of(i => half[i] == 0), Second = Of(i => half[i] == 1), Plain = Unshrunken(Cells(_ => true)) };
    }

    static int Band(double[] sorted, double value)
    {
        var at = Array.BinarySearch(sorted, value);
        return Math.Min(Bands - 1, (int)((long)(at < 0 ? ~at : at) * Bands / Math.Max(1, sorted.Length)));
    }

    /// <summary>Each cell by itself. A small cell's own variance is not to be trusted: everybody's stands in for it; a cell of nobody has the common effect
    /// and the error of one customer.</summary>
    internal static CellEffect[] Unshrunken(IReadOnlyList<double[]> scores)
    {
        var all = Moments.Of([.. scores.SelectMany(s => s)]);
        return [.. scores.Select(s => Moments.Of(s)).Select(c => c.Count == 0 ? new CellEffect(all.Mean, all.Variance)
            : new CellEffect(c.Mean, (c.Count < Least || !(c.Variance > 0) ? all.Variance : c.Variance) / c.Count))];
    }

    /// <summary>Random-effects shrinkage: the variance between cells beyond chance by DerSimonian and Laird (1986); each cell's weight on itself is that
    /// variance over itself plus its error.</summary>
    internal static CellEffect[] Shrunken(IReadOnlyList<double[]> scores)
    {
        double[] everybody = [.. scores.SelectMany(s => s)];
        var all = Moments.Of(everybody);
        var common = new CellEffect(all.Mean, all.Variance / all.Count);
        Moments[] cells = [.. scores.Select(s => Moments.Of(s))];
        Moments[] told = [.. cells.Where(c => c.Count >= Least && c.Variance > 0)];
        if (told.Length < 2) return [.. cells.Select(_ => common)];
        double Weight(Moments c) => c.Count / c.Variance;
        double sum = told.Sum(Weight), mean = told.Sum(c => Weight(c) * c.Mean) / sum;
        var q = told.Sum(c => Weight(c) * (c.Mean - mean) * (c.Mean - mean));
        var between = Math.Max(0, (q - (told.Length - 1)) / (sum - told.Sum(c => Weight(c) * Weight(c)) / sum));
        return [.. cells.Select(c =>
        {
            if (c.Count < Least || !(c.Variance > 0)) return common;
            double error = c.Variance / c.Count, own = between / (between + error);
            return new CellEffect(own * c.Mean + (1 - own) * common.Effect, own * own * error + (1 - own) * (1 - own) * common.Variance);
        })];
    }
}
