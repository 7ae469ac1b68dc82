using System.Buffers;
using System.Text;
using DuckDB.NET.Native;

namespace Coterie.Warehouse.DuckDb;

/// <summary>Bulk append by data chunks: columns are copied a vector at a time, some ten times faster than row by row for wide tables.</summary>
static class DuckDbAppend
{
    /// <summary>Rows of a chunk: DuckDB's vector size.</summary>
    static readonly int ChunkRows = checked((int)NativeMethods.Helpers.DuckDBVectorSize());

    /// <summary>Validated: at least one column, all of one length.</summary>
    /// <returns>Null, or what DuckDB has against it.</returns>
    public static string? Run(DuckDBNativeConnection connection, string table, IReadOnlyList<AppendedColumn> columns)
    {
        var state = NativeMethods.Appender.DuckDBAppenderCreate(connection, null!, table, out var appender);
        using (appender)
        {
            if (state != DuckDBState.Success) return Error(appender);
            if ((int)NativeMethods.Appender.DuckDBAppenderColumnCount(appender) != columns.Count)
                return $"the table has {NativeMethods.Appender.DuckDBAppenderColumnCount(appender)} columns, not {columns.Count}";

            var types = columns.Select(Type).ToArray();
            try
            {
                using var chunk = NativeMethods.DataChunks.DuckDBCreateDataChunk([.. types.Select(t => t.DangerousGetHandle())], (ulong)types.Length);
                for (var start = 0; start < columns[0].Rows; start += ChunkRows)
                {
                    var count = Math.Min(ChunkRows, columns[0].Rows - start);
                    NativeMethods.DataChunks.DuckDBDataChunkReset(chunk);
                    for (var c = 0; c < columns.Count; c++)
                        Fill(NativeMethods.DataChunks.DuckDBDataChunkGetVector(chunk, c), columns[c], start, count);
                    NativeMethods.DataChunks.DuckDBDataChunkSetSize(chunk, (ulong)count);
                    if (NativeMethods.Appender.DuckDBAppendDataChunk(appender, chunk) != DuckDBState.Success) return Error(appender);
                }
            }
            finally
            {
                foreach (var type in types) type.Dispose();
            }

            return NativeMethods.Appender.DuckDBAppenderClose(appender) == DuckDBState.Success ? null : Error(appender);
        }
    }

    static DuckDBLogicalType Type(AppendedColumn column) =>
        NativeMethods.LogicalType.DuckDBCreateLogicalType(column is NumberColumn ? DuckDBType.Double : DuckDBType.Varchar);

    static void Fill(nint vector, AppendedColumn column, int start, int count)
    {
        switch (column)
        {
            case NumberColumn numbers: FillNumbers(vector, numbers.Values.AsSpan(start, count)); break;
            case TextColumn texts: FillTexts(vector, texts.Values, start, count); break;
            default: throw new NotSupportedException($"A column of {column.GetType().Name} cannot be appended.");
        }
    }

    static unsafe void FillNumbers(nint vector, ReadOnlySpan<double> values)
    {
        values.CopyTo(new Span<double>(NativeMethods.Vectors.DuckDBVectorGetData(vector), values.Length));
        var validity = default(ulong*);
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i])) continue;
            if (validity is null)
            {
                NativeMethods.Vectors.DuckDBVectorEnsureValidityWritable(vector);
                validity = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
            }

            validity[i / 64] &= ~(1UL << (i % 64));
        }
    }

    static unsafe void FillTexts(nint vector, IReadOnlyList<string?> values, int start, int count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        for (var i = 0; i < count; i++)
        {
            if (values[start + i] is not { } value)
            {
                SetNull(vector, i);
                continue;
            }

            var needed = Encoding.UTF8.GetMaxByteCount(value.Length);
            if (needed > buffer.Length)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent(needed);
            }

            var length = Encoding.UTF8.GetBytes(value, buffer);
            fixed (byte* bytes = buffer) NativeMethods.Vectors.DuckDBVectorAssignStringElementLength(vector, (ulong)i, bytes, length);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    static unsafe void SetNull(nint vector, int row)
    {
        NativeMethods.Vectors.DuckDBVectorEnsureValidityWritable(vector);
        NativeMethods.Vectors.DuckDBVectorGetValidity(vector)[row / 64] &= ~(1UL << (row % 64));
    }

    static string Error(DuckDBAppender appender)
    {
        using var error = NativeMethods.Appender.DuckDBAppenderErrorData(appender);
        return NativeMethods.ErrorData.DuckDBErrorDataMessage(error) ?? "DuckDB gave no reason.";
    }
}
