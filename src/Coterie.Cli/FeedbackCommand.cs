using System.CommandLine;

namespace Coterie.Cli;

/// <summary>What people ask of a workspace's segments; later runs keep it.</summary>
internal static class FeedbackCommand
{
    internal static Command Create() => new("feedback", "What people ask of a workspace's segments: later runs keep it, and their report says how it changed them.")
    {
        FeedbackListCommand.Create(),
        FeedbackAddCommand.Create(),
        FeedbackWithdrawCommand.Create(),
        FeedbackReviewCommand.Create(),
    };

    internal static Option<string> Workspace() => new("--workspace") { Description = "Directory that keeps events, runs and feedback.", HelpName = "DIR", Required = true };

    internal static Option<string> Who() => new("--by") { Description = "Who says so.", DefaultValueFactory = _ => "command line", HelpName = "NAME" };

    internal static Option<string?> Note() => new("--note") { Description = "Why, in your own words.", HelpName = "TEXT" };
}
