using System.Data.Common;

namespace Coterie.Warehouse;

/// <summary>Short ways to read small answers.</summary>
public static class WarehouseReading
{
    /// <summary>Every row of a query, mapped.</summary>
    public static List<T> Rows<T>(this IWarehouse warehouse, Step step, Func<DbDataReader, T> map)
    {
        var rows = new List<T>();
        warehouse.Query(step, reader => rows.Add(map(reader)));
        return rows;
    }

    /// <summary>The one row of a query that always has one, mapped.</summary>
    public static T Single<T>(this IWarehouse warehouse, Step step, Func<DbDataReader, T> map) => warehouse.Rows(step, map)[0];

    /// <summary>A text, or null.</summary>
    public static string? TextOrNull(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
