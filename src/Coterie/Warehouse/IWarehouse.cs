using System.Data.Common;

namespace Coterie.Warehouse;

/// <summary>A named SQL statement. The name is what errors, timings and the debug log show.</summary>
/// <param name="Name">What the step makes or answers, for people.</param>
/// <param name="Sql">One statement in the warehouse's dialect; identifiers quoted, values as <c>$name</c> parameters.</param>
public sealed record Step(string Name, string Sql)
{
    /// <summary>Values of the <c>$name</c> parameters.</summary>
    public IReadOnlyDictionary<string, object?> Parameters { get; init; } = new Dictionary<string, object?>();
}

/// <summary>An engine that holds events and answers SQL steps.</summary>
public interface IWarehouse : IDisposable
{
    /// <summary>What differs between engines.</summary>
    Dialect Dialect { get; }

    /// <summary>Runs a statement without a result; returns the rows it changed.</summary>
    /// <exception cref="WarehouseException">The engine refused it: names the step and holds the SQL. Its inner exception is an
    /// <see cref="IOException"/> where the disk is full and an <see cref="InsufficientMemoryException"/> where memory ran out.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    long Execute(Step step);

    /// <summary>Runs a query; <paramref name="read"/> is called once for each row, in order.</summary>
    void Query(Step step, Action<DbDataReader> read);

    /// <summary>Appends rows to a table in bulk, without SQL: all columns of the table, in its order, of equal length.</summary>
    void Append(string table, IReadOnlyList<AppendedColumn> columns);
}

/// <summary>An engine's refusal, with the step's name and its SQL.</summary>
public sealed class WarehouseException(Step step, Exception inner)
    : Exception($"Step '{step.Name}' failed: {inner.Message}", inner)
{
    public Step Step { get; } = step;
}
