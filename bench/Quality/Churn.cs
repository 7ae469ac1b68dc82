using Coterie.Decisions;
using Coterie.Decisions.Churn;
using Coterie.Numerics;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Quality;

/// <summary>Churn foreseen on later periods: boosted trees beside the days since the last order alone, on public logs. And CDNOW at 39 weeks, where published
/// work stands: the trees learn on the first 39 weeks only and rank who orders nothing in the next 39.</summary>
internal static class Churn
{
    internal static int Run(string[] args)
    {
        var data = Arguments.Text(args, "--data", Path.GetFullPath(Path.Combine(Arguments.Root(), "..", "shared", "data")));
        var only = Arguments.Text(args, "--only", "");
        foreach (var (name, file) in new[]
        {
            ("online_retail", "online_retail/online_retail.csv.gz"), ("cdnow", "cdnow/CDNOW_master.txt.gz"), ("retail_transactions", "retail_transactions/Retail_Data_Transactions.csv.gz"),
        })
        {
            if (only.Length > 0 && only != name) continue;
            using var source = DecisionSource.Open(new DecisionSourceOptions { Files = [Path.Combine(data, file)], Storage = new DuckDbOptions { Threads = 2 } });
            Arguments.Merge("churn.json", name, Judged(source.Input));
            if (name == "cdnow") Arguments.Merge("churn.json", "cdnow_39_weeks", Weeks39(source.Input));
        }

        return 0;
    }

    static object Judged(DecisionInput input)
    {
        var result = (ChurnResult)ChurnDecision.Decide(input, new ChurnOptions()).Result;
        var j = result.Judged!;
        object Of(ChurnScore s) => new
        {
            auc = Range(s.Auc), brier = Range(s.Brier), lift_at_10 = Range(s.LiftAt10), value_lift_at_10 = Range(s.ValueLiftAt10),
            calibration_error = Round(s.CalibrationError), by_chance = Round(s.CalibrationErrorByChance), by_chance_95 = Round(s.CalibrationErrorByChanceHigh), together = Round(s.CalibrationErrorTogether),
        };
        return new
        {
            date = DateTime.UtcNow.ToString("yyyy-MM-dd"),
            versions = Versions,
            protocol = "three later periods, each foreseen by trees that learned and were calibrated before it; own-rhythm label within the horizon; intervals from 300 resamples of customers",
            horizon_days = result.HorizonDays, customers = result.Customers, gone = result.Gone, gone_that_returned = Range(result.GoneReturned),
            window_in_rhythms = Round(result.Rhythm!.Window), usual_gap_days = Round(Math.Exp(result.Rhythm.Mean)), at_horizon = result.AtHorizon,
            trees = Of(j.Trees), recency = Of(j.Recency), auc_gain = Range(j.AucGain), brier_gain = Range(j.BrierGain),
            periods = j.CutOffs.Select(c => new { foreseen_on = c.At.ToString("yyyy-MM-dd"), customers = c.Customers, churned = Round(c.Churned), foretold = Round(c.Foretold), auc = Round(c.AucTrees), auc_recency = Round(c.AucRecency), calibration_error = Round(c.CalibrationError) }),
        };
    }

    static object Weeks39(DecisionInput input)
    {
        const int Half = 91, Whole = 273;
        DateTime start = new(1997, 1, 1), frozen = start.AddDays(Whole);
        var options = new ChurnOptions { HorizonDays = Half };
        var orders = OrderDays.Read(input.Warehouse, input.AsOf);
        var freezer = new ChurnFreezer(input, orders, options, Half);
        var freezes = ChurnFreezer.Aligned([.. new[] { Half - 30, Half, Whole - Half, Whole }.Select(day => freezer.At(start.AddDays(day), "events"))]);
        var model = ChurnModel.Fit([freezes[0], freezes[1]], freezes[2], orders, new Seed(1), out var why) ?? throw new InvalidOperationException($"{why}");
        // The label of the published work: nothing in the whole second half.
        var test = freezes[3] with { Windows = [.. freezes[3].Windows.Select(_ => (double)Whole)] };
        var churned = test.Churned(orders);
        double auc = Statistics.Auc(model.Trees.Score(test.Rows), churned), recency = Statistics.Auc(test.Silences, churned);
        return new
        {
            date = DateTime.UtcNow.ToString("yyyy-MM-dd"),
            versions = Versions,
            protocol = $"learned on freezes 61 and 91 days in, chosen on day 182, all outcomes before {frozen:yyyy-MM-dd}; ranks who orders nothing in the 273 days after",
            customers = test.Count, churned = Round((double)churned.Count(c => c) / churned.Length), auc = Round(auc), auc_recency = Round(recency), published_auc_rfm = 0.763,
        };
    }

    static readonly object Versions = new { dotnet = Environment.Version.ToString(), lightgbm = "4.6.0", cores = Environment.ProcessorCount };

    static double[]? Range(Evaluation.Estimate? e) => e is null ? null : [Round(e.Value), Round(e.Low), Round(e.High)];

    static double Round(double value) => double.IsFinite(value) ? Math.Round(value, 4) : -1;
}
