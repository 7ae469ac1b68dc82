namespace Coterie.Warehouse;

/// <summary>Values of one column for a bulk append, one a row.</summary>
public abstract record AppendedColumn
{
    public abstract int Rows { get; }
}

/// <summary>A DOUBLE column; NaN is stored as NULL.</summary>
public sealed record NumberColumn(double[] Values) : AppendedColumn
{
    public override int Rows => Values.Length;
}

/// <summary>A VARCHAR column.</summary>
public sealed record TextColumn(IReadOnlyList<string?> Values) : AppendedColumn
{
    public override int Rows => Values.Count;
}
