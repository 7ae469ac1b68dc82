using Coterie.Features;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;

namespace Coterie.Tests.Profiles;

public class RuleTreeTests
{
    [Fact]
    public void Sql_IsPredict_OnAnyTable_WithMissingValuesAndHostileNames()
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        Gen.Select(Gen.ULong, Gen.Int[1, 6], Gen.Int[20, 200]).Sample((seed, clusters, n) =>
        {
            var table = Ragged(seed, n);
            var labels = Planted(table, clusters, seed);
            var tree = RuleTree.Fit(table, labels, clusters, new RuleTreeOptions { LeafWorth = 0, RoundingCost = seed % 2 == 0 ? 0 : 0.01 });
            // Other customers than those it was fitted on, so that values fall on either side of, and on, every threshold.
            var others = OnThresholds(tree, Ragged(seed + 1, n), seed);
            var names = Enumerable.Range(0, clusters).Select(k => $"S'{k}").ToArray();
            var answered = Run(warehouse, others, tree.ToSql(names, warehouse.Dialect));
            Assert.Equal(tree.Predict(others).Select(k => names[k]), answered);

            foreach (var k in Enumerable.Range(0, clusters))
            {
                var rule = RuleWords.Rule(tree, k, table.Features, null);
                var selected = Run(warehouse, others, $"CASE WHEN {rule.Sql} THEN 'yes' ELSE 'no' END");
                Assert.Equal(tree.Predict(others).Select(l => l == k ? "yes" : "no"), selected);
            }
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void APlantedTree_IsFoundExactly_InHumanNumbers()
    {
        var rng = new Seed(3).Stream(0);
        var n = 2000;
        double[] orders = new double[n], recency = new double[n], noise = new double[n];
        var labels = new int[n];
        for (var i = 0; i < n; i++)
        {
            orders[i] = 1 + rng.NextInt(12);
            recency[i] = rng.NextInt(365);
            noise[i] = rng.NextNormal();
            labels[i] = orders[i] < 5 ? 0 : recency[i] < 60 ? 1 : 2;
        }

        var table = SomeTable.Of([SomeTable.Feature("noise"), SomeTable.Orders, SomeTable.Recency], [noise, orders, recency]);
        var tree = RuleTree.Fit(table, labels, 3, new RuleTreeOptions());
        Assert.Equal(1, tree.Fidelity);
        Assert.Equal(3, tree.Nodes.Count(x => x.Feature is null));
        var rule = RuleWords.Rule(tree, 1, table.Features, null);
        Assert.Equal("orders ≥ 5 and days since last order < 60", rule.Words.En);
        Assert.Equal("订单数 ≥ 5 且 距上次下单天数 < 60", rule.Words.Zh);
        Assert.Equal((1.0, 1.0), (rule.Precision, rule.Recall));
    }

    [Fact]
    public void ACustomerWithoutAValue_HasAPlaceInTheRules()
    {
        // The segment is exactly those that have no second order, hence no gap.
        var rng = new Seed(4).Stream(0);
        var gap = Enumerable.Range(0, 500).Select(_ => rng.NextInt(3) == 0 ? double.NaN : 1 + rng.NextInt(90)).ToArray();
        var labels = gap.Select(x => double.IsNaN(x) ? 1 : 0).ToArray();
        var feature = SomeTable.Feature("gap") with { Label = "Days between orders", LabelZh = "下单间隔" };
        var table = SomeTable.Of([feature], [gap]);
        var tree = RuleTree.Fit(table, labels, 2, new RuleTreeOptions());
        Assert.Equal(1, tree.Fidelity);
        Assert.Equal("no days between orders", RuleWords.Rule(tree, 1, table.Features, null).Words.En);
        Assert.Equal("\"gap\" IS NULL", RuleWords.Rule(tree, 1, table.Features, null).Sql);
        Assert.Equal("any days between orders", RuleWords.Rule(tree, 0, table.Features, null).Words.En);
    }

    [Fact]
    public void Fit_OneThread_EqualsTwo() => Gen.ULong.Sample(seed =>
    {
        var table = Ragged(seed, 150);
        var labels = Planted(table, 4, seed);
        var one = RuleTree.Fit(table, labels, 4, new RuleTreeOptions { Threads = 1, SampleRows = 100 });
        var two = RuleTree.Fit(table, labels, 4, new RuleTreeOptions { Threads = 2, SampleRows = 100 });
        return one.Nodes.SequenceEqual(two.Nodes) && one.Fidelity.Equals(two.Fidelity);
    }, iter: 20);

    [Fact]
    public void Relabelling_RelabelsTheTree_AndNothingElse() => Gen.ULong.Sample(seed =>
    {
        var table = Ragged(seed, 150);
        var labels = Planted(table, 3, seed);
        var tree = RuleTree.Fit(table, labels, 3, new RuleTreeOptions());
        var renamed = RuleTree.Fit(table, Array.ConvertAll(labels, l => (l + 1) % 3), 3, new RuleTreeOptions());
        return tree.Nodes.Select(x => x with { Label = (x.Label + 1) % 3 }).SequenceEqual(renamed.Nodes) && tree.Fidelity.Equals(renamed.Fidelity);
    }, iter: 20);

    [Fact]
    public void APathHasAtMostFourConditions_AndEverySegmentThatCanHaveALeafHasOne() => Gen.ULong.Sample(seed =>
    {
        var labels = SomeTable.Labels(1000, 5, seed);
        var table = SomeTable.Normal(1000, 6, seed, labels, [4, 4, 4, 4, 4]);
        var tree = RuleTree.Fit(table, labels, 5, new RuleTreeOptions());
        Assert.All(Enumerable.Range(0, 5), k => Assert.Contains(tree.Nodes, x => x.Feature is null && x.Label == k));
        Assert.All(RuleClauses.Of(tree), c => Assert.InRange(c.Literals.Count, 1, 4));
        Assert.True(tree.Fidelity > 0.85, $"fidelity {tree.Fidelity}");
    }, iter: 15);

    [Fact]
    public void Scores_AreThoseOfCounting_AndFidelityIsOverAll()
    {
        var labels = SomeTable.Labels(900, 3, 5);
        var table = SomeTable.Normal(900, 4, 5, labels, [2, 2, 2]);
        var tree = RuleTree.Fit(table, labels, 3, new RuleTreeOptions { SampleRows = 300 });
        var predicted = tree.Predict(table);
        Assert.Equal(predicted.Zip(labels).Count(p => p.First == p.Second) / 900.0, tree.Fidelity, 12);
        for (var k = 0; k < 3; k++)
        {
            double both = predicted.Zip(labels).Count(p => p.First == k && p.Second == k);
            Assert.Equal(both / predicted.Count(p => p == k), tree.Scores[k].Precision, 12);
            Assert.Equal(both / labels.Count(l => l == k), tree.Scores[k].Recall, 12);
        }

        Assert.Contains("300 of 900", tree.Notes.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void OneSegment_IsEverybody()
    {
        var table = SomeTable.Normal(50, 2, 1);
        var tree = RuleTree.Fit(table, new int[50], 1, new RuleTreeOptions());
        Assert.Equal("'S1'", tree.ToSql(["S1"], DuckDbDialect.Instance));
        Assert.Equal("every customer", RuleWords.Rule(tree, 0, table.Features, null).Words.En);
        Assert.Equal(1, tree.Fidelity);
    }

    [Fact]
    public void ATableWithoutAFeatureOfTheRules_IsRefused()
    {
        var labels = SomeTable.Labels(100, 2, 1);
        var tree = RuleTree.Fit(SomeTable.Normal(100, 2, 1, labels, [5, 5]), labels, 2, new RuleTreeOptions());
        var other = SomeTable.Of([SomeTable.Feature("else")], [[1, 2]]);
        Assert.Contains("lacks", Assert.Throws<InputException>(() => tree.Predict(other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsOutOfRange_AreListedAtOnce()
    {
        var message = Assert.Throws<ConfigurationException>(() => RuleTree.Fit(SomeTable.Normal(9, 1, 1), new int[9], 1,
            new RuleTreeOptions { MaxDepth = 0, LeafWorth = 2, SampleRows = 0 })).Message;
        Assert.Equal(3, message.Split('\n').Length);
    }

    [Fact]
    public void ANumberBetween_SeparatesLikeTheMiddle() => Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[0, 10], Gen.Int[-12, 6]).Sample((a, width, power) =>
    {
        var b = a + width * Math.Pow(10, power);
        if (!(b > a)) return true;
        var t = HumanNumbers.Between(a, b);
        return a < t && t <= b;
    });

    [Theory]
    [InlineData(4, 5, 5)]
    [InlineData(0, 1, 1)]
    [InlineData(0.2312, 0.2677, 0.25)]
    [InlineData(59, 61, 60)]
    [InlineData(999.5, 1003, 1000)]
    [InlineData(-3, 2, 0)]
    public void ANumberBetween_IsRound(double a, double b, double expected) => Assert.Equal(expected, HumanNumbers.Between(a, b));

    // Names with quotes and SQL in them, small whole numbers (many ties), long fractions, and holes.
    static FeatureTable Ragged(ulong seed, int n)
    {
        var rng = new Seed(seed).Stream(1);
        var columns = new double[5][];
        for (var f = 0; f < columns.Length; f++)
            columns[f] = [.. Enumerable.Range(0, n).Select(_ => rng.NextInt(6) == 0 && f != 0 ? double.NaN
                : f < 2 ? rng.NextInt(7) - 2 : f == 2 ? rng.NextNormal() : f == 3 ? rng.NextDouble() * 1e-7 : Math.Round(1e6 * rng.NextNormal(), 2))];
        string[] names = ["plain", "a \"quoted\" one", "x\"; DROP TABLE t; --", "per cent %", "数量"];
        return SomeTable.Of([.. names.Select(x => SomeTable.Feature(x))], columns);
    }

    // Labels that a tree can partly explain: by two features and by a hole, with noise.
    static int[] Planted(FeatureTable table, int clusters, ulong seed)
    {
        var rng = new Seed(seed).Stream(2);
        return [.. Enumerable.Range(0, table.Count).Select(i =>
        {
            var x = table.Columns[2][i];
            var bin = rng.NextInt(10) == 0 ? rng.NextInt(clusters) : (double.IsNaN(x) ? 0 : x > 0.3 ? 1 : 2) + (table.Columns[0][i] > 1 ? 3 : 0);
            return bin % clusters;
        })];
    }

    static FeatureTable OnThresholds(RuleTree tree, FeatureTable table, ulong seed)
    {
        var rng = new Seed(seed).Stream(3);
        foreach (var node in tree.Nodes)
        {
            if (node.Feature is null || node.OnMissing) continue;
            var column = table.Column(node.Feature)!;
            column[rng.NextInt(column.Length)] = node.Threshold;
            column[rng.NextInt(column.Length)] = Math.BitDecrement(node.Threshold);
            column[rng.NextInt(column.Length)] = Math.BitIncrement(node.Threshold);
        }

        return table;
    }

    static List<string> Run(DuckDbWarehouse warehouse, FeatureTable table, string expression)
    {
        var names = table.Features.Select(f => warehouse.Dialect.Name(f.Name)).ToArray();
        warehouse.Execute(new Step("table", $"CREATE OR REPLACE TABLE t (i INTEGER, {string.Join(", ", names.Select(x => x + " DOUBLE"))})"));
        var rows = Enumerable.Range(0, table.Count)
            .Select(i => $"({i}, {string.Join(", ", table.Columns.Select(c => double.IsNaN(c[i]) ? "NULL" : c[i].ToString("E17")))})");
        warehouse.Execute(new Step("rows", $"INSERT INTO t VALUES {string.Join(", ", rows)}"));
        return warehouse.Rows(new Step("rules", $"SELECT {expression} FROM t ORDER BY i"), r => r.GetString(0));
    }
}
