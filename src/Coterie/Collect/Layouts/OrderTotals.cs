namespace Coterie.Collect;

/// <summary>Tables whose lines repeat the total of their order: the number of lines is put beside each, so that the total can be
/// spread.</summary>
static class OrderTotals
{
    /// <summary>Column of the scan with the number of lines of the row's order.</summary>
    public const string Lines = "lines_of_order";

    public static SourceTable WithLines(SourceTable source, SourceColumn order)
    {
        string Scan(IReadOnlyCollection<SourceColumn> used) =>
            $"SELECT *, count(*) OVER (PARTITION BY {order.Sql}) AS {Lines} FROM (SELECT *, row_number() OVER () AS place FROM "
                + $"({source.Scan(used)})) ORDER BY place";

        return new DerivedTable(source.Files, source.Dialect, source.Columns, source.Raw, source.Newlines, source.MalformedSql, Scan,
            source.Properties, source.MarksBroken);
    }
}
