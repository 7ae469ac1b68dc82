using DuckDB.NET.Native;

namespace Coterie.Warehouse.DuckDb;

/// <summary>Takes a column of some rows of an answer.</summary>
/// <param name="start">Number of the first row in the whole answer.</param>
/// <param name="column">Place of the column.</param>
/// <param name="values">One a row; anything where it is missing.</param>
/// <param name="present">A bit for each row, the least first: set where the value is there. Empty where all are.</param>
public delegate void NumberReader(long start, int column, ReadOnlySpan<double> values, ReadOnlySpan<ulong> present);

/// <summary>Reads an answer of numbers by data chunks as the engine makes them: nothing is asked for value by value, and the answer is never in memory as
/// a whole.</summary>
static class DuckDbNumbers
{
    /// <summary>The query's columns are all of type DOUBLE. Chunks come in the order of the rows, and of each all columns.</summary>
    /// <returns>Null, or what DuckDB has against it.</returns>
    public static string? Run(DuckDBNativeConnection connection, string sql, NumberReader read)
    {
        var prepared = NativeMethods.PreparedStatements.DuckDBPrepare(connection, sql, out var statement);
        using (statement)
        {
            if (prepared != DuckDBState.Success) return NativeMethods.PreparedStatements.DuckDBPrepareError(statement);
            var executed = NativeMethods.PreparedStatements.DuckDBExecutePreparedStreaming(statement, out var result);
            try
            {
                if (executed != DuckDBState.Success) return NativeMethods.Query.DuckDBResultError(ref result);
                for (long start = 0; ;)
                {
                    using var chunk = NativeMethods.Query.DuckDBFetchChunk(result);
                    // The end, or an error on the way.
                    if (chunk.IsInvalid) return NativeMethods.Query.DuckDBResultError(ref result) is { Length: > 0 } error ? error : null;
                    start += Give(chunk, start, read);
                }
            }
            finally
            {
                NativeMethods.Query.DuckDBDestroyResult(ref result);
            }
        }
    }

    static unsafe int Give(DuckDBDataChunk chunk, long start, NumberReader read)
    {
        var count = checked((int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(chunk));
        for (var column = 0; column < NativeMethods.DataChunks.DuckDBDataChunkGetColumnCount(chunk); column++)
        {
            var vector = NativeMethods.DataChunks.DuckDBDataChunkGetVector(chunk, column);
            var present = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
            read(start, column, new ReadOnlySpan<double>(NativeMethods.Vectors.DuckDBVectorGetData(vector), count),
                present == null ? default : new ReadOnlySpan<ulong>(present, (count + 63) / 64));
        }

        return count;
    }
}
