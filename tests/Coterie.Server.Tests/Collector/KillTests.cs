using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Coterie.Numerics;
using Coterie.Server;
using Coterie.Server.Access;
using Coterie.Tests.Support;

namespace Coterie.Tests.Server;

/// <summary>A server is killed (SIGKILL) at random moments under load; its clients do as SDKs do and send again what was not acknowledged.</summary>
public class KillTests
{
    static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("COTERIE_KILLS"), out var n) ? n : 20;
    const int Writers = 8, EventsInBatch = 10;

    [Fact]
    public async Task NothingAcknowledgedIsLost_AndNothingIsStoredTwice()
    {
        using var folder = new TemporaryFolder();
        var workspace = folder.File("workspace");
        Workspace.Open(workspace, new Coterie.Warehouse.DuckDb.DuckDbOptions(), create: true).Dispose();
        var key = new Sources(new Coterie.Server.Data.ServerData(CoterieServer.Folder(workspace))).Add("shop").Key;
        var url = $"http://127.0.0.1:{FreePort()}";
        var rng = new Seed(7).Stream(0);
        using var done = new CancellationTokenSource();
        var acknowledged = 0;
        var sent = new HashSet<string>[Writers];
        var writers = Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            sent[w] = [];
            using var client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(5) };
            for (var b = 0; !done.IsCancellationRequested; b++)
            {
                var ids = Enumerable.Range(0, EventsInBatch).Select(i => $"{w}.{b}.{i}").ToArray();
                var body = $$"""{"writeKey":"{{key}}","batch":[{{string.Join(',', ids.Select(i => $$"""{"type":"track","event":"x","userId":"u","messageId":"{{i}}"}"""))}}]}""";
                sent[w].UnionWith(ids);
                while (!await Acknowledged(client, body)) await Task.Delay(20);
                Interlocked.Increment(ref acknowledged);
            }
        })).ToArray();

        for (var round = 0; round < Rounds; round++)
        {
            using var server = Start(workspace, url);
            try
            {
                await Ready(server, url);
                await Task.Delay(rng.NextInt(400));
            }
            finally
            {
                server.Kill();
                await server.WaitForExitAsync();
            }
        }

        using var last = Start(workspace, url);
        try
        {
            await Ready(last, url);
            await done.CancelAsync();
            await Task.WhenAll(writers);
        }
        finally
        {
            last.Kill();
            await last.WaitForExitAsync();
        }

        using var log = Coterie.Server.Log.EventLog.Open(Path.Combine(CoterieServer.Folder(workspace), "log"));
        var stored = RunningServer.Events(log).Select(e => e.GetProperty("messageId").GetString()!).ToArray();
        Assert.True(acknowledged > Rounds, $"only {acknowledged} batches came through");
        Assert.Equal(stored.Length, stored.Distinct().Count());
        Assert.Equal(sent.SelectMany(s => s).Order(StringComparer.Ordinal), stored.Order(StringComparer.Ordinal));
    }

    static async Task<bool> Acknowledged(HttpClient client, string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync("/v1/batch", content);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    static Process Start(string workspace, string url)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in new[] { Repository.At("src", "Coterie.Cli", "bin", "Release", "net10.0", "Coterie.Cli.dll"), "serve", "--workspace", workspace, "--urls", url, "--load-every", "3600" }) start.ArgumentList.Add(word);
        return Process.Start(start)!;
    }

    static async Task Ready(Process server, string url)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(1);)
        {
            Assert.False(server.HasExited, server.HasExited ? await server.StandardError.ReadToEndAsync() : "");
            try
            {
                using var answer = await client.GetAsync(new Uri(url + "/health"));
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(30);
            }
        }

        Assert.Fail("The server did not come up within a minute.");
    }

    static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
