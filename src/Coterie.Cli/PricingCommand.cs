using System.CommandLine;
using Coterie.Decisions.Pricing;

namespace Coterie.Cli;

/// <summary>How what is bought answers to price.</summary>
internal static class PricingCommand
{
    internal static Command Create()
    {
        var cost = new Option<string?>("--cost") { Description = "CSV file with product_id and cost: what a unit costs. Needed (or --margin) for proposals.", HelpName = "FILE" };
        var margin = new Option<double?>("--margin") { Description = "The share of today's price that is margin, for every product, such as 0.4.", HelpName = "SHARE" };
        var top = new Option<int>("--top") { Description = "Products with a proposal to show.", DefaultValueFactory = _ => 20, HelpName = "N" };
        var shared = new DecisionArguments();
        var command = shared.Command("pricing", "Price elasticity by group of products and segment, and prices that would earn more margin.", cost, margin, top);
        command.SetAction((parsed, stop) => Task.FromResult(shared.Run(parsed, input => PriceDecision.Decide(input, new PricingOptions
        {
            CostFile = parsed.GetValue(cost),
            Margin = parsed.GetValue(margin),
            Top = parsed.GetValue(top),
        }), stop)));
        return command;
    }
}
