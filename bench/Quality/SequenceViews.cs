using System.Diagnostics;
using Coterie.Clustering;
using Coterie.Collect;
using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Fusion;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Simulation;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Quality;

/// <summary>The sequence view without a neural network on the simulated shop, and the features joined to it, against the true personas: k-means of the
/// statistics and the mixture, told the number; the mixture whose number is found, and the joint mixture, told nothing.</summary>
internal static class SequenceViews
{
    internal static int Run(string[] args)
    {
        var customers = int.Parse(Arguments.Text(args, "--customers", "20000"));
        var first = int.Parse(Arguments.Text(args, "--first", "101"));
        var seeds = int.Parse(Arguments.Text(args, "--seeds", "3"));
        using var scratch = new Scratch();
        var runs = new List<object>();
        for (var seed = first; seed < first + seeds; seed++)
        {
            var shop = scratch.Folder($"shop{seed}");
            Simulator.Write(new SimulationOptions { Customers = customers, Seed = (ulong)seed }, shop);
            runs.Add(One(seed, shop));
            Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(runs[^1]));
            Directory.Delete(shop, recursive: true);
        }

        // Seeds from 101 on were used to develop; others are the test.
        Arguments.Save(first == 101 ? "sequences.json" : "sequences-test.json", new { task = "sequences", customers, runs });
        return 0;
    }

    static object One(int seed, string shop)
    {
        using var workspace = Workspace.Temporary(new DuckDbOptions());
        var quality = Ingestion.Load(workspace, new CollectOptions { Files = [Path.Combine(shop, "events.csv")], TemporaryDirectory = workspace.TemporaryDirectory },
            null, new Stages(null, default));
        var request = new SequenceRequest
        {
            AsOf = quality.LastEvent!.Value, Present = quality.Present, HasTimeOfDay = quality.HasTimeOfDay, Segments = 8,
        };
        var schema = SequenceLearning.Learn(workspace.Warehouse, request, new());
        var chunks = SequenceReader.Read(workspace.Warehouse, request, schema).ToList();

        var statistics = SequenceStatistics.Fit(chunks, new(), new Seed(1));
        var rows = Stacked([.. chunks.Select(statistics.Apply)]);
        var ids = chunks.SelectMany(c => c.Joined().Customers).ToArray();
        var truth = File.ReadLines(Path.Combine(shop, "truth.csv")).Skip(1).Select(l => l.Split(',')).ToDictionary(f => f[0], f => f[1], StringComparer.Ordinal);
        object Score(int[] labels, Func<int, bool>? which = null)
        {
            var known = Enumerable.Range(0, ids.Length).Where(i => truth.ContainsKey(ids[i]) && which?.Invoke(i) != false).ToArray();
            var metrics = LabelMetrics.Compare([.. known.Select(i => truth[ids[i]])], [.. known.Select(i => $"{labels[i]}")]);
            return new { ari = Math.Round(metrics.Ari, 3), macro_f1 = Math.Round(metrics.MacroF1, 3), recall = metrics.PerClass.ToDictionary(c => c.Class, c => Math.Round(c.Recall, 3)) };
        }

        var found = new Dictionary<string, object>
        {
            ["statistics, k-means 8"] = Score(KMeans.Fit(rows, new() { Clusters = 8 }, new Seed(1)).Assign(rows, 2).Labels),
        };
        var told = MarkovMixture.Fit(chunks, request.AsOf, new() { Components = 8 }, new Seed(1));
        found["mixture, told 8"] = Score([.. chunks.SelectMany(c => told.Place(c, request.AsOf).Assignment.Labels)]);
        var clock = Stopwatch.StartNew();
        var search = SequenceViewSearch.Run(chunks, request.AsOf, new(), new Seed(1));
        var seconds = clock.Elapsed.TotalSeconds;
        var opinions = Stacked([.. chunks.Select(c => search.Model.Place(c, request.AsOf).Probabilities)]);

        // The features view: the same customers, prepared as `segment` does.
        var table = Portraits.Current(workspace.Warehouse, quality, request.AsOf);
        var at = table.Customers.Select((id, i) => (id, i)).ToDictionary(c => c.id, c => c.i, StringComparer.Ordinal);
        var features = Preparation.Fit(table, new()).Apply(table).Rows.Take([.. ids.Select(id => at[id])]);
        found["features, k-means 8"] = Score(KMeans.Fit(features, new() { Clusters = 8 }, new Seed(1)).Assign(features, 2).Labels);
        clock.Restart();
        var joint = JointMixture.Fit(opinions, search.Model.LogWeights, features, new(), new Seed(1));
        var fused = joint.Place(opinions, features);
        var sequence = fused.Opinions[0];
        found[$"mixture, {search.Components} found"] = Score(sequence);
        found["joint with features"] = Score(fused.Segments);
        var lengths = chunks.Select(c => c.Joined()).SelectMany(c => Enumerable.Range(0, c.Count).Select(i => c.Offsets[i + 1] - c.Offsets[i])).ToArray();
        found["joint with features, 20 events or more"] = Score(fused.Segments, i => lengths[i] >= 20);
        found["joint with features, the surer half"] = Score(fused.Segments, Surer(fused.Probability));
        return new
        {
            seed,
            customers = ids.Length,
            events = chunks.Sum(c => c.Events),
            found,
            search = search.Candidates.Select(c => new { c.Components, min_jaccard = Math.Round(c.MinJaccard, 3), c.Verdict }),
            search_seconds = Math.Round(seconds, 1),
            joint = new { joint.Used, joint.Penalty, joint.Sentence, seconds = Math.Round(clock.Elapsed.TotalSeconds, 1), disputed = Math.Round(fused.Disputed.Average(d => d ? 1.0 : 0), 3) },
        };
    }

    static Func<int, bool> Surer(float[] probability)
    {
        var middle = probability.Order().ElementAt(probability.Length / 2);
        return i => probability[i] >= middle;
    }

    static Matrix Stacked(IReadOnlyList<Matrix> parts) => new([.. parts.SelectMany(p => p.Values)], parts.Sum(p => p.Rows), parts[0].Columns);
}
