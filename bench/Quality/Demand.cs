using System.Diagnostics;
using System.Runtime.InteropServices;
using Coterie.Decisions.Demand;
using Coterie.Numerics;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Quality;

/// <summary>Forecasts of demand on public series and on a shop's log: every method and the chosen one from rolling origins, the choice and the calibration
/// made on earlier origins than those that judge. And sales that stock cut off, simulated: whether the interval of true demand holds it.</summary>
internal static class Demand
{
    const string All = "carparts,jewelry,weekly,online_retail,stockouts";

    internal static int Run(string[] args)
    {
        var data = Arguments.Text(args, "--data", Path.GetFullPath(Path.Combine(Arguments.Root(), "..", "shared", "data")));
        var threads = int.Parse(Arguments.Text(args, "--threads", "2"));
        var seeds = int.Parse(Arguments.Text(args, "--seeds", "200"));
        foreach (var name in Arguments.Text(args, "--only", All).Split(','))
        {
            object result = name switch
            {
                "carparts" => Series(DemandData.Carparts(data), new ForecastSettings { Horizon = 3, Lead = 2, Threads = threads }),
                "jewelry" => Series(DemandData.Jewelry(data), new ForecastSettings { Horizon = 4, Lead = 2, Stride = 4, Threads = threads }),
                "weekly" => Series(DemandData.Weekly(data), new ForecastSettings { Horizon = 4, Lead = 2, Threads = threads }),
                "online_retail" => Shop(Path.Combine(data, "online_retail", "online_retail.csv.gz"), threads),
                "stockouts" => StockOuts(seeds, threads),
                _ => throw new ArgumentException($"There is no set '{name}'; expected some of {All}."),
            };
            Arguments.Merge("demand.json", name, new { result, machine = Machine() });
        }

        return 0;
    }

    static object Machine() => new { os = RuntimeInformation.OSDescription, architecture = RuntimeInformation.ProcessArchitecture.ToString(), processors = Environment.ProcessorCount, dotnet = Environment.Version.ToString() };

    static object Series(DemandPanel panel, ForecastSettings settings)
    {
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var run = ForecastRun.Of(panel, settings);
        var judged = Judging.Of(run, [.. Enumerable.Range(0, panel.Count)])!;
        return new { series = panel.Count, steps = panel.Weeks, settings.Horizon, settings.Lead, judged = Judged(judged), takes = Takes(run), processor_seconds = Math.Round((Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds, 1) };
    }

    // The hundred products that sold most before the first judged origin: chosen with the later weeks they would flatter every forecast.
    static object Shop(string file, int threads)
    {
        using var source = DecisionSource.Open(new DecisionSourceOptions { Files = [file], Storage = new DuckDbOptions { Threads = threads } });
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var settings = new ForecastSettings { Horizon = 4, Lead = 2, Threads = threads };
        var shop = DemandReading.Read(source.Input, new DemandOptions(), settings, out var weeks)!;
        var run = ForecastRun.Of(shop.Panel, settings);
        var first = run.Origins[run.Judged.First()].Origin;
        int[] nodes = [.. Enumerable.Range(shop.Sums.Count, shop.Nodes.Count)];
        int[] top = [.. nodes.Where(i => shop.Nodes[i - shop.Sums.Count].Product is not null)
            .OrderByDescending(i => shop.Panel.Demand[i].Take(first).Sum()).ThenBy(i => i).Take(100)];
        var hierarchy = HierarchyForecast.Of(run, [.. shop.Sums.Select(s => s.Members)]);
        var gap = 0.0;
        foreach (var means in hierarchy.Means)
            for (var a = 0; a < shop.Sums.Count; a++) gap = Math.Max(gap, Math.Abs(means[a] - shop.Sums[a].Members.Sum(m => means[shop.Sums.Count + m])));
        return new
        {
            weeks,
            products = shop.Nodes.Count,
            top_100 = Judged(Judging.Of(run, top)!),
            all = Judged(Judging.Of(run, nodes)!),
            total = Judged(Judging.Of(run, [0])!),
            sums = hierarchy.Accuracy,
            largest_gap_between_a_sum_and_its_parts = gap,
            processor_seconds = Math.Round((Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds, 1),
        };
    }

    static object Judged(DemandJudgement judged) => new
    {
        judged.Origins, judged.Steps, judged.Series,
        methods = judged.Methods.Select(m => new { m.Method, pattern = m.Pattern?.ToString(), m.Series, mase = Three(m.Mase.Value), low = Three(m.Mase.Low), high = Three(m.Mase.High), quantile_loss = Three(m.Pinball), bias = Three(m.Bias) }),
        against_naive = new { value = Three(judged.AgainstNaive.Value), low = Three(judged.AgainstNaive.Low), high = Three(judged.AgainstNaive.High) },
        coverage = judged.Coverage.Select(c => new { c.Level, share = Three(c.Share.Value), low = Three(c.Share.Low), high = Three(c.Share.High), randomised = Three(c.Randomised) }),
        lead_coverage = judged.LeadCoverage.Select(c => new { c.Level, share = Three(c.Share.Value), randomised = Three(c.Randomised) }),
        central_90 = Three(judged.Central.Value),
        level_90_by_pattern = judged.NinetyByPattern.ToDictionary(p => p.Key, p => Three(p.Value)),
    };

    // JSON has no NaN.
    static double? Three(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;

    static object Takes(ForecastRun run) => Enumerable.Range(0, run.Panel.Count).GroupBy(i => run.Chosen(run.Last, i)).OrderBy(g => g.Key).ToDictionary(g => g.Key.ToString(), g => g.Count());

    /// <summary>A shop of twenty products a seed, 52 weeks each: gamma-Poisson demand, stock that is filled up to a level every few weeks and runs out on the
    /// way; weeks are stocked, sold out or empty as the stock was.</summary>
    static object StockOuts(int seeds, int threads)
    {
        const int products = 20, weeks = 52;
        var held = new int[seeds];
        var (estimated, read, cut) = (new double[seeds], new double[seeds], new double[seeds]);
        Chunks.Each(seeds, threads, s =>
        {
            var rng = new Seed((ulong)s + 1).Stream(12);
            for (var p = 0; p < products; p++)
            {
                var mean = Math.Exp(Math.Log(0.5) + rng.NextDouble() * Math.Log(40));
                var (sales, stock) = SimulatedStock.Sales(rng, mean, shape: 1 + 4 * rng.NextDouble(), weeks);
                if (!stock.Zip(sales).Any(w => w.First == WeekStock.Stocked && w.Second > 0))
                {
                    held[s]++;
                    continue;
                }

                var found = CensoredDemand.Estimate(sales, stock);
                if (found.Mean.Low <= mean && mean <= found.Mean.High) held[s]++;
                estimated[s] += found.Mean.Value / mean / products;
                read[s] += found.Sold / mean / products;
                cut[s] += stock.Count(w => w != WeekStock.Stocked) / (double)(products * weeks);
            }
        });
        return new
        {
            seeds, products, weeks,
            interval_95_holds_truth = Three(held.Sum() / (double)(seeds * products)),
            estimate_over_truth = Three(estimated.Average()),
            sales_over_truth = Three(read.Average()),
            share_of_weeks_not_stocked = Three(cut.Average()),
        };
    }
}
