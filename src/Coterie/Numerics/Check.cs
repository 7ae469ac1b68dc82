using System.Runtime.Intrinsics;

namespace Coterie.Numerics;

/// <summary>What public faces of numerical code ask of their inputs; kernels then say "validated".</summary>
static class Check
{
    /// <summary>Refuses NaN and infinities, with the first place where one was found.</summary>
    public static void Finite(Matrix rows)
    {
        for (var i = 0; i < rows.Rows; i++)
        {
            var row = rows.Row(i);
            if (AllFinite(row)) continue;
            for (var j = 0; j < row.Length; j++)
            {
                if (!float.IsFinite(row[j]))
                {
                    throw new InputException($"row {i}, column {j} is {row[j]}; clustering expects finite numbers. "
                        + "Prepare the table first (Preparation.Fit(table, options).Apply(table)), which replaces missing values.");
                }
            }
        }
    }

    /// <summary>A sum of x - x is zero exactly when every x is finite.</summary>
    public static bool AllFinite(ReadOnlySpan<float> values)
    {
        var lanes = Vector256<float>.Zero;
        var j = 0;
        for (; j + 8 <= values.Length; j += 8)
        {
            var x = Vector256.Create(values.Slice(j, 8));
            lanes += x - x;
        }

        var zero = Vector256.Sum(lanes);
        for (; j < values.Length; j++) zero += values[j] - values[j];
        return zero == 0;
    }

    public static void SameColumns(Matrix rows, int expected)
    {
        if (rows.Columns != expected && rows.Rows > 0 && expected > 0)
            throw new InputException($"the rows have {rows.Columns} columns; the model was fitted on {expected}. Prepare them with the same preparation.");
    }
}
