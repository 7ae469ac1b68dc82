using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Evaluation;

public class LabelHungarianTests
{
    static readonly Gen<double[,]> SomeCosts = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6])
        .SelectMany((rows, columns) => Gen.Int[-9, 9].Select(x => (double)x).Array2D[rows, columns]);

    [Fact]
    public void Match_CostsAsLittleAsTheBestOfAllMatchings() => SomeCosts.Sample(cost =>
    {
        var match = Hungarian.Match(cost);
        double total = 0;
        for (var i = 0; i < match.Length; i++)
            if (match[i] >= 0) total += cost[i, match[i]];
        Assert.Equal(Least(cost, 0, []), total, 1e-9);
    });

    [Fact]
    public void Match_IsOneToOne_AndLeavesNobodyOutNeedlessly() => SomeCosts.Sample(cost =>
    {
        var match = Hungarian.Match(cost);
        var taken = match.Where(column => column >= 0).ToArray();
        return match.Length == cost.GetLength(0) && taken.Distinct().Count() == taken.Length
            && taken.Length == Math.Min(cost.GetLength(0), cost.GetLength(1));
    });

    [Fact]
    public void Match_RefusesCostsThatAreNotFinite()
        => Assert.Throws<ArgumentException>(() => Hungarian.Match(new[,] { { double.NaN } }));

    // Plain twin: every matching of full size.
    static double Least(double[,] cost, int row, HashSet<int> taken)
    {
        int rows = cost.GetLength(0), columns = cost.GetLength(1);
        if (row == rows) return taken.Count == Math.Min(rows, columns) ? 0 : double.PositiveInfinity;
        var least = rows > columns ? Least(cost, row + 1, taken) : double.PositiveInfinity;
        for (var column = 0; column < columns; column++)
        {
            if (!taken.Add(column)) continue;
            least = Math.Min(least, cost[row, column] + Least(cost, row + 1, taken));
            taken.Remove(column);
        }

        return least;
    }
}
