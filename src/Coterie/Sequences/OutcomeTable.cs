using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>The outcomes that a mixture knows.</summary>
/// <param name="Outcomes">T, ascending.</param>
/// <param name="Contexts">T: number of the outcome's context, from 0, ascending too.</param>
/// <param name="Usual">T: share of the outcome within its context over everybody.</param>
sealed record OutcomeTable(ulong[] Outcomes, int[] Contexts, double[] Usual)
{
    public int ContextCount => Contexts.Length == 0 ? 0 : Contexts[^1] + 1;

    /// <summary>Outcomes that at least so many customers have.</summary>
    public static OutcomeTable Of(MixtureCustomer[] customers, int leastCustomers)
    {
        var counts = new Dictionary<ulong, (int Customers, long Times, int Last)>();
        for (var i = 0; i < customers.Length; i++)
        {
            foreach (var outcome in customers[i].Outcomes)
            {
                var (have, times, last) = counts.GetValueOrDefault(outcome, (0, 0, -1));
                counts[outcome] = (last == i ? have : have + 1, times + 1, i);
            }
        }

        var kept = counts.Where(c => c.Value.Customers >= leastCustomers).OrderBy(c => c.Key).ToList();
        var contexts = new int[kept.Count];
        for (var t = 1; t < kept.Count; t++)
            contexts[t] = contexts[t - 1] + (MixtureOutcomes.ContextOf(kept[t].Key) == MixtureOutcomes.ContextOf(kept[t - 1].Key) ? 0 : 1);
        var totals = new double[kept.Count == 0 ? 0 : contexts[^1] + 1];
        for (var t = 0; t < kept.Count; t++) totals[contexts[t]] += kept[t].Value.Times;
        return new([.. kept.Select(c => c.Key)], contexts, [.. kept.Select((c, t) => c.Value.Times / totals[contexts[t]])]);
    }

    /// <summary>How often each customer has each outcome: n x T.</summary>
    public SparseMatrix Counts(MixtureCustomer[] customers) => Counts(Outcomes, customers);

    public static SparseMatrix Counts(IReadOnlyList<ulong> known, MixtureCustomer[] customers)
    {
        var places = known.Select(KeyValuePair.Create).ToDictionary();
        var offsets = new int[customers.Length + 1];
        List<int> at = [];
        List<float> times = [];
        var own = new SortedDictionary<int, int>();
        for (var i = 0; i < customers.Length; i++)
        {
            own.Clear();
            foreach (var outcome in customers[i].Outcomes)
                if (places.TryGetValue(outcome, out var place)) own[place] = own.GetValueOrDefault(place) + 1;
            foreach (var (place, count) in own)
            {
                at.Add(place);
                times.Add(count);
            }

            offsets[i + 1] = at.Count;
        }

        return new(customers.Length, known.Count, offsets, [.. at], [.. times]);
    }
}
