using Coterie.Collect;
using Coterie.Decisions;
using Coterie.Numerics;
using Coterie.Reports;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>Where a decision takes its events and segments from: files or a workspace, with or without a run.</summary>
public sealed record DecisionSourceOptions
{
    /// <summary>Event files; empty with <see cref="Workspace"/>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
    /// <summary>A workspace whose events are used; its newest run gives the segments unless <see cref="Run"/> names another.</summary>
    public string? Workspace { get; init; }
    /// <summary>The output directory of a former run over the same events; null: no segments.</summary>
    public string? Run { get; init; }
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();
    public string Timezone { get; init; } = "UTC";
    public string? Currency { get; init; }
    /// <summary>Null: the last event.</summary>
    public DateTime? AsOf { get; init; }
    public Seed Seed { get; init; } = new(1);
    public DuckDbOptions Storage { get; init; } = new();
}

/// <summary>A shop's events and segments, opened for decisions; closing it gives everything back.</summary>
public sealed class DecisionSource : IDisposable
{
    readonly Workspace workspace;
    readonly CancellationTokenRegistration interruption;

    DecisionSource(Workspace workspace, CancellationTokenRegistration interruption, DecisionInput input)
    {
        this.workspace = workspace;
        this.interruption = interruption;
        Input = input;
    }

    public DecisionInput Input { get; }

    /// <exception cref="ConfigurationException">Neither files nor a workspace, or both.</exception>
    /// <exception cref="InputException">They cannot be used, hold no customer, or the run is of other customers.</exception>
    public static DecisionSource Open(DecisionSourceOptions options, IProgress<StageProgress>? progress = null, CancellationToken stop = default)
    {
        if ((options.Files.Count > 0) == (options.Workspace is not null))
            throw new ConfigurationException("Name event files, or a workspace with --workspace DIR (one of the two).");
        var stages = new Stages(progress, stop);
        var workspace = options.Workspace is { } directory ? Workspace.Open(directory, options.Storage, create: false) : Workspace.Temporary(options.Storage);
        var interruption = stop.Register(workspace.Warehouse.Interrupt);
        try
        {
            var collect = new CollectOptions { Files = options.Files, Map = options.Map, Timezone = options.Timezone, TemporaryDirectory = workspace.TemporaryDirectory };
            var quality = Ingestion.Load(workspace, collect, options.Currency, stages);
            if (quality.LastEvent is not { } last) throw new InputException($"None of the {quality.RowsRead:N0} rows could be kept; check the mapping with --map.");
            var run = options.Run ?? (options.Workspace is { } kept ? Workspace.LatestRunOf(kept) : null);
            var segments = run is null ? null : stages.Do("segments", () => SegmentsOf(run));
            if (segments is not null && !Known(workspace, segments))
                throw new InputException($"No customer of the run '{run}' is in these events; name the run that was made from them.");
            return new DecisionSource(workspace, interruption, new DecisionInput
            {
                Warehouse = workspace.Warehouse,
                Quality = quality,
                AsOf = options.AsOf ?? last,
                Segments = segments,
                Run = run,
                Seed = options.Seed,
                Threads = options.Storage.Threads,
                Say = stages.Say,
                Stop = stop,
            });
        }
        catch
        {
            interruption.Dispose();
            workspace.Dispose();
            throw;
        }
    }

    /// <summary>The segments of a run's output directory.</summary>
    /// <exception cref="InputException">It is not a run's output, or it is damaged.</exception>
    public static Membership SegmentsOf(string run)
    {
        var (report, file) = (Path.Combine(run, "report.json"), Path.Combine(run, "segments.parquet"));
        if (!File.Exists(report) || !File.Exists(file))
            throw new InputException($"'{run}' is not the output of a run: it lacks report.json or segments.parquet. Name the --out of a former run.");
        var read = ReportJson.Read(report);
        var places = read.Segments.Select((s, i) => (s.Id, i)).ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);
        var rows = SegmentFile.ReadParquet(file);
        if (rows.FirstOrDefault(r => !places.ContainsKey(r.Segment)) is { } stranger)
            throw new InputException($"'{file}' has the segment '{stranger.Segment}', which report.json beside it does not know; run segment again.");
        return new Membership([.. read.Segments.Select(s => new SegmentRef(s.Id, s.Name))],
            rows.ToDictionary(r => r.CustomerId, r => places[r.Segment], StringComparer.Ordinal), read.AsOf);
    }

    static bool Known(Workspace workspace, Membership segments)
    {
        var known = false;
        workspace.Warehouse.Query(new("list customers", """SELECT DISTINCT "customer_id" FROM "events" """), r => known |= !r.IsDBNull(0) && segments.OfCustomer.ContainsKey(r.GetString(0)));
        return known;
    }

    public void Dispose()
    {
        interruption.Dispose();
        workspace.Dispose();
    }
}
