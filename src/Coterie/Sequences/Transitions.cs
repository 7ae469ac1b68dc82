namespace Coterie.Sequences;

/// <summary>The steps from one token to the next that a chain may take, numbered.</summary>
/// <param name="From">Steps: the token before, or -1 at the beginning of a history.</param>
/// <param name="To">Steps: the token.</param>
public sealed record ChainSteps(Chain Chain, int[] From, int[] To)
{
    internal Dictionary<long, int> Index()
    {
        var index = new Dictionary<long, int>(From.Length);
        for (var s = 0; s < From.Length; s++) index.Add(Key(From[s], To[s]), s);
        return index;
    }

    /// <summary>Steps: the number of the token before, so that steps from the same token share a number.</summary>
    internal int[] Contexts()
    {
        var numbers = new Dictionary<int, int>();
        return [.. From.Select(f => numbers.TryGetValue(f, out var c) ? c : numbers[f] = numbers.Count)];
    }

    internal static long Key(int from, int to) => ((long)from << 32) | (uint)to;
}

/// <summary>How often each customer took each step of one chain: a sparse n x steps matrix by rows.</summary>
/// <param name="Offsets">n + 1.</param>
/// <param name="Steps">Entries: number of the step, ascending in a row.</param>
/// <param name="Counts">Entries.</param>
sealed record Transitions(int[] Offsets, int[] Steps, float[] Counts)
{
    /// <summary>Steps that at least so many customers took; in the order of their tokens, so that the order of customers does not matter.</summary>
    public static ChainSteps Known(IReadOnlyList<CustomerSequences> sequences, Chain chain, int leastCustomers)
    {
        var customers = new Dictionary<long, int>();
        var seen = new HashSet<long>();
        foreach (var part in sequences)
        {
            var reader = new ChainReader(chain, part.Fields);
            for (var i = 0; i < part.Count; i++)
            {
                seen.Clear();
                Walk(part, reader, i, key => seen.Add(key));
                foreach (var key in seen) customers[key] = customers.GetValueOrDefault(key) + 1;
            }
        }

        var kept = customers.Where(c => c.Value >= leastCustomers).Select(c => c.Key).ToArray();
        Array.Sort(kept);
        return new(chain, [.. kept.Select(k => (int)(k >> 32))], [.. kept.Select(k => (int)k)]);
    }

    /// <summary>Counts of the known steps; others are left out.</summary>
    public static Transitions Of(IReadOnlyList<CustomerSequences> sequences, ChainSteps known)
    {
        var index = known.Index();
        var offsets = new List<int> { 0 };
        var steps = new List<int>();
        var counts = new List<float>();
        var row = new SortedDictionary<int, int>();
        foreach (var part in sequences)
        {
            var reader = new ChainReader(known.Chain, part.Fields);
            for (var i = 0; i < part.Count; i++)
            {
                row.Clear();
                Walk(part, reader, i, key =>
                {
                    if (index.TryGetValue(key, out var step)) row[step] = row.GetValueOrDefault(step) + 1;
                });
                foreach (var (step, count) in row)
                {
                    steps.Add(step);
                    counts.Add(count);
                }

                offsets.Add(steps.Count);
            }
        }

        return new([.. offsets], [.. steps], [.. counts]);
    }

    static void Walk(CustomerSequences part, ChainReader reader, int customer, Action<long> step)
    {
        var from = -1;
        for (var e = part.Offsets[customer]; e < part.Offsets[customer + 1]; e++)
        {
            var to = reader.Token(part.Codes, e);
            if (to < 0) continue;
            step(ChainSteps.Key(from, to));
            from = to;
        }
    }
}
