using Coterie.Numerics;
using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>Makes the lists that are shown: filtered, re-ranked for diversity, each product with its reason.</summary>
sealed class ListMaker
{
    // So many times a list's length are looked at when it is made diverse.
    const int Pool = 5;
    // Customers that are worked on at once.
    const int AtOnce = 64;

    readonly ShopLog log;
    readonly RecommendationBlend blend;
    readonly RecommendationOptions options;
    readonly bool[] off;
    readonly bool again;
    readonly int[] drawn;
    readonly Func<int, int, float> likeness;
    readonly int threads;

    internal ListMaker(ShopLog log, RecommendationBlend blend, RecommendationOptions options, bool[] off, bool again, DecisionInput input)
    {
        this.log = log;
        this.blend = blend;
        this.options = options;
        this.off = off;
        this.again = again;
        threads = input.Threads;
        drawn = RankedLists.Draw(log.Products.Count, input.Seed.Child(42));
        var words = log.Facts.HasWords ? ContentVectors.Fit(log.Products, log.Facts, 1) : null;
        var factors = words is null ? blend.Members.Select(m => m.Model).OfType<AlternatingLeastSquares>().FirstOrDefault() : null;
        likeness = words is not null ? words.Likeness : factors is not null ? (a, b) => Cosine(factors.ProductFactors, a, b) : (_, _) => 0;
    }

    static float Cosine(Matrix factors, int a, int b)
    {
        ReadOnlySpan<float> x = factors.Row(a), y = factors.Row(b);
        var lengths = Math.Sqrt((double)AlsKernel.Dot(x, x) * AlsKernel.Dot(y, y));
        return lengths > 0 ? (float)Math.Max(0, AlsKernel.Dot(x, y) / lengths) : 0;
    }

    /// <summary>One list a customer.</summary>
    /// <param name="customers">Ids; those that the log does not know are newcomers.</param>
    internal CustomerList[] For(IReadOnlyList<string> customers)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var c = 0; c < log.Customers.Count; c++) places.Add(log.Customers[c], c);
        var histories = customers.Select(c => places.TryGetValue(c, out var at) ? log.Taken[at] : []).ToArray();
        var segments = customers.Select(c => log.Membership?.Of(c) ?? -1).ToArray();
        var lists = new CustomerList[customers.Count];
        Chunks.Each((customers.Count + AtOnce - 1) / AtOnce, threads, block =>
        {
            var from = block * AtOnce;
            var to = Math.Min(customers.Count, from + AtOnce);
            var (scores, units) = Scores(histories[from..to], segments[from..to]);
            for (var i = from; i < to; i++) lists[i] = Listed(customers[i], histories[i], segments[i], scores.Row(i - from), [.. units.Select(u => u[i - from])]);
        });
        return lists;
    }

    (Matrix Scores, double[][] Units) Scores(int[][] histories, int[] segments)
    {
        var sum = new Matrix(histories.Length, log.Products.Count);
        var units = new double[blend.Members.Count][];
        for (var m = 0; m < units.Length; m++)
        {
            units[m] = new double[histories.Length];
            if (blend.Weights[m] == 0) continue;
            var scores = blend.Members[m].Score(histories, segments);
            for (var i = 0; i < histories.Length; i++) units[m][i] = FittedMember.Standardise(scores.Row(i));
            AlsKernel.AddScaled((float)blend.Weights[m], scores.Values, sum.Values);
        }

        // A newcomer has no history to be scored by, and popularity may have no weight.
        for (var i = 0; i < histories.Length; i++)
            if (histories[i].Length == 0) blend.Members[0].Score([[]], [segments[i]]).Row(0).CopyTo(sum.Row(i));
        return (sum, units);
    }

    CustomerList Listed(string customer, int[] history, int segment, Span<float> scores, double[] units)
    {
        var own = off.ToArray();
        if (!again)
            foreach (var product in history) own[product] = true;
        var pool = RankedLists.Top(scores, own, drawn, options.Length * (options.Diversity > 0 ? Pool : 1));
        var values = new float[pool.Length];
        for (var i = 0; i < pool.Length; i++) values[i] = scores[pool[i]];
        var products = RankedLists.Diverse(pool, values, likeness, options.Diversity, options.Length);
        var reasons = Reasons(history, segment, products, units);
        var listed = new ListedProduct[products.Length];
        for (var i = 0; i < products.Length; i++)
            listed[i] = new ListedProduct(log.Products[products[i]], log.Title(products[i]), scores[products[i]], reasons[i].Of is { } of ? log.Products[of] : null, reasons[i].Words);
        return new CustomerList(customer, segment < 0 ? null : log.Membership!.Segments[segment].Id, history.Length > 0 ? "history" : segment >= 0 ? "segment" : "shop", listed);
    }

    sealed record Reason(int? Of, Bilingual Words);

    /// <summary>What gives most of each score: the history, named by the product with the largest part, or popularity.</summary>
    Reason[] Reasons(int[] history, int segment, int[] products, double[] units)
    {
        var popular = segment >= 0 ? new Bilingual($"often bought in {log.Membership!.Segments[segment].Name.En}", $"{log.Membership.Segments[segment].Name.Zh}中常买") : new("often bought in this shop", "店内热门");
        if (log.Kind != "purchase") popular = segment >= 0 ? new($"popular in {log.Membership!.Segments[segment].Name.En}", $"{log.Membership.Segments[segment].Name.Zh}中热门") : new("popular in this shop", "店内热门");
        if (history.Length == 0) return [.. products.Select(_ => new Reason(null, popular))];
        var parts = new Dictionary<int, double>[products.Length];
        for (var i = 0; i < parts.Length; i++) parts[i] = [];
        var shares = new double[products.Length];
        for (var m = 0; m < units.Length; m++)
        {
            if (blend.Weights[m] == 0) continue;
            if (blend.Members[m].Model is { } model) model.AddReasons(history, products, blend.Weights[m] * units[m], parts);
            else if (blend.Members[m].Id == "popularity")
            {
                var scores = blend.Members[m].Score([history], [segment]);
                FittedMember.Standardise(scores.Row(0));
                for (var i = 0; i < products.Length; i++) shares[i] = blend.Weights[m] * scores[0, products[i]];
            }
        }

        var times = history.GroupBy(p => p).ToDictionary(g => g.Key, g => g.Count());
        return [.. products.Select((product, i) =>
        {
            // A product's own part in its score is that it was bought before; of equals, the lower place.
            var best = new KeyValuePair<int, double>(-1, 0);
            foreach (var part in parts[i])
                if (best.Key < 0 || part.Value > best.Value || (part.Value == best.Value && part.Key < best.Key)) best = part;
            if (best.Value <= 0 || parts[i].OrderBy(p => p.Key).Sum(p => p.Value) < shares[i]) return new Reason(null, popular);
            if (best.Key == product) return new Reason(product, log.Kind == "purchase"
                ? new($"bought {times[product]} {(times[product] == 1 ? "time" : "times")} before", $"曾买过 {times[product]} 次") : new("taken before", "曾有过"));
            var title = log.Title(best.Key);
            return new Reason(best.Key, log.Kind == "purchase" ? new($"because of {title}", $"因为买过 {title}") : new($"because of {title}", $"因为 {title}"));
        })];
    }

    /// <summary>What newcomers are shown: the shop's list, then each segment's.</summary>
    internal SegmentList[] ForSegments()
    {
        var asked = Enumerable.Range(-1, (log.Membership?.Segments.Count ?? 0) + 1).ToArray();
        var scores = blend.Members[0].Score([.. asked.Select(_ => Array.Empty<int>())], asked);
        return [.. asked.Select((segment, i) =>
        {
            var list = Listed("", [], segment, scores.Row(i), new double[blend.Members.Count]);
            return segment < 0 ? new SegmentList(null, new("the whole shop", "全店"), list.Products) : new SegmentList(list.Segment, log.Membership!.Segments[segment].Name, list.Products);
        })];
    }
}
