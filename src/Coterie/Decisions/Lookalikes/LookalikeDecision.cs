using Coterie.Features;
using Coterie.Numerics;
using Coterie.Profiles;

namespace Coterie.Decisions.Lookalikes;

/// <summary>Ranks customers by their likeness to a seed audience, and says how well such a ranking finds a hidden half of it.</summary>
/// <remarks>docs/methods/lookalikes.md.</remarks>
public static class LookalikeDecision
{
    /// <summary>Halves of fewer seeds say nothing.</summary>
    internal const int FewestSeeds = 20;

    /// <exception cref="ConfigurationException">No seed audience, or two; or an unknown segment.</exception>
    /// <exception cref="InputException">Nobody of the seed list is a customer.</exception>
    public static Decided Decide(DecisionInput input, LookalikeOptions options)
    {
        options.Check();
        var asOf = options.Embedding?.AsOf ?? input.AsOf;
        var table = FeatureComputation.Compute(input.Warehouse, new FeatureRequest
        {
            AsOf = asOf,
            Present = input.Quality.Present,
            Kinds = input.Quality.Kinds.Keys.ToHashSet(StringComparer.Ordinal),
            HasTimeOfDay = input.Quality.HasTimeOfDay,
        });
        var space = LookalikeSpace.Of(table, options.Embedding, input.Threads);
        var isSeed = Seeds(input, options, space, out var unknown);
        int[] seeds = [.. Enumerable.Range(0, space.Count).Where(i => isSeed[i])], others = [.. Enumerable.Range(0, space.Count).Where(i => !isSeed[i])];
        var basis = new LookalikeResult
        {
            Answered = false, Verdict = new("", ""), AsOf = asOf, Space = space.Name, Seeds = seeds.Length, Unknown = unknown, Others = others.Length,
        };
        if (seeds.Length < FewestSeeds)
            return LookalikePage.Unanswered(basis, new(
                $"The seed audience has {seeds.Length} known customers ({unknown} ids are unknown). At least {FewestSeeds} are needed: half of them is hidden to see whether the ranking finds it again.",
                $"种子人群中只有 {seeds.Length} 位已知客户（{unknown} 个客户号未知）。至少需要 {FewestSeeds} 位：要隐藏其中一半来检验排序能否找回。"));
        if (others.Length < FewestSeeds)
            return LookalikePage.Unanswered(basis, new($"Only {others.Length} customers are not in the seed audience; at least {FewestSeeds} are needed to rank.", $"种子人群之外仅有 {others.Length} 位客户；至少需要 {FewestSeeds} 位才能排序。"));
        return Rank(input, options, space, basis, seeds, others);
    }

    static Decided Rank(DecisionInput input, LookalikeOptions options, LookalikeSpace space, LookalikeResult basis, int[] seeds, int[] others)
    {
        List<Bilingual> notes = [];
        int[] compared = Sample(seeds, options.MaxSeeds, input.Seed.Stream(1)), among = Sample(others, options.MaxOthers, input.Seed.Stream(2));
        if (compared.Length < seeds.Length)
            notes.Add(new($"{compared.Length:N0} of {seeds.Length:N0} seeds, drawn at random, are compared with.", $"从 {seeds.Length:N0} 位种子中随机抽取 {compared.Length:N0} 位用于比较。"));
        if (among.Length < others.Length)
            notes.Add(new($"Hidden halves were looked for among {among.Length:N0} of {others.Length:N0} other customers, drawn at random; all of them are ranked.", $"检验时在随机抽取的 {among.Length:N0} 位其他客户中寻找隐藏的一半；排序覆盖全部 {others.Length:N0} 位。"));

        input.Say("hiding halves of the seed");
        Matrix seedRows = space.Rows.Take(compared), otherRows = space.Rows.Take(among);
        var judging = new LookalikeJudging(seedRows, otherRows, space.Rfm.Take(compared), space.Rfm.Take(among), space.Unit, options.Nearest, input.Threads);
        var choosing = judging.Halves(Math.Max(2, options.Halves / 4), input.Seed.Child(1), input.Threads);
        // At the reach of a tenth; halves that choose do not judge.
        var linear = choosing.Sum(h => h.Linear[LookalikeJudging.Judged]) > choosing.Sum(h => h.Nearest[LookalikeJudging.Judged]);
        var judged = LookalikeJudging.Summed(judging.Halves(options.Halves, input.Seed.Child(2), input.Threads), linear);

        input.Say("ranking customers");
        var rows = space.Rows.Take(others);
        var similarity = linear ? Array.ConvertAll(SeedLikeness.Linear(seedRows, otherRows).Score(rows), s => 1 / (1 + Math.Exp(-s)))
            : Similarity(rows, seedRows, space.Unit, options.Nearest, input.Threads);
        int[] order = [.. Enumerable.Range(0, others.Length).OrderByDescending(i => similarity[i]).ThenBy(i => i)];
        Lookalike[] ranked = [.. order.Select((i, rank) => new Lookalike(rank + 1, space.Customers[others[i]], input.Segments?.Of(space.Customers[others[i]]) ?? -1, similarity[i]))];
        var at = judged[LookalikeJudging.Judged];
        return LookalikePage.Of(input, options, basis with
        {
            Answered = at.Found.Low > at.Reach,
            Verdict = LookalikePage.Verdict(basis, judged),
            Way = linear ? "linear" : "nearest",
            Judged = judged,
            Reach = Reach(ranked),
            Listed = [.. ranked.Take(options.Size ?? basis.Seeds)],
        }, notes);
    }

    static double[] Similarity(Matrix rows, Matrix seeds, bool unit, int nearest, int threads)
    {
        int[] all = [.. Enumerable.Range(0, seeds.Rows)];
        var similarity = new double[rows.Rows];
        // A block at a time: the whole table of a large shop would not fit.
        for (var start = 0; start < rows.Rows; start += Chunks.Rows)
        {
            var count = Math.Min(Chunks.Rows, rows.Rows - start);
            var block = new Matrix(rows.Values.AsSpan(start * rows.Columns, count * rows.Columns).ToArray(), count, rows.Columns);
            var table = SeedLikeness.Table(block, seeds, unit, threads);
            for (var i = 0; i < count; i++) similarity[start + i] = SeedLikeness.Nearest(table.AsSpan(i * seeds.Rows, seeds.Rows), all, nearest);
        }

        return similarity;
    }

    static IReadOnlyList<ReachStep> Reach(Lookalike[] ranked)
    {
        List<ReachStep> steps = [];
        double sum = 0;
        var next = 0;
        for (var i = 0; i < ranked.Length; i++)
        {
            sum += ranked[i].Similarity;
            if (next < LookalikeJudging.Reaches.Length && i + 1 >= LookalikeJudging.Reaches[next] * ranked.Length || i + 1 == ranked.Length)
            {
                steps.Add(new(i + 1, ranked[i].Similarity, sum / (i + 1)));
                while (next < LookalikeJudging.Reaches.Length && i + 1 >= LookalikeJudging.Reaches[next] * ranked.Length) next++;
            }
        }

        return steps;
    }

    static bool[] Seeds(DecisionInput input, LookalikeOptions options, LookalikeSpace space, out int unknown)
    {
        var places = space.Customers.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i, StringComparer.Ordinal);
        var isSeed = new bool[space.Count];
        unknown = 0;
        if (options.Segment is { } segment)
        {
            if (input.Segments is not { } known) throw new ConfigurationException("--segment: there are no segments; name the run that made them with --run DIR.");
            var place = known.Segments.Select(s => s.Id).ToList().IndexOf(segment);
            if (place < 0) throw new ConfigurationException($"--segment: '{segment}' is not a segment of the run; it has {string.Join(", ", known.Segments.Select(s => s.Id))}.");
            for (var i = 0; i < isSeed.Length; i++) isSeed[i] = known.Of(space.Customers[i]) == place;
            return isSeed;
        }

        foreach (var id in options.Seeds!)
        {
            if (places.TryGetValue(id, out var place)) isSeed[place] = true;
            else unknown++;
        }

        if (!isSeed.Contains(true))
            throw new InputException($"--seed-list: none of the {options.Seeds.Count:N0} ids is a customer of these events (the first is '{options.Seeds[0]}', a customer's id reads '{space.Customers[0]}'). Use the ids of the event log.");
        return isSeed;
    }

    static int[] Sample(int[] from, int most, Rng rng)
    {
        if (from.Length <= most) return from;
        var order = from.ToArray();
        rng.Shuffle<int>(order);
        return order[..most];
    }
}
