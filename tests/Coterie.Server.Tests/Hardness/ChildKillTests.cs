using System.Diagnostics;
using Coterie.Numerics;
using Coterie.Tests.Support;

namespace Coterie.Tests.Server.Hardness;

/// <summary>The collector in a bare process, which is killed (SIGKILL) at random moments under load, also while it opens its log: it starts in a tenth of the time
/// of the whole server, so that many rounds fit. <see cref="KillTests"/> kills the whole server, fewer times. <c>COTERIE_KILLS</c> says how many rounds.</summary>
public class ChildKillTests
{
    static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("COTERIE_KILLS"), out var n) ? n : 180;
    const int Writers = 8, EventsInBatch = 10;

    [Fact]
    public async Task NothingAcknowledgedIsLost_AndNothingIsStoredTwice()
    {
        using var folder = new TemporaryFolder();
        var rng = new Seed(9).Stream(0);
        // What each writer waits for an answer to; it sends the next batch when it has it, and the same again to the next process.
        var next = new int[Writers];
        var acknowledged = new List<string>();
        for (var round = 0; round <= Rounds; round++)
        {
            var last = round == Rounds;
            using var child = Process.Start(new ProcessStartInfo("dotnet", [Repository.At("tests", "Coterie.Server.Child", "bin", "Release", "net10.0", "Coterie.Server.Child.dll"), folder.Path])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            try
            {
                var early = !last && rng.NextInt(5) == 0;
                if (early) await Task.Delay(rng.NextInt(120));
                else await Round(child, next, acknowledged, last ? null : TimeSpan.FromMilliseconds(rng.NextInt(150)));
            }
            finally
            {
                child.Kill();
                await child.WaitForExitAsync();
            }
        }

        using var log = Coterie.Server.Log.EventLog.Open(Path.Combine(folder.Path, "log"));
        var stored = RunningServer.Events(log).Select(e => e.GetProperty("messageId").GetString()!).ToArray();
        Assert.True(acknowledged.Count > Rounds, $"only {acknowledged.Count} batches came through");
        Assert.Equal(stored.Length, stored.Distinct().Count());
        Assert.Equal(acknowledged.SelectMany(b => Enumerable.Range(0, EventsInBatch).Select(i => $"{b}.{i}")).Order(StringComparer.Ordinal), stored.Order(StringComparer.Ordinal));
    }

    // Until the time is over, or, without a time, until everything that was sent is acknowledged.
    static async Task Round(Process child, int[] next, List<string> acknowledged, TimeSpan? time)
    {
        if (await child.StandardOutput.ReadLineAsync() != "ready") Assert.Fail(await child.StandardError.ReadToEndAsync());
        var until = Stopwatch.StartNew();
        for (var w = 0; w < Writers; w++) await Send(child, w, next[w]);
        var open = Writers;
        while (open > 0 && !(until.Elapsed > time))
        {
            using var patience = new CancellationTokenSource(time is { } t ? t - until.Elapsed + TimeSpan.FromMilliseconds(1) : TimeSpan.FromSeconds(60));
            string? line;
            try
            {
                line = await child.StandardOutput.ReadLineAsync(patience.Token);
            }
            catch (OperationCanceledException) when (time is not null)
            {
                // An answer that came and was not read is none for its writer.
                return;
            }

            Assert.StartsWith("ok ", line, StringComparison.Ordinal);
            var writer = int.Parse(line!.Split(' ')[1].Split('.')[0]);
            acknowledged.Add($"{writer}.{next[writer]++}");
            if (time is null) open--;
            else await Send(child, writer, next[writer]);
        }
    }

    static Task Send(Process child, int writer, int batch) => child.StandardInput.WriteLineAsync(
        $$"""{{writer}}.{{batch}} {"batch":[{{string.Join(',', Enumerable.Range(0, EventsInBatch).Select(i => $$"""{"type":"track","event":"x","userId":"u","messageId":"{{writer}}.{{batch}}.{{i}}"}"""))}}]}""");
}
