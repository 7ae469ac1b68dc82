using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>One view's opinion of every customer, and how far that opinion deserves to be trusted.</summary>
public sealed record FusionView
{
    // Sums of probabilities may be off by the rounding of single precision over many clusters, not by more.
    const double Slack = 1e-3;

    public required string Name { get; init; }
    /// <summary>n: the view's cluster of each customer, 0 .. K-1; -1 where it has none.</summary>
    public required int[] Labels { get; init; }
    /// <summary>n x K: the probability of each of the view's clusters; a row of zeros where the view says nothing.</summary>
    public required Matrix Opinions { get; init; }
    /// <summary>How far the view's own clusters come back on a refit, 0 to 1 (mean Jaccard or adjusted Rand index); null is unknown.</summary>
    public double? Stability { get; init; }
    /// <summary>What the view's clusters say of the future (out-of-sample R² of spend, or 2 AUC - 1), 0 and up; null is unknown.</summary>
    public double? Validity { get; init; }

    public int Count => Labels.Length;
    public int Clusters => Opinions.Columns;

    /// <summary>Of labels alone (n, -1 for none): every opinion is certain.</summary>
    public static FusionView OfLabels(string name, int[] labels)
    {
        var opinions = new Matrix(labels.Length, labels.Length == 0 ? 0 : Math.Max(0, labels.Max() + 1));
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] < -1) throw new InputException($"{name}: the label of customer {i} is {labels[i]}; expected 0 and up, or -1 for no cluster.");
            if (labels[i] >= 0) opinions[i, labels[i]] = 1;
        }

        return new() { Name = name, Labels = labels, Opinions = opinions };
    }

    /// <summary>Of a clustering's assignment to K clusters. With <paramref name="margins"/> a confidence c is 0 on the border of two clusters
    /// (k-means) and the pair is as likely as (1 + c) to (1 - c); otherwise it is the probability of the label (a mixture), and the rest
    /// goes to the second-best.</summary>
    public static FusionView OfAssignment(string name, Assignment assignment, int clusters, bool margins)
    {
        var opinions = new Matrix(assignment.Labels.Length, clusters);
        for (var i = 0; i < assignment.Labels.Length; i++)
        {
            int label = assignment.Labels[i], second = assignment.Second[i];
            if (label < -1 || label >= clusters || second >= clusters)
                throw new InputException($"{name}: customer {i} has the labels {label} and {second}; expected 0 to {clusters - 1}, or -1 for no cluster.");
            if (label < 0) continue;
            var confidence = Math.Clamp(assignment.Confidence[i], 0, 1);
            var first = second < 0 ? 1 : margins ? (1 + confidence) / 2 : Math.Max(confidence, 0.5f);
            opinions[i, label] = first;
            if (second >= 0) opinions[i, second] = 1 - first;
        }

        return new() { Name = name, Labels = assignment.Labels, Opinions = opinions };
    }

    /// <summary>Of a k-means model on rows (n x d): the probabilities of the mixture of spheres that k-means is the limit of (Bishop 2006, section
    /// 9.3.2), K equal shares and one variance, the mean squared distance of these rows to their centre over d. On the sphere for cosine.</summary>
    public static FusionView OfKMeans(string name, KMeansModel model, Matrix rows, int threads)
    {
        Check.SameColumns(rows, model.Columns);
        Check.Finite(rows);
        if (model.Distance == Distance.Cosine) rows = Spherical.Normalised(rows);
        int n = rows.Rows, k = model.Clusters;
        var opinions = new Matrix(n, k);
        var nearest = new double[n];
        Chunks.For(n, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                nearest[i] = double.PositiveInfinity;
                for (var c = 0; c < k; c++)
                {
                    var square = Square(rows.Row(i), model.Centres[c]);
                    opinions[i, c] = (float)square;
                    nearest[i] = Math.Min(nearest[i], opinions[i, c]);
                }
            }
        });
        // Sorted, so that the sum does not depend on the order of customers.
        var variance = n == 0 ? 0 : nearest.Order().Sum() / ((double)n * Math.Max(1, rows.Columns));
        Chunks.For(n, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i++) Softmax(opinions.Row(i), nearest[i], variance);
        });
        return OfProbabilities(name, opinions);
    }

    static double Square(ReadOnlySpan<float> row, ReadOnlySpan<float> centre)
    {
        double sum = 0;
        for (var j = 0; j < row.Length; j++) sum += ((double)row[j] - centre[j]) * ((double)row[j] - centre[j]);
        return sum;
    }

    // Squared distances to probabilities, in place.
    static void Softmax(Span<float> row, double least, double variance)
    {
        double sum = 0;
        foreach (var square in row) sum += Relative(square);
        for (var c = 0; c < row.Length; c++) row[c] = (float)(Relative(row[c]) / sum);

        double Relative(double square) => square == least ? 1 : variance > 0 ? Math.Exp((least - square) / (2 * variance)) : 0;
    }

    /// <summary>Of probabilities (n x K), of a classifier or a mixture; the label is the likeliest cluster.</summary>
    public static FusionView OfProbabilities(string name, Matrix probabilities)
    {
        var labels = new int[probabilities.Rows];
        for (var i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Row(i);
            labels[i] = -1;
            for (var k = 0; k < row.Length; k++)
                if (row[k] > 0 && (labels[i] < 0 || row[k] > row[labels[i]])) labels[i] = k;
        }

        return new() { Name = name, Labels = labels, Opinions = probabilities };
    }

    /// <summary>Refuses what cannot be fused, with every problem.</summary>
    internal static void Validate(IReadOnlyList<FusionView> views)
    {
        var problems = new List<string>();
        foreach (var view in views)
        {
            if (view.Count != views[0].Count)
                problems.Add($"{view.Name} has {view.Count} customers, {views[0].Name} has {views[0].Count}; expected the same customers in the same order.");
            if (view.Opinions.Rows != view.Count)
                problems.Add($"{view.Name} has {view.Count} labels and {view.Opinions.Rows} rows of probabilities; expected as many.");
            else if (FirstWrong(view) is { } wrong) problems.Add(wrong);
            if (view.Stability is { } s && !(s is >= 0 and <= 1)) problems.Add($"{view.Name}: stability is {s}; expected 0 to 1.");
            if (view.Validity is { } v && !double.IsFinite(v)) problems.Add($"{view.Name}: validity is {v}; expected a finite number.");
        }

        foreach (var twice in views.GroupBy(v => v.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            problems.Add($"{twice.Count()} views are called {twice.Key}; give each its own name.");
        if (problems.Count > 0) throw new InputException(string.Join('\n', problems));
    }

    static string? FirstWrong(FusionView view)
    {
        for (var i = 0; i < view.Count; i++)
        {
            double sum = 0;
            foreach (var p in view.Opinions.Row(i))
            {
                if (!(p is >= 0 and <= 1.001f)) return $"{view.Name}: customer {i} has a probability of {p}; expected 0 to 1.";
                sum += p;
            }

            var label = view.Labels[i];
            if (label < -1 || label >= view.Clusters) return $"{view.Name}: the label of customer {i} is {label}; expected 0 to {view.Clusters - 1}, or -1 for none.";
            if (label < 0 ? sum != 0 : Math.Abs(sum - 1) > Slack)
                return $"{view.Name}: the probabilities of customer {i} with label {label} add up to {sum:0.####}; expected {(label < 0 ? 0 : 1)}.";
        }

        return null;
    }
}
