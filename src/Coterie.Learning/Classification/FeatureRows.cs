namespace Coterie.Learning.Classification;

/// <summary>How features were scaled in training: each column's mean and deviation.</summary>
sealed record FeatureScale(IReadOnlyList<string> Columns, IReadOnlyList<double> Means, IReadOnlyList<double> Deviations)
{
    /// <summary>Of the given rows.</summary>
    public static FeatureScale Of(CustomerFeatures features, IReadOnlyList<int> rows)
    {
        var columns = features.Columns.Count;
        var means = new double[columns];
        var deviations = new double[columns];
        foreach (var row in rows)
            for (var j = 0; j < columns; j++) means[j] += features.Values[row, j] / (double)rows.Count;
        foreach (var row in rows)
        {
            for (var j = 0; j < columns; j++)
            {
                var distance = features.Values[row, j] - means[j];
                deviations[j] += distance * distance / rows.Count;
            }
        }

        for (var j = 0; j < columns; j++) deviations[j] = deviations[j] > 0 ? Math.Sqrt(deviations[j]) : 1;
        return new(features.Columns, means, deviations);
    }
}

/// <summary>Features by customer, scaled, with a last column that says whether they are known.</summary>
sealed class FeatureRows
{
    // Deviations from the mean; a single wild value must not outweigh all others.
    const double Farthest = 8;

    readonly FeatureScale scale;
    readonly CustomerFeatures? features;
    readonly Dictionary<string, int> places = new(StringComparer.Ordinal);

    /// <param name="features">Null: nobody's are known.</param>
    /// <exception cref="InputException">The columns are not those of training.</exception>
    public FeatureRows(FeatureScale scale, CustomerFeatures? features)
    {
        this.scale = scale;
        this.features = features;
        if (features is null) return;
        features.Validate();
        if (!features.Columns.SequenceEqual(scale.Columns))
        {
            string[] missing = [.. scale.Columns.Except(features.Columns)], strange = [.. features.Columns.Except(scale.Columns)];
            throw new InputException($"The features are not those that the classifier was trained with: {(missing.Length + strange.Length == 0
                ? "their order differs" : $"missing {List(missing)}; unknown {List(strange)}")}. "
                    + "Prepare them with the preparation that was saved with the model.");
        }

        for (var i = 0; i < features.Customers.Count; i++) places[features.Customers[i]] = i;
    }

    static string List(string[] names) => names.Length == 0 ? "none" : string.Join(", ", names.Take(5)) + (names.Length > 5 ? $" and {names.Length - 5} more" : "");

    public int Width => scale.Columns.Count + 1;

    /// <summary>Fills one row; zeros where the customer's features are not known.</summary>
    public void Fill(string customer, Span<float> row)
    {
        row.Clear();
        if (features is null || !places.TryGetValue(customer, out var place)) return;
        for (var j = 0; j < scale.Columns.Count; j++)
            row[j] = (float)Math.Clamp((features.Values[place, j] - scale.Means[j]) / scale.Deviations[j], -Farthest, Farthest);
        row[^1] = 1;
    }
}
