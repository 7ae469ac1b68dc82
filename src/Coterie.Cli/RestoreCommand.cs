using System.CommandLine;
using Coterie.Privacy;
using Coterie.Server;

namespace Coterie.Cli;

/// <summary>Makes a workspace of a backup.</summary>
internal static class RestoreCommand
{
    internal static Command Create()
    {
        var file = new Argument<string>("file") { Description = "An archive that backup wrote." };
        var workspace = CommonOptions.Workspace();
        workspace.Required = true;
        var erasures = new Option<string?>("--erasures") { Description = "The erasures/ folder of the workspace that was lost: whoever was erased since the backup is erased again.", HelpName = "DIR" };
        var lang = CommonOptions.Printed();
        var command = new Command("restore", "Makes a workspace of a backup; every checksum is looked at before anything is there.") { file, workspace, erasures, lang };
        command.SetAction(parsed =>
        {
            var (output, zh) = (parsed.InvocationConfiguration.Output, parsed.GetValue(lang) == "zh");
            if (parsed.GetValue(erasures) is { } former) SuppressionList.CheckFolder(former);
            var made = Restore.Run(new RestoreOptions(parsed.GetValue(file)!, parsed.GetValue(workspace)!));
            output.WriteLine(zh
                ? $"已从 {made.Created:yyyy-MM-dd HH:mm} UTC 的备份恢复 {made.Files:N0} 个文件到 {made.Workspace}。"
                : $"{made.Files:N0} files of the backup of {made.Created:yyyy-MM-dd HH:mm} UTC are in {made.Workspace}.");
            if (parsed.GetValue(erasures) is not { } folder)
            {
                output.WriteLine(zh ? "备份之后删除过的客户会重新出现：请用 --erasures 指定原工作区的 erasures 文件夹，或再次执行 erase。" : "Customers who were erased after the backup are back: restore with --erasures FOLDER of the lost workspace, or erase them again.");
                return CommandLine.Done;
            }

            SuppressionList.Adopt(made.Workspace, folder);
            using var server = ServerFolder.Open(made.Workspace);
            using var opened = global::Coterie.Workspace.Open(made.Workspace, new(), create: false);
            var receipt = Erasure.Again(opened, new ErasureOptions { Workspace = made.Workspace, Customers = [], Reason = "restored from a backup", Stores = server is null ? [] : [server.Store] });
            output.WriteLine(zh ? $"备份之后删除过的客户已再次删除：{receipt?.Customers ?? 0} 位。" : $"Customers who were erased after the backup were erased again: {receipt?.Customers ?? 0}.");
            return receipt is null or { Left.Count: 0 } ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }
}
