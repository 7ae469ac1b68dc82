using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>A weighted sum of standardised scores of several methods.</summary>
sealed record RecommendationBlend
{
    // Customers that a thread scores at once.
    const int AtOnce = 64;

    internal required IReadOnlyList<FittedMember> Members { get; init; }
    /// <summary>One a member, 0 or more, with the sum 1.</summary>
    internal required IReadOnlyList<double> Weights { get; init; }

    /// <summary>Blended scores of every product for each history.</summary>
    internal Matrix Score(IReadOnlyList<int[]> histories, IReadOnlyList<int> segments)
    {
        Matrix? sum = null;
        for (var m = 0; m < Members.Count; m++)
        {
            if (Weights[m] == 0) continue;
            var scores = Members[m].Standardised(histories, segments);
            sum ??= new Matrix(scores.Rows, scores.Columns);
            AlsKernel.AddScaled((float)Weights[m], scores.Values, sum.Value.Values);
        }

        return sum!.Value;
    }

    /// <summary>Customers in blocks, in parallel: the work gets the first customer of a block, its histories and its segments.</summary>
    internal static void Blocks(int customers, IReadOnlyList<int[]> histories, IReadOnlyList<int> segments, int threads, Action<int, IReadOnlyList<int[]>, IReadOnlyList<int>> work) =>
        Chunks.Each((customers + AtOnce - 1) / AtOnce, threads, block =>
        {
            var from = block * AtOnce;
            var to = Math.Min(customers, from + AtOnce);
            var (some, places) = (new int[to - from][], new int[to - from]);
            for (var i = from; i < to; i++) (some[i - from], places[i - from]) = (histories[i], segments[i]);
            work(from, some, places);
        });

    /// <summary>Lists of ten for each customer, from each member alone and last from the blend: [member][customer].</summary>
    internal int[][][] Lists(JudgedCustomers customers, int[] drawn, int threads)
    {
        var lists = new int[Members.Count + 1][][];
        for (var m = 0; m < lists.Length; m++) lists[m] = new int[customers.Count][];
        Blocks(customers.Count, customers.Histories, customers.Segments, threads, (from, histories, segments) =>
        {
            var sum = new Matrix(histories.Count, customers.Off.Length);
            var off = new bool[customers.Off.Length];
            for (var m = 0; m <= Members.Count; m++)
            {
                var scores = m == Members.Count ? sum : Members[m].Standardised(histories, segments);
                if (m < Members.Count && Weights[m] > 0) AlsKernel.AddScaled((float)Weights[m], scores.Values, sum.Values);
                for (var i = 0; i < histories.Count; i++)
                {
                    customers.OffFor(from + i, off);
                    lists[m][from + i] = RankedLists.Top(scores.Row(i), off, drawn, ListScores.Length);
                }
            }
        });
        return lists;
    }

    /// <summary>Mean NDCG of the lists that one member makes alone.</summary>
    internal static double Alone(FittedMember member, JudgedCustomers customers, int[] drawn, int threads)
    {
        var gains = new double[customers.Count];
        Blocks(customers.Count, customers.Histories, customers.Segments, threads, (from, histories, segments) =>
        {
            var scores = member.Score(histories, segments);
            var off = new bool[customers.Off.Length];
            for (var i = 0; i < histories.Count; i++)
            {
                customers.OffFor(from + i, off);
                gains[from + i] = ListScores.Of(RankedLists.Top(scores.Row(i), off, drawn, ListScores.Length), customers.Targets[from + i]).Ndcg;
            }
        });
        return gains.Average();
    }
}
