using Coterie.Clustering;
using Coterie.Collect;
using Coterie.Evaluation;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Simulation;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Quality;

/// <summary>The sequence view without a neural network on the simulated shop: k-means of the statistics, and the mixture of Markov chains, each told the
/// number of clusters, against the true personas.</summary>
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
            Console.WriteLine(runs[^1]);
            Directory.Delete(shop, recursive: true);
        }

        Arguments.Save("sequences.json", new { task = "sequences", customers, runs });
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
        object Score(int[] labels)
        {
            var known = Enumerable.Range(0, ids.Length).Where(i => truth.ContainsKey(ids[i])).ToArray();
            var metrics = LabelMetrics.Compare([.. known.Select(i => truth[ids[i]])], [.. known.Select(i => $"{labels[i]}")]);
            return new { ari = Math.Round(metrics.Ari, 3), macro_f1 = Math.Round(metrics.MacroF1, 3) };
        }

        var found = new Dictionary<string, object>();
        foreach (var k in new[] { 8, 9, 10 })
        {
            found[$"statistics, k-means {k}"] = Score(KMeans.Fit(rows, new() { Clusters = k }, new Seed(1)).Assign(rows, 2).Labels);
            var mixture = MarkovMixture.Fit(chunks, request.AsOf, new() { Components = k }, new Seed(1));
            found[$"mixture {k}"] = Score([.. chunks.SelectMany(c => mixture.Place(c, request.AsOf).Assignment.Labels)]);
        }

        return new { seed, customers = ids.Length, events = chunks.Sum(c => c.Events), found };
    }

    static Matrix Stacked(IReadOnlyList<Matrix> parts) => new([.. parts.SelectMany(p => p.Values)], parts.Sum(p => p.Rows), parts[0].Columns);
}
