using Coterie.Numerics;
using Coterie.Simulation;

namespace Coterie.Quality;

/// <summary>The simulated shop with known personas: agreement of the segments with the truth, over several seeds.</summary>
internal static class Simulated
{
    internal static int Run(string[] args)
    {
        var customers = int.Parse(Arguments.Text(args, "--customers", "20000"));
        var seeds = int.Parse(Arguments.Text(args, "--seeds", "3"));
        var first = int.Parse(Arguments.Text(args, "--first", "1"));
        using var scratch = new Scratch();
        var runs = new List<object>();
        for (var seed = first; seed < first + seeds; seed++)
        {
            var shop = scratch.Folder($"shop{seed}");
            Simulator.Write(new SimulationOptions { Customers = customers, Seed = (ulong)seed }, shop);
            var result = Segmentation.Run(new SegmentationOptions
            {
                Files = [Path.Combine(shop, "events.csv")],
                Out = scratch.Folder($"out{seed}"),
                Truth = Path.Combine(shop, "truth.csv"),
                Seed = new Seed((ulong)seed),
            });
            var (report, labels) = (result.Report, result.Report.Labels!);
            runs.Add(new
            {
                seed,
                k = report.Segments.Count,
                view = report.Search.Chosen?.View,
                method = report.Search.Chosen?.Method,
                ari = Math.Round(labels.Ari, 4),
                ami = Math.Round(labels.Ami, 4),
                macro_f1 = Math.Round(labels.MacroF1, 4),
                kept = report.Deep.Kept,
                views = report.Deep.Truth.ToDictionary(t => t.View, t => new { k = t.Groups, ari = Math.Round(t.Ari, 4), macro_f1 = Math.Round(t.MacroF1, 4) }),
                recall = labels.PerClass.ToDictionary(c => c.Class, c => Math.Round(c.Recall, 3)),
                agreement = report.Deep.Agreement is { } a ? Math.Round(a.Ari.Value.Value, 3) : (double?)null,
                disputed = report.Deep.Disputed,
                against_rfm = report.Validity?.AgainstRfm,
                r2_spend = report.Validity?.Metrics.ToDictionary(m => m.Key, m => Math.Round(m.Value.R2Spend.Value, 4)),
                auc_orders = report.Validity?.Metrics.ToDictionary(m => m.Key, m => Math.Round(m.Value.AucOrders.Value, 4)),
                seconds = Math.Round(report.Timings.Values.Sum(), 1),
            });
            Console.WriteLine(runs[^1]);
        }

        Arguments.Save("simulated.json", new { task = "simulated", customers, runs });
        return 0;
    }
}
