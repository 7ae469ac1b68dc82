using System.CommandLine;
using Coterie.Server;
using Coterie.Server.Access;

namespace Coterie.Cli;

/// <summary>Runs the server.</summary>
internal static class ServeCommand
{
    internal static Command Create()
    {
        var workspace = new Option<string>("--workspace") { Description = "Directory that keeps events, runs and models; made when it is new.", DefaultValueFactory = _ => "workspace", HelpName = "DIR" };
        var urls = new Option<string>("--urls") { Description = "Where to listen.", DefaultValueFactory = _ => new ServerOptions { Workspace = "" }.Urls, HelpName = "URL" };
        var every = new Option<int>("--load-every") { Description = "Seconds between two loads of collected events into the workspace.", DefaultValueFactory = _ => 10, HelpName = "SECONDS" };
        every.Validators.Add(CommonOptions.AtLeast(every, 1));
        var command = new Command("serve", "Collects events from the SDKs of Segment, RudderStack, PostHog and Jitsu into a workspace.") { workspace, urls, every };
        command.SetAction(async (parsed, stop) =>
        {
            await using var server = CoterieServer.Build(new ServerOptions { Workspace = parsed.GetValue(workspace)!, Urls = parsed.GetValue(urls)!, LoadEvery = TimeSpan.FromSeconds(parsed.GetValue(every)) });
            await server.StartAsync(stop);
            var output = parsed.InvocationConfiguration.Output;
            await output.WriteLineAsync($"Collecting into '{parsed.GetValue(workspace)}' at {string.Join(" ", server.Urls)}; Ctrl-C stops.");
            if (new Sources(CoterieServer.Folder(parsed.GetValue(workspace)!)).All.Count == 0)
                await output.WriteLineAsync($"No source may send yet: './coterie source add NAME --workspace {parsed.GetValue(workspace)}' makes one and shows its write key.");
            try
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
            catch (OperationCanceledException)
            {
                await server.StopAsync(CancellationToken.None);
                await output.WriteLineAsync("Stopped; everything that was acknowledged is on the disk.");
            }

            return CommandLine.Done;
        });
        return command;
    }
}
