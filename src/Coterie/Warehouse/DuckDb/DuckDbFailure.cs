using DuckDB.NET.Data;

namespace Coterie.Warehouse.DuckDb;

/// <summary>Says in words that help what DuckDB says in its own.</summary>
static class DuckDbFailure
{
    /// <summary>What to throw for a statement that failed.</summary>
    public static Exception Of(Step step, DuckDBException error, DuckDbOptions options, bool interrupted) =>
        interrupted || error.Message.StartsWith("INTERRUPT", StringComparison.OrdinalIgnoreCase)
            ? new OperationCanceledException($"Interrupted at step '{step.Name}'.", error)
            : new WarehouseException(step, Explain(error.Message, options) is { } told ? told(error) : error);

    /// <summary>How to make the exception for a lack of disk or memory; null for anything else.</summary>
    public static Func<Exception?, Exception>? Explain(string message, DuckDbOptions options)
    {
        var spill = options.TemporaryDirectory ?? (options.File is { } file ? Path.GetDirectoryName(Path.GetFullPath(file)) : null) ?? Directory.GetCurrentDirectory();
        // DuckDB's two words for a full disk: what the system told it, and its own bound on spilled data, which is the free disk by default.
        if (message.Contains("No space left on device", StringComparison.OrdinalIgnoreCase) || message.Contains("disk full", StringComparison.OrdinalIgnoreCase))
            return inner => new IOException(
                $"No space left on disk: the warehouse is {(options.File is { } at ? $"at '{at}'" : "in memory")}, spilled data at '{spill}'. Free disk there, or name a place with more.", inner);
        if (message.Contains("max_temp_directory_size", StringComparison.Ordinal) || message.Contains("failed to offload", StringComparison.Ordinal))
            return inner => new IOException(
                $"No space left for spilled data at '{spill}'. Free disk there, name a place with more, or raise --memory-limit (now {options.MemoryLimit / 1_000_000} MB).", inner);
        if (message.Contains("Out of Memory", StringComparison.OrdinalIgnoreCase) || message.Contains("could not allocate", StringComparison.OrdinalIgnoreCase))
            return inner => new InsufficientMemoryException(
                $"Out of memory within the limit of {options.MemoryLimit / 1_000_000} MB. Raise --memory-limit, or free disk at '{spill}' so that more can be spilled.", inner);
        return null;
    }
}
