using System.Diagnostics;
using Coterie.Clustering.Metrics;
using Coterie.Clustering.Search;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Tries methods, distances, views and numbers of clusters, and chooses by stability under resampling first, then
/// separation, size and parsimony. It may answer that there are no groups. The rule is in <see cref="Choice"/>.</summary>
public static class ClusterSearch
{
    // A race: after so many replicates the hopeless candidates stop, and from the third mark on only the finest of each method go on.
    static readonly int[] Marks = [2, 4, 8];
    const int FinestThatGoOn = 3;
    const int LeastBootstraps = 4;
    // Leaving out a fifth of the customers saves little and adds the noise of the sample to the choice.
    const double WorthSampling = 1.25;
    const int RefitStarts = 2;

    /// <summary>Searches over views of the same customers (each n x d, finite). With a time budget or a stop, candidates that were not
    /// reached are listed as such and the best of the others is used.</summary>
    public static ClusterSearchResult Run(IReadOnlyList<ClusterView> views, ClusterSearchOptions options,
        IProgress<string>? progress = null, CancellationToken stop = default)
    {
        Validate(views, options);
        var clock = new Clock(options.TimeBudget, stop);
        var notes = new List<string>();
        if (views[0].Rows.Rows == 0) return Nothing(notes, "There are no customers to cluster.");
        var sample = Sample(views, options, notes);

        if (options.Established is null) progress?.Report("asking whether there are groups at all");
        var tests = sample.Select(v => options.Established ?? StructureTester.Test(v.Rows, options.NullReplicates, options.Seed.Child(900 + (ulong)v.Index), options.Threads, views.Count, clock.Limit)).ToArray();
        var contenders = Contenders(sample, options);
        if (contenders.Count == 0)
            return Nothing(notes, $"{views[0].Rows.Rows} customers are too few for {options.Clusters ?? options.MinClusters} clusters.");
        var reached = FirstRound(contenders, options, clock, progress);
        SecondRound(reached, options, clock, progress);
        MethodAgreement.Between(reached, options.Threads);
        if (reached.Count < contenders.Count)
            notes.Add($"{contenders.Count - reached.Count} of {contenders.Count} candidates were not reached within {clock.Reason}.");

        var structured = reached.Where(c => options.Clusters is not null || tests[c.View.Index].Structure).ToList();
        var bars = new Bars(options.Clusters is null ? options.MinShare : 0, options.MaxChurn);
        var chosen = Confirmed(structured, bars, options, clock, progress, notes);
        var test = tests[chosen?.View.Index ?? Array.IndexOf(tests, tests.MinBy(t => t.PValue))];
        if (options.Clusters is not null && !test.Structure)
            notes.Add($"The number of clusters was fixed at {options.Clusters}, although these data show no groups beyond a continuum.");
        var (model, assignment) = chosen is null ? default(Fitted) : Refit(chosen, views[chosen.View.Index].Rows, sample[0].Rows.Rows, options, clock, notes);
        if (clock.Limit.Met > 0) notes.Add($"{clock.Limit.Met} fits were {clock.Limit.Reason} before they settled: what they had reached was used.");
        return new()
        {
            Candidates = [.. contenders.Select(c => reached.Contains(c)
                ? c.Candidate with { Verdict = Verdict(c, chosen, reached, tests, bars) }
                : c.Candidate with { Verdict = "not reached" })],
            Chosen = chosen is null ? null : chosen.Candidate with { Verdict = "chosen", Jaccard = Renumbered(chosen, model!) },
            Structure = test,
            Model = model,
            Assignment = assignment,
            Notes = notes,
        };
    }

    readonly record struct Fitted(ClusterModel? Model, Assignment? Assignment);

    static string Verdict(Contender c, Contender? chosen, List<Contender> reached, StructureTest[] tests, Bars bars) =>
        chosen is not null && c.View != chosen.View && !tests[c.View.Index].Structure
            ? "not chosen: this view has no structure beyond a continuum"
            : Choice.Verdict(c, chosen, reached, bars);

    static ClusterSearchResult Nothing(List<string> notes, string why)
    {
        notes.Add(why);
        return new() { Candidates = [], Chosen = null, Structure = new(false, 0, 0, 0, 1, why), Model = null, Assignment = null, Notes = notes };
    }

    static void Validate(IReadOnlyList<ClusterView> views, ClusterSearchOptions options)
    {
        var problems = new List<string>();
        if (views.Count == 0) problems.Add("search: no view was given; expected at least one matrix of customers.");
        foreach (var view in views)
            if (view.Rows.Rows != views[0].Rows.Rows)
                problems.Add($"search: view {view.Name} has {view.Rows.Rows} rows, {views[0].Name} has {views[0].Rows.Rows}; expected the same customers.");
        if (options.Clusters is < 1) problems.Add($"search: k is {options.Clusters}; expected 1 or more.");
        if (options.MinClusters < 2) problems.Add($"search: min-clusters is {options.MinClusters}; expected 2 or more.");
        if (options.MaxClusters < options.MinClusters) problems.Add($"search: max-clusters is {options.MaxClusters}; expected at least min-clusters, {options.MinClusters}.");
        if (options.Method is not ("auto" or "kmeans" or "gmm" or "genie")) problems.Add($"search: method is {options.Method}; expected auto, kmeans, gmm or genie.");
        if (options.TimeBudget is <= 0) problems.Add($"search: time-budget is {options.TimeBudget} s; expected more than 0.");
        if (options.SampleRows < 100) problems.Add($"search: sample-rows is {options.SampleRows}; expected 100 or more.");
        if (options.Bootstraps < LeastBootstraps) problems.Add($"search: bootstraps is {options.Bootstraps}; expected {LeastBootstraps} or more.");
        if (options.NullReplicates < 20) problems.Add($"search: null-replicates is {options.NullReplicates}; expected 20 or more.");
        if (options.MinShare is not (>= 0 and < 0.5)) problems.Add($"search: min-share is {options.MinShare}; expected 0 to 0.5.");
        if (options.MaxChurn is not (> 0 and < 0.5)) problems.Add($"search: max-churn is {options.MaxChurn}; expected above 0, up to 0.5.");
        if (options.Threads < 1) problems.Add($"search: threads is {options.Threads}; expected 1 or more.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
        foreach (var view in views) Check.Finite(view.Rows);
    }

    static SearchView[] Sample(IReadOnlyList<ClusterView> views, ClusterSearchOptions options, List<string> notes)
    {
        var order = RowOrder.Canonical(views[0].Rows);
        if (order.Length > WorthSampling * options.SampleRows)
        {
            notes.Add($"Candidates were compared on a sample of {options.SampleRows} of {order.Length} customers; the chosen one was fitted on all.");
            options.Seed.Stream(1).Shuffle(order.AsSpan());
            order = order[..options.SampleRows];
        }

        return [.. views.Select((view, index) =>
        {
            var rows = view.Rows.Take(order);
            rows = rows.Take(RowOrder.Canonical(rows));
            return new SearchView(view.Name, index, rows);
        })];
    }

    // In order of simplicity, so that a short budget reaches the plainest first; a method fixes its place for every number of clusters.
    static List<Contender> Contenders(SearchView[] views, ClusterSearchOptions options)
    {
        int low = options.Clusters ?? options.MinClusters, high = options.Clusters ?? options.MaxClusters;
        var all = new List<Contender>();
        foreach (var (method, distance) in new[] { ("kmeans", Distance.Euclidean), ("kmeans", Distance.Cosine), ("gmm", Distance.Euclidean), ("genie", Distance.Euclidean) })
        {
            if (options.Method != "auto" && options.Method != method) continue;
            foreach (var view in views)
            {
                // On one or two columns directions are one or two numbers at most: nothing that the plain distance would not see.
                if (distance == Distance.Cosine && view.Rows.Columns < 3) continue;
                for (var k = low; k <= Math.Min(high, view.Rows.Rows); k++) all.Add(new(view, method, distance, k));
            }
        }

        return all;
    }

    static List<Contender> FirstRound(List<Contender> contenders, ClusterSearchOptions options, Clock clock, IProgress<string>? progress)
    {
        var reached = new bool[contenders.Count];
        Chunks.Each(contenders.Count, options.Threads, i =>
        {
            // The first is always fitted, so that there is an answer.
            if (i > 0 && clock.Passed(0.7)) return;
            var contender = contenders[i];
            progress?.Report($"trying {Choice.Name(contender.Candidate)}");
            contender.Fit(options.Seed.Child(1), clock.Limit);
            Resample([contender], 0, Marks[0], options with { Threads = 1 }, clock);
            reached[i] = true;
        });
        return [.. contenders.Where((_, i) => reached[i])];
    }

    static void SecondRound(List<Contender> reached, ClusterSearchOptions options, Clock clock, IProgress<string>? progress)
    {
        var bars = new Bars(options.Clusters is null ? options.MinShare : 0, options.MaxChurn);
        var racing = reached;
        // In steps, so that an ending budget leaves the candidates that are still in the race with the same number of replicates.
        for (var done = Marks[0]; done < options.Bootstraps && !clock.Passed(1);)
        {
            racing = [.. racing.Where(c => options.Clusters is not null || Choice.Hopeful(c.Candidate, bars))];
            if (done >= Marks[^1])
                racing = [.. racing.GroupBy(c => (c.View.Index, c.Method, c.Distance)).SelectMany(f => f.OrderByDescending(c => c.Clusters).Take(FinestThatGoOn))];
            var next = Math.Min(options.Bootstraps, Array.Find(Marks, m => m > done) is var mark and > 0 ? mark : done + Marks[^1] / 2);
            progress?.Report($"resampling {racing.Count} of {reached.Count} candidates: {next} of {options.Bootstraps} replicates");
            Resample(racing, done, next, options, clock);
            done = next;
        }
    }

    // The best of many candidates is best partly by luck: it must hold on as many replicates again, or the next best takes its place.
    // Finer ones that missed narrowly get the same second look.
    static Contender? Confirmed(List<Contender> contenders, Bars bars, ClusterSearchOptions options, Clock clock, IProgress<string>? progress, List<string> notes)
    {
        while (true)
        {
            var said = new List<string>();
            var chosen = Choice.Of(contenders, bars, said);
            var again = chosen is null || options.Clusters is not null || clock.Passed(1) ? [] : contenders
                .Where(c => c.Candidate.Replicates < 2 * options.Bootstraps && (c == chosen
                    || (c.View == chosen.View && c.Method == chosen.Method && c.Distance == chosen.Distance
                        && c.Clusters > chosen.Clusters && Choice.NarrowlyMisses(c.Candidate, bars)))).ToList();
            if (again.Count == 0)
            {
                notes.AddRange(said);
                return chosen;
            }

            progress?.Report($"confirming {Choice.Name(chosen!.Candidate)}");
            foreach (var contender in again) Resample([contender], contender.Candidate.Replicates, 2 * options.Bootstraps, options, clock);
        }
    }

    static void Resample(List<Contender> contenders, int from, int to, ClusterSearchOptions options, Clock clock)
    {
        var count = to - from;
        var labels = new int[contenders.Count * count][];
        var seconds = new double[labels.Length];
        Chunks.Each(labels.Length, options.Threads, t =>
        {
            var started = Stopwatch.GetTimestamp();
            labels[t] = contenders[t / count].Replicate(from + t % count, options.Seed.Child(2), clock.Limit);
            seconds[t] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
        for (var c = 0; c < contenders.Count; c++)
            contenders[c].Judge(labels[(c * count)..((c + 1) * count)], seconds[(c * count)..((c + 1) * count)].Sum());
    }

    static Fitted Refit(Contender chosen, Matrix rows, int sampled, ClusterSearchOptions options, Clock clock, List<string> notes)
    {
        var seed = options.Seed.Child(3);
        // With fewer distinct customers than clusters the sample's model has fewer, and cannot warm an ask for more.
        var found = chosen.Model!.Clusters;
        // Fitted on a sample, the model that was judged is polished on all; other starts on all could only end in another one.
        var seeded = rows.Rows == sampled;
        ClusterModel model = chosen.Options(RefitStarts, options.Threads) switch
        {
            KMeansOptions o => KMeans.Fit(rows, o with { Clusters = found, Seeded = seeded, WarmStart = ((KMeansModel)chosen.Model).Centres }, seed, clock.Limit),
            GaussianMixtureOptions o => GaussianMixture.Fit(rows, o with { Clusters = found, Seeded = seeded, WarmStart = (GaussianMixtureModel)chosen.Model }, seed, clock.Limit),
            // The partition that was judged is kept; rows that are not in it go with the nearest that are.
            GenieOptions => chosen.Model,
            var other => throw new InvalidOperationException($"the search does not know {other.GetType().Name}."),
        };
        if (found < chosen.Clusters) notes.Add($"{chosen.Clusters} clusters were asked for; the customers have only {found} distinct descriptions.");
        model = Ordering.BySize(model, model.Assign(rows, options.Threads).Labels);
        return new(model, model.Assign(rows, options.Threads));
    }

    // The stability of each cluster of the refitted model: that of the judged cluster which it overlaps most, for the refit has numbers of its own.
    static double[] Renumbered(Contender chosen, ClusterModel model)
    {
        var counts = Agreement.Contingency(model.Assign(chosen.View.Rows, 1).Labels, chosen.Labels);
        var (final, judged) = (new double[counts.GetLength(0)], new double[counts.GetLength(1)]);
        for (var f = 0; f < final.Length; f++)
        {
            for (var j = 0; j < judged.Length; j++)
            {
                final[f] += counts[f, j];
                judged[j] += counts[f, j];
            }
        }

        return [.. Enumerable.Range(0, model.Clusters).Select(f => f >= final.Length || final[f] == 0 ? double.NaN
            : chosen.Candidate.Jaccard[Enumerable.Range(0, judged.Length).MaxBy(j => counts[f, j] / (final[f] + judged[j] - counts[f, j]))])];
    }

    sealed class Clock(double? budget, CancellationToken stop)
    {
        readonly long started = Stopwatch.GetTimestamp();

        /// <summary>What single fits look at between their iterations.</summary>
        public FitLimit Limit { get; } = new(budget, stop);

        public bool Passed(double share) => stop.IsCancellationRequested || (budget is { } b && Stopwatch.GetElapsedTime(started).TotalSeconds > share * b);

        public string Reason => stop.IsCancellationRequested ? "the time before the search was stopped" : $"the time budget of {budget:0.#} s";
    }
}
