using System.Reflection;
using Coterie.Clean;
using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Feedback;
using Coterie.Profiles;
using Coterie.Reports;

namespace Coterie;

/// <summary>Everything that the stages of a run made.</summary>
internal sealed record RunParts(
    SegmentationOptions Options, QualityReport Quality, FeatureTable Table, PreparationModel Portrait, Past Past, SegmentChoice Choice,
    SecondView Second, Networks? Networks, ValidityReport? Validity, Description Description, Deciding Decided, Consents Consents, Stages Stages);

/// <summary>Writes a run's files into a directory and returns the report.</summary>
internal static class RunWriter
{
    /// <summary>Points on the map: enough to see the shape, few enough for a page.</summary>
    const int MapPoints = 3_000;

    static readonly string Version = typeof(RunWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    internal static RunReport Write(Workspace workspace, string directory, RunParts parts)
    {
        var model = Model(parts);
        var rows = SegmentRows.Of(parts.Table.Customers, parts.Second.Final.Assignment, model.Segments, parts.Second.Final.Agreement);
        string At(string name) => Path.Combine(directory, name);
        var report = Report(parts, model, rows);
        // Text and pictures keep one processor busy while the warehouse writes with the other.
        var beside = Task.Run(() =>
        {
            SegmentFile.WriteCsv(At("segments.csv"), rows);
            if (Opinions(parts, model) is { Length: > 0 } opinions) OpinionFile.WriteCsv(At("opinions.csv"), opinions);
            return ReportPlots.Write(report, At("plots"), parts.Options.Lang);
        });
        try
        {
            SegmentFile.WriteParquet(workspace.Warehouse, At("segments.parquet"), rows);
            if (parts.Second.Final.Feedback is { } feedback) SegmentFile.WriteParquet(workspace.Warehouse, At(FormerRun.BeforeFeedback), Before(parts.Table.Customers, feedback));
            FeatureFile.WriteParquet(workspace.Warehouse, At("features.parquet"), parts.Table);
            QuarantineFile.Write(workspace.Warehouse, At("quarantine.csv"));
            ConsentFile.Write(workspace.Warehouse, At(ConsentFile.Name), parts.Consents);
        }
        finally
        {
            // Whatever fails here, the directory is not taken away under the other's hands.
            Task.WaitAny(beside);
        }

        var plots = beside.GetAwaiter().GetResult();
        ProfilesFile.Write(parts.Description.Segments, At("profiles.json"));
        QualityFile.Write(parts.Quality, At("quality.json"));
        RulesFile.Write(parts.Description.Rules.ToSql([.. Enumerable.Range(0, parts.Second.Final.Groups).Select(l => Id(model, l))], workspace.Warehouse.Dialect),
            parts.Description.Rules.Fidelity, At("rules.sql"));
        model.Write(At("model"));
        if (parts.Networks is { } networks) NetworkFiles.Write(workspace.Warehouse, directory, parts.Table.Customers, networks);
        foreach (var decided in parts.Decided.Made) DecisionOutput.WriteTables(decided, At("decisions"));
        // The two that carry the timings come last, so that these cover as much as they can.
        report = report with { Notes = [.. report.Notes, .. plots.Notes], Timings = parts.Stages.Seconds, PeakMemoryMb = Memory.PeakMb() };
        ReportHtml.Write(report, At("report.html"), parts.Options.Lang);
        ReportJson.Write(report, At("report.json"));
        return report;
    }

    static string Id(SegmentationModel model, int label) => model.Segments.First(s => s.Label == label).Id;

    // Empty where one view alone made the segments.
    static OpinionRow[] Opinions(RunParts parts, SegmentationModel model)
    {
        if (parts.Second.Final is not { FeaturesOpinion: { } features, SequencesOpinion: { } sequences, Agreement: { } agreement } final) return [];
        var ids = model.Segments.ToDictionary(s => s.Label, s => s.Id);
        return [.. parts.Table.Customers.Select((c, i) => new OpinionRow(c, ids[final.Assignment.Labels[i]], ids[features[i]], ids[sequences[i]], agreement[i]))];
    }

    // Where customers would be without feedback; names are not made for segments that are not used.
    static SegmentRow[] Before(string[] customers, FeedbackResult feedback) => [.. customers.Select((c, i) => new SegmentRow(c, feedback.ClusterIds[feedback.Before.Labels[i]], "",
        feedback.Before.Confidence[i], feedback.Before.Second[i] is >= 0 and var second ? feedback.ClusterIds[second] : null))];

    static SegmentationModel Model(RunParts parts) => new()
    {
        Version = Version,
        Seed = parts.Options.Seed.Value,
        AsOf = parts.Table.AsOf,
        HasTimeOfDay = parts.Quality.HasTimeOfDay,
        Present = [.. parts.Quality.Present.Order(StringComparer.Ordinal)],
        Kinds = [.. parts.Quality.Kinds.Keys.Order(StringComparer.Ordinal)],
        Facts = parts.Table.Facts!,
        Representation = parts.Choice.Representation,
        Clusters = parts.Choice.Search.Model,
        Kept = parts.Second.Final.Kept,
        Second = parts.Second.Model,
        WithFeedback = parts.Second.Final.Feedback is not null,
        Feedback = parts.Second.Final.Feedback?.Model,
        Segments = [.. parts.Description.Segments.Select(s => new ModelSegment(s.Label, s.Id, s.Name)).OrderBy(s => s.Label)],
    };

    static RunReport Report(RunParts parts, SegmentationModel model, IReadOnlyList<SegmentRow> rows)
    {
        var (options, quality, choice) = (parts.Options, parts.Quality, parts.Choice);
        return new RunReport
        {
            Version = Version,
            Seed = options.Seed.Value,
            AsOf = parts.Table.AsOf,
            Currency = quality.Currency,
            Input = new ReportInput
            {
                Files = [.. quality.Files.Select(f => f.Path)],
                RowsRead = quality.RowsRead,
                RowsKept = quality.RowsKept,
                Quarantined = quality.Rules.Where(r => r is { Refused: true, Rows: > 0 }).ToDictionary(r => r.Rule, r => r.Rows),
            },
            Quality = quality,
            Customers = parts.Table.Count,
            Features = ReportFeatures.Of(parts.Table, parts.Portrait),
            FeaturesLeftOut = parts.Table.LeftOut,
            Search = new ReportSearch
            {
                Candidates = choice.Candidates,
                Chosen = choice.Search.Chosen,
                NoStructure = choice.NoStructure,
                Structure = choice.Search.Structure,
                Rules = SegmentSearch.Rules,
            },
            Segments = parts.Description.Segments,
            RulesFidelity = parts.Description.Rules.Fidelity,
            Validity = parts.Validity is { } v ? Validity(v, parts) : null,
            Deep = DeepReport.Of(parts, model.Segments),
            Decisions = [.. parts.Decided.Made.Select(d => d.Page)],
            Labels = options.Truth is { } truth ? Truth(truth, rows) : null,
            Map = SegmentMap.Of(choice.Prepared.Rows, parts.Second.Final.Assignment.Labels, parts.Description.Segments, MapPoints, options.Seed.Child(41)),
            Lineage = parts.Description.Lineage,
            Feedback = parts.Second.Final.Feedback?.Report,
            Settings = Settings(options, quality, parts.Second.Final.Feedback is not null),
            Notes = [.. quality.Notes, .. parts.Past.Notes, .. choice.Notes, .. parts.Description.Rules.Notes, .. FactNote(parts.Table.Count), .. parts.Second.Notes, .. parts.Decided.Notes],
            Timings = parts.Stages.Seconds,
            PeakMemoryMb = Memory.PeakMb(),
        };
    }

    static IEnumerable<string> FactNote(int customers) =>
        customers > ProfileRequest.DefaultFactRows ? [$"Facts were measured on {ProfileRequest.DefaultFactRows:N0} of {customers:N0} customers, chosen by a hash of their id."] : [];

    static ReportValidity Validity(ValidityReport v, RunParts parts) => new()
    {
        FrozenAt = v.FrozenAt,
        HorizonDays = v.HorizonDays,
        Customers = v.Customers,
        Metrics = v.Metrics.ToDictionary(m => m.Name),
        Segments = Futures(v, parts),
        GainOverRfmR2 = v.GainOverRfmR2,
        GainOverRfmAuc = v.GainOverRfmAuc,
        AgainstRfm = v.AgainstRfm,
        Verdict = new Bilingual(v.Verdict, v.VerdictZh),
        Notes = v.Notes,
    };

    // The groups of the freeze have numbers of their own: they are told as the segments of today that they are.
    static SegmentFuture[] Futures(ValidityReport v, RunParts parts)
    {
        var labels = parts.Second.Final.Assignment.Labels;
        var today = FrozenSegments.Today(parts.Past.Frozen!.Customers, v.Labels, v.Segments.Count, parts.Table.Customers, labels, labels.Max() + 1);
        return [.. v.Segments.Select(f => f with { Segment = today[f.Segment] })];
    }

    static LabelReport Truth(string path, IReadOnlyList<SegmentRow> rows)
    {
        var ours = new LabelFile { Path = "segments.csv", Ids = [.. rows.Select(r => r.CustomerId)], Labels = [.. rows.Select(r => r.Segment)] };
        var pairs = LabelFiles.Pair(LabelFiles.Read(path), ours);
        return LabelMetrics.Compare(pairs.Truth, pairs.Predicted);
    }

    static SortedDictionary<string, string> Settings(SegmentationOptions options, QualityReport quality, bool feedback)
    {
        var settings = Settings(options, quality);
        if (feedback) settings["feedback"] = options.Feedback ?? FeedbackLog.FileName;
        return settings;
    }

    static SortedDictionary<string, string> Settings(SegmentationOptions options, QualityReport quality) => new(StringComparer.Ordinal)
    {
        ["as_of"] = options.AsOf is { } t ? $"{t:yyyy-MM-ddTHH:mm:ssZ}" : "last event",
        ["currency"] = quality.Currency ?? "unknown",
        ["decisions"] = options.Decisions,
        ["deep"] = options.Deep,
        ["horizon"] = options.HorizonDays is { } h ? $"{h} days" : "auto",
        ["k"] = options.Clusters is { } k ? $"{k}" : "auto",
        ["map"] = string.Join(" ", options.Map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}={m.Value}")),
        ["memory_limit"] = $"{options.MemoryLimit / 1_000_000}MB",
        ["method"] = options.Method,
        ["seed"] = $"{options.Seed.Value}",
        ["threads"] = $"{options.Threads}",
        ["time_budget"] = options.TimeBudget is { } b ? $"{b:0.#} s" : "none",
        ["timezone"] = options.Timezone,
    };
}
