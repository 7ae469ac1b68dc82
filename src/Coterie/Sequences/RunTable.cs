namespace Coterie.Sequences;

/// <summary>The runs of one length that are counted, ascending, and the share of each among all of them in the sample.</summary>
public sealed record RunTable
{
    public required int Order { get; init; }
    /// <summary>Words packed into one number each.</summary>
    public required IReadOnlyList<ulong> Runs { get; init; }
    /// <summary>Sums to 1, or is empty.</summary>
    public required IReadOnlyList<double> Shares { get; init; }

    /// <summary>The runs that at least so many customers of the sample have.</summary>
    internal static RunTable Count(IReadOnlyList<int[]> sample, int order, int leastCustomers)
    {
        // Run to the number of customers that have it, and of times that it occurs.
        var counts = new Dictionary<ulong, (int Customers, long Times)>();
        var own = new Dictionary<ulong, int>();
        foreach (var words in sample)
        {
            own.Clear();
            WordGrams.Each(words, order, run => own[run] = own.GetValueOrDefault(run) + 1);
            foreach (var (run, times) in own)
            {
                var (customers, all) = counts.GetValueOrDefault(run);
                counts[run] = (customers + 1, all + times);
            }
        }

        var kept = counts.Where(c => c.Value.Customers >= leastCustomers).OrderBy(c => c.Key).ToList();
        double total = kept.Sum(c => c.Value.Times);
        return new() { Order = order, Runs = [.. kept.Select(c => c.Key)], Shares = [.. kept.Select(c => c.Value.Times / total)] };
    }
}
