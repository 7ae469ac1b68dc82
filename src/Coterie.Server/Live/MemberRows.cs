using System.Text;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server.Live;

/// <summary>The customers of a run as arrays, in the order of the bytes of their ids.</summary>
sealed class MemberRows
{
    MemberRows(int count, long bytes)
    {
        (Count, IdBytes, IdStarts, Number) = (count, new byte[bytes], new int[count + 1], new int[count]);
        (Segment, Second, FeaturesOpinion, SequencesOpinion) = (new ushort[count], new ushort[count], new ushort[count], new ushort[count]);
        (Confidence, Agreement) = (new float[count], new float[count]);
    }

    public int Count { get; }
    public byte[] IdBytes { get; }
    public int[] IdStarts { get; }
    /// <summary>A row of the files to the number of its customer.</summary>
    public int[] Number { get; }
    public ushort[] Segment { get; }
    public ushort[] Second { get; }
    public ushort[] FeaturesOpinion { get; }
    public ushort[] SequencesOpinion { get; }
    public float[] Confidence { get; }
    public float[] Agreement { get; }

    /// <param name="engine">Reads the files.</param>
    /// <param name="segments">Source of segments.parquet, in SQL.</param>
    /// <param name="opinions">Path of opinions.csv, which need not be there.</param>
    public static MemberRows Read(DuckDbWarehouse engine, string segments, SegmentationModel model, string opinions)
    {
        var (count, bytes) = engine.Single(new Step("measure the customers", $"SELECT count(*), coalesce(sum(octet_length(encode(customer_id))), 0)::BIGINT FROM {segments}"), r => (r.GetInt64(0), r.GetInt64(1)));
        if (bytes > int.MaxValue || count >= int.MaxValue) throw new InputException($"The ids of {count:N0} customers have {bytes:N0} bytes; an index holds 2 GB of them.");
        var rows = new MemberRows((int)count, bytes);
        var numbers = model.Segments.Select((s, i) => KeyValuePair.Create(s.Id, (ushort)i)).ToDictionary(StringComparer.Ordinal);
        ushort Of(string? id) => id is null ? MemberLayout.None : numbers.TryGetValue(id, out var number) ? number
            : throw new InputException($"segments.parquet has the segment '{id}', which the model does not know; run segment again.");
        // The engine orders texts by their bytes.
        int i = 0, at = 0;
        engine.Query(new Step("read the customers", $"SELECT customer_id, segment, second, confidence, agreement, CAST(file_row_number AS BIGINT) FROM {WithRowNumber(segments)} ORDER BY customer_id"), r =>
        {
            rows.IdStarts[i] = at;
            at += Encoding.UTF8.GetBytes(r.GetString(0), rows.IdBytes.AsSpan(at));
            rows.Segment[i] = Of(r.GetString(1));
            rows.Second[i] = Of(r.TextOrNull(2));
            rows.Confidence[i] = (float)r.GetDouble(3);
            rows.Agreement[i] = r.IsDBNull(4) ? float.NaN : (float)r.GetDouble(4);
            rows.Number[r.GetInt64(5)] = i++;
        });
        rows.IdStarts[i] = at;
        Array.Fill(rows.FeaturesOpinion, MemberLayout.None);
        Array.Fill(rows.SequencesOpinion, MemberLayout.None);
        if (File.Exists(opinions))
            engine.Query(new Step("read the opinions", $"SELECT customer_id, features, sequences FROM read_csv({engine.Dialect.Text(opinions)}, header = true, all_varchar = true, quote = '\"', escape = '\"', delim = ',')"), r =>
            {
                var number = rows.Find(SpreadsheetText.Restore(r.GetString(0)));
                if (number < 0) throw new InputException($"'{opinions}' has the customer '{r.GetString(0)}', whom segments.parquet does not know; run segment again.");
                rows.FeaturesOpinion[number] = Of(r.GetString(1));
                rows.SequencesOpinion[number] = Of(r.GetString(2));
            });
        return rows;
    }

    static string WithRowNumber(string source) => source[..^1] + ", file_row_number = true)";

    int Find(string id)
    {
        var bytes = Encoding.UTF8.GetBytes(id);
        var at = MemberSearch.LowerBound(IdStarts, IdBytes, bytes);
        return at < Count && IdBytes.AsSpan(IdStarts[at]..IdStarts[at + 1]).SequenceEqual(bytes) ? at : -1;
    }
}

/// <summary>Binary search in sorted ids.</summary>
static class MemberSearch
{
    /// <summary>The first of n sorted ids that is not less than a given one; n where all are.</summary>
    /// <param name="starts">n + 1.</param>
    /// <param name="ids">All ids, one after the other.</param>
    /// <param name="id">UTF-8.</param>
    public static int LowerBound(ReadOnlySpan<int> starts, ReadOnlySpan<byte> ids, ReadOnlySpan<byte> id)
    {
        int low = 0, high = starts.Length - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (ids[starts[middle]..starts[middle + 1]].SequenceCompareTo(id) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>The first id that is greater than every id that begins with a prefix; n where there is none.</summary>
    public static int EndOfPrefix(ReadOnlySpan<int> starts, ReadOnlySpan<byte> ids, ReadOnlySpan<byte> prefix)
    {
        if (prefix.IsEmpty) return starts.Length - 1;
        // No byte of UTF-8 is 255, so the last one can always be raised.
        var after = prefix.ToArray();
        after[^1]++;
        return LowerBound(starts, ids, after);
    }
}
