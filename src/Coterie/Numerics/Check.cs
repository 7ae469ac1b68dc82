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
            // A sum of x - x is zero exactly when every x is finite; the search for the place runs only when it is not.
            var zero = 0f;
            foreach (var x in row) zero += x - x;
            if (zero == 0) continue;
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

    public static void SameColumns(Matrix rows, int expected)
    {
        if (rows.Columns != expected && rows.Rows > 0 && expected > 0)
            throw new InputException($"the rows have {rows.Columns} columns; the model was fitted on {expected}. Prepare them with the same preparation.");
    }
}
