using System.CommandLine;
using Coterie.Server;

namespace Coterie.Cli;

/// <summary>Removes what is older than the workspace's limits.</summary>
internal static class RetentionCommand
{
    internal static Command Create()
    {
        var workspace = CommonOptions.Workspace();
        workspace.Required = true;
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what would go, and removes nothing." };
        var lang = CommonOptions.Printed();
        var json = CommonOptions.Json();
        var command = new Command("retention", "Removes what is older than coterie.json says under retention: events_months, log_days, runs.") { workspace, dryRun, lang, json };
        command.SetAction(parsed =>
        {
            var (output, zh, directory) = (parsed.InvocationConfiguration.Output, parsed.GetValue(lang) == "zh", parsed.GetValue(workspace)!);
            global::Coterie.Workspace.SettingsOf(directory);
            using var server = ServerFolder.Open(directory);
            var receipt = Retention.Run(new RetentionOptions { Workspace = directory, DryRun = parsed.GetValue(dryRun), Log = server is null ? null : server.Retain });
            if (parsed.GetValue(json))
            {
                output.WriteLine(receipt.Text());
                return CommandLine.Done;
            }

            output.WriteLine(receipt.DryRun ? (zh ? "将删除：" : "Would be removed:") : zh ? "已删除：" : "Removed:");
            if (receipt.EventsBefore is { } before)
                output.WriteLine(zh ? $"  {before:yyyy-MM-dd} 之前的事件 {receipt.Events:N0} 行，被拒行 {receipt.Refused:N0} 行" : $"  {receipt.Events:N0} rows of events and {receipt.Refused:N0} refused rows from before {before:yyyy-MM-dd}");
            if (receipt.Limits.Runs is { } runs)
                output.WriteLine(zh ? $"  运行 {receipt.Runs.Count} 次（保留最新 {runs} 次）{string.Join("、", receipt.Runs)}" : $"  {receipt.Runs.Count} runs (the newest {runs} are kept) {string.Join(", ", receipt.Runs)}");
            foreach (var (folder, bytes) in receipt.LogBytes) output.WriteLine($"  {folder}: {bytes:N0} {(zh ? "字节" : "bytes")}");
            foreach (var note in zh ? receipt.NotesZh : receipt.Notes) output.WriteLine(zh ? $"说明：{note}" : $"note: {note}");
            return CommandLine.Done;
        });
        return command;
    }
}
