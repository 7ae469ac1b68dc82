using Coterie.Clustering;

namespace Coterie.Reports;

/// <summary>Rows of segments.csv from an assignment.</summary>
internal static class SegmentRows
{
    internal static IReadOnlyList<SegmentRow> Of(string[] customers, Assignment assignment, IReadOnlyList<ModelSegment> segments, float[]? agreement = null)
    {
        var byLabel = segments.ToDictionary(s => s.Label);
        var rows = new SegmentRow[customers.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var segment = byLabel[assignment.Labels[i]];
            var second = byLabel.GetValueOrDefault(assignment.Second[i]);
            rows[i] = new SegmentRow(customers[i], segment.Id, segment.Name.En, assignment.Confidence[i], second?.Id, agreement?[i]);
        }

        return rows;
    }
}
