using System.Text;
using Coterie.Evaluation;

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

    /// <summary>Whom the file of a run says the views dispute.</summary>
    /// <param name="path">As <see cref="WriteCsv"/> wrote it.</param>
    /// <param name="customers">Of the run, in its order, which is that of the lines: an id that was guarded against formulas need not be read back.</param>
    /// <exception cref="InputException">It has not one line for each customer.</exception>
    internal static HashSet<string> Disputed(string path, string[] customers)
    {
        var rows = LabelCsv.Read(path, "opinions");
        if (rows.Count != customers.Length + 1) throw new InputException($"'{path}' has {rows.Count - 1} customers and features.parquet beside it {customers.Length}; run segment again.");
        return rows.Skip(1).Select((row, i) => (Disputed: row[^1] == "true", Customer: customers[i])).Where(r => r.Disputed).Select(r => r.Customer).ToHashSet(StringComparer.Ordinal);
    }

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
