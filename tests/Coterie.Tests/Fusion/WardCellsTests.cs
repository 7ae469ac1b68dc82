using Coterie.Clustering.Metrics;
using Coterie.Fusion;

namespace Coterie.Tests.Fusion;

public class WardCellsTests
{
    // The plain twin: Ward's method on customers, from all pairs of them, by the definition (increase of the sum of squares).
    static int[][] Plain(IReadOnlyList<FusionView> views, double[] weights, int most)
    {
        var n = views[0].Count;
        var parts = Enumerable.Range(0, n).Select(i => new List<int> { i }).ToList();
        var result = new int[most][];
        while (true)
        {
            if (parts.Count <= most) result[parts.Count - 1] = Labels(parts, n);
            if (parts.Count == 1) return result;
            var (best, a, b) = (double.PositiveInfinity, 0, 0);
            var spreads = parts.Select(Spread).ToArray();
            for (var i = 0; i < parts.Count; i++)
                for (var j = i + 1; j < parts.Count; j++)
                    if (Spread([.. parts[i], .. parts[j]]) - spreads[i] - spreads[j] is var cost && cost < best - 1e-12) (best, a, b) = (cost, i, j);
            parts[a].AddRange(parts[b]);
            parts.RemoveAt(b);
        }

        double Spread(List<int> part)
        {
            double sum = 0;
            for (var v = 0; v < views.Count; v++)
            {
                for (var k = 0; k < views[v].Clusters; k++)
                {
                    var mean = part.Average(i => (double)views[v].Opinions[i, k]);
                    sum += weights[v] * part.Sum(i => (views[v].Opinions[i, k] - mean) * (views[v].Opinions[i, k] - mean));
                }
            }

            return sum;
        }
    }

    static int[] Labels(List<List<int>> parts, int n)
    {
        var labels = new int[n];
        for (var p = 0; p < parts.Count; p++)
            foreach (var i in parts[p]) labels[i] = p;
        return labels;
    }

    [Fact]
    public void OnCells_EqualsThePlainMethodOnCustomers()
    {
        var untied = 0;
        for (ulong seed = 0; seed < 8; seed++)
        {
            var x = SomeViews.Halves(44, 0.15, seed);
            FusionView[] views = [SomeViews.View("a", x.First), SomeViews.View("b", x.Second)];
            // Weights and sizes without ties.
            double[] weights = [1, 0.618];
            var table = CellTable.Of(views);
            var cells = WardCells.Partitions(table, weights, 6);
            var plain = Plain(views, weights, 6);
            for (var k = 2; k <= 6; k++)
            {
                int[] fast = [.. table.OfCustomer.Select(c => cells[k - 1][c])];
                Assert.True(Objective(views, weights, fast) <= Objective(views, weights, plain[k - 1]) * 1.05 + 1e-9);
                untied += Agreement.AdjustedRand(fast, plain[k - 1]) == 1 ? 1 : 0;
            }
        }

        // Merges of equal cost may be taken in another order; most cuts are the very same.
        Assert.True(untied >= 30, $"{untied} of 40 cuts are equal");
    }

    static double Objective(FusionView[] views, double[] weights, int[] labels) => labels.Distinct().Sum(z => views.Select((view, v) =>
    {
        var part = Enumerable.Range(0, labels.Length).Where(i => labels[i] == z).ToArray();
        return weights[v] * Enumerable.Range(0, view.Clusters).Sum(k =>
        {
            var mean = part.Average(i => (double)view.Opinions[i, k]);
            return part.Sum(i => (view.Opinions[i, k] - mean) * (view.Opinions[i, k] - mean));
        });
    }).Sum());

    [Fact]
    public void Cells_CountEveryCustomer_AndMeansAreTheirs()
    {
        var x = SomeViews.Halves(400, 0.3, 3);
        FusionView[] views = [SomeViews.Unsure("a", x.First, 5, 1), SomeViews.Unsure("b", x.Second, 5, 2)];
        var table = CellTable.Of(views);
        Assert.Equal(400, table.Counts.Sum());
        Assert.Equal(table.Counts.OrderDescending(), table.Counts);
        for (var c = 0; c < table.Cells; c++)
        {
            int[] members = [.. Enumerable.Range(0, 400).Where(i => table.OfCustomer[i] == c)];
            Assert.Equal(table.Counts[c], members.Length);
            for (var v = 0; v < 2; v++)
            {
                Assert.Single(members.Select(i => views[v].Labels[i]).Distinct());
                Assert.Equal(views[v].Labels[members[0]], table.Original[v][table.Labels[v][c]]);
                for (var l = 0; l < 5; l++)
                    Assert.Equal(members.Average(i => views[v].Opinions[i, table.Original[v][l]]), table.Means[v][c * 5 + l], 1e-5);
            }
        }
    }

    [Fact]
    public void ThousandCells_TakeNoPairsOfCustomers()
    {
        var n = 60_000;
        FusionView[] views = [SomeViews.View("a", SomeViews.Noise(n, 30, 1)), SomeViews.View("b", SomeViews.Noise(n, 30, 2))];
        var partitions = WardCells.Partitions(CellTable.Of(views), [1, 1], 12);
        Assert.Equal(Enumerable.Range(1, 12), partitions.Select(p => p.Distinct().Count()));
    }
}
