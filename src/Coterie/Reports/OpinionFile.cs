using System.Text;

namespace Coterie.Reports;

/// <summary>What each view says of one customer: a line of <c>opinions.csv</c>.</summary>
/// <param name="CustomerId">The id as the log has it.</param>
/// <param name="Segment">The final segment.</param>
/// <param name="Features">The segment that the features alone point to.</param>
/// <param name="Sequences">The segment that the order of events alone points to.</param>
/// <param name="Agreement">In [0, 1]: overlap of what both say.</param>
public sealed record OpinionRow(string CustomerId, string Segment, string Features, string Sequences, double Agreement)
{
    /// <summary>Whether the views would put the customer into different segments.</summary>
    public bool Disputed => Features != Sequences;
}

/// <summary>opinions.csv: both views' opinion of every customer, where segments were fused.</summary>
public static class OpinionFile
{
    public const string Header = "customer_id,segment,features,sequences,agreement,disputed";

    /// <summary>As <see cref="SegmentFile.WriteCsv(string, IEnumerable{SegmentRow})"/> writes: quoted, guarded against formulas, four decimals.</summary>
    public static void WriteCsv(string path, IEnumerable<OpinionRow> rows)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16);
        writer.NewLine = "\n";
        writer.WriteLine(Header);
        foreach (var row in rows)
        {
            SegmentFile.Field(writer, row.CustomerId);
            writer.Write(',');
            SegmentFile.Field(writer, row.Segment);
            writer.Write(',');
            SegmentFile.Field(writer, row.Features);
            writer.Write(',');
            SegmentFile.Field(writer, row.Sequences);
            writer.Write(',');
            SegmentFile.Number(writer, row.Agreement);
            writer.WriteLine(row.Disputed ? ",true" : ",false");
        }
    }
}
