using Coterie.Feedback;
using Coterie.Reports;

namespace Coterie;

/// <summary>Whether what an entry speaks of is in a run: a slip of the pen is told at once, and not by the next run.</summary>
public static class FeedbackTargets
{
    /// <exception cref="ConfigurationException">A segment or a customer that the run does not have; lists every one.</exception>
    /// <exception cref="InputException">It is no run, or it is damaged.</exception>
    public static void Check(FeedbackEntry entry, string run)
    {
        var problems = new List<string>();
        string[] segments = entry switch
        {
            RenameSegment r => [r.Segment],
            LockSegment l => [l.Segment],
            MergeSegments m => [.. m.Segments],
            SplitSegment s => [s.Segment],
            PinCustomer p => [p.Segment],
            MoveCustomer m => [m.Segment],
            ReviewCustomer r => r.Chosen is { } chosen ? [r.Segment, chosen] : [r.Segment],
            _ => [],
        };
        if (segments.Length > 0)
        {
            var known = ReportJson.Read(Path.Combine(run, OutputNames.Marker)).Segments;
            problems.AddRange(segments.Where(s => known.All(k => k.Id != s))
                .Select(s => $"The latest run has no segment {s}; it has {string.Join(", ", known.Select(k => $"{k.Id} ({k.Name.En})"))}."));
        }

        string[] customers = entry switch
        {
            CustomerEntry c => [c.Customer],
            MarkTogether t => [.. t.Customers],
            MarkApart a => [.. a.Customers],
            _ => [],
        };
        if (customers.Length > 0)
        {
            var known = SegmentFile.ReadParquet(Path.Combine(run, "segments.parquet")).Select(r => r.CustomerId).ToHashSet(StringComparer.Ordinal);
            problems.AddRange(customers.Where(c => !known.Contains(c)).Select(c => $"The latest run has no customer '{c}'; look the id up in segments.csv."));
        }

        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}
