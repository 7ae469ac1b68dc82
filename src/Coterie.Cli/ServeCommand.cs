using System.CommandLine;
using Coterie.Server;
using Coterie.Server.Access;
using Coterie.Server.Operations;
using Microsoft.Extensions.DependencyInjection;

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
        var database = new Option<string?>("--database") { Description = "Connection string of a PostgreSQL database for people, keys, jobs and audit; also from COTERIE_DATABASE. Default: SQLite in the workspace.", HelpName = "TEXT" };
        var memory = CommonOptions.MemoryLimit();
        var log = new Option<string>("--log") { Description = "How the log on standard output is written: text or json. It holds no personal data.", DefaultValueFactory = _ => "text", HelpName = "FORMAT" };
        log.AcceptOnlyFromAmong("text", "json");
        var proxies = new Option<string[]>("--proxy") { Description = "Address or network of a proxy in front of the server, whose X-Forwarded-For and X-Forwarded-Proto are believed; may be given again.", HelpName = "ADDRESS", DefaultValueFactory = _ => [] };
        var openId = new Option<string?>("--openid") { Description = "Address of an identity provider (OpenID Connect) by which people who were invited may sign in too.", HelpName = "URL" };
        var client = new Option<string?>("--openid-client") { Description = "What the identity provider calls this server.", HelpName = "ID" };
        var secret = new Option<string?>("--openid-secret-file") { Description = "File with the secret that the identity provider gave; also from COTERIE_OPENID_SECRET.", HelpName = "FILE" };
        var trust = new Option<bool>("--openid-trust-addresses") { Description = "Believe e-mail addresses that the identity provider does not say it verified; only where people cannot set them themselves." };
        var command = new Command("serve", "Runs the server: collects events from the SDKs of Segment, RudderStack, PostHog and Jitsu, makes segments, and shows them on a dashboard and over an API.") { workspace, urls, every, database, memory, log, proxies, openId, client, secret, trust };
        command.SetAction(async (parsed, stop) =>
        {
            var directory = parsed.GetValue(workspace)!;
            await using var server = CoterieServer.Build(new ServerOptions
            {
                Workspace = directory,
                Urls = parsed.GetValue(urls)!,
                LoadEvery = TimeSpan.FromSeconds(parsed.GetValue(every)),
                // A password in the arguments can be read by everybody on the machine.
                Database = parsed.GetValue(database) ?? Environment.GetEnvironmentVariable("COTERIE_DATABASE"),
                Program = ThisProgram(),
                MemoryLimit = parsed.GetValue(memory),
                Log = parsed.GetValue(log) == "json" ? LogFormat.Json : LogFormat.Text,
                Proxies = parsed.GetValue(proxies)!,
                OpenId = OpenIdOptions.Of(parsed.GetValue(openId), parsed.GetValue(client), Secret(parsed.GetValue(secret)), parsed.GetValue(trust)),
            });
            await server.StartAsync(stop);
            var output = parsed.InvocationConfiguration.Output;
            await output.WriteLineAsync($"Coterie serves '{directory}' at {string.Join(" ", server.Urls)}; Ctrl-C stops.");
            if (server.Services.GetRequiredService<SetupLink>().Renew() is { } code)
                await output.WriteLineAsync($"First start: open {server.Urls.First()}/setup?code={code} within fifteen minutes to make the first account.");
            if (server.Services.GetRequiredService<Sources>().All.Count == 0)
                await output.WriteLineAsync($"No source may send yet: make one under Settings, or with './coterie source add NAME --workspace {directory}'.");
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

    static string? Secret(string? file)
    {
        if (file is null) return Environment.GetEnvironmentVariable("COTERIE_OPENID_SECRET");
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The secret of the identity provider cannot be read from '{file}': {e.Message}");
        }
    }

    // What runs now: the program itself, or dotnet and the assembly.
    static string[] ThisProgram() => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
        ? [path, typeof(ServeCommand).Assembly.Location]
        : [Environment.ProcessPath!];
}
