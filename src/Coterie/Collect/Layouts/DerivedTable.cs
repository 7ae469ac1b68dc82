using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>A relation made from other tables by SQL: joined, filled down, or taken apart.</summary>
sealed class DerivedTable : SourceTable
{
    readonly Func<IReadOnlyCollection<SourceColumn>, string> scan;
    readonly Func<IReadOnlySet<SourceColumn>, string?>? properties;

    public DerivedTable(
        IReadOnlyList<TableFile> files, Dialect dialect, IReadOnlyList<SourceColumn> columns, string raw, string newlines,
            string? malformed,
        Func<IReadOnlyCollection<SourceColumn>, string> scan, Func<IReadOnlySet<SourceColumn>, string?>? properties = null,
            bool marksBroken = false) : base(files, dialect)
    {
        this.scan = scan;
        this.properties = properties;
        Columns = columns;
        Raw = raw;
        Newlines = newlines;
        MalformedSql = malformed;
        MarksBroken = marksBroken;
    }

    public override bool MarksBroken { get; }

    public override string Raw { get; }

    public override string Newlines { get; }

    public override string? MalformedSql { get; }

    public override string Scan(IReadOnlyCollection<SourceColumn> used) => scan(used);

    public override string? Properties(IReadOnlySet<SourceColumn> used) => properties is null ? base.Properties(used) : properties(used);
}
