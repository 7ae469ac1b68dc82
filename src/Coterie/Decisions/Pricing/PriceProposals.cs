namespace Coterie.Decisions.Pricing;

/// <summary>The price that earns most margin, given what is believed of the elasticity.</summary>
static class PriceProposals
{
    const int Steps = 40;

    // A change of less than half a per cent is no change.
    const double Smallest = 0.005;

    /// <summary>With today's price as 1, cost c and elasticity e, a price r earns (r - c) r^e for every unit sold today; the gain over today is in shares of
    /// today's revenue. The best r on average over the draws is looked at, within the prices seen, and proposed where its gain is above zero in all but
    /// 2.5 % of the draws.</summary>
    /// <param name="draws">Elasticities.</param>
    /// <param name="cost">Unit cost over today's price.</param>
    /// <param name="lowest">The lowest price seen, over today's.</param>
    /// <param name="highest">The highest.</param>
    internal static PriceProposal Best(double[] draws, double cost, double lowest, double highest)
    {
        var (best, most) = (1.0, 0.0);
        for (var k = 0; k <= Steps; k++)
        {
            var r = Math.Exp(Math.Log(lowest) + (Math.Log(highest) - Math.Log(lowest)) * k / Steps);
            if (Math.Abs(r - 1) < Smallest) continue;
            var sum = 0.0;
            foreach (var e in draws) sum += Gain(r, cost, e);
            if (sum / draws.Length > most) (best, most) = (r, sum / draws.Length);
        }

        var gain = Draws.Interval([.. draws.Select(e => Gain(best, cost, e))]);
        var keep = best == 1 || gain.Low <= 0;
        return new PriceProposal
        {
            Action = keep ? "keep" : best > 1 ? "raise" : "lower",
            Ratio = keep ? 1 : best,
            GainShare = gain,
            BestRatio = best,
            LowestRatio = lowest,
            HighestRatio = highest,
            AtTheEdge = !keep && (best <= lowest * 1.000001 || best >= highest / 1.000001),
        };
    }

    internal static double Gain(double ratio, double cost, double elasticity) => (ratio - cost) * Math.Exp(elasticity * Math.Log(ratio)) - (1 - cost);
}
