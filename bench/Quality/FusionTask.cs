using Coterie.Clustering;
using Coterie.Evaluation;
using Coterie.Fusion;
using Coterie.Numerics;
using Coterie.Tables;

namespace Coterie.Quality;

/// <summary>Fusion on simulated shops: agreement of each view, of the fused segments and of joint clustering with the true personas, and how
/// many of each persona are found. A shop is a folder with <c>truth.csv</c> and one file for each view: labels (CSV of ids and labels) or a
/// matrix (.npy or Parquet, a row for each customer of the truth, in its order), which is clustered first.</summary>
internal static class FusionTask
{
    const double JointWeightOfFirst = 0.5;
    static readonly double[] Weights = [0.05, 0.1, 0.2, 0.35, 0.5];

    sealed record ShopView(FusionView View, Matrix? Rows);

    internal static int Run(string[] args)
    {
        string[] shops = [.. args.Select((a, i) => a == "--shop" && i + 1 < args.Length ? args[i + 1] : "").Where(a => a.Length > 0)];
        string[] names = Arguments.Text(args, "--views", "features.csv,sequence.csv").Split(',');
        int? k = Arguments.Text(args, "--k", "") is { Length: > 0 } text ? int.Parse(text) : null;
        var firstWeight = double.Parse(Arguments.Text(args, "--first-weight", JointWeightOfFirst.ToString()));
        if (shops.Length == 0)
        {
            Console.Error.WriteLine("name one folder or more with --shop DIR; each holds truth.csv and the files of --views.");
            return 2;
        }

        try
        {
            var runs = shops.Select(shop => Shop(shop, names, k, firstWeight)).ToArray();
            Arguments.Save("fusion.json", new { task = "fusion", views = names, k, shops = runs });
            return 0;
        }
        catch (InputException e)
        {
            Console.Error.WriteLine(e.Message);
            return 3;
        }
    }

    static object Shop(string shop, string[] names, int? k, double firstWeight)
    {
        var truth = LabelFiles.Read(Path.Combine(shop, "truth.csv"));
        var personas = truth.Labels.Distinct().Order(StringComparer.Ordinal).ToArray();
        int[] actual = [.. truth.Labels.Select(l => Array.IndexOf(personas, l))];
        var views = names.Select(n => View(Path.Combine(shop, n), truth, k)).ToArray();
        var scores = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var view in views) scores[$"single {view.View.Name}"] = Score(truth, view.View.Labels, view.View.Clusters, null);
        foreach (var method in Enum.GetValues<ConsensusMethod>())
        {
            var fused = Consensus.Fuse([.. views.Select(v => v.View)], new() { Method = method, Clusters = k }, new Seed(1));
            Console.WriteLine(fused.Sentence);
            foreach (var note in fused.Notes) Console.WriteLine($"  {note}");
            foreach (var c in fused.Candidates) Console.WriteLine($"  {c.Clusters}: jaccard {c.MinJaccard:0.00}, smallest {c.MinShare:0.0 %}, {c.DescriptionLength:0} nats: {c.Verdict}");
            scores[$"fused {method}"] = Score(truth, fused.Customers.Segments, fused.Clusters, fused);
        }

        if (Array.TrueForAll(views, v => v.Rows is not null)) Joint(views, truth, personas.Length, k, firstWeight, scores);
        Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(scores));
        return new { shop = Path.GetFileName(shop.TrimEnd('/')), customers = actual.Length, personas, scores };
    }

    static void Joint(ShopView[] views, LabelFile truth, int personas, int? k, double firstWeight, SortedDictionary<string, object> scores)
    {
        var joint = Joined(views, firstWeight);
        var search = Search(joint, k);
        if (search.Assignment is { } found) scores["joint search"] = Score(truth, found.Labels, search.Model!.Clusters, null);

        // What the weight of the first view does, at the true number of groups.
        foreach (var weight in Weights)
        {
            var rows = Joined(views, weight);
            var labels = KMeans.Fit(rows, new() { Clusters = personas, Starts = 10 }, new Seed(1)).Label(rows, Environment.ProcessorCount);
            scores[$"joint k-means, true number, first weight {weight:0.00}"] = Score(truth, labels, personas, null);
        }
    }

    static Matrix Joined(ShopView[] views, double firstWeight) => JointRepresentation.Build(
        [.. views.Select((v, i) => new JointBlock(v.View.Name, v.Rows!.Value, i == 0 ? firstWeight : (1 - firstWeight) / (views.Length - 1)))], Environment.ProcessorCount);

    static ClusterSearchResult Search(Matrix rows, int? k) =>
        ClusterSearch.Run([new ClusterView("portrait", rows)], new() { Clusters = k, MaxClusters = 12, Seed = new Seed(1) });

    static ShopView View(string path, LabelFile truth, int? k)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (Path.GetExtension(path) is ".csv")
        {
            var file = LabelFiles.Read(path);
            var names = file.Labels.Distinct().Order(StringComparer.Ordinal).ToArray();
            if (file.Ids is null || truth.Ids is null) return new(FusionView.OfLabels(name, [.. file.Labels.Select(l => Array.IndexOf(names, l))]), null);
            var of = file.Ids.Zip(file.Labels).ToDictionary(p => p.First, p => Array.IndexOf(names, p.Second), StringComparer.Ordinal);
            return new(FusionView.OfLabels(name, [.. truth.Ids.Select(id => of.GetValueOrDefault(id, -1))]), null);
        }

        var rows = NumericTables.Read(path, Environment.ProcessorCount).Rows;
        if (rows.Rows != truth.Labels.Count) throw new InputException($"{path} has {rows.Rows} rows; the truth has {truth.Labels.Count} customers. Write a row for each, in its order.");
        var search = Search(rows, k);
        if (search.Assignment is null) throw new InputException($"{path}: the search found no groups in it ({search.Structure.Explanation}).");
        var view = search.Model is KMeansModel kmeans
            ? FusionView.OfKMeans(name, kmeans, rows, Environment.ProcessorCount)
            : FusionView.OfAssignment(name, search.Assignment, search.Model!.Clusters, margins: false);
        return new(view with { Stability = search.Chosen!.MeanJaccard }, rows);
    }

    static object Score(LabelFile truth, int[] labels, int clusters, FusionResult? fused)
    {
        var report = LabelMetrics.Compare(truth.Labels, [.. labels.Select(l => l.ToString())]);
        return new
        {
            k = clusters,
            ari = Math.Round(report.Ari, 4),
            ami = Math.Round(report.Ami, 4),
            macro_f1 = Math.Round(report.MacroF1, 4),
            recall = report.PerClass.ToDictionary(c => c.Class, c => Math.Round(c.Recall, 3)),
            weights = fused?.Views.ToDictionary(v => v.Name, v => Math.Round(v.Weight, 3)),
            disputed = fused is null ? (double?)null : Math.Round(fused.Customers.Disputed.Average(d => d ? 1.0 : 0), 4),
            sure_ari = fused is null ? (double?)null : Math.Round(Undisputed(truth, fused), 4),
        };
    }

    // Agreement among those whom the views do not dispute.
    static double Undisputed(LabelFile truth, FusionResult fused)
    {
        int[] kept = [.. Enumerable.Range(0, truth.Labels.Count).Where(i => !fused.Customers.Disputed[i])];
        return LabelMetrics.Compare([.. kept.Select(i => truth.Labels[i])], [.. kept.Select(i => fused.Customers.Segments[i].ToString())]).Ari;
    }
}
