using System.Data.Common;
using System.Diagnostics;
using DuckDB.NET.Data;

namespace Coterie.Warehouse.DuckDb;

/// <summary>Where a DuckDB warehouse lives and what it may use.</summary>
public sealed record DuckDbOptions
{
    /// <summary>Database file; null keeps everything in memory (it still spills to <see cref="TemporaryDirectory"/>).</summary>
    public string? File { get; init; }
    /// <summary>DuckDB's memory limit in bytes.</summary>
    public long MemoryLimit { get; init; } = 1_500_000_000;
    public int Threads { get; init; } = Environment.ProcessorCount;
    /// <summary>Where sorts and joins larger than memory are spilled; created and removed by DuckDB.</summary>
    public string? TemporaryDirectory { get; init; }
    /// <summary>Most bytes to spill there; null lets DuckDB take up to 90 % of the free disk.</summary>
    public long? MaxTemporaryBytes { get; init; }
    /// <summary>Told each step when it ends, and how long it took.</summary>
    public Action<Step, TimeSpan>? Trace { get; init; }
}

/// <summary>The embedded warehouse: DuckDB in this process.</summary>
public sealed class DuckDbWarehouse : IWarehouse
{
    readonly DuckDBConnection connection;
    volatile bool interrupted;
#pragma warning disable CA2213 // The statement that runs is disposed by Execute and Query; this is only how Interrupt finds it.
    volatile DuckDBCommand? running;
#pragma warning restore CA2213

    public DuckDbWarehouse(DuckDbOptions options)
    {
        Options = options;
        connection = new DuckDBConnection(Address(options));
        try
        {
            connection.Open();
        }
        catch (DuckDBException e)
        {
            connection.Dispose();
            throw new InputException(
                $"The warehouse '{options.File}' cannot be opened: {FirstLine(e.Message)} Close the other program that has it open, or name another workspace.", e);
        }

        // Nothing is fetched or loaded behind the operator's back; UTC everywhere, so that results do not depend on the machine.
        foreach (var setting in new[]
        {
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET allow_community_extensions = false",
            "SET TimeZone = 'UTC'",
            $"SET memory_limit = '{options.MemoryLimit / 1_000_000}MB'",
            $"SET threads = {options.Threads}",
            "SET preserve_insertion_order = true",
            "SET enable_progress_bar = false",
            options.MaxTemporaryBytes is { } most ? $"SET max_temp_directory_size = '{most}B'" : null,
        })
            if (setting is not null) Execute(new Step("configure the warehouse", setting));
    }

    // The spill directory is said before the file is opened: afterwards it cannot be changed any more when it was used, by another connection to the same file or by the
    // replay of what a killed process left.
    static string Address(DuckDbOptions options)
    {
        var address = new DuckDBConnectionStringBuilder { DataSource = options.File ?? ":memory:" };
        if (options.TemporaryDirectory is { } spill) address["temp_directory"] = spill;
        return address.ConnectionString;
    }

    public DuckDbOptions Options { get; }

    public Dialect Dialect => DuckDbDialect.Instance;

    /// <summary>Stops the statement that is running, and refuses any later one: they throw <see cref="OperationCanceledException"/>.
    /// Safe from any thread; meant for Ctrl-C.</summary>
    public void Interrupt()
    {
        interrupted = true;
        if (running is { } command) command.Cancel();
    }

    /// <summary>Closes the door to the file system and the network for the rest of this connection: no statement can read, write or attach a file
    /// outside of <paramref name="writable"/> (the output directory, for COPY … TO), load an extension, or change a setting. To be called when the
    /// input files are in; it cannot be undone. The database file and the spill directory stay in use.</summary>
    public void LockDown(params IReadOnlyList<string> writable)
    {
        var places = writable.Select(path => Dialect.Text(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + Path.DirectorySeparatorChar));
        foreach (var setting in new[]
        {
            $"SET allowed_directories = [{string.Join(", ", places)}]",
            "SET enable_external_access = false",
            "SET lock_configuration = true",
        })
            Execute(new Step("lock the warehouse down", setting));
    }

    public long Execute(Step step)
    {
        var begin = Stopwatch.GetTimestamp();
        try
        {
            using var command = Command(step);
            return command.ExecuteNonQuery();
        }
        catch (DuckDBException e)
        {
            throw DuckDbFailure.Of(step, e, Options, interrupted);
        }
        finally
        {
            running = null;
            Options.Trace?.Invoke(step, Stopwatch.GetElapsedTime(begin));
        }
    }

    public void Query(Step step, Action<DbDataReader> read)
    {
        var begin = Stopwatch.GetTimestamp();
        try
        {
            using var command = Command(step);
            using var reader = command.ExecuteReader();
            while (reader.Read()) read(reader);
        }
        catch (DuckDBException e)
        {
            throw DuckDbFailure.Of(step, e, Options, interrupted);
        }
        finally
        {
            running = null;
            Options.Trace?.Invoke(step, Stopwatch.GetElapsedTime(begin));
        }
    }

    /// <summary>Runs a query of columns that are all DOUBLE, without parameters, and gives its answer column by column, some thousand rows at a time, in order.</summary>
    /// <exception cref="WarehouseException">The engine refused it.</exception>
    public void Numbers(Step step, NumberReader read)
    {
        var begin = Stopwatch.GetTimestamp();
        if (interrupted) throw new OperationCanceledException($"Interrupted before step '{step.Name}'.");
        var error = DuckDbNumbers.Run(connection.NativeConnection, step.Sql, read);
        Options.Trace?.Invoke(step, Stopwatch.GetElapsedTime(begin));
        if (error is not null) throw new WarehouseException(step, DuckDbFailure.Explain(error, Options) is { } told ? told(null) : new InvalidOperationException(error));
    }

    public void Append(string table, IReadOnlyList<AppendedColumn> columns)
    {
        if (columns.Count == 0 || columns.Any(c => c.Rows != columns[0].Rows))
            throw new ArgumentException($"Columns appended to '{table}' must be of one length.", nameof(columns));
        if (DuckDbAppend.Run(connection.NativeConnection, table, columns) is { } error)
            throw new WarehouseException(new Step($"append to {table}", $"APPEND {Dialect.Name(table)}"), new InvalidOperationException(error));
    }

    DuckDBCommand Command(Step step)
    {
        var command = connection.CreateCommand();
        command.CommandText = step.Sql;
        foreach (var (name, value) in step.Parameters)
            command.Parameters.Add(new DuckDBParameter(name, value ?? DBNull.Value));
        running = command;
        if (!interrupted) return command;
        command.Dispose();
        throw new OperationCanceledException($"Interrupted before step '{step.Name}'.");
    }

    static string FirstLine(string message) => message.Split('\n')[0];

    public void Dispose() => connection.Dispose();
}
