using System.Diagnostics;
using Coterie.Decisions;
using Coterie.Numerics;

namespace Coterie.Quality;

/// <summary>The methods of a recommendation and their blend, each judged alone in one table. Full ranking. Histories in order: the last product (of baskets,
/// the last basket) is the target, the one before chooses settings and weights, and every method learns from what lies before both.</summary>
internal static class RecommendBlend
{
    const int ChoosingCustomers = 5000;

    internal static int Run(string[] args)
    {
        var data = Arguments.Text(args, "--data", Path.GetFullPath(Path.Combine(Arguments.Root(), "..", "shared", "data")));
        var threads = int.Parse(Arguments.Text(args, "--threads", "2"));
        foreach (var set in Arguments.Text(args, "--sets", "beauty,ml-1m,tafeng").Split(','))
        {
            var task = set switch
            {
                "beauty" => RecommendTask.Beauty(data),
                "ml-1m" => RecommendTask.MovieLens(data),
                _ => RecommendTask.TaFeng(data),
            };
            Arguments.Merge("recommend-blend.json", set, One(task, Arguments.Text(args, "--only", ""), threads));
        }

        return 0;
    }

    static object One(RecommendTask task, string only, int threads)
    {
        var clock = Stopwatch.StartNew();
        var products = task.Products.Count;
        Console.WriteLine($"{task.Customers} customers, {products} products");
        var table = new LearningTable
        {
            Histories = task.Past, Segments = task.Segments, SegmentCount = task.Segments.Max() + 1, Facts = task.Facts, Again = task.Again, Threads = threads, Seed = new Seed(1),
        };
        var drawn = RankedLists.Draw(products, new Seed(3));
        var off = new bool[products];
        var chosen = Enumerable.Range(0, task.Customers).OrderBy(c => Rng.Mix((ulong)c + 12345)).Take(ChoosingCustomers).Order().ToArray();
        var choosing = Customers(task.BeforeSecondLast, task.SecondLast, task, off, chosen);
        var judged = Customers(task.BeforeLast, task.Last, task, off, [.. Enumerable.Range(0, task.Customers)]);

        var members = new List<FittedMember>();
        foreach (var trials in MemberTrials.For(table, null))
        {
            if (only.Length > 0 && !only.Split(',').Contains(trials[0].Id)) continue;
            (FittedMember? Member, double Value) best = (null, -1);
            foreach (var trial in trials)
            {
                var member = trial.Fit(table);
                var value = RecommendationBlend.Alone(member, choosing, drawn, threads);
                Console.WriteLine($"{trial.Id,-12} {trial.Settings,-36} {value:0.0000}  {clock.Elapsed.TotalSeconds:0} s");
                if (value > best.Value) best = (member, value);
            }

            members.Add(best.Member!);
        }

        var weights = BlendSearch.Weights(members, choosing, drawn, threads);
        Console.WriteLine($"weights {string.Join(' ', members.Select((m, i) => $"{m.Id} {weights[i]:0.000}"))}  {clock.Elapsed.TotalSeconds:0} s");
        var blend = new RecommendationBlend { Members = members, Weights = weights };
        var lists = blend.Lists(judged, drawn, threads);
        var scores = lists.Select(l => l.Select((list, c) => ListScores.Of(list, judged.Targets[c])).ToArray()).ToArray();
        var takers = new int[products];
        foreach (var history in task.Past.Histories)
            foreach (var product in history.Distinct()) takers[product]++;
        object Row(int m)
        {
            var metrics = ListScores.Metrics(scores[m], lists[m], takers, task.Customers, products, new Seed(9));
            var (name, settings, weight) = m < members.Count ? (members[m].Id, members[m].Settings, weights[m]) : ("blend", "", 1.0);
            Console.WriteLine($"{name,-12} recall {metrics.Recall.Value:0.0000} ndcg {metrics.Ndcg.Value:0.0000} hit {metrics.HitRate.Value:0.0000} coverage {metrics.Coverage:0.000} novelty {metrics.Novelty:0.00}");
            var less = ListScores.Mean([.. scores[^1].Zip(scores[m], (a, b) => a.Ndcg - b.Ndcg)], new Seed(9));
            return new
            {
                method = name, settings, weight = Math.Round(weight, 3),
                recall10 = Numbers(metrics.Recall), ndcg10 = Numbers(metrics.Ndcg), hit10 = Numbers(metrics.HitRate), coverage = Math.Round(metrics.Coverage, 4), novelty = Math.Round(metrics.Novelty, 3),
                blend_less_this_ndcg10 = Numbers(less),
            };
        }

        return new
        {
            date = DateTime.UtcNow.ToString("yyyy-MM-dd"), protocol = task.Protocol, machine = $"{Environment.ProcessorCount} cores, .NET {Environment.Version}", threads,
            customers = judged.Count, products, events = task.Past.Events, methods = Enumerable.Range(0, members.Count + 1).Select(Row).ToArray(), seconds = Math.Round(clock.Elapsed.TotalSeconds),
        };
    }

    static double[] Numbers(Evaluation.Estimate e) => [Math.Round(e.Value, 4), Math.Round(e.Low, 4), Math.Round(e.High, 4)];

    static JudgedCustomers Customers(IReadOnlyList<int[]> before, IReadOnlyList<int[]> targets, RecommendTask task, bool[] off, int[] which) => new()
    {
        Histories = [.. which.Select(c => before[c])],
        Segments = [.. which.Select(c => task.Segments[c])],
        Targets = [.. which.Select(c => (IReadOnlySet<int>)targets[c].ToHashSet())],
        Off = off,
        Again = task.Again,
    };
}
