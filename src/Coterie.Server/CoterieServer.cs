using System.Reflection;
using Coterie.Server.Access;
using Coterie.Server.Api;
using Coterie.Server.Collector;
using Coterie.Server.Data;
using Coterie.Server.Insight;
using Coterie.Server.Jobs;
using Coterie.Server.Live;
using Coterie.Server.Operations;
using Coterie.Server.Pages;
using Coterie.Warehouse.DuckDb;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coterie.Server;

/// <summary>The server: collects events over HTTP into an append-only log, loads them into a workspace, runs segmentation and decisions as jobs, and answers an API and a dashboard.</summary>
public static class CoterieServer
{
    internal static readonly string Version = typeof(CoterieServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The server's folder in a workspace.</summary>
    public static string Folder(string workspace) => Path.Combine(Path.GetFullPath(workspace), "server");

    /// <summary>Builds a server that is ready to be run.</summary>
    /// <exception cref="InputException">The directory is no workspace and not empty, or somebody else has it open.</exception>
    public static WebApplication Build(ServerOptions options)
    {
        // Opened first, and checked: everything else lives inside.
#pragma warning disable CA2000 // Given to the container, which disposes it.
        var host = new WorkspaceHost(options.Workspace, new DuckDbOptions { MemoryLimit = options.MemoryLimit });
#pragma warning restore CA2000
        try
        {
            var folder = Folder(options.Workspace);
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(CoterieServer).Assembly.GetName().Name });
            Listen(builder, options);
            Services(builder.Services, options, folder, host);
            var server = builder.Build();
            Middleware(server, options);
            Routes(server, folder, options);
            return server;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    static void Listen(WebApplicationBuilder builder, ServerOptions options)
    {
        StrictRequests.RefuseBareLineFeeds();
        builder.WebHost.UseUrls(options.Urls).ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            // Ours is the cap, with an answer of ours; this one is the net below it.
            k.Limits.MaxRequestBodySize = RequestBody.MostSent + (1 << 20);
            k.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            k.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
            k.Limits.MaxConcurrentConnections = 10_000;
        });
        builder.Logging.AddServerLog(options.Log);
    }

    static void Services(IServiceCollection services, ServerOptions options, string folder, WorkspaceHost host)
    {
        services.AddSingleton(options);
        // By a factory, so that the container disposes it.
        services.AddSingleton(_ => host);
        services.AddSingleton(new ServerData(folder, options.Database));
        services.AddSingleton<Sources>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<People>();
        services.AddSingleton<SetupLink>();
        services.AddSingleton(s => new Audit(s.GetRequiredService<ServerData>(), folder));
        services.AddSingleton<Runs>();
        services.AddSingleton<CollectedState>();
        services.AddWork(folder);
        services.AddSingleton(s => new Collecting(folder, options.Storage, s.GetRequiredService<SourceActivity>()));
        services.AddSingleton(s => new Loading((file, stop) => host.Write(w => Ingestion.Add(w, [file], stop)), folder, s.GetRequiredService<Collecting>().Log, options.LoadEvery, s.GetRequiredService<ILogger<Loading>>()));
        services.AddHostedService(s => s.GetRequiredService<Loading>());
        services.AddSingleton(s => new LiveMembership(options.Workspace, s.GetRequiredService<Collecting>().Log, () => s.GetRequiredService<Loading>().Loaded, host: host));
        services.AddHostedService(s => s.GetRequiredService<LiveMembership>());
        services.AddSingleton<JobQueue>();
        services.AddSingleton<JobFiles>();
        services.AddSingleton<DecisionShelf>();
        services.AddSchedules();
        services.AddDrift();
        services.AddTelemetryExport();
        services.AddGracefulStop();
        services.AddSingleton(s => new JobRunner(s.GetRequiredService<JobQueue>(), host, s.GetRequiredService<JobFiles>(), options.Program, s.GetServices<OwnJob>(), s.GetRequiredService<ILogger<JobRunner>>()));
        services.AddHostedService(s => s.GetRequiredService<JobRunner>());
        services.AddSignIn(folder, options.OpenId);
        services.AddApi();
        services.AddAntiforgery(a => (a.Cookie.Name, a.Cookie.SameSite, a.FormFieldName) = ("coterie-form", SameSiteMode.Strict, "_form"));
        services.AddHttpContextAccessor();
        services.AddRazorComponents();
        services.AddScoped<PageState>();
        services.AddInsight();
        services.Configure<JsonOptions>(o => ApiJson.Set(o.SerializerOptions));
    }

    static void Middleware(WebApplication server, ServerOptions options)
    {
        server.UseStrictRequests();
        server.UseProxies(options.Proxies);
        server.UseProblems();
        server.UseSecurityHeaders();
        server.UseRouting();
        server.UseAccess();
        server.UseAntiforgery();
    }

    static void Routes(WebApplication server, string folder, ServerOptions options)
    {
        // Its key is read now: with one that anybody could guess, the server does not start.
        server.Services.GetRequiredService<Audit>();
        // Made now, so that a damaged log is an error at the start and not at the first event.
        var (collecting, loading, disk) = (server.Services.GetRequiredService<Collecting>(), server.Services.GetRequiredService<Loading>(), new FreeSpace(folder, options.LeastFreeBytes));
        var live = server.Services.GetRequiredService<LiveMembership>();
        collecting.Taken = live.Arrive;
        server.MapCollector(collecting, server.Services.GetRequiredService<Sources>(), disk.Problem);
        server.MapGet("/health", () => Results.Json(new { status = "ok" })).AllowAnonymous();
        server.MapGet("/ready", () =>
        {
            string[] problems = [.. new[] { collecting.Log.Trouble, disk.Problem(), loading.Trouble, live.Trouble is { } trouble ? Redaction.Of(trouble) : null }.OfType<string>()];
            return Results.Json(new { status = problems.Length == 0 ? "ok" : "trouble", problems, collected = collecting.Log.Last, loaded = loading.Loaded }, statusCode: problems.Length == 0 ? 200 : 503);
        }).AllowAnonymous();
        server.MapGet("/version", () => Results.Json(new { version = Version })).AllowAnonymous();
        server.MapApi();
        server.MapPages();
        if (options.OpenId is not null) server.MapOpenId();
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
