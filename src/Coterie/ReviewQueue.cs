using Coterie.Feedback;
using Coterie.Numerics;
using Coterie.Profiles;

namespace Coterie;

/// <summary>A customer worth a person's look.</summary>
/// <param name="Customer">Id.</param>
/// <param name="Segment">Where the run has the customer.</param>
/// <param name="Second">The next-best segment; null where there is none.</param>
/// <param name="Confidence">In [0, 1], of the run.</param>
/// <param name="Disputed">Whether the two views would put the customer into different segments.</param>
/// <param name="Spend">Money spent; null where the log has none.</param>
/// <param name="Why">Why this one.</param>
public sealed record ReviewItem(string Customer, string Segment, Bilingual SegmentName, string? Second, Bilingual? SecondName, double Confidence, bool Disputed, double? Spend, Bilingual Why);

/// <summary>Which customers a person should look at first: those on a border (Lewis and Gale 1994, uncertainty sampling), disputed between views, of value, and unlike each other, so
/// that each answer says something new (Brinker 2003, diversity in active learning).</summary>
#pragma warning disable CA1711 // It is a queue in the sense of the field (a review queue) and no collection type.
public static class ReviewQueue
#pragma warning restore CA1711
{
    /// <summary>Disputes weigh like a fully uncertain customer; value breaks ties among the equally uncertain.</summary>
    const double DisputeWeight = 1, ValueWeight = 0.25;
    /// <summary>Candidates whose likeness is compared, for each customer that is asked for.</summary>
    const int Candidates = 20, FewestCandidates = 200;

    /// <summary>The first customers of the queue, best first.</summary>
    /// <param name="run">The output directory of a run.</param>
    /// <param name="feedback">Customers whom people have placed already are left out; null leaves out nobody.</param>
    /// <param name="take">How many.</param>
    /// <exception cref="InputException">It is no run, or it is damaged.</exception>
    public static IReadOnlyList<ReviewItem> Of(string run, FeedbackLog? feedback, int take)
    {
        if (take < 1) throw new ConfigurationException($"The review queue was asked for {take} customers; expected 1 or more.");
        var former = FormerRun.Open(run);
        if (former.Model.Segments.Count < 2) return [];
        var known = (feedback?.InForce ?? []).OfType<CustomerEntry>().Select(e => e.Customer).ToHashSet(StringComparer.Ordinal);
        var table = former.Table;
        var spend = table.Column("monetary");
        var ranks = spend is null ? null : Ranks(spend);
        var disputed = former.Disputed();
        var waiting = Enumerable.Range(0, table.Count).Where(i => former.Placed.Second[i] >= 0 && !known.Contains(table.Customers[i])).ToArray();
        double Score(int i) => 1 - former.Placed.Confidence[i] + (disputed.Contains(table.Customers[i]) ? DisputeWeight : 0) + ValueWeight * (ranks?[i] ?? 0);
        int[] best = [.. waiting.OrderByDescending(Score).ThenBy(i => i).Take(Math.Max(FewestCandidates, Candidates * take))];
        var rows = former.Model.Representation.Apply(table).Rows.Take(best);
        var ids = former.Model.Segments.ToDictionary(s => s.Label);
        return
        [
            .. Diverse(rows, [.. best.Select(Score)], take).Select(b =>
            {
                var i = best[b];
                var (own, second) = (ids[former.Placed.Labels[i]], ids[former.Placed.Second[i]]);
                var dispute = disputed.Contains(table.Customers[i]);
                return new ReviewItem(table.Customers[i], own.Id, own.Name, second.Id, second.Name, former.Placed.Confidence[i], dispute,
                    spend is null || double.IsNaN(spend[i]) ? null : spend[i], Why(own, second, former.Placed.Confidence[i], dispute));
            }),
        ];
    }

    static Bilingual Why(ModelSegment own, ModelSegment second, double confidence, bool disputed)
    {
        var sure = FormattableString.Invariant($"{confidence:0.00}");
        return disputed
            ? new($"the two views disagree; between {own.Id} and {second.Id}, confidence {sure}", $"两种视角意见不一；介于 {own.Id} 与 {second.Id} 之间，把握度 {sure}")
            : new($"between {own.Id} and {second.Id}, confidence {sure}", $"介于 {own.Id} 与 {second.Id} 之间，把握度 {sure}");
    }

    // 0 for the least, 1 for the most; ties share the mean. Customers without a value count as the least.
    static double[] Ranks(double[] values)
    {
        var order = Enumerable.Range(0, values.Length).OrderBy(i => double.IsNaN(values[i]) ? double.NegativeInfinity : values[i]).ToArray();
        var ranks = new double[values.Length];
        for (int start = 0, end; start < order.Length; start = end)
        {
            for (end = start + 1; end < order.Length && values[order[end]].Equals(values[order[start]]);) end++;
            for (var p = start; p < end; p++) ranks[order[p]] = order.Length == 1 ? 0 : (start + end - 1) / 2.0 / (order.Length - 1);
        }

        return ranks;
    }

    // Greedy: the next is the best by score times how far it is from those before, in units of the typical distance; a twin of one that was taken counts for nothing.
    static List<int> Diverse(Matrix rows, double[] scores, int take)
    {
        var taken = new List<int>();
        var nearest = new double[rows.Rows];
        Array.Fill(nearest, double.PositiveInfinity);
        var typical = 0.0;
        var open = Enumerable.Repeat(true, rows.Rows).ToArray();
        while (taken.Count < Math.Min(take, rows.Rows))
        {
            var best = -1;
            var value = double.NegativeInfinity;
            for (var i = 0; i < rows.Rows; i++)
            {
                if (!open[i]) continue;
                var worth = scores[i] * (taken.Count == 0 || typical == 0 ? 1 : Math.Min(1, nearest[i] / typical));
                if (worth > value) (best, value) = (i, worth);
            }

            open[best] = false;
            taken.Add(best);
            for (var i = 0; i < rows.Rows; i++) nearest[i] = Math.Min(nearest[i], Away(rows.Row(i), rows.Row(best)));
            if (taken.Count == 1) typical = nearest.Order().ElementAt(rows.Rows / 2);
        }

        return taken;
    }

    static double Away(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (var j = 0; j < a.Length; j++) sum += ((double)a[j] - b[j]) * ((double)a[j] - b[j]);
        return Math.Sqrt(sum);
    }
}
