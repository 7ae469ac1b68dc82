using System.Text.Json;
using Coterie.Server.Log;
using Coterie.Server.Operations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coterie.Server.Collector;

/// <summary>Brings what the log has taken into the workspace's events, again and again. Ids make it idempotent: a load that was cut off is done again, and
/// changes nothing that was there.</summary>
sealed partial class Loading(Action<string, CancellationToken> add, string directory, EventLog log, TimeSpan every, ILogger<Loading> logger) : BackgroundService
{
    readonly string position = Path.Combine(directory, "loaded.json");

    sealed record Position(long Sequence);

    /// <summary>The newest frame that the workspace has.</summary>
    public long Loaded { get; private set; }

    /// <summary>Why the last load failed; null when it did not.</summary>
    public string? Trouble { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Resume();
        TimeSpan took;
        do
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            try
            {
                await Task.Run(() => Load(stoppingToken), stoppingToken);
                Trouble = null;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is InputException or IOException or Warehouse.WarehouseException)
            {
                // The log waits.
                // A disk's trouble names files; the others may quote events.
                Trouble = e is IOException ? e.Message : Redaction.Of(e.Message);
                Failed(logger, Trouble);
            }

            took = System.Diagnostics.Stopwatch.GetElapsedTime(began);
        }
        while (await Next(took, stoppingToken));
    }

    /// <summary>Goes on where a former process ended.</summary>
    internal void Resume() => Loaded = PositionIn(directory);

    /// <summary>The newest frame that the workspace of a server's folder has; 0 before the first.</summary>
    internal static long PositionIn(string directory) =>
        Path.Combine(directory, "loaded.json") is var file && File.Exists(file) ? JsonSerializer.Deserialize<Position>(File.ReadAllBytes(file))!.Sequence : 0;

    // A load looks at the whole store, so the larger a shop, the longer it takes: answers and pages have the machine for two thirds of the time at least. Live answers do not
    // wait for it, they have the events from the log.
    async Task<bool> Next(TimeSpan took, CancellationToken stop)
    {
        try
        {
            await Task.Delay(took * 2 > every ? took * 2 : every, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    readonly Lock loading = new();

    /// <summary>Loads what is new.</summary>
    internal void Load(CancellationToken stop)
    {
        lock (loading) LoadAlone(stop);
    }

    void LoadAlone(CancellationToken stop)
    {
        var until = log.Last;
        if (until <= Loaded) return;
        using var trace = Telemetry.Traces.StartActivity("load");
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var file = Path.Combine(directory, "loading.jsonl");
        var frames = 0;
        using (var lines = File.Create(file))
        {
            foreach (var damage in log.Read(Loaded + 1, frame =>
            {
                if (frame.Sequence > until) return;
                lines.Write(LoggedBatch.Read(frame.Payload).Lines.Span);
                frames++;
            })) Damaged(logger, damage.File, damage.Offset, damage.Bytes);
        }

        if (frames > 0) add(file, stop);
        File.Delete(file);
        var next = position + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(new Position(until)));
        File.Move(next, position, overwrite: true);
        Loaded = until;
        Telemetry.Loaded(frames, began);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Loading events into the workspace failed and will be tried again: {Why}")]
    static partial void Failed(ILogger logger, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The log file {File} is damaged at {Offset}: {Bytes} bytes were passed over")]
    static partial void Damaged(ILogger logger, string file, long offset, long bytes);
}
