using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Coterie.Server;
using Coterie.Server.Access;
using Coterie.Server.Collector;
using Coterie.Server.Live;
using Coterie.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server;

/// <summary>A server of its own for one test, on a free port of the loopback address, with one source.</summary>
sealed class RunningServer : IAsyncDisposable
{
    readonly TemporaryFolder folder = new();
    readonly WebApplication server;

    RunningServer(Func<ServerOptions, ServerOptions> change)
    {
        Workspace = folder.File("workspace");
        server = CoterieServer.Build(change(new ServerOptions { Workspace = Workspace, Urls = "http://127.0.0.1:0", LoadEvery = TimeSpan.FromHours(1) }));
        Key = server.Services.GetRequiredService<Sources>().Add($"shop {Guid.NewGuid():N}").Key;
    }

    public string Workspace { get; }
    public string Key { get; }
    public WorkspaceHost Host => server.Services.GetRequiredService<WorkspaceHost>();
    public IServiceProvider Services => server.Services;
    public Collecting Collecting => server.Services.GetRequiredService<Collecting>();
    public LiveMembership Live => server.Services.GetRequiredService<LiveMembership>();
    public Loading Loading => server.Services.GetRequiredService<Loading>();
    public HttpClient Client { get; private set; } = new();

    public static async Task<RunningServer> Start(Func<ServerOptions, ServerOptions>? change = null)
    {
        var running = new RunningServer(change ?? (o => o));
        await running.server.StartAsync();
        running.Client = new HttpClient { BaseAddress = new Uri(running.server.Urls.First()) };
        return running;
    }

    /// <summary>Requests of <see cref="Client"/> come with an API key of a role from now on.</summary>
    public void WithKey(Coterie.Server.Data.Role role) =>
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Services.GetRequiredService<ApiKeys>().Add("test", role, perSecond: 10_000).Key);

    public async Task<Answered> Post(string path, string body, bool gzip = false, string? type = "application/json", string? basic = null, string? header = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var content = new ByteArrayContent(gzip ? Gzip(bytes) : bytes);
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (basic is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        if (header is not null) request.Headers.Add("X-Write-Key", header);
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answered((int)response.StatusCode, JsonDocument.Parse(text).RootElement.Clone(), response.Headers.RetryAfter?.Delta);
    }

    /// <summary>The events of the log, in order.</summary>
    public List<JsonElement> Stored() => Events(Collecting.Log);

    public static List<JsonElement> Events(Coterie.Server.Log.EventLog log)
    {
        var events = new List<JsonElement>();
        log.Read(1, frame =>
        {
            foreach (var line in Encoding.UTF8.GetString(LoggedBatch.Read(frame.Payload).Lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                events.Add(JsonDocument.Parse(line).RootElement.Clone());
        });
        return events;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var to = new MemoryStream();
        using (var gzip = new GZipStream(to, CompressionLevel.Fastest)) gzip.Write(bytes);
        return to.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await server.StopAsync();
        await server.DisposeAsync();
        folder.Dispose();
    }
}

sealed record Answered(int Status, JsonElement Body, TimeSpan? RetryAfter)
{
    public string? Text(string name) => Body.GetProperty(name).GetString();

    public int Number(string name) => Body.GetProperty(name).GetInt32();
}
