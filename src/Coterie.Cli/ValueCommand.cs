using System.CommandLine;
using Coterie.Decisions;

namespace Coterie.Cli;

/// <summary>What customers are worth.</summary>
internal static class ValueCommand
{
    internal static Command Create()
    {
        var arguments = new DecisionArguments();
        var horizon = new Option<int?>("--horizon") { Description = "Days to look ahead. Default: a quarter of the history, 7 to 90.", HelpName = "DAYS" };
        var command = arguments.Command("value", "Forecasts each customer's orders and money, the chance of still being one, and the next order.", horizon);
        command.SetAction((parsed, stop) => Task.FromResult(
            arguments.Run(parsed, input => ValueDecision.Decide(input, new ValueOptions { Horizon = parsed.GetValue(horizon) }), stop)));
        return command;
    }
}
