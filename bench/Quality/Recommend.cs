using System.Diagnostics;
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
        var results = new List<object>();
        foreach (var set in sets)
        {
            var histories = set == "beauty" ? RecommendData.Beauty(data) : RecommendData.MovieLens(data);
            results.Add(One(set, histories, args, threads, keep.Length > 0 ? Path.Combine(keep, set) : null));
        }

        if (sets.Length > 1) Arguments.Save("recommend.json", new { task = "recommend", protocol = Protocol, threads, results });
        return 0;
    }

    const string Protocol = "leave one out: the last product of every customer is the target, the second last chooses settings, the rest is learned from; whole catalogue ranked without products of the history";

    sealed record Judged(string Name, string Settings, RankingMetrics Chosen, RankingMetrics Test, TargetPlace[] Places, double Seconds);

    static object One(string set, ItemHistories all, string[] args, int threads, string? folder)
    {
        Console.WriteLine($"{set}: {all.Count} customers, {all.Products.Count} products, {all.Events} events");
        var past = all.WithoutLast(2);
        var judged = new List<Judged>();
        void Add(Judged model)
        {
            judged.Add(model);
            Console.WriteLine($"{model.Name,-14} {Text(model.Chosen)} | {Text(model.Test)}  {model.Settings}  {model.Seconds:0} s");
        }

        if (!args.Contains("--transformer-only")) foreach (var model in Counting(past, all, threads)) Add(model);
        if (args.Contains("--vectors")) Add(Vectors(past, all, threads));
        if (!args.Contains("--counting-only"))
        {
            var clock = Stopwatch.StartNew();
            var options = Options(set, args, threads);
            using var fitted = NextItem.Fit(past, options, new Seed(1), folder, new Watch()).Model;
            Console.WriteLine($"fitted in {clock.Elapsed.TotalSeconds:0} s");
            Add(Judge("transformer", options.ToString(), fitted, all, clock.Elapsed.TotalSeconds));
        }

        return new { };
    }

    static string Text(RankingMetrics m) => $"HR@1 {m.HitRate1:.0000} HR@5 {m.HitRate5:.0000} HR@10 {m.HitRate10:.0000} NDCG@5 {m.Ndcg5:.0000} NDCG@10 {m.Ndcg10:.0000}";

    static NextItemOptions Options(string set, string[] args, int threads)
    {
        double Number(string name, double otherwise) => double.Parse(Arguments.Text(args, name, $"{otherwise}"));
        var beauty = set == "beauty";
        return new()
        {
            Dim = (int)Number("--dim", 64),
            Length = (int)Number("--length", beauty ? 50 : 100),
            Heads = (int)Number("--heads", 2),
            Blocks = (int)Number("--blocks", 2),
            FeedForward = (int)Number("--ff", 256),
            Dropout = Number("--dropout", beauty ? 0.5 : 0.2),
            Sampled = (int)Number("--sampled", 0),
            Spread = Number("--spread", 0.02),
            Ahead = (int)Number("--ahead", 1),
            Hidden = Number("--hidden", 0),
            Counted = Number("--counted", 1) == 1,
            Training = new()
            {
                Epochs = (int)Number("--epochs", 20), Batch = (int)Number("--batch", beauty ? 128 : 32), LearningRate = Number("--rate", 2e-3),
                ValidationShare = 0.05, TestShare = 0, Threads = threads, Patience = (int)Number("--patience", 4), WeightDecay = Number("--decay", 0.01),
            },
        };
    }

    /// <summary>Each counting model with the settings that guess the second last products best.</summary>
    static IEnumerable<Judged> Counting(ItemHistories past, ItemHistories all, int threads)
    {
        yield return Best([("", () => PopularItems.Fit(past))], "popularity", all);
        yield return Best([.. from shares in new[] { 0, 0.5, 1 } let o = new ItemTransitionsOptions { Window = 1, Votes = 1, Shares = shares, Threads = threads }
            select ($"shares {shares}", (Func<ItemRecommender>)(() => ItemTransitions.Fit(past, o)))], "markov", all);
        yield return Best([.. from window in new[] { 3, 5, 10 } from decay in new[] { 0.5, 0.7, 0.85 } from shares in new[] { 0.25, 0.5, 0.75 }
            let o = new ItemTransitionsOptions { Window = window, Decay = decay, Shares = shares, Votes = 20, Threads = threads }
            select ($"window {window} decay {decay} shares {shares}", (Func<ItemRecommender>)(() => ItemTransitions.Fit(past, o)))], "rules", all);
        yield return Best([.. from decay in new[] { 0.5, 0.8, 0.9, 1 } from shrink in new[] { 0, 10, 50 }
            let o = new ItemNeighboursOptions { Decay = decay, Shrink = shrink, Threads = threads }
            select ($"decay {decay} shrink {shrink}", (Func<ItemRecommender>)(() => ItemNeighbours.Fit(past, o)))], "neighbours", all);
    }

    static Judged Vectors(ItemHistories past, ItemHistories all, int threads) =>
        Best([.. from dim in new[] { 64, 128 } from shares in new[] { 0.35, 0.5 }
            let o = new ItemVectorsOptions { Dim = dim, Shares = shares, Threads = threads }
            select ($"dim {dim} shares {shares}", (Func<ItemRecommender>)(() => ItemVectors.Fit(past, o, new(1))))], "vectors", all);

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
