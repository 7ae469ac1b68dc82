using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Positioning;

/// <summary>Two consecutive orders of a customer.</summary>
readonly record struct OrderPair(int Customer, int From, int To, long Ago);

/// <summary>Switching between the main groups of consecutive orders: a Markov chain of first order.</summary>
static class Switching
{
    const double Learned = 0.75;

    /// <summary>The main group of an order is the one of most spend, of most lines where no price is known, the commoner among equals.</summary>
    internal static List<OrderPair> Pairs(PurchaseLines lines, int[] groupOf, int groups)
    {
        var spend = new Dictionary<int, double>[lines.Orders];
        var ago = new long[lines.Orders];
        var customer = new int[lines.Orders];
        var priced = lines.Price.Any(p => p > 0);
        for (var i = 0; i < lines.Count; i++)
        {
            var o = lines.Order[i];
            (ago[o], customer[o]) = (lines.Ago[i], lines.Customer[i]);
            if (lines.Product[i] < 0 || groupOf[lines.Product[i]] is not (>= 0 and var g)) continue;
            var worth = !priced ? 1 : lines.Price[i] > 0 ? lines.Price[i] * lines.Quantity[i] : 0;
            var of = spend[o] ??= [];
            of[g] = of.GetValueOrDefault(g) + worth;
        }

        List<OrderPair> pairs = [];
        var (last, lastCustomer) = (-1, -1);
        for (var o = 0; o < lines.Orders; o++)
        {
            if (spend[o] is null) continue;
            var main = -1;
            for (var g = 0; g < groups; g++)
                if (spend[o].TryGetValue(g, out var worth) && (main < 0 || worth > spend[o][main])) main = g;
            if (customer[o] == lastCustomer) pairs.Add(new(customer[o], last, main, ago[o]));
            (last, lastCustomer) = (main, customer[o]);
        }

        return pairs;
    }

    internal static SwitchingMatrix Of(List<OrderPair> pairs, IReadOnlyList<string> groups, int[] segmentOf, IReadOnlyList<SegmentRef> segments, PositioningOptions options, Seed seed)
    {
        var n = groups.Count;
        var counts = Count(pairs, n);
        var (rows, columns) = (counts.Select(r => r.Sum()).ToArray(), Enumerable.Range(0, n).Select(j => counts.Sum(r => r[j])).ToArray());
        var total = rows.Sum();
        double[][] Each(Func<int, int, double> cell) => [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => cell(i, j)).ToArray())];
        var expected = Each((i, j) => rows[i] * columns[j] / total);
        var later = Later(pairs, n, options.Resamples, seed.Child(99));
        return new SwitchingMatrix
        {
            Groups = groups,
            Counts = counts,
            Shares = Each((i, j) => rows[i] > 0 ? counts[i][j] / rows[i] : double.NaN),
            Expected = expected,
            Residuals = Each((i, j) => expected[i][j] > 0 && rows[i] < total && columns[j] < total
                ? (counts[i][j] - expected[i][j]) / Math.Sqrt(expected[i][j] * (1 - rows[i] / total) * (1 - columns[j] / total)) : double.NaN),
            Stays = Stays(pairs, options.Resamples, seed.Child(0)),
            StaysByChance = Enumerable.Range(0, n).Sum(i => expected[i][i]) / total,
            Segments = [.. segments.Select((s, i) => (s, Own: pairs.Where(p => segmentOf[p.Customer] == i).ToList())).Where(s => s.Own.Count > 0)
                .Select((s, i) => new SegmentLoyalty(s.s.Id, s.Own.Count, Stays(s.Own, options.Resamples, seed.Child((ulong)i + 1))))],
            LaterGain = later?.Gain,
            LaterPairs = later?.Pairs ?? 0,
        };
    }

    static double[][] Count(IEnumerable<OrderPair> pairs, int n)
    {
        var counts = Enumerable.Range(0, n).Select(_ => new double[n]).ToArray();
        foreach (var p in pairs) counts[p.From][p.To]++;
        return counts;
    }

    readonly record struct OfCustomer(double Value, double Pairs);

    // Share of pairs that stay, with resampled customers.
    static Estimate Stays(List<OrderPair> pairs, int resamples, Seed seed)
    {
        var customers = pairs.GroupBy(p => p.Customer).Select(g => new OfCustomer(g.Count(p => p.From == p.To), g.Count())).ToArray();
        return Ratio(customers, resamples, seed);
    }

    static Estimate Ratio(OfCustomer[] customers, int resamples, Seed seed)
    {
        var drawn = new double[resamples];
        for (var b = 0; b < resamples; b++)
        {
            var rng = seed.Stream((ulong)b);
            var (value, pairs) = (0.0, 0.0);
            for (var k = 0; k < customers.Length; k++)
            {
                var c = customers[rng.NextInt(customers.Length)];
                (value, pairs) = (value + c.Value, pairs + c.Pairs);
            }

            drawn[b] = value / pairs;
        }

        Array.Sort(drawn);
        return new(customers.Sum(c => c.Value) / customers.Sum(c => c.Pairs), drawn[(int)(0.025 * (resamples - 1))], drawn[(int)Math.Ceiling(0.975 * (resamples - 1))]);
    }

    sealed record LaterJudgement(Estimate Gain, int Pairs);

    // Learned on the first three quarters of time and judged on the rest; rows are smoothed towards the shares of all by their own size of one group's count.
    static LaterJudgement? Later(List<OrderPair> pairs, int n, int resamples, Seed seed)
    {
        var ordered = pairs.Select(p => p.Ago).Order().ToArray();
        var cut = ordered[(int)((ordered.Length - 1) * (1 - Learned))];
        var (early, late) = (pairs.Where(p => p.Ago > cut).ToArray(), pairs.Where(p => p.Ago <= cut).ToArray());
        if (early.Length < 10 * n || late.Length < 30) return null;
        var counts = Count(early, n);
        var shares = Enumerable.Range(0, n).Select(j => (counts.Sum(r => r[j]) + 1) / (early.Length + n)).ToArray();
        double Gain(OrderPair p) => Math.Log((counts[p.From][p.To] + n * shares[p.To]) / (counts[p.From].Sum() + n) / shares[p.To]);
        var customers = late.GroupBy(p => p.Customer).Select(g => new OfCustomer(g.Sum(Gain), g.Count())).ToArray();
        return new(Ratio(customers, resamples, seed), late.Length);
    }
}
