using System.Text.Json.Serialization;
using Coterie.Clean;
using Coterie.Clustering;
using Coterie.Decisions;
using Coterie.Evaluation;
using Coterie.Feedback;
using Coterie.Profiles;

namespace Coterie.Reports;

/// <summary>What was read, kept and refused.</summary>
public sealed record ReportInput
{
    public required IReadOnlyList<string> Files { get; init; }
    public required long RowsRead { get; init; }
    public required long RowsKept { get; init; }
    /// <summary>Rule to rows refused.</summary>
    public required IReadOnlyDictionary<string, long> Quarantined { get; init; }
}

/// <summary>One feature: its definition, what preparation did with it, and its deciles.</summary>
public sealed record ReportFeature
{
    public required string Name { get; init; }
    public required Bilingual Label { get; init; }
    public required string Sentence { get; init; }
    public required string Unit { get; init; }
    public required string Family { get; init; }
    /// <summary>The transform that was used, or none.</summary>
    public required string Transform { get; init; }
    /// <summary>Whether it takes part in clustering; if not, why.</summary>
    public required bool Used { get; init; }
    public string? Dropped { get; init; }
    /// <summary>Deciles 0, 10 .. 100 % on the raw scale over customers that have it.</summary>
    public required double[] Deciles { get; init; }
    public required double MissingShare { get; init; }
}

/// <summary>How segments were chosen: every candidate, the choice, and whether there was structure at all.</summary>
public sealed record ReportSearch
{
    public required IReadOnlyList<Candidate> Candidates { get; init; }
    public required Candidate? Chosen { get; init; }
    /// <summary>True when the data have no groups and none were invented.</summary>
    public required bool NoStructure { get; init; }
    public required StructureTest Structure { get; init; }
    /// <summary>How the choice was made, one sentence a rule.</summary>
    public required IReadOnlyList<string> Rules { get; init; }
}

/// <summary>A customer on the map: the first two principal components of the clustered representation.</summary>
public sealed record MapPoint(string Segment, double X, double Y);

/// <summary>The validity part of the report: metrics by name.</summary>
public sealed record ReportValidity
{
    public required DateTime FrozenAt { get; init; }
    public required int HorizonDays { get; init; }
    public required int Customers { get; init; }
    /// <summary>ours, rfm, random, kmeans_rfm; with a second view also features, sequences, fused (those that are not ours) and classifier.</summary>
    public required IReadOnlyDictionary<string, ValidityMetrics> Metrics { get; init; }
    public required IReadOnlyList<SegmentFuture> Segments { get; init; }
    public required Estimate GainOverRfmR2 { get; init; }
    public required Estimate GainOverRfmAuc { get; init; }
    public required string AgainstRfm { get; init; }
    public required Bilingual Verdict { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Everything a run found; <c>report.json</c> is this record in snake_case, and <c>report.html</c> is drawn from it alone.</summary>
public sealed record RunReport
{
    public string Schema { get; init; } = "coterie.report/1";
    public required string Version { get; init; }
    public required ulong Seed { get; init; }
    public required DateTime AsOf { get; init; }
    public required string? Currency { get; init; }
    public required ReportInput Input { get; init; }
    public required QualityReport Quality { get; init; }
    public required int Customers { get; init; }
    public required IReadOnlyList<ReportFeature> Features { get; init; }
    /// <summary>Features of the catalogue that the data could not give, with the reason.</summary>
    public required IReadOnlyDictionary<string, string> FeaturesLeftOut { get; init; }
    public required ReportSearch Search { get; init; }
    public required IReadOnlyList<SegmentProfile> Segments { get; init; }
    /// <summary>Share of customers whose segment the short rules give correctly.</summary>
    public required double RulesFidelity { get; init; }
    /// <summary>Null when the history is too short to hold back a horizon; then <see cref="Notes"/> says so.</summary>
    public required ReportValidity? Validity { get; init; }
    /// <summary>The second view and the fusion.</summary>
    public required ReportDeep Deep { get; init; }
    /// <summary>What the segments are used for: one page a decision, in the order of the report.</summary>
    public IReadOnlyList<DecisionPage> Decisions { get; init; } = [];
    /// <summary>Against a truth file, when one was given.</summary>
    public LabelReport? Labels { get; init; }
    public required IReadOnlyList<MapPoint> Map { get; init; }
    /// <summary>What became of the segments of the run before, in a workspace; empty otherwise.</summary>
    public IReadOnlyList<LineageEvent> Lineage { get; init; } = [];
    /// <summary>How people's feedback changed the segments; null where there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FeedbackReport? Feedback { get; init; }
    /// <summary>Options that were in force.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }
    /// <summary>Everything that was sampled, switched, assumed or skipped.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
    public required IReadOnlyDictionary<string, double> Timings { get; init; }
    public required double PeakMemoryMb { get; init; }
}
