using System.Collections.Concurrent;
using System.Net;
using Coterie.Server;
using Coterie.Tests.Server.Hardness;

namespace Coterie.Tests.Server.Operations;

/// <summary>Asked to stop under load, the server ends by itself, with exit code 0, and everything that it acknowledged is on the disk, once.</summary>
public class GracefulStopTests
{
    [Fact]
    public async Task StopsUnderLoad_AndLosesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM here.");
        await using var server = await ServerProcess.Start();
        using var client = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromSeconds(20) };
        var acknowledged = new ConcurrentBag<string>();
        var stopped = 0;
        var load = Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    if (await server.Track(client, $"{w}.{i}") == HttpStatusCode.OK) acknowledged.Add($"{w}.{i}");
                }
                catch (HttpRequestException)
                {
                    Interlocked.Increment(ref stopped);
                    return;
                }
            }
        })).ToArray();
        // One who will never finish must not hold it up.
        using var slow = await Raw.To(server.Url);
        await slow.Send("POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
        while (acknowledged.Count < 200) await Task.Delay(20);
        server.Ask();
        await server.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await Task.WhenAll(load);
        Assert.Equal(0, server.Process.ExitCode);
        Assert.Equal(8, stopped);
        Assert.Contains("Stopped", server.Said, StringComparison.Ordinal);
        using var log = Coterie.Server.Log.EventLog.Open(Path.Combine(CoterieServer.Folder(server.Workspace), "log"));
        Assert.Empty(log.Damage);
        var stored = RunningServer.Events(log).Select(e => e.GetProperty("messageId").GetString()!).ToArray();
        Assert.Equal(stored.Length, stored.Distinct().Count());
        Assert.Empty(acknowledged.Except(stored));
    }
}
