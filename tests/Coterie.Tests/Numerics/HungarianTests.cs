using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Numerics;

public class HungarianTests
{
    static readonly Gen<double[,]> Costs = Gen.Select(Gen.Int[1, 6], Gen.Int[1, 6]).SelectMany((n, m) => Gen.Double[-9, 9].Array2D[n, m]);

    [Fact]
    public void No_permutation_is_cheaper() => Costs.Sample(cost =>
    {
        var match = Hungarian.Match(cost);
        var total = match.Select((j, i) => j < 0 ? 0 : cost[i, j]).Sum();
        return Math.Abs(total - Cheapest(cost, 0, 0, 0)) < 1e-9;
    }, iter: 300);

    [Fact]
    public void Columns_are_matched_once_and_as_many_as_can_be() => Costs.Sample(cost =>
    {
        var matched = Hungarian.Match(cost).Where(j => j >= 0).ToArray();
        return matched.Distinct().Count() == matched.Length && matched.Length == Math.Min(cost.GetLength(0), cost.GetLength(1));
    });

    static double Cheapest(double[,] cost, int row, int used, int matched)
    {
        int rows = cost.GetLength(0), columns = cost.GetLength(1);
        if (row == rows) return matched == Math.Min(rows, columns) ? 0 : double.PositiveInfinity;
        var best = Cheapest(cost, row + 1, used, matched);
        for (var j = 0; j < columns; j++)
            if ((used & (1 << j)) == 0) best = Math.Min(best, cost[row, j] + Cheapest(cost, row + 1, used | (1 << j), matched + 1));
        return best;
    }
}

public class RowOrderTests
{
    [Fact]
    public void Canonical_order_is_that_of_the_values() => Gen.Select(Gen.Int[0, 60], Gen.Int[1, 4], Gen.ULong).Sample((n, d, seed) =>
    {
        var rng = new Rng(seed, 0);
        var rows = new Matrix(n, d);
        for (var i = 0; i < rows.Values.Length; i++) rows.Values[i] = rng.NextInt(3);
        var expected = Enumerable.Range(0, n).OrderBy(i => string.Join(' ', rows.Row(i).ToArray()), StringComparer.Ordinal).ThenBy(i => i);
        return RowOrder.Canonical(rows).SequenceEqual(expected);
    });
}
