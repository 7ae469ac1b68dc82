using System.Reflection;
using Coterie.Server.Access;
using Coterie.Server.Collector;
using Coterie.Server.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coterie.Server;

/// <summary>How a server runs.</summary>
public sealed record ServerOptions
{
    /// <summary>Its workspace; made when the directory is new or empty.</summary>
    public required string Workspace { get; init; }
    /// <summary>Where it listens.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";
    /// <summary>How often the workspace takes what was collected.</summary>
    public TimeSpan LoadEvery { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>With less free space the server stops taking events (503), long before the disk is full.</summary>
    public long LeastFreeBytes { get; init; } = 512L << 20;
}

/// <summary>The server: collects events over HTTP into an append-only log and loads them into a workspace.</summary>
public static class CoterieServer
{
    /// <summary>The server's folder in a workspace.</summary>
    public static string Folder(string workspace) => Path.Combine(Path.GetFullPath(workspace), "server");

    /// <summary>Builds a server that is ready to be run.</summary>
    /// <exception cref="InputException">The directory is no workspace and not empty, or another server has it.</exception>
    public static WebApplication Build(ServerOptions options)
    {
        // Made here, and checked: the log lives inside.
        Workspace.Open(options.Workspace, new Warehouse.DuckDb.DuckDbOptions(), create: true).Dispose();
        var folder = Folder(options.Workspace);
        Directory.CreateDirectory(folder);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(CoterieServer).Assembly.GetName().Name });
        builder.WebHost.UseUrls(options.Urls).ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            // Ours is the cap, with an answer of ours; this one is the net below it.
            k.Limits.MaxRequestBodySize = RequestBody.MostSent + (1 << 20);
            k.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            k.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
            k.Limits.MaxConcurrentConnections = 10_000;
        });
        builder.Logging.ClearProviders().AddSimpleConsole(c => c.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(_ => new ServerLock(folder));
        builder.Services.AddSingleton(new Sources(folder));
        builder.Services.AddSingleton(_ => new Collecting(folder));
        builder.Services.AddSingleton(s => new Loading(options.Workspace, folder, s.GetRequiredService<Collecting>().Log, options.LoadEvery, s.GetRequiredService<ILogger<Loading>>()));
        builder.Services.AddHostedService(s => s.GetRequiredService<Loading>());
        builder.Services.AddSingleton(s => new LiveMembership(options.Workspace, s.GetRequiredService<Collecting>().Log, () => s.GetRequiredService<Loading>().Loaded));
        builder.Services.AddHostedService(s => s.GetRequiredService<LiveMembership>());
        var server = builder.Build();
        server.Services.GetRequiredService<ServerLock>();
        var (collecting, loading, disk) = (server.Services.GetRequiredService<Collecting>(), server.Services.GetRequiredService<Loading>(), new FreeSpace(folder, options.LeastFreeBytes));
        server.MapCollector(collecting, server.Services.GetRequiredService<Sources>(), disk.Problem);
        var live = server.Services.GetRequiredService<LiveMembership>();
        collecting.Taken = live.Arrive;
        server.MapLive(live);
        server.MapGet("/health", () => Results.Json(new { status = "ok" }));
        server.MapGet("/ready", () =>
        {
            string[] problems = [.. new[] { collecting.Log.Trouble, disk.Problem(), loading.Trouble, live.Trouble }.OfType<string>()];
            return Results.Json(new { status = problems.Length == 0 ? "ok" : "trouble", problems, collected = collecting.Log.Last, loaded = loading.Loaded }, statusCode: problems.Length == 0 ? 200 : 503);
        });
        server.MapGet("/version", () => Results.Json(new { version = Version }));
        return server;
    }

    static string Version => typeof(CoterieServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    // Two servers in one workspace would write one log; the operating system frees the lock when a process dies.
    sealed class ServerLock(string folder) : IDisposable
    {
        readonly FileStream held = Hold(folder);

        static FileStream Hold(string folder)
        {
            try
            {
                return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e)
            {
                throw new InputException($"Another server has '{folder}' open. Stop it first.", e);
            }
        }

        public void Dispose() => held.Dispose();
    }

    /// <summary>Looks at the free space of the disk once a second at most.</summary>
    sealed class FreeSpace(string folder, long least)
    {
        readonly DriveInfo drive = new(folder);
        long looked = long.MinValue;
        string? problem;

        public string? Problem()
        {
            var now = Environment.TickCount64;
            if (now - Interlocked.Read(ref looked) < 1000 && looked != long.MinValue) return problem;
            Interlocked.Exchange(ref looked, now);
            var free = drive.AvailableFreeSpace;
            return problem = free >= least ? null : $"The disk has {free >> 20:N0} MB left; events are taken again from {least >> 20:N0} MB on.";
        }
    }
}
