using System.CommandLine;
using Coterie.Decisions.Churn;

namespace Coterie.Cli;

/// <summary>Who is about to leave, why, and what is at stake.</summary>
internal static class ChurnCommand
{
    internal static Command Create()
    {
        var horizon = new Option<int?>("--horizon") { Description = "Churned is who orders nothing in so many days. Default: a window fitted to each customer's own rhythm.", HelpName = "DAYS" };
        var warn = new Option<int>("--warn") { Description = "Customers of the early-warning list; churn.csv has everybody.", HelpName = "N", DefaultValueFactory = _ => new ChurnOptions().Warn };
        var arguments = new DecisionArguments();
        var command = arguments.Command("churn", "Foresees who stops ordering: calibrated probability, reasons, value at stake, judged on later periods.", horizon, warn);
        command.SetAction((parsed, stop) => Task.FromResult(arguments.Run(parsed, input => ChurnDecision.Decide(input, new ChurnOptions
        {
            HorizonDays = parsed.GetValue(horizon),
            Warn = parsed.GetValue(warn),
        }), stop)));
        return command;
    }
}
