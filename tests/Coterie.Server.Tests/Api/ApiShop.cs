using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Simulation;
using Coterie.Tests.Server;
using Coterie.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Api;

/// <summary>A server over a small shop with a run, and a key for each role, made once for all tests of the API.</summary>
public sealed class ApiShop : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    readonly Dictionary<Role, string> keys = [];
    RunningServer? server;

    internal RunningServer Server => server!;
    internal IServiceProvider Services => Server.Services;
    public string Customer { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var workspace = folder.File("workspace");
        Simulator.Write(new SimulationOptions { Customers = 150, Seed = 9, Days = 120 }, folder.File("shop"));
        Segmentation.Run(new SegmentationOptions { Files = [Path.Combine(folder.File("shop"), "events.csv")], Workspace = workspace, Deep = "off", Decisions = "off", Clusters = 3, Threads = 2 });
        Customer = File.ReadLines(Path.Combine(Workspace.LatestRunOf(workspace)!, "segments.csv")).Skip(1).Select(l => l.Split(',')[0]).First(c => !c.StartsWith("anon:", StringComparison.Ordinal));
        server = await RunningServer.Start(o => o with { Workspace = workspace });
        foreach (var role in Enum.GetValues<Role>()) keys[role] = Services.GetRequiredService<ApiKeys>().Add($"{role}", role, perSecond: 100_000).Key;
    }

    public string KeyOf(Role role) => keys[role];

    /// <summary>Sends a request and reads the answer whole.</summary>
    public Task<ApiAnswer> Send(string method, string path, string? body = null, Role? role = Role.Admin, params (string Name, string Value)[] headers) =>
        SendBytes(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), role is { } r ? keys[r] : null, headers);

    internal async Task<ApiAnswer> SendBytes(string method, string path, byte[]? body, string? key, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Server.Client.SendAsync(request);
        return new((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(), response.Headers.ETag?.Tag, response.Headers.RetryAfter?.Delta, response.Headers.Location?.ToString(),
            response.Headers.Contains("Idempotency-Replayed"));
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>An answer of the API.</summary>
public sealed record ApiAnswer(int Status, string? Type, string Text, string? Tag, TimeSpan? RetryAfter, string? Location, bool Replayed)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? Code => Json.GetProperty("code").GetString();

    /// <summary>What every answer keeps, whatever was asked: no failure of ours, errors in the one shape, and nothing of our insides.</summary>
    public void IsDecent(string asked)
    {
        Assert.True(Status is >= 200 and < 500, $"{asked}: {Status} {Text}");
        if (Status >= 400)
        {
            Assert.True(Type == "application/problem+json", $"{asked}: {Status} of type {Type}");
            Assert.Equal(Status, Json.GetProperty("status").GetInt32());
            Assert.False(string.IsNullOrEmpty(Code), asked);
            foreach (var ours in new[] { "System.", "Exception", "   at ", "Microsoft.", "Coterie.Server", "Coterie.Api", "Npgsql", "DuckDB", ".cs:line" })
                Assert.False(Text.Contains(ours, StringComparison.Ordinal), $"{asked}: the answer tells '{ours}': {Text}");
        }
    }
}

/// <summary>Tests over the one server.</summary>
[CollectionDefinition(nameof(ApiShop))]
public class ApiShopCollection : ICollectionFixture<ApiShop>;
