namespace Coterie.Evaluation;

/// <summary>What each frozen segment did in the horizon, with bootstrap intervals.</summary>
internal static class SegmentFutures
{
    internal static List<SegmentFuture> Describe(ValidityRequest request, double[] spend, bool[] ordered)
    {
        var groups = request.Groups;
        var n = request.Labels.Length;
        var repeated = request.Outcomes.Orders.Select(o => o >= 2).ToArray();
        var samples = new Means[request.Resamples];
        Parallel.For(0, request.Resamples, new ParallelOptions { MaxDegreeOfParallelism = request.Threads }, b =>
            samples[b] = Average(request.Labels, groups, spend, ordered, repeated,
                PredictiveValidity.PoissonWeights(n, request.Seed.Child(4).Stream((ulong)b))));

        var ones = new double[n];
        Array.Fill(ones, 1);
        var value = Average(request.Labels, groups, spend, ordered, repeated, ones);
        var futures = new List<SegmentFuture>();
        for (var g = 0; g < groups; g++)
        {
            var group = g;
            var next = NextCategory(request, g);
            futures.Add(new SegmentFuture
            {
                Segment = g,
                Customers = request.Labels.Count(l => l == group),
                SpendPerCustomer = PredictiveValidity.Interval(value.Spend[g], samples.Select(s => s.Spend[group])),
                OrderRate = PredictiveValidity.Interval(value.Ordered[g], samples.Select(s => s.Ordered[group])),
                RepeatRate = PredictiveValidity.Interval(value.Repeated[g], samples.Select(s => s.Repeated[group])),
                NextCategory = next.Category,
                NextCategoryShare = next.Share,
            });
        }

        return futures;
    }

    sealed record Means(double[] Spend, double[] Ordered, double[] Repeated);

    static Means Average(int[] labels, int groups, double[] spend, bool[] ordered, bool[] repeated, double[] weights)
    {
        double[] total = new double[groups], money = new double[groups], orders = new double[groups], repeats = new double[groups];
        for (var i = 0; i < labels.Length; i++)
        {
            var g = labels[i];
            total[g] += weights[i];
            money[g] += weights[i] * spend[i];
            if (ordered[i]) orders[g] += weights[i];
            if (repeated[i]) repeats[g] += weights[i];
        }

        for (var g = 0; g < groups; g++)
        {
            if (total[g] == 0) continue;
            money[g] /= total[g];
            orders[g] /= total[g];
            repeats[g] /= total[g];
        }

        return new Means(money, orders, repeats);
    }

    sealed record Next(string? Category, double Share);

    // The category that most of the segment's buyers bought most of.
    static Next NextCategory(ValidityRequest request, int group)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var buyers = 0;
        for (var i = 0; i < request.Labels.Length; i++)
        {
            if (request.Labels[i] != group || request.Outcomes.TopCategory[i] is not { } category) continue;
            buyers++;
            counts[category] = counts.GetValueOrDefault(category) + 1;
        }

        if (buyers == 0) return new Next(null, 0);
        var top = counts.MaxBy(c => c.Value);
        return new Next(top.Key, (double)top.Value / buyers);
    }
}
