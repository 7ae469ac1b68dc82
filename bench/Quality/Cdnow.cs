using System.Globalization;
using System.IO.Compression;
using Coterie.Numerics;

namespace Coterie.Quality;

/// <summary>CDNOW master, 23,570 customers: segments made from the first 39 weeks only (1997-01-01 to 1997-09-30), judged on the
/// next 39. Fitted on a random half, scored on the other by the saved model, ten seeds; and re-run churn: twenty refits on
/// customers drawn with replacement, everybody re-assigned, segments matched one to one. The program sees nothing of the holdout.</summary>
internal static class Cdnow
{
    sealed record Purchase(string Customer, string Line, DateTime Day, double Spend);

    internal static int Run(string[] args)
    {
        var data = Arguments.Text(args, "--data", Path.Combine(Arguments.Root(), "..", "shared", "data"));
        var file = Path.Combine(data, "cdnow", "CDNOW_master.txt.gz");
        if (!File.Exists(file))
        {
            Console.Error.WriteLine($"{file} is not there; name the folder of the data sets with --data.");
            return 1;
        }

        int? k = Arguments.Text(args, "--k", "") is { Length: > 0 } text ? int.Parse(text) : null;
        var purchases = Read(file);
        var end = new DateTime(1997, 9, 30);
        var calibration = purchases.Where(p => p.Day <= end).ToArray();
        var spend = purchases.Where(p => p.Day > end).GroupBy(p => p.Customer).ToDictionary(g => g.Key, g => g.Sum(p => p.Spend));
        var buyers = purchases.Where(p => p.Day > end).Select(p => p.Customer).ToHashSet();
        using var scratch = new Scratch();

        var full = Fit(scratch, calibration, k, 1, "full");
        Console.WriteLine($"automatic K on everybody: {full.Report.Segments.Count} ({full.Report.Search.Chosen?.View} {full.Report.Search.Chosen?.Method})");
        // The published table fixes K: here it is the one that the automatic mode chose on everybody. Halves that choose for themselves, as shops of
        // half the size, stand beside it.
        var halves = Halves(scratch, calibration, spend, buyers, full.Report.Segments.Count);
        var free = k is null ? Halves(scratch, calibration, spend, buyers, null) : null;
        var churn = Churn(scratch, calibration, full, int.Parse(Arguments.Text(args, "--refits", "20")));
        var result = new
        {
            task = "cdnow",
            protocol = "calibration to 1997-09-30, random halves, ten seeds, next 39 weeks",
            k = full.Report.Segments.Count,
            asked_k = k,
            view = full.Report.Search.Chosen?.View,
            halves = Summary(halves),
            halves_choosing_k = free is null ? null : Summary(free),
            rerun_churn_mean = Math.Round(churn.Average(), 4),
            rerun_churn_max = Math.Round(churn.Max(), 4),
        };
        Arguments.Save($"cdnow{(k is null ? "" : $"-k{k}")}.json", result);
        return 0;
    }

    sealed record Half(double R2, double R2Log, double Auc, int Groups);

    static object Summary(List<Half> halves) => new
    {
        segments = halves.Select(h => h.Groups),
        r2_spend = Spread(halves.Select(h => h.R2)),
        r2_log_spend = Spread(halves.Select(h => h.R2Log)),
        auc_buys = Spread(halves.Select(h => h.Auc)),
    };

    static List<Half> Halves(Scratch scratch, Purchase[] calibration, Dictionary<string, double> spend, HashSet<string> buyers, int? k)
    {
        var customers = calibration.Select(p => p.Customer).Distinct().Order(StringComparer.Ordinal).ToArray();
        var halves = new List<Half>();
        for (var seed = 0; seed < 10; seed++)
        {
            var order = customers.ToArray();
            new Seed((ulong)seed).Stream(39).Shuffle<string>(order);
            var teach = order[..(order.Length / 2)].ToHashSet();
            var model = Fit(scratch, [.. calibration.Where(p => teach.Contains(p.Customer))], k, (ulong)seed + 1, "half");
            var labels = Score(scratch, calibration, model.Directory);
            halves.Add(Judge(labels, teach, spend, buyers) with { Groups = model.Report.Segments.Count });
            Console.WriteLine($"half {seed}: {halves[^1]}");
        }

        return halves;
    }

    // Means learned on the teaching half, judged on the other: out-of-sample R2 of spend, and AUC of the order rate.
    static Half Judge(Dictionary<string, string> labels, HashSet<string> teach, Dictionary<string, double> spend, HashSet<string> buyers)
    {
        double Spend(string c) => spend.GetValueOrDefault(c);
        var groups = labels.Where(l => teach.Contains(l.Key)).GroupBy(l => l.Value).ToDictionary(g => g.Key, g => (
            Mean: g.Average(l => Spend(l.Key)),
            Log: g.Average(l => Math.Log(1 + Spend(l.Key))),
            Rate: g.Average(l => buyers.Contains(l.Key) ? 1.0 : 0.0)));
        var judged = labels.Where(l => !teach.Contains(l.Key)).ToArray();
        var truth = judged.Select(l => Spend(l.Key)).ToArray();
        return new Half(
            R2(truth, [.. judged.Select(l => groups[l.Value].Mean)]),
            R2([.. truth.Select(t => Math.Log(1 + t))], [.. judged.Select(l => groups[l.Value].Log)]),
            Statistics.Auc([.. judged.Select(l => groups[l.Value].Rate)], [.. judged.Select(l => buyers.Contains(l.Key))]), 0);
    }

    static List<double> Churn(Scratch scratch, Purchase[] calibration, SegmentationResult full, int refits)
    {
        var reference = Score(scratch, calibration, full.Directory);
        var byCustomer = calibration.GroupBy(p => p.Customer).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.ToArray()).ToArray();
        var churn = new List<double>();
        for (var refit = 0; refit < refits; refit++)
        {
            var rng = new Seed((ulong)refit).Stream(77);
            var drawn = new List<Purchase>();
            for (var i = 0; i < byCustomer.Length; i++)
                drawn.AddRange(byCustomer[rng.NextInt(byCustomer.Length)].Select(p => p with { Customer = $"{p.Customer}x{i}" }));
            var model = Fit(scratch, [.. drawn], full.Report.Segments.Count, 1, "refit");
            churn.Add(Moved(reference, Score(scratch, calibration, model.Directory)));
            Console.WriteLine($"refit {refit}: {churn[^1]:0.0%} of customers change segment");
        }

        return churn;
    }

    static double Moved(Dictionary<string, string> before, Dictionary<string, string> after)
    {
        string[] from = [.. before.Values.Distinct().Order(StringComparer.Ordinal)], to = [.. after.Values.Distinct().Order(StringComparer.Ordinal)];
        var cost = new double[from.Length, to.Length];
        foreach (var (customer, label) in before) cost[Array.IndexOf(from, label), Array.IndexOf(to, after[customer])]--;
        var match = Hungarian.Match(cost);
        double stayed = 0;
        for (var i = 0; i < from.Length; i++)
            if (match[i] >= 0) stayed -= cost[i, match[i]];
        return 1 - stayed / before.Count;
    }

    static SegmentationResult Fit(Scratch scratch, Purchase[] purchases, int? k, ulong seed, string name)
    {
        var file = scratch.File(name + ".txt");
        File.WriteAllLines(file, purchases.Select(p => $"{p.Customer} {p.Line}"));
        return Segmentation.Run(new SegmentationOptions { Files = [file], Out = scratch.Folder(name), Clusters = k, Seed = new Seed(seed), Force = true });
    }

    static Dictionary<string, string> Score(Scratch scratch, Purchase[] purchases, string model)
    {
        var (file, output) = (scratch.File("score.txt"), scratch.File("scores.csv"));
        File.WriteAllLines(file, purchases.Select(p => $"{p.Customer} {p.Line}"));
        Scoring.Run(new ScoringOptions { Files = [file], Model = model, Out = output, Force = true });
        return File.ReadLines(output).Skip(1).Select(l => l.Split(',')).ToDictionary(f => f[0], f => f[1]);
    }

    static double R2(double[] truth, double[] predicted)
    {
        var mean = truth.Average();
        return 1 - truth.Zip(predicted, (t, p) => (t - p) * (t - p)).Sum() / truth.Sum(t => (t - mean) * (t - mean));
    }

    static object Spread(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return new { mean = Math.Round(mean, 4), sd = Math.Round(Math.Sqrt(all.Average(v => (v - mean) * (v - mean))), 4) };
    }

    static List<Purchase> Read(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        reader.ReadLine();
        var purchases = new List<Purchase>();
        while (reader.ReadLine() is { } line)
        {
            var f = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            purchases.Add(new Purchase(f[0], $"{f[1]} {f[2]} {f[3]}", DateTime.ParseExact(f[1], "yyyyMMdd", CultureInfo.InvariantCulture), double.Parse(f[3])));
        }

        return purchases;
    }
}
