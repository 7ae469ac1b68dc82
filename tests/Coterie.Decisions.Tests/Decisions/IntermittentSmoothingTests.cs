using Coterie.Decisions.Demand;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class IntermittentSmoothingTests
{
    static readonly Gen<double[]> GenDemand = Gen.Frequency((3, Gen.Const(0.0)), (2, Gen.Int[1, 20].Select(i => (double)i))).Array[5, 60].Where(d => d.Any(y => y > 0));

    // The monthly sales of a lubricant (Hyndman and Athanasopoulos 2018, section 12.2), alpha 0.1: 2.750 / 2.793.
    [Fact]
    public void CrostonsForecast_OfTheLubricant_IsThatOfTheBook()
    {
        double[] demand = [0, 2, 0, 1, 0, 11, 0, 0, 0, 0, 2, 0, 6, 3, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 1, 0, 1, 0, 0];
        var forecast = IntermittentSmoothing.Croston(demand, 0.1, 2, 2, corrected: false, new double[demand.Length]);
        Assert.Equal(2.750 / 2.793, forecast, 5e-4);
    }

    // The paper's own words: sizes and intervals as two series, each smoothed by itself.
    [Fact]
    public void Croston_IsTwoSeriesSmoothedByThemselves() => GenDemand.Sample(demand =>
    {
        var (sizes, intervals, since) = (new List<double>(), new List<double>(), 1);
        foreach (var y in demand)
        {
            if (y > 0)
            {
                sizes.Add(y);
                intervals.Add(since);
                since = 1;
            }
            else
            {
                since++;
            }
        }

        var size = sizes.Aggregate(3.0, (z, y) => 0.8 * z + 0.2 * y);
        var interval = intervals.Aggregate(2.0, (a, x) => 0.8 * a + 0.2 * x);
        Assert.Equal(size / interval, IntermittentSmoothing.Croston(demand, 0.2, 3, 2, corrected: false, new double[demand.Length]), 5e-10);
        Assert.Equal(0.9 * size / interval, IntermittentSmoothing.Croston(demand, 0.2, 3, 2, corrected: true, new double[demand.Length]), 5e-10);
    });

    [Fact]
    public void Tsb_FadesToNothing_WhereNothingIsSold_AndCrostonDoesNot()
    {
        double[] demand = [5, 0, 4, 0, 6, 0, 5, .. new double[60]];
        var fitted = new double[demand.Length];
        Assert.True(IntermittentSmoothing.Tsb(demand, 0.1, 0.2, 5, 0.5, fitted) < 0.01);
        Assert.True(IntermittentSmoothing.Croston(demand, 0.1, 5, 2, corrected: false, fitted) > 2);
    }

    [Fact]
    public void Tsb_WithADemandInEveryWeek_IsSimpleExponentialSmoothing() => Gen.Int[1, 30].Array[5, 40].Sample(units =>
    {
        double[] demand = [.. units.Select(u => (double)u)];
        var level = demand.Aggregate(4.0, (l, y) => 0.7 * l + 0.3 * y);
        Assert.Equal(level, IntermittentSmoothing.Tsb(demand, 0.3, 0.1, 4, 1, new double[demand.Length]), 5e-10);
    });

    [Fact]
    public void AForecast_SeesNoLaterWeek() => Gen.Select(GenDemand, Gen.Int[0, 1000]).Sample((demand, next) =>
    {
        double[] before = new double[demand.Length], after = new double[demand.Length + 1];
        IntermittentSmoothing.Tsb(demand, 0.2, 0.1, 3, 0.4, before);
        IntermittentSmoothing.Tsb([.. demand, next], 0.2, 0.1, 3, 0.4, after);
        Assert.Equal(before, after[..^1]);
    });
}
