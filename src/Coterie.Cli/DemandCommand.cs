using System.CommandLine;
using Coterie.Decisions.Demand;

namespace Coterie.Cli;

/// <summary>Forecasts demand by week and plans stock.</summary>
internal static class DemandCommand
{
    internal static Command Create()
    {
        var shared = new DecisionArguments();
        var by = new Option<string>("--by") { Description = "One series a product, category, or segment-category (needs a run).", DefaultValueFactory = _ => "product", HelpName = "WHAT" };
        by.AcceptOnlyFromAmong("product", "category", "segment-category");
        var weeks = new Option<int>("--weeks") { Description = "Weeks ahead.", DefaultValueFactory = _ => 4, HelpName = "N" };
        var service = new Option<double>("--service") { Description = "Share of order cycles that should end without a stock-out.", DefaultValueFactory = _ => 0.95, HelpName = "SHARE" };
        var lead = new Option<int>("--lead-weeks") { Description = "Weeks from an order to its arrival, the week until the next look at the stock included.", DefaultValueFactory = _ => 2, HelpName = "N" };
        var stock = new Option<string?>("--stock") { Description = "CSV of product_id, on_hand and, if known, on_order: what to order now.", HelpName = "FILE" };
        var history = new Option<string?>("--stock-history") { Description = "CSV of product_id, date, on_hand: days without stock are not taken for days without demand.", HelpName = "FILE" };
        var top = new Option<int>("--top") { Description = "Forecast only so many products one by one, the largest; the rest is one series. Default: all.", DefaultValueFactory = _ => 0, HelpName = "N" };
        var lines = new Option<bool>("--lines-as-units") { Description = "Each purchase line is one unit, for logs without quantities." };
        var noTrees = new Option<bool>("--no-trees") { Description = "Leave boosted trees out: faster, a little less exact." };
        var command = shared.Command("demand", "Forecasts units by week with intervals that hold, and says when and how much to order.", by, weeks, service, lead, stock, history, top, lines, noTrees);
        command.SetAction((parsed, stop) => Task.FromResult(shared.Run(parsed, input => DemandPlan.Decide(input, new DemandOptions
        {
            By = parsed.GetValue(by) switch { "category" => DemandSeriesKind.Category, "segment-category" => DemandSeriesKind.SegmentCategory, _ => DemandSeriesKind.Product },
            Weeks = parsed.GetValue(weeks),
            Service = parsed.GetValue(service),
            LeadWeeks = parsed.GetValue(lead),
            Stock = parsed.GetValue(stock),
            StockHistory = parsed.GetValue(history),
            Top = parsed.GetValue(top),
            LinesAsUnits = parsed.GetValue(lines),
            Boosting = !parsed.GetValue(noTrees),
        }), stop)));
        return command;
    }
}
