using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coterie.Decisions;
using Coterie.Evaluation;
using Coterie.Learning;
using Coterie.Learning.Training;
using Coterie.Numerics;

namespace Coterie.Quality;

/// <summary>Sequential recommendation as a check of the encoder: the last product of every customer is guessed from all before it, against the whole
/// catalogue without the products that the customer had. Every model learns from histories without their last two products; settings are chosen on the
/// second last one. Counting models and the Transformer in one run, beside published numbers.</summary>
internal static class Recommend
{
    const int AtOnce = 512;

    internal static int Run(string[] args)
    {
        var data = Arguments.Text(args, "--data", Path.GetFullPath(Path.Combine(Arguments.Root(), "..", "shared", "data")));
        var threads = int.Parse(Arguments.Text(args, "--threads", "2"));
        var sets = Arguments.Text(args, "--sets", "beauty,ml-1m").Split(',');
        var keep = Arguments.Text(args, "--keep", "");
        foreach (var set in sets)
        {
            var histories = set == "beauty" ? RecommendData.Beauty(data) : RecommendData.MovieLens(data);
            var result = One(set, histories, args, threads, keep.Length > 0 ? Path.Combine(keep, set) : null);
            if (result is not null) Save(set, result);
        }

        return 0;
    }

    /// <summary>Each set's result replaces its former one; the other set's stays.</summary>
    static void Save(string set, object result)
    {
        var path = Path.Combine(Arguments.Root(), "bench", "results", "recommend.json");
        var results = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!["sets"]!.AsObject() : [];
        results[set] = JsonSerializer.SerializeToNode(result);
        Arguments.Save("recommend.json", new { task = "recommend", protocol = Protocol, sets = results.OrderBy(r => r.Key).ToDictionary(r => r.Key, r => r.Value!.DeepClone()) });
    }

    const string Protocol = "leave one out: the last product of every customer is the target, the second last chooses settings, every model learns from what lies before both; "
        + "the whole catalogue is ranked, without the products of the history; equal scores stand in every order";

    sealed record Judged(string Name, string Settings, RankingMetrics Chosen, RankingMetrics Test, TargetPlace[] Places, double Seconds);

    static object? One(string set, ItemHistories all, string[] args, int threads, string? folder)
    {
        Console.WriteLine($"{set}: {all.Count} customers, {all.Products.Count} products, {all.Events} events");
        var past = all.WithoutLast(2);
        var judged = new List<Judged>();
        void Add(Judged model)
        {
            judged.Add(model);
            Console.WriteLine($"{model.Name,-14} {Text(model.Chosen)} | {Text(model.Test)}  {model.Settings}  {model.Seconds:0} s");
        }

        if (!args.Contains("--transformer-only"))
            foreach (var model in Counting(past, all, threads)) Add(model);
        if (args.Contains("--counting-only")) return null;
        var options = Options(set, args, threads);
        using var trained = Trained(past, options, folder);
        Add(Judge("transformer", JsonSerializer.Serialize(options with { Training = options.Training with { Threads = 0 } }), trained.Model, all, trained.Seconds));
        if (judged.Count == 1) return null;
        var transformer = judged[^1];
        var best = judged.Take(judged.Count - 1).MaxBy(j => j.Chosen.Ndcg10)!;
        return new
        {
            date = DateTime.UtcNow.ToString("yyyy-MM-dd"),
            customers = all.Count, products = all.Products.Count, events = all.Events,
            models = judged.Select(j => new { model = j.Name, settings = j.Settings, test = Numbers(j.Test), chosen_on = Numbers(j.Chosen), seconds = Math.Round(j.Seconds) }),
            best_counting = best.Name,
            transformer_less_best_counting = new
            {
                hr10 = Difference(transformer, best, p => p.Hit(10)),
                ndcg10 = Difference(transformer, best, p => p.Gain(10)),
            },
            published = RecommendData.Published[set],
        };
    }

    sealed record TrainedModel(NextItemModel Model, double Seconds) : IDisposable
    {
        public void Dispose() => Model.Dispose();
    }

    /// <summary>A training that was stopped goes on; one that was finished with the same options is read back.</summary>
    static TrainedModel Trained(ItemHistories past, NextItemOptions options, string? folder)
    {
        var record = folder is null ? "" : Path.Combine(folder, "training.json");
        if (folder is not null && File.Exists(record) && File.Exists(Path.Combine(folder, "model.json")))
        {
            var known = NextItemModel.Load(folder);
            if (known.Options with { Training = known.Options.Training with { TimeBudget = null, Threads = 0 } } == options with { Training = options.Training with { TimeBudget = null, Threads = 0 } }) return new(known, JsonNode.Parse(File.ReadAllText(record))!["result"]!["seconds"]!.GetValue<double>());
            known.Dispose();
        }

        var fitted = NextItem.Fit(past, options, new Seed(1), folder, new Watch());
        if (folder is not null) fitted.Model.Save(folder);
        return new(fitted.Model, fitted.Training.Seconds);
    }

    static object Numbers(RankingMetrics m) => new
    {
        hr1 = Math.Round(m.HitRate1, 4), hr5 = Math.Round(m.HitRate5, 4), hr10 = Math.Round(m.HitRate10, 4), ndcg5 = Math.Round(m.Ndcg5, 4), ndcg10 = Math.Round(m.Ndcg10, 4),
    };

    /// <summary>Mean of the customers' differences and its 95 % interval.</summary>
    static object Difference(Judged a, Judged b, Func<TargetPlace, double> of)
    {
        var differences = a.Places.Zip(b.Places, (x, y) => of(x) - of(y)).ToArray();
        var mean = differences.Average();
        var error = 1.96 * Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1.0) / differences.Length);
        return new { mean = Math.Round(mean, 4), low = Math.Round(mean - error, 4), high = Math.Round(mean + error, 4) };
    }

    static string Text(RankingMetrics m) => $"HR@1 {m.HitRate1:.0000} HR@5 {m.HitRate5:.0000} HR@10 {m.HitRate10:.0000} NDCG@5 {m.Ndcg5:.0000} NDCG@10 {m.Ndcg10:.0000}";

    static NextItemOptions Options(string set, string[] args, int threads)
    {
        double Number(string name, double otherwise) => double.Parse(Arguments.Text(args, name, $"{otherwise}"));
        var beauty = set == "beauty";
        return new()
        {
            Dim = (int)Number("--dim", beauty ? 128 : 64),
            Length = (int)Number("--length", beauty ? 50 : 100),
            Heads = 2,
            Blocks = (int)Number("--blocks", beauty ? 1 : 2),
            FeedForward = 128,
            Dropout = Number("--dropout", beauty ? 0.4 : 0.1),
            Sampled = (int)Number("--sampled", beauty ? 2048 : 512),
            Ahead = (int)Number("--ahead", beauty ? 3 : 1),
            Hidden = Number("--hidden", beauty ? 0.1 : 0),
            Counted = Number("--counted", 1) == 1,
            Training = new()
            {
                Epochs = (int)Number("--epochs", 5), Batch = (int)Number("--batch", beauty ? 128 : 32), LearningRate = Number("--rate", beauty ? 1e-3 : 2e-3),
                ValidationShare = 0.05, TestShare = 0, Threads = threads, Patience = 0, WeightDecay = 0,
                TimeBudget = Arguments.Text(args, "--budget", "") is { Length: > 0 } seconds ? TimeSpan.FromSeconds(double.Parse(seconds)) : null,
            },
        };
    }

    /// <summary>Each counting model with the settings that guess the second last products best.</summary>
    static IEnumerable<Judged> Counting(ItemHistories past, ItemHistories all, int threads)
    {
        static (string, Func<ItemRecommender>) Try(string settings, Func<ItemRecommender> fit) => (settings, fit);
        yield return Best([Try("", () => PopularItems.Fit(past))], "popularity", all);
        yield return Best([.. from shares in new[] { 0, 0.5, 1 } let o = new ItemTransitionsOptions { Window = 1, Votes = 1, Shares = shares, Threads = threads }
            select Try($"shares {shares}", () => ItemTransitions.Fit(past, o))], "markov", all);
        yield return Best([.. from window in new[] { 10, 20 } from decay in new[] { 0.5, 0.7 } from shares in new[] { 0.25, 0.75 }
            let o = new ItemTransitionsOptions { Window = window, Decay = decay, Shares = shares, Votes = 20, Threads = threads }
            select Try($"window {window} decay {decay} shares {shares}", () => ItemTransitions.Fit(past, o))], "rules", all);
        yield return Best([.. from decay in new[] { 0.5, 0.8 } from shrink in new[] { 0, 50 } let o = new ItemNeighboursOptions { Decay = decay, Shrink = shrink, Threads = threads }
            select Try($"decay {decay} shrink {shrink}", () => ItemNeighbours.Fit(past, o))], "neighbours", all);
        yield return Best([.. from dim in new[] { 128 } let o = new ItemVectorsOptions { Dim = dim, Threads = threads }
            select Try($"dim {dim}", () => ItemVectors.Fit(past, o, new(1)))], "vectors", all);
    }

    static Judged Best((string Settings, Func<ItemRecommender> Fit)[] trials, string name, ItemHistories all)
    {
        var clock = Stopwatch.StartNew();
        (string Settings, ItemRecommender Model, double Value) best = ("", null!, -1);
        foreach (var (settings, fit) in trials)
        {
            var model = fit();
            var value = RankingMetrics.Of(Places(model, all, 2)).Ndcg10;
            if (value > best.Value) best = (settings, model, value);
        }

        return Judge(name, best.Settings, best.Model, all, clock.Elapsed.TotalSeconds);
    }

    static Judged Judge(string name, string settings, ItemRecommender model, ItemHistories all, double seconds)
    {
        var test = Places(model, all, 1);
        return new(name, settings, RankingMetrics.Of(Places(model, all, 2)), RankingMetrics.Of(test), test, seconds);
    }

    /// <summary>Where the product stands that is so many from the end, guessed from those before it.</summary>
    static TargetPlace[] Places(ItemRecommender model, ItemHistories all, int fromEnd)
    {
        var places = new TargetPlace[all.Count];
        for (var start = 0; start < all.Count; start += AtOnce)
        {
            var before = all.Histories.Skip(start).Take(AtOnce).Select(h => h[..^fromEnd]).ToArray();
            var scores = model.Score(before);
            Parallel.For(0, before.Length, i => places[start + i] = TargetPlace.Of(scores.Row(i), all.Histories[start + i][^fromEnd], before[i]));
        }

        return places;
    }

    sealed class Watch : IProgress<TrainingProgress>
    {
        int epoch;

        public void Report(TrainingProgress value)
        {
            if (value.Step == 20 || value.Step == 100) Console.WriteLine($"step {value.Step} of {value.Steps}, loss {value.Loss:0.000}, left {value.Left}");
            if (value.Epoch == epoch) return;
            epoch = value.Epoch;
            Console.WriteLine($"epoch {epoch}, validation {value.Validation:0.0000}, left {value.Left:hh\\:mm\\:ss}");
        }
    }
}
