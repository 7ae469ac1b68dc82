using System.Runtime.Intrinsics;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Numerics;

public class ExponentialTests
{
    [Fact]
    public void Every_lane_is_within_two_units_in_the_last_place() => Gen.Double[-707, 700].Array[4].Sample(x =>
    {
        var got = Exponential.Of(Vector256.Create(x));
        return Enumerable.Range(0, 4).All(i => Math.Abs(got[i] - Math.Exp(x[i])) <= 4.5e-16 * Math.Exp(x[i]));
    });

    [Fact]
    public void The_ends_are_what_a_sum_of_densities_needs()
    {
        var got = Exponential.Of(Vector256.Create(0, double.NegativeInfinity, -708.5, -0.0));
        Assert.Equal([1, 0, 0, 1], [got[0], got[1], got[2], got[3]]);
    }
}
