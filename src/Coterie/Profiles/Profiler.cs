namespace Coterie.Profiles;

/// <summary>Turns labels into segments that people can name, check and act on.</summary>
public static class Profiler
{
    const int Examples = 3;

    /// <summary>One profile a non-empty cluster, ordered by revenue per customer (then size, then first member); ids follow the order.
    /// Relabelling the clusters changes nothing but <see cref="SegmentProfile.Label"/>.</summary>
    public static IReadOnlyList<SegmentProfile> Describe(ProfileRequest request)
    {
        Validate(request);
        var order = ClusterOrder.Of(request.Labels, request.Clusters);
        var labels = order.Canonical(request.Labels);
        var clusters = order.Original.Length;
        if (clusters == 0) return [];

        var table = request.Table;
        var sizes = new int[clusters];
        foreach (var label in labels)
            if (label >= 0) sizes[label]++;
        var revenue = Revenue(Weights(request.Spend, request.Events), labels, clusters);
        var total = revenue.Sum();
        var ranked = Ranked(revenue, sizes);

        var measured = FactSample.Of(table, labels, request);
        var contrasts = FeatureContrasts.Of(measured.Table, measured.Labels, clusters, request.Threads);
        var rules = request.Rules ?? RuleTree.Fit(table, request.Labels, request.Clusters,
            new RuleTreeOptions { Seed = request.Seed, Threads = request.Threads });
        var examples = SegmentCentres.Of(request.Rows, labels, clusters, request.Distance).Nearest(request.Rows, labels, Examples);
        var positions = Naming.Positions(table, request.Rfm ?? RfmColumns.Resolve(table), labels, sizes);

        var candidates = ranked.Select((k, place) =>
        {
            var all = FactFinder.All(contrasts, k, sizes[k], request.MinDifference, request.Currency);
            var listed = FactFinder.Listed(all, table, request.MaxFacts, request.MaxFactsPerFamily);
            var naming = request.Clusters == 1 ? SegmentNames.Everyone : SegmentNames.Choose(positions[k]);
            return new Naming.Candidate($"S{place + 1}", naming, listed, all, Naming.Dominant(all, table));
        }).ToArray();
        var names = Naming.Name(candidates);

        return [.. ranked.Select((k, place) =>
        {
            var label = order.Original[k];
            var rhythm = request.Rhythms.FirstOrDefault(r => r.Label == label);
            return new SegmentProfile
            {
                Id = candidates[place].Id,
                Label = label,
                Name = names[place].Name,
                NameClass = names[place].Naming.Class,
                Size = sizes[k],
                Share = sizes[k] / (double)labels.Length,
                RevenueShare = total > 0 ? revenue[k] / total : sizes[k] / (double)labels.Length,
                Stability = label < request.StabilityPerCluster.Length ? request.StabilityPerCluster[label] : double.NaN,
                Facts = candidates[place].Listed,
                TopCategories = rhythm?.TopCategories ?? [],
                Weekdays = rhythm?.Weekdays ?? [],
                Hours = rhythm?.Hours ?? [],
                Examples = [.. examples[k].Select(i => table.Customers[i])],
                Action = names[place].Naming.Action,
                Rule = RuleWords.Rule(rules, label, table.Features, request.Currency),
            };
        })];
    }

    /// <summary>The id of each cluster in a first run, by label: ordered as <see cref="Describe"/> has them.</summary>
    internal static string[] FirstIds(int[] labels, int clusters, double[]? spend, double[]? events)
    {
        var order = ClusterOrder.Of(labels, clusters);
        var canonical = order.Canonical(labels);
        var sizes = new int[order.Original.Length];
        foreach (var label in canonical) sizes[label]++;
        var ranked = Ranked(Revenue(Weights(spend, events), canonical, sizes.Length), sizes);
        var ids = new string[clusters];
        for (var place = 0; place < ranked.Length; place++) ids[order.Original[ranked[place]]] = $"S{place + 1}";
        // Clusters without a customer have no place in the order.
        for (int k = 0, next = ranked.Length + 1; k < clusters; k++) ids[k] ??= $"S{next++}";
        return ids;
    }

    static double[]? Weights(double[]? spend, double[]? events) => spend is not null && spend.Sum() > 0 ? spend : events;

    static int[] Ranked(double[] revenue, int[] sizes) =>
        [.. Enumerable.Range(0, sizes.Length).OrderByDescending(k => revenue[k] / sizes[k]).ThenByDescending(k => sizes[k]).ThenBy(k => k)];

    static double[] Revenue(double[]? weights, int[] labels, int clusters)
    {
        var revenue = new double[clusters];
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] >= 0) revenue[labels[i]] += weights?[i] ?? 1;
        return revenue;
    }

    static void Validate(ProfileRequest request)
    {
        var n = request.Table.Count;
        var problems = new List<string>();
        if (request.Labels.Length != n) problems.Add($"{request.Labels.Length} labels for {n} customers");
        if (request.Rows.Rows != n) problems.Add($"{request.Rows.Rows} rows for {n} customers");
        if (request.Rows.Columns != request.Columns.Length) problems.Add($"{request.Columns.Length} names for {request.Rows.Columns} columns");
        if (request.Spend is { } spend && spend.Length != n) problems.Add($"{spend.Length} amounts of spend for {n} customers");
        if (request.Events is { } events && events.Length != n) problems.Add($"{events.Length} counts of events for {n} customers");
        if (request.Labels.Any(l => l < -1 || l >= request.Clusters)) problems.Add($"a label outside -1 .. {request.Clusters - 1}");
        if (problems.Count > 0) throw new ArgumentException($"The parts of a profile request do not fit: {string.Join("; ", problems)}.", nameof(request));
    }
}

/// <summary>Clusters in the order of their first member, so that no result depends on how they were numbered.</summary>
sealed record ClusterOrder(int[] Original)
{
    public static ClusterOrder Of(int[] labels, int clusters)
    {
        var seen = new bool[clusters];
        var order = new List<int>();
        foreach (var label in labels)
        {
            if (label < 0 || seen[label]) continue;
            seen[label] = true;
            order.Add(label);
        }

        return new ClusterOrder([.. order]);
    }

    public int[] Canonical(int[] labels)
    {
        var place = new int[Original.Length == 0 ? 0 : Original.Max() + 1];
        for (var k = 0; k < Original.Length; k++) place[Original[k]] = k;
        return [.. labels.Select(l => l < 0 ? -1 : place[l])];
    }
}
