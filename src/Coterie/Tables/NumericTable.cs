using Coterie.Numerics;

namespace Coterie.Tables;

/// <summary>A table of finite numbers as a file gives it.</summary>
/// <param name="Rows">n x d, in the order of the file.</param>
/// <param name="Names">d column names, or null where the file has none.</param>
public sealed record NumericTable(Matrix Rows, IReadOnlyList<string>? Names)
{
    /// <summary>Index of a column by its name, or by its number from 1.</summary>
    /// <exception cref="ConfigurationException">There is no such column, or two of that name.</exception>
    public int Column(string column, string option)
    {
        var named = Names is null ? [] : Enumerable.Range(0, Names.Count).Where(j => Names[j] == column).ToArray();
        if (named.Length == 1) return named[0];
        if (named.Length > 1) throw new ConfigurationException($"{option} {column}: {named.Length} columns have that name; give its number from 1 to {Rows.Columns}.");
        if (int.TryParse(column, out var number) && number >= 1 && number <= Rows.Columns) return number - 1;
        throw new ConfigurationException($"{option} {column}: there is no such column. Expected "
            + (Names is null ? $"a number from 1 to {Rows.Columns}; the table has no names." : $"one of {string.Join(", ", Names.Take(20))}{(Names.Count > 20 ? ", …" : "")}, or a number from 1 to {Rows.Columns}."));
    }

    /// <summary>The values of one column, n.</summary>
    public float[] Values(int column)
    {
        var values = new float[Rows.Rows];
        for (var i = 0; i < values.Length; i++) values[i] = Rows[i, column];
        return values;
    }

    /// <summary>The table without one column.</summary>
    public NumericTable Without(int column)
    {
        var rows = new Matrix(Rows.Rows, Rows.Columns - 1);
        for (var i = 0; i < rows.Rows; i++)
        {
            Rows.Row(i)[..column].CopyTo(rows.Row(i));
            Rows.Row(i)[(column + 1)..].CopyTo(rows.Row(i)[column..]);
        }

        return new(rows, Names is null ? null : [.. Names.Where((_, j) => j != column)]);
    }
}
