using Coterie.Clean;
using Coterie.Features;
using Coterie.Profiles;
using Coterie.Warehouse;

namespace Coterie;

/// <summary>Segments described for people: profiles with ids that survive re-runs, and the rules.</summary>
internal sealed record Description(IReadOnlyList<SegmentProfile> Segments, RuleTree Rules, IReadOnlyList<LineageEvent> Lineage)
{
    internal static Description Of(Workspace workspace, FeatureTable table, SegmentChoice choice, FinalSegments final, QualityReport quality, SegmentationOptions options)
    {
        var warehouse = workspace.Warehouse;
        var labels = final.Assignment.Labels;
        Members(warehouse, table.Customers, labels);
        var rules = RuleTree.Fit(table, labels, final.Groups, new RuleTreeOptions { Seed = options.Seed.Child(31), Threads = options.Threads });
        var segments = Profiler.Describe(new ProfileRequest
        {
            Table = table,
            Rows = choice.Prepared.Rows,
            Columns = [.. choice.Prepared.Columns],
            Labels = labels,
            Clusters = final.Groups,
            StabilityPerCluster = [.. final.Stability],
            Spend = table.Column("monetary"),
            Events = table.Column("events"),
            Rhythms = ProfileSteps.Read(warehouse, final.Groups, table.AsOf, quality.HasTimeOfDay),
            Rules = rules,
            Distance = choice.Search.Chosen?.Distance ?? Clustering.Distance.Euclidean,
            Currency = quality.Currency,
            Threads = options.Threads,
            Seed = options.Seed.Child(32),
        });
        var (renamed, lineage) = Continue(workspace, table, labels, final, segments);
        return new Description(renamed, rules, lineage);
    }

    // In a workspace, segments that go on keep the id they had in the run before.
    static (IReadOnlyList<SegmentProfile> Segments, IReadOnlyList<LineageEvent> Lineage) Continue(
        Workspace workspace, FeatureTable table, int[] labels, FinalSegments final, IReadOnlyList<SegmentProfile> segments)
    {
        var feedback = final.Feedback;
        if (feedback is not null) segments = [.. segments.Select(s => Told(s with { Id = feedback.Ids[s.Label] }, feedback))];
        if (workspace.IsTemporary || Workspace.LatestRunOf(workspace.Directory) is not { } run) return (segments, []);
        var former = FormerRun.Open(run);
        // Once all feedback is withdrawn, segments go on from what they were without it.
        var earlier = feedback is null ? former.Before() : former.Membership();
        var match = Profiles.Lineage.Match(earlier, workspace.Settings.UsedIds, table.Customers, labels, final.Groups, feedback?.Ids);
        return ([.. segments.Select(s => s with { Id = match.Ids[s.Label] })], match.Events);
    }

    static SegmentProfile Told(SegmentProfile segment, FeedbackResult feedback) =>
        feedback.Names.TryGetValue(segment.Id, out var name) ? segment with { Name = name, NameClass = "given" } : segment;

    static void Members(IWarehouse warehouse, string[] customers, int[] labels)
    {
        var name = warehouse.Dialect.Name("segment_members");
        var incoming = warehouse.Dialect.Name("segment_members_in");
        warehouse.Execute(new Step("make room for members", $"CREATE OR REPLACE TEMP TABLE {incoming} (customer_id VARCHAR, label DOUBLE)"));
        warehouse.Append("segment_members_in", [new TextColumn(customers), new NumberColumn([.. labels.Select(l => (double)l)])]);
        warehouse.Execute(new Step("keep members", $"CREATE OR REPLACE TEMP TABLE {name} AS SELECT customer_id, CAST(label AS INTEGER) AS label FROM {incoming}"));
        warehouse.Execute(new Step("clear the way in", $"DROP TABLE {incoming}"));
    }
}
