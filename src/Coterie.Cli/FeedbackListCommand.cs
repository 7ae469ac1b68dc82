using System.CommandLine;
using Coterie.Feedback;

namespace Coterie.Cli;

/// <summary>Lists the feedback of a workspace.</summary>
internal static class FeedbackListCommand
{
    internal static Command Create()
    {
        var workspace = FeedbackCommand.Workspace();
        var lang = CommonOptions.Printed();
        var json = CommonOptions.Json();
        var command = new Command("list", "Lists every entry, withdrawn ones too.") { workspace, lang, json };
        command.SetAction(parsed =>
        {
            var log = FeedbackLog.Open(parsed.GetValue(workspace)!);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteLine(log.Text());
            else FeedbackSummary.Show(output, log, parsed.GetValue(lang)!);
            return CommandLine.Done;
        });
        return command;
    }
}
