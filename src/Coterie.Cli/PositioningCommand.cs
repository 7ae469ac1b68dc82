using System.CommandLine;
using Coterie.Decisions;
using Coterie.Decisions.Positioning;

namespace Coterie.Cli;

/// <summary>Where segments and products stand to one another.</summary>
internal static class PositioningCommand
{
    internal static Command Create()
    {
        var by = new Option<ProductGrouping?>("--by") { Description = "category, brand, word (of titles) or product. Default: the first of category, brand, word that the log carries.", HelpName = "WHAT" };
        var shared = new DecisionArguments();
        var command = shared.Command("positioning", "A map of segments and products, shares of wallet, switching between orders, and basket rules by segment.", by);
        command.SetAction((parsed, stop) => Task.FromResult(shared.Run(parsed, input => PositionDecision.Decide(input, new PositioningOptions { By = parsed.GetValue(by) }), stop)));
        return command;
    }
}
