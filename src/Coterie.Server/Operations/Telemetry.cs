using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;

namespace Coterie.Server.Operations;

/// <summary>What the server counts and times, by the framework's own instruments: they cost almost nothing while nobody listens. No tag holds anything about a customer.</summary>
static class Telemetry
{
    /// <summary>Name of the meter and of the source of traces.</summary>
    public const string Name = "Coterie";

    static readonly Meter Meter = new(Name, CoterieServer.Version);

    public static readonly ActivitySource Traces = new(Name, CoterieServer.Version);

    static readonly Counter<long> Events = Meter.CreateCounter<long>("coterie.collector.events", "{event}", "Events by what became of them: accepted, duplicate, refused.");
    static readonly Counter<long> Requests = Meter.CreateCounter<long>("coterie.collector.requests", "{request}", "Requests to the collector by status.");
    static readonly Histogram<double> Answers = Meter.CreateHistogram<double>("coterie.collector.duration", "s", "Time to the answer of the collector, with the sync of the disk.");
    static readonly Counter<long> Bytes = Meter.CreateCounter<long>("coterie.log.bytes", "By", "Bytes written to the log.");
    static readonly Histogram<double> Syncs = Meter.CreateHistogram<double>("coterie.log.sync.duration", "s", "Time of one write and sync of the log, for everybody who waits together.");
    static readonly Counter<long> LogFailures = Meter.CreateCounter<long>("coterie.log.failures", "{failure}", "Writes and syncs of the log that failed.");
    static readonly Counter<long> LoadedFrames = Meter.CreateCounter<long>("coterie.load.frames", "{frame}", "Frames of the log that the workspace has taken.");
    static readonly Histogram<double> Loads = Meter.CreateHistogram<double>("coterie.load.duration", "s", "Time of one load of the log into the workspace.");
    static readonly Histogram<double> Jobs = Meter.CreateHistogram<double>("coterie.job.duration", "s", "Time of a job by kind and by how it ended.");
    static readonly Histogram<double> Reads = Meter.CreateHistogram<double>("coterie.warehouse.read.duration", "s", "Time of what is asked of the workspace's database.");
    static readonly Histogram<double> LookUps = Meter.CreateHistogram<double>("coterie.live.lookup.duration", "s", "Time of one look-up of a customer's segment.");

    public static void Collected(int accepted, int duplicates, int refused)
    {
        Events.Add(accepted, Outcome("accepted"));
        if (duplicates > 0) Events.Add(duplicates, Outcome("duplicate"));
        if (refused > 0) Events.Add(refused, Outcome("refused"));
    }

    /// <summary>Counts and times the collector's requests.</summary>
    public static async ValueTask<object?> Collector(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var began = Stopwatch.GetTimestamp();
        var status = 500;
        try
        {
            var result = await next(context);
            status = result is IStatusCodeHttpResult { StatusCode: { } s } ? s : 200;
            return result;
        }
        finally
        {
            Requests.Add(1, new KeyValuePair<string, object?>("status", status));
            Answers.Record(Since(began));
        }
    }

    public static void Synced(int bytes, long began)
    {
        Bytes.Add(bytes);
        Syncs.Record(Since(began));
    }

    public static void LogFailed() => LogFailures.Add(1);

    public static void Loaded(int frames, long began)
    {
        LoadedFrames.Add(frames);
        Loads.Record(Since(began));
    }

    public static void JobEnded(string kind, string how, long began) => Jobs.Record(Since(began), new KeyValuePair<string, object?>("kind", kind), Outcome(how));

    public static void Read(long began) => Reads.Record(Since(began));

    public static void LookedUp(long began) => LookUps.Record(Since(began));

    static KeyValuePair<string, object?> Outcome(string how) => new("outcome", how);

    static double Since(long began) => Stopwatch.GetElapsedTime(began).TotalSeconds;
}
