using Coterie.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Features;

/// <summary>Learns how a feature table becomes a matrix of comparable columns: impute, winsorise, transform by skewness, scale, drop
/// near-constant and redundant features, and if asked project on principal components.</summary>
public static class Preparation
{
    /// <summary>Learns from a table of n customers. Infinite values are refused; NaN means that there is nothing to measure.</summary>
    public static PreparationModel Fit(FeatureTable table, PreparationOptions options)
    {
        Validate(table, options);
        table = table.Some(options.MaxRows);
        var learned = new Learned[table.Features.Count];
        Chunks.Each(learned.Length, options.Threads, j => learned[j] = Learn(table.Features[j], table.Columns[j], options));
        var kept = learned.Where(l => l.Feature is not null).ToList();
        var model = new PreparationModel
        {
            Features = [.. kept.Select(l => l.Feature!)],
            Dropped = [],
            Options = options,
            Notes = [.. kept.Where(l => l.Note is not null).Select(l => l.Note!)],
        };
        var rows = model.Scaled(table, out _, out _);
        var redundant = Redundant(rows, model.Features, options);
        var dropped = new List<DroppedFeature>();
        for (int j = 0, k = 0; j < learned.Length; j++)
        {
            if (learned[j].Dropped is { } reason) dropped.Add(new(table.Features[j].Name, reason));
            else if (redundant[k++] is { } with) dropped.Add(new(table.Features[j].Name, with));
        }

        var use = Enumerable.Range(0, model.Features.Count).Where(j => redundant[j] is null).ToArray();
        model = model with { Features = [.. use.Select(j => model.Features[j])], Dropped = dropped };
        if (options.PcaVariance is not { } share || use.Length == 0 || table.Count < 2) return model;
        return model with { Components = Principal(model.Scaled(table, out _, out _), share, options.Threads) };
    }

    sealed record Learned(PreparedFeature? Feature, string? Dropped, string? Note);

    static void Validate(FeatureTable table, PreparationOptions options)
    {
        var problems = new List<string>();
        if (options.WinsoriseLow is not (>= 0 and < 0.5)) problems.Add($"preparation: winsorise-low is {options.WinsoriseLow}; expected 0 up to 0.5.");
        if (options.WinsoriseHigh is not (> 0.5 and <= 1)) problems.Add($"preparation: winsorise-high is {options.WinsoriseHigh}; expected above 0.5 up to 1.");
        if (options.NearConstant is not (> 0 and <= 1)) problems.Add($"preparation: near-constant is {options.NearConstant}; expected above 0 up to 1.");
        if (options.Redundant is not (> 0 and <= 1)) problems.Add($"preparation: redundant is {options.Redundant}; expected above 0 up to 1.");
        if (options.PcaVariance is { } share and not (> 0 and <= 1)) problems.Add($"preparation: pca-variance is {share}; expected above 0 up to 1.");
        if (!(options.Skewed > 0)) problems.Add($"preparation: skewed is {options.Skewed}; expected more than 0.");
        if (options.MaxRows < 1000) problems.Add($"preparation: max-rows is {options.MaxRows}; expected 1000 or more.");
        if (options.Threads < 1) problems.Add($"preparation: threads is {options.Threads}; expected 1 or more.");
        if (!Enum.IsDefined(options.Scaling)) problems.Add($"preparation: scaling is {options.Scaling}; expected standard, robust or min-max.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
        for (var j = 0; j < table.Columns.Count; j++)
        {
            var at = FirstInfinite(table.Columns[j]);
            if (at >= 0)
                throw new InputException($"feature {table.Features[j].Name} of customer {table.Customers[at]} is infinite; expected a number, or NaN where there is nothing to measure.");
        }
    }

    static int FirstInfinite(double[] column)
    {
        for (var i = 0; i < column.Length; i++)
            if (double.IsInfinity(column[i])) return i;
        return -1;
    }

    static Learned Learn(Feature definition, double[] column, PreparationOptions options)
    {
        var sorted = Array.FindAll(column, x => !double.IsNaN(x));
        if (sorted.Length == 0) return new(null, "all_missing", null);
        Array.Sort(sorted);
        var median = Quantile(sorted, 0.5);
        // Missing values count as their replacement: a feature that few customers have is near constant to a clusterer.
        if (MostCommon(sorted, median, column.Length - sorted.Length) >= options.NearConstant * column.Length) return new(null, "near_constant", null);
        double low = Quantile(sorted, options.WinsoriseLow), high = Quantile(sorted, options.WinsoriseHigh);
        var note = default(string);
        if (low == high)
        {
            (low, high) = (sorted[0], sorted[^1]);
            note = $"{definition.Name} is not winsorised: its outer quantiles are equal, so everything would be pulled to {low:g4}.";
        }

        var values = Array.ConvertAll(column, x => double.IsNaN(x) ? median : Math.Clamp(x, low, high));
        Array.Sort(values);
        var transform = definition.Transform == Transform.Auto ? Automatic(values, options.Skewed) : definition.Transform;
        if (transform is Transform.Sqrt or Transform.Log && values[0] < 0)
        {
            note = $"{definition.Name} has values below zero, for which {transform} is not defined; it was ranked instead.";
            transform = Transform.Rank;
        }

        var feature = new PreparedFeature
        {
            Name = definition.Name, Transform = transform, Impute = Math.Clamp(median, low, high), Low = low, High = high, Centre = 0, Spread = 1,
            Knots = transform == Transform.Rank ? RankTransform.Knots(values) : [],
        };
        var scale = new FeatureScale(feature);
        for (var i = 0; i < values.Length; i++) values[i] = scale.Transformed(values[i]);
        return new(Centred(feature, values, options.Scaling, ref note), null, note);
    }

    static double MostCommon(double[] sorted, double median, int missing)
    {
        var most = 0;
        for (var start = 0; start < sorted.Length;)
        {
            var end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start]) end++;
            most = Math.Max(most, end - start + (sorted[start] == median ? missing : 0));
            start = end;
        }

        return Math.Max(most, missing);
    }

    // The mildest transform that leaves no more than the allowed skewness: none, square root, log, else ranks.
    static Transform Automatic(double[] values, double skewed)
    {
        if (Math.Abs(Skewness(values, x => x)) <= skewed) return Transform.None;
        if (values[0] >= 0)
        {
            if (Math.Abs(Skewness(values, Math.Sqrt)) <= skewed) return Transform.Sqrt;
            if (Math.Abs(Skewness(values, x => Math.Log(1 + x))) <= skewed) return Transform.Log;
        }

        return Transform.Rank;
    }

    // Sums run over sorted values, so that the order of customers does not reach the last bit.
    static double Skewness(double[] values, Func<double, double> transform)
    {
        double mean = 0, second = 0, third = 0;
        foreach (var x in values) mean += transform(x) / values.Length;
        foreach (var x in values)
        {
            var d = transform(x) - mean;
            second += d * d / values.Length;
            third += d * d * d / values.Length;
        }

        return second > 0 ? third / Math.Pow(second, 1.5) : 0;
    }

    // values: transformed, ascending (every transform is monotone).
    static PreparedFeature Centred(PreparedFeature feature, double[] values, Scaling scaling, ref string? note)
    {
        var mean = 0.0;
        foreach (var x in values) mean += x / values.Length;
        var square = 0.0;
        foreach (var x in values) square += (x - mean) * (x - mean) / values.Length;
        var (centre, spread) = scaling switch
        {
            Scaling.Standard => (mean, Math.Sqrt(square)),
            // A normal column has an interquartile range of 1.349 standard deviations.
            Scaling.Robust => (Quantile(values, 0.5), (Quantile(values, 0.75) - Quantile(values, 0.25)) / 1.349),
            _ => (values[0], values[^1] - values[0]),
        };
        if (scaling == Scaling.Robust && spread == 0)
        {
            spread = Math.Sqrt(square);
            note = $"{feature.Name} has no interquartile range (half of the customers share a value); its standard deviation was used.";
        }

        return feature with { Centre = centre, Spread = spread > 0 ? spread : 1 };
    }

    // Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
    static double Quantile(double[] sorted, double probability)
    {
        var at = probability * (sorted.Length - 1);
        var low = (int)at;
        var high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
    }

    // For each feature the reason to drop it: the first kept one with which it correlates too much; else null.
    static string?[] Redundant(Matrix rows, IReadOnlyList<PreparedFeature> features, PreparationOptions options)
    {
        var reasons = new string?[features.Count];
        var covariance = Covariances(rows, out _, options.Threads);
        for (var j = 0; j < reasons.Length; j++)
        {
            for (var i = 0; i < j && reasons[j] is null; i++)
            {
                if (reasons[i] is not null) continue;
                var scale = Math.Sqrt(covariance[i, i] * covariance[j, j]);
                var r = scale > 0 ? covariance[i, j] / scale : 0;
                if (Math.Abs(r) > options.Redundant) reasons[j] = $"redundant with {features[i].Name} (r = {r:F2})";
            }
        }

        return reasons;
    }

    static double[,] Covariances(Matrix rows, out double[] means, int threads)
    {
        int n = rows.Rows, d = rows.Columns;
        var parts = new (double[] Sum, double[] Products)[Chunks.Count(n)];
        Chunks.For(n, threads, (chunk, start, end) =>
        {
            double[] sum = new double[d], products = new double[d * d], row = new double[d];
            for (var i = start; i < end; i++)
            {
                // Columns are scaled already, so raw products lose nothing to cancellation.
                for (var j = 0; j < d; j++) row[j] = rows[i, j];
                for (var j = 0; j < d; j++)
                {
                    sum[j] += row[j];
                    var x = row[j];
                    var target = products.AsSpan(j * d, j + 1);
                    for (var k = 0; k < target.Length; k++) target[k] += x * row[k];
                }
            }

            parts[chunk] = (sum, products);
        });
        means = new double[d];
        var covariance = new double[d, d];
        foreach (var (sum, products) in parts)
        {
            for (var j = 0; j < d; j++)
            {
                means[j] += sum[j] / n;
                for (var k = 0; k <= j; k++) covariance[j, k] += products[j * d + k] / n;
            }
        }

        for (var j = 0; j < d; j++)
            for (var k = 0; k <= j; k++) covariance[k, j] = covariance[j, k] -= means[j] * means[k];
        return covariance;
    }

    static PrincipalComponents Principal(Matrix rows, double share, int threads)
    {
        var covariance = Covariances(rows, out var means, threads);
        var d = rows.Columns;
        var eigen = Matrix<double>.Build.DenseOfArray(covariance).Evd(Symmetricity.Symmetric);
        var order = Enumerable.Range(0, d).OrderByDescending(i => eigen.EigenValues[i].Real).ToArray();
        var total = order.Sum(i => Math.Max(0, eigen.EigenValues[i].Real));
        var loadings = new List<double[]>();
        var variances = new List<double>();
        var explained = 0.0;
        foreach (var i in order)
        {
            // The tolerance lets a share of 1 stop at the rank of the columns.
            if (loadings.Count > 0 && explained >= share * total * (1 - 1e-12)) break;
            var loading = eigen.EigenVectors.Column(i).ToArray();
            var sign = Math.Sign(loading[loading.Select((x, j) => (Size: Math.Abs(x), j)).MaxBy(x => x.Size).j]);
            loadings.Add(Array.ConvertAll(loading, x => x * sign));
            variances.Add(Math.Max(0, eigen.EigenValues[i].Real));
            explained += variances[^1];
        }

        return new(means, [.. loadings], [.. variances], total > 0 ? explained / total : 1);
    }
}
