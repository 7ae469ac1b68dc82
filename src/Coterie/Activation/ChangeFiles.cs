using System.Globalization;
using System.Text;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Activation;

/// <summary>Changes as files: the columns change, audience, segment, name, customer_id, and one for each trait.</summary>
static class ChangeFiles
{
    const string Table = "coterie_changes_out";

    /// <summary>RFC 4180 with a header, UTF-8 without a byte order mark, LF; texts that a spreadsheet would compute are guarded (<see cref="SpreadsheetText"/>).</summary>
    internal static void Csv(Stream stream, AudienceBatch batch)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(string.Join(',', Columns(batch).Select(Field)));
        foreach (var change in batch.Changes) writer.WriteLine(string.Join(',', Cells(batch, change).Select(Field)));
    }

    /// <summary>One JSON object a line.</summary>
    internal static void JsonLines(Stream stream, AudienceBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            stream.Write(BatchText.Bytes(json => ChangeText.Write(json, change, batch.Traits, before =>
            {
                before.WriteString("audience", batch.Audience);
                before.WriteString("segment", batch.Segment);
                before.WriteString("name", batch.Name.En);
            })));
            stream.WriteByte((byte)'\n');
        }
    }

    /// <summary>A column of numbers is DOUBLE, any other VARCHAR; nothing is guarded, for no reader of Parquet computes texts.</summary>
    internal static void Parquet(Stream stream, AudienceBatch batch, string temporary)
    {
        var cells = batch.Changes.Select(c => Cells(batch, c)).ToArray();
        var names = Columns(batch);
        var numeric = names.Select((_, j) => cells.Any(c => c[j] is double) && cells.All(c => c[j] is null or double)).ToArray();
        try
        {
            using (var warehouse = new DuckDbWarehouse(new DuckDbOptions { Threads = 1 }))
            {
                var name = warehouse.Dialect.Name;
                warehouse.Execute(new Step("make room for changes",
                    $"CREATE TEMP TABLE {name(Table)} ({string.Join(", ", names.Select((n, j) => $"{name(n)} {(numeric[j] ? "DOUBLE" : "VARCHAR")}"))})"));
                warehouse.Append(Table, [.. names.Select((_, j) => numeric[j]
                    ? (AppendedColumn)new NumberColumn([.. cells.Select(c => c[j] is double d ? d : double.NaN)])
                    : new TextColumn([.. cells.Select(c => Text(c[j]))]))]);
                warehouse.Execute(new Step("write changes as Parquet", $"COPY {name(Table)} TO {warehouse.Dialect.Text(temporary)} (FORMAT parquet)"));
            }

            using var written = File.OpenRead(temporary);
            written.CopyTo(stream);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>A cell: guarded, and quoted where it must be.</summary>
    internal static string Field(object? value)
    {
        if (value is not string) return Text(value) ?? "";
        var text = SpreadsheetText.Guard((string)value);
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 && text.AsSpan().Trim().Length == text.Length ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    static string? Text(object? value) => value switch
    {
        null => null,
        double d => double.IsFinite(d) ? d.ToString("R", CultureInfo.InvariantCulture) : null,
        bool b => b ? "true" : "false",
        _ => (string)value,
    };

    static string[] Columns(AudienceBatch batch) => ["change", "audience", "segment", "name", "customer_id", .. batch.Traits.Select(t => t.Name)];

    static object?[] Cells(AudienceBatch batch, AudienceChange change) =>
        [ChangeText.Word(change.Kind), batch.Audience, batch.Segment, batch.Name.En, change.Id, .. change.Traits, .. new object?[batch.Traits.Count - change.Traits.Count]];
}
