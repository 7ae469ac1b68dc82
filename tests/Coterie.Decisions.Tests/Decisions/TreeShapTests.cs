using Coterie.Decisions.Trees;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class TreeShapTests
{
    const double Close = 1e-9;

    /// <summary>A tree grown at random down to a depth: features repeat along paths, thresholds come from few values so that rows and thresholds are equal often.</summary>
    static BoostedTree RandomTree(Rng rng, int d, int depth)
    {
        List<int> features = [], left = [], right = [];
        List<float> thresholds = [];
        List<bool> missing = [];
        List<double> leaves = [], nodeCover = [], leafCover = [];
        int Grow(int levels, double cover)
        {
            if (levels == 0 || (levels < depth && rng.NextDouble() < 0.15))
            {
                leaves.Add(rng.NextNormal());
                leafCover.Add(cover);
                return ~(leaves.Count - 1);
            }

            var node = features.Count;
            features.Add(rng.NextInt(d));
            thresholds.Add(rng.NextInt(5) - 2);
            missing.Add(rng.NextDouble() < 0.5);
            nodeCover.Add(cover);
            left.Add(0);
            right.Add(0);
            var part = Math.Ceiling(cover * rng.NextDouble() * 0.98);
            left[node] = Grow(levels - 1, part);
            right[node] = Grow(levels - 1, cover - part);
            return node;
        }

        Grow(depth, 1 << 20);
        return new BoostedTree
        {
            Features = [.. features], Thresholds = [.. thresholds], MissingLeft = [.. missing], Left = [.. left], Right = [.. right],
            Leaves = [.. leaves], NodeCover = [.. nodeCover], LeafCover = [.. leafCover],
        };
    }

    static TreeEnsemble RandomTrees(Rng rng, int d, int depth, int count)
    {
        var trees = new TreeEnsemble { Columns = [.. Enumerable.Range(0, d).Select(j => $"x{j}")], Trees = [.. Enumerable.Range(0, count).Select(_ => RandomTree(rng, d, depth))], Base = rng.NextNormal() };
        trees.Check();
        return trees;
    }

    static Matrix RandomRows(Rng rng, int n, int d)
    {
        var rows = new Matrix(n, d);
        for (var i = 0; i < rows.Values.Length; i++) rows.Values[i] = rng.NextDouble() < 0.15 ? float.NaN : rng.NextDouble() < 0.5 ? rng.NextInt(5) - 2 : (float)(3 * rng.NextNormal());
        return rows;
    }

    // The games themselves, for every subset of known features.
    static double[] PathGame(TreeEnsemble trees, Matrix row)
    {
        double Expected(BoostedTree tree, int at, int known)
        {
            if (at < 0) return tree.Leaves[~at];
            if ((known >> tree.Features[at] & 1) == 1) return Expected(tree, tree.GoesLeft(at, row.Row(0)) ? tree.Left[at] : tree.Right[at], known);
            double Cover(int child) => child < 0 ? tree.LeafCover[~child] : tree.NodeCover[child];
            double l = Cover(tree.Left[at]), r = Cover(tree.Right[at]);
            return l + r == 0 ? (Expected(tree, tree.Left[at], known) + Expected(tree, tree.Right[at], known)) / 2
                : (l * Expected(tree, tree.Left[at], known) + r * Expected(tree, tree.Right[at], known)) / (l + r);
        }

        return [.. Enumerable.Range(0, 1 << row.Columns).Select(s => trees.Base + trees.Trees.Sum(t => Expected(t, 0, s)))];
    }

    static double[] InterventionalGame(TreeEnsemble trees, Matrix row, Matrix background) =>
        [.. Enumerable.Range(0, 1 << row.Columns).Select(s => Enumerable.Range(0, background.Rows).Average(b =>
            trees.Score([.. Enumerable.Range(0, row.Columns).Select(j => (s >> j & 1) == 1 ? row[0, j] : background[b, j])])))];

    static double Weight(int size, int d)
    {
        var weight = 1.0 / d;
        for (var i = 1; i <= size; i++) weight *= (double)i / (d - i);
        return weight;
    }

    static double[] Enumerated(double[] game, int d)
    {
        var values = new double[d];
        for (var j = 0; j < d; j++)
        {
            for (var s = 0; s < game.Length; s++)
                if ((s >> j & 1) == 0) values[j] += Weight(int.PopCount(s), d) * (game[s | 1 << j] - game[s]);
        }

        return values;
    }

    // Half of the Shapley interaction index (Fujimoto et al. 2006), as Lundberg et al. share it between both features.
    static double EnumeratedPair(double[] game, int d, int i, int j)
    {
        double sum = 0;
        for (var s = 0; s < game.Length; s++)
        {
            if ((s >> i & 1) == 1 || (s >> j & 1) == 1) continue;
            sum += Weight(int.PopCount(s), d - 1) * (game[s | 1 << i | 1 << j] - game[s | 1 << i] - game[s | 1 << j] + game[s]);
        }

        return sum / 2;
    }

    static double Farthest(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double most = 0;
        for (var i = 0; i < a.Length; i++) most = Math.Max(most, Math.Abs(a[i] - b[i]));
        return most;
    }

    [Fact]
    public void On200RandomEnsembles_ValuesAreThoseOfFullEnumeration()
    {
        double path = 0, interventional = 0;
        for (var e = 0; e < 200; e++)
        {
            var rng = new Seed(77).Stream((ulong)e);
            int depth = 1 + e % 8, d = e % 20 == 19 ? 12 : 1 + rng.NextInt(9);
            var trees = RandomTrees(rng, d, depth, 1 + rng.NextInt(3));
            Matrix row = RandomRows(rng, 1, d), background = RandomRows(rng, d > 9 ? 1 : 3, d);
            path = Math.Max(path, Farthest(TreeShap.PathDependent(trees, row), Enumerated(PathGame(trees, row), d)));
            interventional = Math.Max(interventional, Farthest(TreeShap.Interventional(trees, row, background), Enumerated(InterventionalGame(trees, row, background), d)));
        }

        Assert.True(path <= Close, $"path-dependent: {path:R}");
        Assert.True(interventional <= Close, $"interventional: {interventional:R}");
    }

    [Fact]
    public void InteractionValues_AreThoseOfFullEnumeration_AndTheirRowsSumToTheValues()
    {
        for (var e = 0; e < 40; e++)
        {
            var rng = new Seed(78).Stream((ulong)e);
            int d = 2 + rng.NextInt(6);
            var trees = RandomTrees(rng, d, 1 + e % 7, 2);
            var row = RandomRows(rng, 1, d);
            var table = TreeShap.Interactions(trees, row.Row(0));
            var values = TreeShap.PathDependent(trees, row);
            var game = PathGame(trees, row);
            for (var i = 0; i < d; i++)
            {
                Assert.Equal(values[i], Enumerable.Range(0, d).Sum(j => table[i * d + j]), Close);
                for (var j = 0; j < d; j++)
                    if (i != j) Assert.Equal(EnumeratedPair(game, d, i, j), table[i * d + j], Close);
            }
        }
    }

    [Fact]
    public void BaseAndValues_SumToTheScore_On100000Rows()
    {
        var rng = new Seed(5).Stream(0);
        var trees = RandomTrees(rng, 12, 5, 2);
        var rows = RandomRows(rng, 100_000, 12);
        var values = TreeShap.PathDependent(trees, rows, threads: 2);
        var scores = trees.Score(rows);
        double mean = trees.Mean(), farthest = 0;
        for (var i = 0; i < rows.Rows; i++)
        {
            double sum = mean;
            for (var j = 0; j < 12; j++) sum += values[i * 12 + j];
            farthest = Math.Max(farthest, Math.Abs(scores[i] - sum) / (1 + Math.Abs(scores[i])));
        }

        Assert.True(farthest <= Close, $"{farthest:R}");

        var some = rows.Take([.. Enumerable.Range(0, 200)]);
        var background = RandomRows(rng, 50, 12);
        var against = TreeShap.Interventional(trees, some, background);
        var usual = trees.Score(background).Average();
        for (var i = 0; i < some.Rows; i++) Assert.Equal(scores[i], usual + against.AsSpan(i * 12, 12).ToArray().Sum(), Close * (1 + Math.Abs(scores[i])));
    }

    [Fact]
    public void Symmetry_FeaturesThatDoTheSame_GetTheSame() => Gen.ULong.Sample(seed =>
    {
        // Each tree has a twin with features 0 and 1 exchanged, and the row has the same value in both.
        var rng = new Seed(seed).Stream(0);
        var trees = RandomTrees(rng, 5, 5, 3);
        var twins = trees with { Trees = [.. trees.Trees, .. trees.Trees.Select(t => t with { Features = [.. t.Features.Select(f => f < 2 ? 1 - f : f)] })] };
        Matrix row = RandomRows(rng, 1, 5), background = RandomRows(rng, 4, 5);
        row[0, 1] = row[0, 0];
        for (var b = 0; b < 4; b++) background[b, 1] = background[b, 0];
        foreach (var values in new[] { TreeShap.PathDependent(twins, row), TreeShap.Interventional(twins, row, background) })
            Assert.Equal(values[0], values[1], Close);
    }, iter: 100);

    [Fact]
    public void Dummy_AFeatureThatNoTreeLooksAt_GetsNothing_AndValuesAddOverTrees() => Gen.ULong.Sample(seed =>
    {
        var rng = new Seed(seed).Stream(0);
        TreeEnsemble a = RandomTrees(rng, 4, 5, 2), b = RandomTrees(rng, 4, 5, 2);
        string[] columns = ["x0", "x1", "x2", "x3", "unused"];
        (a, b) = (a with { Columns = columns }, b with { Columns = columns });
        var both = a with { Trees = [.. a.Trees, .. b.Trees] };
        Matrix row = RandomRows(rng, 1, 5), background = RandomRows(rng, 4, 5);
        foreach (var of in new Func<TreeEnsemble, double[]>[] { t => TreeShap.PathDependent(t, row), t => TreeShap.Interventional(t, row, background) })
        {
            Assert.Equal(0, of(both)[4]);
            Assert.True(Farthest(of(both), [.. of(a).Zip(of(b), (x, y) => x + y)]) <= Close);
        }
    }, iter: 100);

    [Fact]
    public void ValuesAreTheSameBytes_ForAnyNumberOfThreads()
    {
        var rng = new Seed(6).Stream(0);
        var trees = RandomTrees(rng, 6, 6, 5);
        Matrix rows = RandomRows(rng, 9000, 6), background = RandomRows(rng, 3, 6);
        Assert.Equal(TreeShap.PathDependent(trees, rows, 1), TreeShap.PathDependent(trees, rows, 2));
        Assert.Equal(TreeShap.Interventional(trees, rows, background, 1), TreeShap.Interventional(trees, rows, background, 2));
    }

    [Fact]
    public void ATreeWithoutASplit_HasNothingToExplain()
    {
        var leaf = new BoostedTree { Features = [], Thresholds = [], MissingLeft = [], Left = [], Right = [], Leaves = [3], NodeCover = [], LeafCover = [10] };
        var trees = new TreeEnsemble { Columns = ["x"], Trees = [leaf] };
        Assert.Equal([0.0], TreeShap.PathDependent(trees, new Matrix(1, 1)));
        Assert.Equal(3, trees.Mean());
        Assert.Equal(3, trees.Score([1f]));
    }

    [Fact]
    public void ADamagedTree_IsRefused()
    {
        var tree = new BoostedTree { Features = [0], Thresholds = [1], MissingLeft = [true], Left = [-1], Right = [0], Leaves = [1, 2], NodeCover = [2], LeafCover = [1, 1] };
        var trees = new TreeEnsemble { Columns = ["x"], Trees = [tree] };
        Assert.Contains("damaged", Assert.Throws<InputException>(trees.Check).Message, StringComparison.Ordinal);
    }
}
