using System.Diagnostics;
using Coterie.Clustering.Metrics;
using Coterie.Clustering.Search;
using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>How a method and a number of clusters are searched for on any table of numbers.</summary>
public sealed record MethodSearchOptions
{
    /// <summary>Fixes the number of clusters; null searches.</summary>
    public int? Clusters { get; init; }
    public int MinClusters { get; init; } = 2;
    public int MaxClusters { get; init; } = 16;
    /// <summary>Seconds, more than 0; null is no limit. Candidates not begun by then are left out, which a note tells.</summary>
    public double? TimeBudget { get; init; }
    /// <summary>Rows that candidates are compared on.</summary>
    public int SampleRows { get; init; } = 4000;
    /// <summary>Whether to ask first if there are groups at all; where there are none the answer is one cluster. Not asked for a fixed number.</summary>
    public bool AskForStructure { get; init; } = true;
    public int NullReplicates { get; init; } = 40;
    public int Threads { get; init; } = Environment.ProcessorCount;
    public Seed Seed { get; init; } = new(1);
}

/// <summary>One partition of the leaderboard.</summary>
/// <param name="Method">kmeans, gmm, genie or ward.</param>
/// <param name="Setting">What else was set; empty for the defaults.</param>
/// <param name="Clusters">Number of clusters.</param>
/// <param name="Score">What candidates are ranked by: an estimate of the adjusted Rand index with the true groups, up to a constant of the table.</param>
/// <param name="Agreement">Mean over the other methods' settings of the largest adjusted Rand index with one of their partitions.</param>
/// <param name="Stability">Mean adjusted Rand index with the partitions of halves of the rows.</param>
/// <param name="Silhouette">In [-1, 1].</param>
public sealed record MethodCandidate(string Method, string Setting, int Clusters, double Score, double Agreement, double Stability, double Silhouette);

/// <summary>What the search over methods came to.</summary>
public sealed record MethodSearchResult
{
    /// <summary>Best first.</summary>
    public required IReadOnlyList<MethodCandidate> Candidates { get; init; }
    public required MethodCandidate? Chosen { get; init; }
    /// <summary>Null when it was not asked.</summary>
    public required StructureTest? Structure { get; init; }
    public required ClusterModel? Model { get; init; }
    /// <summary>n; all 0 where there are no groups.</summary>
    public required int[] Labels { get; init; }
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>Chooses a method and a number of clusters for a table of numbers, without labels: k-means (also of directions), Gaussian
/// mixtures, Ward and Genie into every number of clusters, with HDBSCAN as a witness, are ranked by how they lie in the data (valleys between, no gaps within), by stability on halves and by
/// agreement between methods. The weights were learned on generated sets; docs/decisions/0007 has what was tried.</summary>
public static class MethodSearch
{
    const int Splits = 2;
    const int SilhouetteRows = 1000;
    // The last stages of a run must fit into what the budget leaves.
    const double FitShare = 0.5, StabilityShare = 0.8;

    /// <summary>Searches rows (n x d, finite).</summary>
    /// <exception cref="ConfigurationException">Every problem of the options in one message.</exception>
    public static MethodSearchResult Run(Matrix rows, MethodSearchOptions options, IProgress<string>? progress = null, CancellationToken stop = default)
    {
        Validate(options);
        Check.Finite(rows);
        var started = Stopwatch.GetTimestamp();
        var limit = new FitLimit(options.TimeBudget, stop);
        bool Passed(double share) => stop.IsCancellationRequested || (options.TimeBudget is { } b && Stopwatch.GetElapsedTime(started).TotalSeconds > share * b);
        var notes = new List<string>();
        if (rows.Rows == 0) return One(rows, null, notes, "There are no rows to cluster.");
        var sampled = Sample(rows, options, notes);
        var sample = rows.Take(sampled);
        var distinct = RowOrder.Distinct(rows, sampled);
        int low = options.Clusters ?? options.MinClusters, high = Math.Min(options.Clusters ?? options.MaxClusters, distinct);
        if (low == 1 || distinct < 2) return One(rows, null, notes, low == 1 ? "One cluster was asked for." : "All rows are equal: one cluster.");
        if (options.Clusters > distinct)
        {
            notes.Add($"{options.Clusters} clusters were asked for; the rows compared have only {distinct} distinct values.");
            low = high = distinct;
        }

        if (high < low) return One(rows, null, notes, $"{distinct} distinct rows are too few for {low} clusters.");
        StructureTest? test = null;
        if (options.AskForStructure && options.Clusters is null)
        {
            progress?.Report("asking whether there are groups at all");
            test = StructureTester.Test(sample, options.NullReplicates, options.Seed.Child(900), options.Threads, 1, limit);
            if (!test.Structure) return One(rows, test, notes, "No structure: one cluster.");
        }

        progress?.Report("measuring neighbourhoods");
        var land = new Landscape(sample, options.Threads);
        progress?.Report($"fitting every method into {low} to {high} clusters");
        var all = PartitionMakers.All(sample, land.Plain, land.Reach, low, high, options.Threads, options.Seed.Child(1), () => Passed(FitShare), limit);
        var splits = 0;
        for (; splits < Splits && !Passed(StabilityShare); splits++)
        {
            progress?.Report($"refitting on halves: {splits + 1} of {Splits}");
            Stabilise(sample, all, low, high, splits, options, Passed, limit);
        }

        progress?.Report($"comparing {all.Count} partitions");
        Chunks.Each(all.Count, options.Threads, i =>
        {
            all[i].Signs = PartitionSigns.Of(land, all[i].Labels, all[i].Clusters);
            all[i].Silhouette = Silhouette.Stratified(sample, all[i].Labels, SilhouetteRows, options.Seed, 1);
        });
        PartitionChoice.Score(all, PartitionMakers.Witnesses(land.Reach, options.MaxClusters), options.Threads);
        if (Passed(StabilityShare))
            notes.Add(stop.IsCancellationRequested ? "The search was stopped: the best so far was used." : $"The time budget of {options.TimeBudget:0.#} s ended the search early: the best so far was used.");
        var ranked = all.Select((p, i) => (p, i)).OrderByDescending(x => x.p.Score).ThenBy(x => x.i).Select(x => x.p).ToList();
        var (model, labels) = Fitted(rows, sample, sampled, ranked[0], options, limit);
        if (limit.Met > 0) notes.Add($"{limit.Met} fits were {limit.Reason} before they settled: what they had reached was used.");
        var board = ranked.Select(p => new MethodCandidate(p.Maker.Method, p.Maker.Setting, p.Clusters, p.Score, p.Agreement, p.Stability, p.Silhouette)).ToList();
        return new() { Candidates = board, Chosen = board[0], Structure = test, Model = model, Labels = labels, Notes = notes };
    }

    static MethodSearchResult One(Matrix rows, StructureTest? test, List<string> notes, string why)
    {
        notes.Add(why);
        return new() { Candidates = [], Chosen = null, Structure = test, Model = null, Labels = new int[rows.Rows], Notes = notes };
    }

    static void Validate(MethodSearchOptions o)
    {
        var problems = new List<string>();
        if (o.Clusters is < 1) problems.Add($"search: k is {o.Clusters}; expected 1 or more.");
        if (o.MinClusters < 2) problems.Add($"search: min-clusters is {o.MinClusters}; expected 2 or more.");
        if (o.MaxClusters < o.MinClusters) problems.Add($"search: max-clusters is {o.MaxClusters}; expected at least min-clusters, {o.MinClusters}.");
        if (o.TimeBudget is { } budget && !(budget > 0 && double.IsFinite(budget))) problems.Add($"search: time-budget is {budget} s; expected more than 0.");
        if (o.SampleRows < 100) problems.Add($"search: sample-rows is {o.SampleRows}; expected 100 or more.");
        if (o.NullReplicates < 20) problems.Add($"search: null-replicates is {o.NullReplicates}; expected 20 or more.");
        if (o.Threads < 1) problems.Add($"search: threads is {o.Threads}; expected 1 or more.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }

    // Rows of the sample in canonical order, so that the order in which rows came never matters.
    static int[] Sample(Matrix rows, MethodSearchOptions options, List<string> notes)
    {
        var order = RowOrder.Canonical(rows);
        if (order.Length <= options.SampleRows) return order;
        notes.Add($"Candidates were compared on a sample of {options.SampleRows} of {order.Length} rows; the chosen one places all.");
        var place = new int[order.Length];
        for (var i = 0; i < place.Length; i++) place[i] = i;
        options.Seed.Stream(1).Shuffle(place.AsSpan());
        var kept = place[..options.SampleRows];
        Array.Sort(kept);
        return Array.ConvertAll(kept, p => order[p]);
    }

    // Adds to each partition its agreement with the same method's on both halves of a split.
    static void Stabilise(Matrix sample, List<Partition> all, int low, int high, int split, MethodSearchOptions options, Func<double, bool> passed, FitLimit limit)
    {
        var index = new int[sample.Rows];
        for (var i = 0; i < index.Length; i++) index[i] = i;
        options.Seed.Child(2).Stream((ulong)split).Shuffle(index.AsSpan());
        foreach (var half in new[] { index[..(index.Length / 2)], index[(index.Length / 2)..] })
        {
            Array.Sort(half);
            if (half.Length < 2) continue;
            var rows = sample.Take(half);
            var fitted = PartitionMakers.All(rows, SpanningTree.Of(rows, 0, false, options.Threads), SpanningTree.Of(rows, Landscape.CoreNeighbour, false, options.Threads),
                low, Math.Min(high, half.Length), options.Threads, options.Seed.Child(1), () => passed(StabilityShare), limit).ToDictionary(p => (p.Maker, p.Clusters), p => p.Labels);
            foreach (var partition in all)
                if (fitted.TryGetValue((partition.Maker, partition.Clusters), out var labels))
                    partition.Stability += Agreement.AdjustedRand(labels, Array.ConvertAll(half, r => partition.Labels[r])) / (2 * Splits);
        }
    }

    readonly record struct Fit(ClusterModel Model, int[] Labels);

    // A mixture or k-means found on a sample is polished on all rows; Genie's other rows go with the nearest row of the sample.
    static Fit Fitted(Matrix rows, Matrix sample, int[] sampled, Partition chosen, MethodSearchOptions options, FitLimit limit)
    {
        ClusterModel model = chosen.Model switch
        {
            null => new GenieModel { Rows = sample.Values, Columns = sample.Columns, Distance = Distance.Euclidean, Count = chosen.Clusters, Labels = chosen.Labels },
            KMeansModel k when sample.Rows < rows.Rows =>
                KMeans.Fit(rows, PartitionMakers.KMeansOf(k.Clusters) with { Distance = k.Distance, Seeded = false, WarmStart = k.Centres, Threads = options.Threads }, options.Seed, limit),
            GaussianMixtureModel g when sample.Rows < rows.Rows =>
                GaussianMixture.Fit(rows, PartitionMakers.MixtureOf(g.Clusters, rows.Columns) with { Seeded = false, WarmStart = g, Threads = options.Threads }, options.Seed, limit),
            var kept => kept,
        };
        if (sample.Rows < rows.Rows) return new(model, model.Assign(rows, options.Threads).Labels);
        var labels = new int[rows.Rows];
        for (var i = 0; i < sampled.Length; i++) labels[sampled[i]] = chosen.Labels[i];
        return new(model, labels);
    }
}
