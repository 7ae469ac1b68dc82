using Coterie.Clustering.Trees;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering.Density;

public class TreeTests
{
    static bool Close(double a, double b) => Math.Abs(a - b) <= 1e-5 * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));

    static double Length(float reduced, bool manhattan) => manhattan ? reduced : Math.Sqrt(reduced);

    static readonly Gen<(Matrix Rows, int K, bool Manhattan)> Cases = Gen.Select(PlainDensity.Rows, Gen.Int[0, 12], Gen.Bool);

    [Fact]
    public void Every_row_has_one_position_and_every_box_holds_its_rows() => PlainDensity.Rows.Sample(rows =>
    {
        var tree = new KdTree(rows, false, 1);
        Assert.Equal(Enumerable.Range(0, rows.Rows), tree.Order.Order());
        for (var node = 0; node < tree.Nodes; node++)
            for (var i = tree.Start(node); i < tree.End(node); i++)
                Assert.Equal(0, LeafKernel.ToBox(tree.Point(i), tree.Box(node), false));
    }, iter: 100);

    [Fact]
    public void Core_distances_are_those_of_all_pairs() => Cases.Sample(x =>
    {
        var tree = new KdTree(x.Rows, x.Manhattan, 1);
        var cores = Neighbours.CoreDistances(tree, x.K, 1);
        var plain = PlainDensity.Cores(x.Rows, x.K, x.Manhattan);
        return Enumerable.Range(0, x.Rows.Rows).All(i => Close(Length(cores[i], x.Manhattan), plain[tree.Order[i]]));
    }, iter: 300);

    [Fact]
    public void Nearest_rows_are_those_of_all_pairs() => Cases.Sample(x =>
    {
        var tree = new KdTree(x.Rows, x.Manhattan, 1);
        var query = new float[tree.Width];
        Neighbours.Pad(x.Rows.Row(0), query);
        var (distances, positions) = (new float[x.K + 1], new int[x.K + 1]);
        var found = Neighbours.Nearest(tree, query, distances, positions);
        var plain = Enumerable.Range(0, x.Rows.Rows).Select(j => PlainDensity.Distance(x.Rows, 0, j, x.Manhattan)).Order().ToArray();
        return found == Math.Min(x.K + 1, x.Rows.Rows)
            && Enumerable.Range(0, found).All(i => Close(Length(distances[i], x.Manhattan), plain[i])
                && Close(PlainDensity.Distance(x.Rows, 0, tree.Order[positions[i]], x.Manhattan), plain[i]))
            && positions[..found].Distinct().Count() == found;
    }, iter: 300);

    [Fact]
    public void Both_spanning_trees_have_the_weights_of_the_plain_one() => Cases.Sample(x =>
    {
        if (x.Rows.Rows == 1) return;
        var tree = new KdTree(x.Rows, x.Manhattan, 1);
        var cores = Neighbours.CoreDistances(tree, x.K, 1);
        var plain = PlainDensity.TreeWeights(PlainDensity.Reachability(x.Rows, x.K, x.Manhattan));
        foreach (var spanning in new[] { Boruvka.Span(tree, cores, 1), Prim.Span(tree, cores, 1) })
        {
            Assert.True(spanning.Weights.Zip(plain).All(p => Close(Length(p.First, x.Manhattan), p.Second)));
            var sets = new DisjointSets(x.Rows.Rows);
            Assert.True(Enumerable.Range(0, spanning.From.Length).All(i => sets.Union(spanning.From[i], spanning.To[i])), "the edges close a ring");
        }
    }, iter: 300);

    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 9)]
    [InlineData(8, 4)]
    [InlineData(30, 4)]
    public void Large_trees_agree_between_algorithms_and_threads(int columns, int k)
    {
        var (rows, _) = Points.Blobs(6000, columns, 7, 4, 3);
        var one = new KdTree(rows, false, 1);
        var two = new KdTree(rows, false, 2);
        Assert.Equal(one.Order, two.Order);
        Assert.Equal(one.Boxes, two.Boxes);
        var cores = Neighbours.CoreDistances(one, k, 1);
        Assert.Equal(cores, Neighbours.CoreDistances(two, k, 2));
        var (a, b, c) = (Boruvka.Span(one, cores, 1), Boruvka.Span(one, cores, 2), Prim.Span(one, cores, 2));
        Assert.Equal(a.From, b.From);
        Assert.Equal(a.To, b.To);
        Assert.Equal(a.Weights, b.Weights);
        Assert.Equal(a.Weights, c.Weights);
        Assert.Equal(a.Cores, c.Cores);
    }

    [Fact]
    public void Rows_all_equal_take_no_longer_than_others()
    {
        var tree = new KdTree(Points.Fill(50_000, 3, _ => 1, 1), false, 2);
        Assert.All(Boruvka.Span(tree, Neighbours.CoreDistances(tree, 4, 2), 2).Weights, w => Assert.Equal(0, w));
    }

    [Fact]
    public void Selection_puts_small_keys_before_the_middle() => Gen.Select(Gen.Int[0, 9].Array[1, 200], Gen.Double[0, 1]).Sample((values, share) =>
    {
        var keys = values.Select(v => (float)v).ToArray();
        var items = Enumerable.Range(0, keys.Length).ToArray();
        var middle = (int)(share * keys.Length);
        Selection.Partition(keys, items, 0, keys.Length, middle);
        return (middle == 0 || middle == keys.Length || keys[..middle].Max() <= keys[middle..].Min())
            && items.Zip(keys).All(p => values[p.First] == p.Second);
    });
}
