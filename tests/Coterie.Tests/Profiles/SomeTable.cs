using Coterie.Features;
using Coterie.Numerics;
using Coterie.Profiles;

namespace Coterie.Tests.Profiles;

/// <summary>Hand-made feature tables.</summary>
static class SomeTable
{
    public static Feature Feature(string name, string family = "context", string unit = "count", Transform transform = Transform.None) => new()
    {
        Name = name, Label = $"The {name}", LabelZh = $"特征{name}", Sentence = $"The {name} of a customer.", Unit = unit, Family = family,
        Transform = transform, High = $"much {name}", Low = $"little {name}", HighZh = $"{name}多", LowZh = $"{name}少",
    };

    public static readonly Feature Recency = Feature("recency_days", "recency", "days") with
    {
        Label = "Days since last order", LabelZh = "距上次下单天数", High = "away for long", Low = "here recently", HighZh = "久未光顾", LowZh = "近期光顾",
    };

    public static readonly Feature Orders = Feature("orders", "frequency", "orders") with
    {
        Label = "Orders", LabelZh = "订单数", High = "orders often", Low = "orders rarely", HighZh = "下单频繁", LowZh = "下单很少",
    };

    public static readonly Feature Spend = Feature("spend", "money", "money", Transform.Log) with
    {
        Label = "Spend", LabelZh = "消费额", High = "spends much", Low = "spends little", HighZh = "消费高", LowZh = "消费低",
    };

    public static FeatureTable Of(IReadOnlyList<Feature> features, IReadOnlyList<double[]> columns) => new()
    {
        AsOf = new DateTime(2026, 1, 1),
        Customers = [.. Enumerable.Range(0, columns[0].Length).Select(i => $"c{i:D6}")],
        Features = features,
        Columns = columns,
    };

    /// <summary>n customers, d normal features; with shifts[k], segment k's customers are moved in feature k by so many spreads.</summary>
    public static FeatureTable Normal(int n, int d, ulong seed, int[]? labels = null, double[]? shifts = null)
    {
        var columns = new double[d][];
        for (var f = 0; f < d; f++)
        {
            var rng = new Seed(seed).Stream((ulong)f);
            columns[f] = new double[n];
            for (var i = 0; i < n; i++)
                columns[f][i] = rng.NextNormal() + (labels is not null && shifts is not null && labels[i] == f && f < shifts.Length ? shifts[f] : 0);
        }

        return Of([.. Enumerable.Range(0, d).Select(f => Feature($"f{f}", $"family{f}"))], columns);
    }

    /// <summary>Random labels in which every cluster occurs.</summary>
    public static int[] Labels(int n, int clusters, ulong seed)
    {
        var rng = new Seed(seed).Stream(99);
        return [.. Enumerable.Range(0, n).Select(i => i < clusters ? i : rng.NextInt(clusters))];
    }

    public static Matrix Rows(FeatureTable table)
    {
        var rows = new Matrix(table.Count, table.Features.Count);
        for (var f = 0; f < table.Features.Count; f++)
            for (var i = 0; i < table.Count; i++)
                rows[i, f] = double.IsNaN(table.Columns[f][i]) ? 0 : (float)table.Columns[f][i];
        return rows;
    }

    public static ProfileRequest Request(FeatureTable table, int[] labels, int clusters) => new()
    {
        Table = table,
        Rows = Rows(table),
        Columns = [.. table.Features.Select(f => f.Name)],
        Labels = labels,
        Clusters = clusters,
        StabilityPerCluster = [.. Enumerable.Range(0, clusters).Select(k => 0.9 - k / 100.0)],
        Spend = table.Column("spend"),
    };

    /// <summary>A shop with planted RFM groups, in turns of eight customers: the best, the recent one-timers, the best long gone, the one-timers long gone.</summary>
    public static (FeatureTable Table, int[] Labels) Rfm(ulong seed)
    {
        // recency, orders, spend per order
        var groups = new[] { (5, 15, 60.0), (8, 1, 40.0), (300, 25, 90.0), (320, 1, 15.0) };
        int[] turns = [0, 1, 3, 1, 2, 3, 1, 3];
        const int n = 800;
        double[] recency = new double[n], orders = new double[n], spend = new double[n], noise = new double[n];
        var labels = new int[n];
        var rng = new Seed(seed).Stream(0);
        for (var i = 0; i < n; i++)
        {
            var (r, f, m) = groups[labels[i] = turns[i % 8]];
            recency[i] = Math.Max(0, Math.Round(r * (1 + 0.3 * rng.NextNormal())));
            orders[i] = f == 1 ? 1 : Math.Max(2, Math.Round(f * (1 + 0.2 * rng.NextNormal())));
            spend[i] = orders[i] * m * Math.Exp(0.2 * rng.NextNormal());
            noise[i] = rng.NextNormal();
        }

        return (Of([Recency, Orders, Spend, Feature("noise")], [recency, orders, spend, noise]), labels);
    }

    public static bool HasChinese(string text) => text.Any(c => c is >= '\u4e00' and <= '\u9fff');
}
