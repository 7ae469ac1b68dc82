using System.Diagnostics;
using System.Runtime.InteropServices;
using Coterie.Decisions.Demand;

namespace Coterie.Quality;

/// <summary>Forecasts of demand on public series: every method and the chosen one from rolling origins, the choice and the calibration made on earlier
/// origins than those that judge.</summary>
internal static class Demand
{
    internal static int Run(string[] args)
    {
        var data = Arguments.Text(args, "--data", Path.GetFullPath(Path.Combine(Arguments.Root(), "..", "shared", "data")));
        var threads = int.Parse(Arguments.Text(args, "--threads", "2"));
        var only = Arguments.Text(args, "--only", "carparts,jewelry,weekly");
        var results = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var name in only.Split(','))
        {
            results[name] = name switch
            {
                "carparts" => Series(name, DemandData.Carparts(data), new ForecastSettings { Horizon = 3, Lead = 2, Origins = 16, Judged = 6, Threads = threads }),
                "jewelry" => Series(name, DemandData.Jewelry(data), new ForecastSettings { Horizon = 4, Lead = 2, Stride = 4, Origins = 16, Judged = 6, Threads = threads }),
                "weekly" => Series(name, DemandData.Weekly(data), new ForecastSettings { Horizon = 4, Lead = 2, Origins = 16, Judged = 6, Threads = threads }),
                _ => throw new ArgumentException($"no set {name}"),
            };
        }

        return 0;
    }

    static object Series(string name, DemandPanel panel, ForecastSettings settings)
    {
        var watch = Stopwatch.StartNew();
        var run = ForecastRun.Of(panel, settings, s => Console.WriteLine($"{watch.Elapsed.TotalSeconds:0.0} {s}"));
        var judged = Judging.Of(run, [.. Enumerable.Range(0, panel.Count)])!;
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine($"{name}: {panel.Count} series x {panel.Weeks}, {judged.Origins} origins judged, {seconds:0.0} s");
        foreach (var m in judged.Methods.Where(m => m.Pattern is null)) Console.WriteLine($"  {m.Method,-16} {m.Series,5} MASE {m.Mase.Value:0.000} ({m.Mase.Low:0.000} {m.Mase.High:0.000}) pinball {m.Pinball:0.0000} bias {m.Bias:+0.000;-0.000}");
        Console.WriteLine($"  against naive {judged.AgainstNaive}");
        foreach (var c in judged.Coverage) Console.WriteLine($"  {c.Level:0.00} {c.Share.Value:0.000} ({c.Share.Low:0.000} {c.Share.High:0.000}) rand {c.Randomised:0.000}");
        foreach (var c in judged.LeadCoverage) Console.WriteLine($"  lead {c.Level:0.00} {c.Share.Value:0.000} rand {c.Randomised:0.000}");
        Console.WriteLine($"  central {judged.Central}");
        foreach (var (p, c) in judged.NinetyByPattern) Console.WriteLine($"  .9 {p} {c:0.000}");
        foreach (var g in Enumerable.Range(0, panel.Count).GroupBy(i => run.Chosen(run.Last, i)).OrderByDescending(g => g.Count())) Console.WriteLine($"  takes {g.Key} {g.Count()}");
        return judged;
    }
}
