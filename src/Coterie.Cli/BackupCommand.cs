using System.CommandLine;
using Coterie.Server;

namespace Coterie.Cli;

/// <summary>Copies a workspace into one file.</summary>
internal static class BackupCommand
{
    internal static Command Create()
    {
        var workspace = CommonOptions.Workspace();
        workspace.Required = true;
        var target = new Option<string>("--out") { Description = "The archive to write, .tar.gz; readable by its owner only.", Required = true, HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Replace the archive if it is there." };
        var lang = CommonOptions.Printed();
        var command = new Command("backup", "Copies a workspace into one archive, as of one moment, with a checksum of each file.") { workspace, target, force, lang };
        command.SetAction(parsed =>
        {
            var directory = parsed.GetValue(workspace)!;
            global::Coterie.Workspace.SettingsOf(directory);
            // Held, so that no server starts to write in the middle.
            using var server = ServerFolder.Open(directory);
            var made = Backup.Run(new BackupOptions { Workspace = directory, Out = parsed.GetValue(target)!, Force = parsed.GetValue(force) });
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(lang) == "zh"
                ? $"{made.Files:N0} 个文件，{made.Bytes:N0} 字节，已备份到 {made.Out}（{made.ArchiveBytes:N0} 字节）。备份含全部客户数据及密钥，请妥善保管。"
                : $"{made.Files:N0} files of {made.Bytes:N0} bytes are in {made.Out} ({made.ArchiveBytes:N0} bytes). It holds all customers' data and the keys: keep it safe.");
            return CommandLine.Done;
        });
        return command;
    }
}
