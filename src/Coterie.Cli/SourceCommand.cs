using System.CommandLine;
using Coterie.Server;
using Coterie.Server.Access;
using Coterie.Server.Data;

namespace Coterie.Cli;

/// <summary>Makes and lists the sources that may send events to a server.</summary>
internal static class SourceCommand
{
    internal static Command Create()
    {
        var command = new Command("source", "Makes and lists the sources that may send events to a server.") { Add(), List() };
        return command;
    }

    static Option<string> Workspace() => new("--workspace") { Description = "The server's workspace.", DefaultValueFactory = _ => "workspace", HelpName = "DIR" };

    static Command Add()
    {
        var name = new Argument<string>("name") { Description = "What to call it: website, app, shop." };
        var workspace = Workspace();
        var command = new Command("add", "Makes a source and shows its write key, once. A running server knows it at once.") { name, workspace };
        command.SetAction(parsed =>
        {
            global::Coterie.Workspace.SettingsOf(parsed.GetValue(workspace)!);
            var made = new Sources(new ServerData(CoterieServer.Folder(parsed.GetValue(workspace)!), Environment.GetEnvironmentVariable("COTERIE_DATABASE"))).Add(parsed.GetValue(name)!);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"Source '{made.Source.Name}' ({made.Source.Id}). Its write key, shown this once:");
            output.WriteLine(made.Key);
            return CommandLine.Done;
        });
        return command;
    }

    static Command List()
    {
        var workspace = Workspace();
        var command = new Command("list", "Lists the sources of a workspace.") { workspace };
        command.SetAction(parsed =>
        {
            global::Coterie.Workspace.SettingsOf(parsed.GetValue(workspace)!);
            foreach (var s in new Sources(new ServerData(CoterieServer.Folder(parsed.GetValue(workspace)!), Environment.GetEnvironmentVariable("COTERIE_DATABASE"))).All)
                parsed.InvocationConfiguration.Output.WriteLine($"{s.Id}  {s.Created:yyyy-MM-dd}  {(s.Enabled ? "enabled " : "disabled")}  {s.Name}");
            return CommandLine.Done;
        });
        return command;
    }
}
