using Coterie.Clean;
using Coterie.Features;
using Coterie.Reports;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>What a run found and where it was written.</summary>
public sealed record SegmentationResult(RunReport Report, string Directory, string Lang);

/// <summary>The front door: raw event files in, explained customer segments out. Reads as the pipeline, stage by stage.</summary>
public static class Segmentation
{
    /// <exception cref="ConfigurationException">Options that contradict each other or the data.</exception>
    /// <exception cref="InputException">Files that cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Stopped; nothing was written.</exception>
    public static SegmentationResult Run(SegmentationOptions options, IProgress<StageProgress>? progress = null, CancellationToken stop = default)
    {
        if (Deciding.Problem(options.Decisions) is { } problem) throw new ConfigurationException(problem);
        var stages = new Stages(progress, stop);
        var storage = new DuckDbOptions
        {
            MemoryLimit = options.MemoryLimit,
            Threads = options.Threads,
            Trace = options.Verbose ? (step, took) => stages.Say($"{took.TotalSeconds:0.000} s  {step.Name}") : null,
        };
        using var workspace = options.Workspace is { } directory
            ? Workspace.Open(directory, storage, create: options.Files.Count > 0)
            : Workspace.Temporary(storage);
        using var output = OutputDirectory.Begin(options.Out.Length > 0 ? options.Out : workspace.NextRun, options.Force, options.Files);
        using var interruption = stop.Register(workspace.Warehouse.Interrupt);
        var warehouse = workspace.Warehouse;

        var quality = Ingestion.Load(workspace, options.Collect(workspace.TemporaryDirectory), options.Currency, stages);
        if (quality.Customers == 0) throw Empty(quality);
        // The input is in: from here on no statement reaches anything but the output.
        warehouse.LockDown(output.Path);
        var asOf = options.AsOf ?? quality.LastEvent!.Value;
        var current = stages.Do("features", () => Portraits.Current(warehouse, quality, asOf));
        var past = stages.Do("past", () => Past.Freeze(warehouse, quality, current, options));
        var portrait = stages.Do("prepare", () => Preparation.Fit(current, new PreparationOptions()));
        var choice = stages.Do("cluster", () => SegmentSearch.Run(current, portrait, past, Portraits.Browsing(quality), options, stages));
        var second = stages.Do("second view", () => SecondView.Look(warehouse, quality, current, past, choice, options, stages));
        Networks? networks = null;
        if (second is { On: true, Histories: { } histories } && options.Learner is { } learner)
        {
            try
            {
                networks = stages.Do("networks", () => Networks.Learn(learner, histories, current, past, second, past.FrozenRows("portrait") ?? new(0, 0), options,
                    Path.Combine(workspace.TemporaryDirectory, "networks"), stages));
            }
            catch (InputException e) when (options.Deep != "on")
            {
                // Segments do not need them: a machine without libtorch, or too few customers to hold some out, is a finding.
                second = second with { Notes = [.. second.Notes, $"The networks were left out: {e.Message}"] };
            }
        }

        var validity = stages.Do("prove", () => past.Prove(choice, second, networks, options));
        var described = stages.Do("profile", () => Description.Of(workspace, current, choice, second.Final, quality, options));
        var decided = Deciding.Of(warehouse, quality, current, described, second.Final, options, stages);
        return stages.Do("report", () =>
        {
            var consents = ConsentReading.Of(warehouse);
            if (workspace.IsTemporary) Cleaning.Release(warehouse);
            var parts = new RunParts(options, quality, current, portrait, past, choice, second, networks, validity, described, decided, consents, stages);
            try
            {
                var report = RunWriter.Write(workspace, output.Path, parts);
                output.Complete();
                workspace.RememberIds(report.Segments.Select(s => s.Id));
                return new SegmentationResult(report, output.FinalPath, options.Lang);
            }
            catch (Exception e) when (Disk.IsFull(e))
            {
                throw new IOException($"No space left on disk for the results at '{output.FinalPath}'. Nothing was written there; free disk, or name another place with --out.", e);
            }
        });
    }

    static InputException Empty(QualityReport quality) => new(
        $"Of {quality.RowsRead:N0} rows none could be kept: "
        + string.Join(", ", quality.Rules.Where(r => r is { Refused: true, Rows: > 0 }).Select(r => $"{r.Rows:N0} {r.Rule}"))
        + ". Check the mapping ("
        + string.Join(", ", quality.Mapping.Select(m => $"{m.Target}={m.Source}"))
        + ") and correct it with --map.");
}
