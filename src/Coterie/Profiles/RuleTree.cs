using System.Globalization;
using Coterie.Features;
using Coterie.Numerics;
using Coterie.Warehouse;

namespace Coterie.Profiles;

/// <summary>How large a threshold tree may become.</summary>
public sealed record RuleTreeOptions
{
    /// <summary>The tree is grown to this many leaves for each segment, then pruned.</summary>
    public int LeavesPerSegment { get; init; } = 2;
    /// <summary>Conditions on the way to a leaf; one or two more where a segment would otherwise have no leaf at all.</summary>
    public int MaxDepth { get; init; } = 4;
    /// <summary>A leaf must put at least this share of customers right that its absence would put wrong.</summary>
    public double LeafWorth { get; init; } = 0.01;
    /// <summary>Smallest share of the sample in a leaf.</summary>
    public double MinLeafShare { get; init; } = 0.002;
    /// <summary>Share of customers that rounding one threshold to fewer digits may put wrong.</summary>
    public double RoundingCost { get; init; } = 0.001;
    /// <summary>Customers the tree is fitted on, chosen by a hash of the id and the seed; fidelity is always measured on all.</summary>
    public int SampleRows { get; init; } = 50_000;
    public int Threads { get; init; } = Environment.ProcessorCount;
    public Seed Seed { get; init; } = new(1);
}

/// <summary>A node of the tree, children by index; a leaf has no feature and no children.</summary>
public sealed record RuleNode
{
    /// <summary>Null in a leaf.</summary>
    public string? Feature { get; init; }
    /// <summary>Values below it go left, others right.</summary>
    public double Threshold { get; init; }
    /// <summary>Splits on whether there is a value: present goes left, missing right. The threshold then has no meaning.</summary>
    public bool OnMissing { get; init; }
    /// <summary>Where a customer without a value goes.</summary>
    public bool MissingLeft { get; init; }
    public int Left { get; init; } = -1;
    public int Right { get; init; } = -1;
    /// <summary>The segment of a leaf; of an inner node, its most common.</summary>
    public required int Label { get; init; }
    /// <summary>Customers of the sample that reach it.</summary>
    public required int Rows { get; init; }
}

/// <summary>How well the rules find one segment, over all customers.</summary>
/// <param name="Precision">Share of the customers selected that are in the segment; 0 when none is selected.</param>
/// <param name="Recall">Share of the segment that is selected.</param>
public sealed record RuleScore(double Precision, double Recall);

/// <summary>One classification tree (Breiman, Friedman, Olshen and Stone 1984) over raw features that explains all segments at once.
/// It approximates the clustering: <see cref="Fidelity"/> says how well.</summary>
public sealed record RuleTree
{
    /// <summary>Root first, parents before children.</summary>
    public required IReadOnlyList<RuleNode> Nodes { get; init; }
    public required int Clusters { get; init; }
    /// <summary>Share of all customers whose segment the tree gives correctly.</summary>
    public required double Fidelity { get; init; }
    /// <summary>By label.</summary>
    public required IReadOnlyList<RuleScore> Scores { get; init; }
    /// <summary>Features of the tree that some customers have no value for.</summary>
    public required IReadOnlyList<string> WithMissing { get; init; }
    /// <summary>What was sampled, and which segments have no rule.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Grows by Gini impurity on a sample, prunes, rounds the thresholds, and measures on all customers. Labels are
    /// 0 .. clusters-1; -1 is in no segment and takes no part.</summary>
    /// <exception cref="ConfigurationException">Lists every option out of range.</exception>
    public static RuleTree Fit(FeatureTable table, int[] labels, int clusters, RuleTreeOptions options)
    {
        Validate(options);
        if (labels.Length != table.Count)
            throw new ArgumentException($"{labels.Length} labels cannot belong to {table.Count} customers.", nameof(labels));
        for (var f = 0; f < table.Features.Count; f++)
            if (Array.FindIndex(table.Columns[f], double.IsInfinity) is >= 0 and var at)
                throw new InputException($"Feature '{table.Features[f].Name}' is infinite for customer '{table.Customers[at]}'; "
                    + "a finite number, or none (NaN), was expected. Correct the feature's definition.");
        var order = ClusterOrder.Of(labels, clusters);
        var canonical = order.Canonical(labels);
        var sample = RuleSample.Rows(table.Customers, canonical, options);
        var root = RuleGrowth.Grow(
            [.. table.Columns.Select(c => Array.ConvertAll(sample, i => c[i]))],
            Array.ConvertAll(sample, i => canonical[i]), order.Original.Length, options);
        var nodes = new List<RuleNode>();
        Flatten(root, table.Features, order.Original, nodes);
        var tree = new RuleTree
        {
            Nodes = nodes,
            Clusters = clusters,
            Fidelity = double.NaN,
            Scores = [],
            WithMissing = [.. nodes.Where(n => n.Feature is not null).Select(n => n.Feature!).Distinct()
                .Where(f => table.Column(f)!.Any(double.IsNaN))],
            Notes = [],
        };
        return tree.Measured(table, labels, order, sample.Length);
    }

    /// <summary>The segment of every customer, by the tree. A feature that the table lacks is an error, not a guess.</summary>
    public int[] Predict(FeatureTable table)
    {
        var columns = Nodes.Select(n => n.Feature is null ? null : table.Column(n.Feature) ?? throw new InputException(
            $"The rules ask for the feature '{n.Feature}', which the table of {table.Count} customers lacks. "
            + "Compute features from a log with the same columns as the one the rules were learnt from.")).ToArray();
        var labels = new int[table.Count];
        for (var i = 0; i < labels.Length; i++)
        {
            var at = 0;
            while (columns[at] is { } column)
            {
                var node = Nodes[at];
                var x = column[i];
                var left = double.IsNaN(x) ? node.MissingLeft : node.OnMissing || x < node.Threshold;
                at = left ? node.Left : node.Right;
            }

            labels[i] = Nodes[at].Label;
        }

        return labels;
    }

    /// <summary>A CASE expression over the columns of features.parquet (missing is NULL) that gives exactly <see cref="Predict"/>.</summary>
    /// <param name="names">By label: what the expression answers.</param>
    public string ToSql(IReadOnlyList<string> names, Dialect dialect)
    {
        var clauses = RuleClauses.Of(this);
        if (clauses.Count == 1) return dialect.Text(names[clauses[0].Label]);
        var cases = clauses.Select(c => $"    WHEN {c.Sql(dialect)} THEN {dialect.Text(names[c.Label])}");
        return $"CASE\n{string.Join("\n", cases)}\nEND";
    }

    /// <summary>The rule of one segment in words and as a condition on the columns of features.parquet, with its precision and recall.</summary>
    public SegmentRule Rule(int label, FeatureTable table, string? currency = null) => RuleWords.Rule(this, label, table.Features, currency);

    RuleTree Measured(FeatureTable table, int[] labels, ClusterOrder order, int sampled)
    {
        var predicted = Predict(table);
        int[] actual = new int[Clusters], selected = new int[Clusters], right = new int[Clusters];
        for (var i = 0; i < labels.Length; i++)
        {
            selected[predicted[i]]++;
            if (labels[i] < 0) continue;
            actual[labels[i]]++;
            if (predicted[i] == labels[i]) right[labels[i]]++;
        }

        var notes = new List<string>();
        var assigned = actual.Sum();
        if (sampled < assigned)
            notes.Add($"Rules were fitted on {sampled.ToString("N0", CultureInfo.InvariantCulture)} of "
                + $"{assigned.ToString("N0", CultureInfo.InvariantCulture)} customers and measured on all.");
        var without = order.Original.Where(k => selected[k] == 0).Order().ToArray();
        if (without.Length > 0) notes.Add($"No short rule finds {without.Length} of {order.Original.Length} segments (labels {string.Join(", ", without)}).");
        return this with
        {
            Fidelity = assigned == 0 ? double.NaN : right.Sum() / (double)assigned,
            Scores = [.. Enumerable.Range(0, Clusters).Select(k => new RuleScore(
                selected[k] == 0 ? 0 : right[k] / (double)selected[k], actual[k] == 0 ? 0 : right[k] / (double)actual[k]))],
            Notes = notes,
        };
    }

    static int Flatten(GrowingNode node, IReadOnlyList<Feature> features, int[] original, List<RuleNode> nodes)
    {
        var at = nodes.Count;
        var leaf = new RuleNode { Label = original.Length == 0 ? 0 : original[node.Label], Rows = node.Members.Length };
        nodes.Add(leaf);
        if (node.Split is not { } split) return at;
        var left = Flatten(node.Left!, features, original, nodes);
        var right = Flatten(node.Right!, features, original, nodes);
        nodes[at] = leaf with
        {
            Feature = features[split.Feature].Name,
            Threshold = split.Threshold,
            OnMissing = split.OnMissing,
            MissingLeft = split.MissingLeft,
            Left = left,
            Right = right,
        };
        return at;
    }

    static void Validate(RuleTreeOptions options)
    {
        var problems = new List<string>();
        if (options.LeavesPerSegment < 1) problems.Add($"LeavesPerSegment is {options.LeavesPerSegment}; it must be at least 1.");
        if (options.MaxDepth < 1) problems.Add($"MaxDepth is {options.MaxDepth}; it must be at least 1.");
        if (options.SampleRows < 1) problems.Add($"SampleRows is {options.SampleRows}; it must be at least 1.");
        foreach (var (name, share) in new[]
        {
            (nameof(options.LeafWorth), options.LeafWorth),
            (nameof(options.MinLeafShare), options.MinLeafShare),
            (nameof(options.RoundingCost), options.RoundingCost),
        })
            if (!(share is >= 0 and < 1)) problems.Add($"{name} is {share}; it is a share of customers, from 0 to below 1.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join("\n", problems));
    }
}
