using System.CommandLine;
using Coterie.Feedback;

namespace Coterie.Cli;

/// <summary>Takes an entry of feedback back.</summary>
internal static class FeedbackWithdrawCommand
{
    internal static Command Create()
    {
        var entry = new Argument<string>("entry") { Description = "The entry's id, such as F3." };
        var (workspace, who, note, lang) = (FeedbackCommand.Workspace(), FeedbackCommand.Who(), FeedbackCommand.Note(), CommonOptions.Printed());
        var command = new Command("withdraw", "Takes an entry back: it stays in the file and counts no longer.") { entry, workspace, who, note, lang };
        command.SetAction(parsed =>
        {
            var log = FeedbackLog.Open(parsed.GetValue(workspace)!);
            var written = log.Append(new WithdrawEntry { Who = parsed.GetValue(who)!, Note = parsed.GetValue(note), Entry = parsed.GetValue(entry)! });
            FeedbackSummary.Added(parsed.InvocationConfiguration.Output, written, parsed.GetValue(lang)!);
            return CommandLine.Done;
        });
        return command;
    }
}
