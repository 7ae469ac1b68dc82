using System.CommandLine;
using Coterie.Decisions;

namespace Coterie.Cli;

/// <summary>Who is new, active, at risk, lapsed or back; cohort retention; who moved between runs.</summary>
internal static class LifecycleCommand
{
    internal static Command Create()
    {
        var arguments = new DecisionArguments();
        var before = new Option<string?>("--before") { Description = "The --out of an earlier run: shows who moved from segment to segment. Default in a workspace: the run before.", HelpName = "DIR" };
        var period = new Option<int?>("--period") { Description = "Days of a period. Default: 7, 30 or 91, whichever fits the shop's typical gap." };
        var command = arguments.Command("lifecycle", "Who is new, active, at risk, lapsed or back by their own rhythm; cohort retention; who moved between runs.", before, period);
        command.SetAction((parsed, stop) => Task.FromResult(arguments.Run(parsed, input => LifecycleAnalysis.Decide(input, new LifecycleOptions
        {
            PeriodDays = parsed.GetValue(period),
            Before = (parsed.GetValue(before) ?? (input.Run is { } run ? Workspace.RunBefore(run) : null)) is { } earlier ? DecisionSource.SegmentsOf(earlier) : null,
        }), stop)));
        return command;
    }
}
