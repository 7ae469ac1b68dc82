using Coterie.Collect;
using Coterie.Features;
using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Sequences;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>Which customers to place, into which segments.</summary>
public sealed record ScoringOptions
{
    public required IReadOnlyList<string> Files { get; init; }
    /// <summary>The output directory of a former run, or its model folder.</summary>
    public required string Model { get; init; }
    /// <summary>File to write, .csv or .parquet.</summary>
    public required string Out { get; init; }
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();
    public string Timezone { get; init; } = "UTC";
    /// <summary>Null: the model's instant, or the newest event when that is later.</summary>
    public DateTime? AsOf { get; init; }
    public bool Force { get; init; }
    public DuckDbOptions Storage { get; init; } = new();
}

/// <summary>How many customers were put into a segment.</summary>
public sealed record ScoredSegment(string Id, Bilingual Name, int Customers);

/// <summary>What scoring did.</summary>
public sealed record ScoringResult(string Out, int Customers, DateTime AsOf, IReadOnlyList<ScoredSegment> Segments, IReadOnlyList<string> Notes);

/// <summary>Puts customers into existing segments with a saved model. The same customer with the same events gets the same answer as in
/// the run, because features are taken as of the run's instant unless the new files reach beyond it.</summary>
public static class Scoring
{
    public static ScoringResult Run(ScoringOptions options, IProgress<StageProgress>? progress = null, CancellationToken stop = default)
    {
        var parquet = Path.GetExtension(options.Out).Equals(".parquet", StringComparison.OrdinalIgnoreCase);
        Check(options, parquet);
        var model = SegmentationModel.Read(options.Model);
        var stages = new Stages(progress, stop);
        using var workspace = Workspace.Temporary(options.Storage);
        using var interruption = stop.Register(workspace.Warehouse.Interrupt);
        var quality = Ingestion.Load(workspace, new CollectOptions
        {
            Files = options.Files,
            Map = options.Map,
            Timezone = options.Timezone,
            TemporaryDirectory = workspace.TemporaryDirectory,
        }, currency: null, stages);
        if (quality.LastEvent is not { } last) throw new InputException($"None of the {quality.RowsRead:N0} rows could be kept; check the mapping with --map.");

        workspace.Warehouse.LockDown(Path.GetDirectoryName(Path.GetFullPath(options.Out))!);
        var notes = new List<string>(quality.Notes);
        var asOf = options.AsOf ?? (last > model.AsOf ? last : model.AsOf);
        var table = stages.Do("features", () => Features(workspace.Warehouse, model, asOf));
        notes.AddRange(Missing(model, table));
        var placed = stages.Do("assign", () => Place(workspace.Warehouse, model, table, options.Storage.Threads));
        var rows = SegmentRows.Of(table.Customers, placed.Assignment, model.Segments, placed.Agreement);
        stages.Do("write", () =>
        {
            WholeFile.Write(options.Out, file =>
            {
                if (parquet) SegmentFile.WriteParquet(workspace.Warehouse, file, rows);
                else SegmentFile.WriteCsv(file, rows);
            });
            return true;
        });

        var counts = model.Segments.Select(s => new ScoredSegment(s.Id, s.Name, placed.Assignment.Labels.Count(l => l == s.Label))).ToArray();
        return new ScoringResult(options.Out, table.Count, asOf, counts, notes);
    }

    /// <summary>Features of every customer of a warehouse, as the model's run measured them.</summary>
    internal static FeatureTable Features(IWarehouse warehouse, SegmentationModel model, DateTime asOf) => FeatureComputation.Compute(warehouse, new FeatureRequest
    {
        AsOf = asOf,
        Present = model.Present.ToHashSet(StringComparer.Ordinal),
        Kinds = model.Kinds.ToHashSet(StringComparer.Ordinal),
        HasTimeOfDay = model.HasTimeOfDay,
        Facts = model.Facts,
    });

    /// <summary>Places the customers of a table, which is of the same warehouse.</summary>
    internal static PlacedCustomers Place(IWarehouse warehouse, SegmentationModel model, FeatureTable table, int threads, bool anyCatalogue = false) => model.Assign(table,
        codes => SequenceReader.Read(warehouse, Histories.Request(model.Present, model.HasTimeOfDay, table.AsOf) with { AnyCatalogue = anyCatalogue }, codes), threads);

    static void Check(ScoringOptions options, bool parquet)
    {
        var problems = new List<string>();
        if (!parquet && !Path.GetExtension(options.Out).Equals(".csv", StringComparison.OrdinalIgnoreCase))
            problems.Add($"--out {options.Out}: the file must end in .csv or .parquet.");
        if (Directory.Exists(options.Out)) problems.Add($"--out {options.Out} is a directory; name a file.");
        else if (File.Exists(options.Out) && !options.Force) problems.Add($"--out {options.Out} exists; --force replaces it.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }

    static IEnumerable<string> Missing(SegmentationModel model, FeatureTable table)
    {
        var here = table.Features.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        var missing = model.Representation.FeaturesInUse.Where(n => !here.Contains(n)).ToArray();
        if (missing.Length > 0)
            yield return $"{missing.Length} features of the model cannot be computed from these files and take the model's median: {string.Join(", ", missing)}.";
    }
}
