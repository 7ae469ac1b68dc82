namespace Coterie.Numerics;

/// <summary>A dense row-major matrix of single-precision numbers: <c>Rows</c> x <c>Columns</c> over one array.</summary>
public readonly struct Matrix
{
    public readonly float[] Values;
    public readonly int Rows;
    public readonly int Columns;

    public Matrix(int rows, int columns) : this(new float[checked(rows * columns)], rows, columns) { }

    public Matrix(float[] values, int rows, int columns)
    {
        if (values.Length != (long)rows * columns)
            throw new ArgumentException($"{values.Length} values cannot be a matrix of {rows} x {columns}.", nameof(values));
        Values = values;
        Rows = rows;
        Columns = columns;
    }

    public ref float this[int row, int column] => ref Values[row * Columns + column];

    /// <summary>The values of one row, length <c>Columns</c>.</summary>
    public Span<float> Row(int row) => Values.AsSpan(row * Columns, Columns);

    /// <summary>A new matrix of the given rows, in the given order.</summary>
    public Matrix Take(ReadOnlySpan<int> rows)
    {
        var taken = new Matrix(rows.Length, Columns);
        for (var i = 0; i < rows.Length; i++) Row(rows[i]).CopyTo(taken.Row(i));
        return taken;
    }
}
