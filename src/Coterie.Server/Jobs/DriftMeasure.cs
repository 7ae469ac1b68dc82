using Coterie.Features;
using Coterie.Profiles;
using Coterie.Sequences;
using Coterie.Warehouse;

namespace Coterie.Server.Jobs;

/// <summary>A segment's share of the customers at the run and now.</summary>
public sealed record ShareThenNow(string Segment, Bilingual Name, double Then, double Now);

/// <summary>How far the customers have moved from a run.</summary>
/// <param name="Run">Its id.</param>
/// <param name="AsOf">The newest event that was seen.</param>
/// <param name="Customers">How many were placed anew: everybody, or a sample.</param>
/// <param name="Index">Population stability index of the segments' shares.</param>
/// <param name="Chance">What chance alone stays under, 999 times of 1,000.</param>
/// <param name="Segments">Share by share.</param>
public sealed record Drift(string Run, DateTime AsOf, int Customers, double Index, double Chance, IReadOnlyList<ShareThenNow> Segments);

/// <summary>Places customers as they are now by the model of a run, and compares the segments' shares with those of the run. Of many customers a sample is
/// placed, chosen by a hash of the id; nobody waits for it, because it reads beside the writer.</summary>
static class DriftMeasure
{
    /// <summary>With so many, shares are known to about one in a hundred.</summary>
    const int Placed = 10_000;
    const ulong Seed = 1;

    /// <summary>Null when the workspace has no events.</summary>
    /// <exception cref="InputException">The run's model cannot be used.</exception>
    public static Drift? Of(WorkspaceHost host, RunEntry run, Reports.RunReport report, CancellationToken stop)
    {
        var model = SegmentationModel.Read(run.Directory);
        return host.Read(w =>
        {
            var d = w.Dialect;
            long tables = 0;
            w.Query(new Step("find the events", "SELECT count(*) FROM duckdb_views() WHERE view_name = 'events'"), r => tables = r.GetInt64(0));
            if (tables == 0) return null;
            var known = w.Single(new Step("newest event and customers", $"SELECT max({d.Name("time")}), count(DISTINCT {d.Name("customer_id")}) FROM {d.Name("events")}"),
                r => r.IsDBNull(0) ? null : new Known(r.GetDateTime(0), r.GetInt64(1)));
            if (known is null) return null;
            stop.ThrowIfCancellationRequested();
            var asOf = known.Last > model.AsOf ? known.Last : model.AsOf;
            using var sample = CustomerSample.Of(w, known.Customers <= Placed ? 1 : (double)Placed / known.Customers, Seed);
            var table = FeatureComputation.Compute(w, new FeatureRequest
            {
                AsOf = asOf,
                Present = model.Present.ToHashSet(StringComparer.Ordinal),
                Kinds = model.Kinds.ToHashSet(StringComparer.Ordinal),
                HasTimeOfDay = model.HasTimeOfDay,
                Facts = model.Facts,
                Events = sample.Relation,
            });
            stop.ThrowIfCancellationRequested();
            var placed = model.Assign(table, codes => SequenceReader.Read(w, Histories.Request(model.Present, model.HasTimeOfDay, asOf) with { Customers = table.Customers }, codes), Environment.ProcessorCount);
            return Compare(run.Id, asOf, model.Segments, report, placed.Assignment.Labels);
        }, stop);
    }

    internal static Drift Compare(string run, DateTime asOf, IReadOnlyList<ModelSegment> segments, Reports.RunReport report, int[] labels)
    {
        var then = segments.Select(s => (long)(report.Segments.FirstOrDefault(r => r.Id == s.Id)?.Size ?? 0)).ToArray();
        var now = segments.Select(s => labels.LongCount(l => l == s.Label)).ToArray();
        return new Drift(run, asOf, labels.Length, StabilityIndex.Of(then, now), StabilityIndex.Chance(segments.Count, then.Sum(), labels.Length),
            [.. segments.Select((s, i) => new ShareThenNow(s.Id, s.Name, (double)then[i] / Math.Max(1, then.Sum()), (double)now[i] / Math.Max(1, labels.Length)))]);
    }

    sealed record Known(DateTime Last, long Customers);
}
