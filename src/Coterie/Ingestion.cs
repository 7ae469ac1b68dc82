using Coterie.Clean;
using Coterie.Collect;
using Coterie.Privacy;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>What to add to which workspace.</summary>
public sealed record IngestionOptions
{
    public required IReadOnlyList<string> Files { get; init; }
    public required string Workspace { get; init; }
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();
    public string Timezone { get; init; } = "UTC";
    public string? Currency { get; init; }
    public DuckDbOptions Storage { get; init; } = new();
}

/// <summary>Collect and Clean into a workspace that grows. The same file twice changes nothing.</summary>
public static class Ingestion
{
    public static QualityReport Run(IngestionOptions options, IProgress<StageProgress>? progress = null, CancellationToken stop = default)
    {
        using var workspace = Workspace.Open(options.Workspace, options.Storage, create: true);
        if (options.Currency is not null || options.Timezone != workspace.Settings.Timezone)
            workspace.Configure(workspace.Settings with { Currency = options.Currency ?? workspace.Settings.Currency, Timezone = options.Timezone });
        using var interruption = stop.Register(workspace.Warehouse.Interrupt);
        return Load(workspace, new CollectOptions
        {
            Files = options.Files,
            Map = options.Map,
            Timezone = options.Timezone,
            TemporaryDirectory = workspace.TemporaryDirectory,
        }, options.Currency, new Stages(progress, stop));
    }

    /// <summary>Adds files to a workspace that is open, in its own time zone and currency.</summary>
    public static QualityReport Add(Workspace workspace, IReadOnlyList<string> files, CancellationToken stop = default)
    {
        using var interruption = stop.Register(workspace.Warehouse.Interrupt);
        return Load(workspace, new CollectOptions { Files = files, Timezone = workspace.Settings.Timezone, TemporaryDirectory = workspace.TemporaryDirectory }, null, new Stages(null, stop));
    }

    internal static QualityReport Load(Workspace workspace, CollectOptions collect, string? currency, Stages stages)
    {
        var options = new CleanOptions
        {
            Currency = currency ?? workspace.Settings.Currency,
            OneShot = workspace.IsTemporary,
            Suppressed = workspace.IsTemporary ? null : SuppressionList.Read(workspace.Directory),
        };
        // A workspace may be asked again without new files.
        if (collect.Files.Count == 0 && !workspace.IsTemporary) return stages.Do("read", () => Cleaning.Describe(workspace.Warehouse, options));
        var relations = stages.Do("collect", () => new FileSource(collect).Open(workspace.Warehouse));
        foreach (var relation in relations)
        {
            stages.Say($"{relation.Files.Count} file(s), layout {relation.Layout}: "
                + string.Join(", ", relation.Mapping.Select(m => $"{m.Target}={m.Source}")));
        }

        return stages.Do("clean", () => Cleaning.Load(workspace.Warehouse, relations, options));
    }
}
