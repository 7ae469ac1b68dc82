using Coterie.Evaluation;
using MathNet.Numerics;

namespace Coterie.Decisions.Demand;

/// <summary>What a week's sales say about its demand.</summary>
public enum WeekStock
{
    /// <summary>In stock throughout: sales are demand.</summary>
    Stocked,
    /// <summary>Sold out on the way: demand was at least the sales.</summary>
    SoldOut,
    /// <summary>Nothing to sell all week: the week says nothing.</summary>
    Empty,
}

/// <summary>True demand of a product that was out of stock at times.</summary>
/// <param name="Mean">Units a week, with its 95 % interval.</param>
/// <param name="Spread">Variance of a week's demand.</param>
/// <param name="Sold">Mean of the sales of all weeks, empty ones too: what a reader of sales alone would take for demand.</param>
/// <param name="Lost">Units that were wanted and not sold over the weeks, estimated.</param>
public sealed record TrueDemand(Estimate Mean, double Spread, double Sold, double Lost);

/// <summary>Demand from sales that stock cut off: maximum likelihood of a negative binomial with censored weeks (Conrad 1976 for Poisson; Nahmias 1994 for
/// lost sales), its interval by profile likelihood.</summary>
public static class CensoredDemand
{
    // Half the 95 % point of chi squared with one degree of freedom.
    const double Fall = 3.841458820694124 / 2;
    // Dispersion k (variance m + k m^2): from as good as Poisson to very lumpy.
    const double LeastLog = -7, MostLog = 3;

    /// <param name="sales">n whole numbers, never negative.</param>
    /// <param name="stock">n.</param>
    /// <exception cref="InputException">No week was stocked with at least one sale: nothing can be said.</exception>
    public static TrueDemand Estimate(ReadOnlySpan<double> sales, ReadOnlySpan<WeekStock> stock)
    {
        if (sales.Length != stock.Length) throw new ArgumentException($"{sales.Length} sales for {stock.Length} weeks.", nameof(stock));
        var weeks = new List<Week>();
        double sold = 0, seen = 0;
        for (var t = 0; t < sales.Length; t++)
        {
            if (!(sales[t] >= 0)) throw new InputException($"Week {t}: sales are {sales[t]}; expected zero or more.");
            sold += sales[t];
            // Sold out without a sale: at least nothing was wanted, which says nothing.
            if (stock[t] == WeekStock.Empty || (stock[t] == WeekStock.SoldOut && sales[t] == 0)) continue;
            weeks.Add(new(Math.Round(sales[t]), stock[t] == WeekStock.SoldOut));
            if (stock[t] == WeekStock.Stocked) seen++;
        }

        if (seen == 0 || weeks.All(w => w.Units == 0))
            throw new InputException($"Of {sales.Length} weeks {seen} were in stock throughout and none of the others sold; demand cannot be told from them.");
        var data = weeks.ToArray();
        double[] point = [Math.Log(weeks.Average(w => w.Units)), -1];
        Simplex.Minimise(x => x[1] is < LeastLog or > MostLog ? double.PositiveInfinity : Deviance(data, x[0], x[1]), point, [0.3, 0.7], 300);
        var best = Deviance(data, point[0], point[1]);
        // The profile may be a hair below the joint minimum: the search ends at a tolerance.
        best = Math.Min(best, Profile(data, point[0]));
        var mean = Math.Exp(point[0]);
        var variance = mean + Math.Exp(point[1]) * mean * mean;
        var interval = new Estimate(mean, Math.Exp(Edge(data, point[0], best, -1)), Math.Exp(Edge(data, point[0], best, 1)));
        return new(interval, variance, sold / sales.Length, Lost(sales, stock, mean, variance));
    }

    /// <summary>The expected demand of a week, given what its sales say.</summary>
    internal static double Expected(double sales, WeekStock stock, double mean, double variance) => stock switch
    {
        WeekStock.Stocked => sales,
        WeekStock.Empty => mean,
        _ => AtLeast(sales, mean, variance),
    };

    static double Lost(ReadOnlySpan<double> sales, ReadOnlySpan<WeekStock> stock, double mean, double variance)
    {
        var lost = 0.0;
        for (var t = 0; t < sales.Length; t++) lost += Math.Max(0, Expected(sales[t], stock[t], mean, variance) - sales[t]);
        return lost;
    }

    // E[Y | Y >= y] = y + sum over j >= y of P(Y > j), over P(Y >= y).
    static double AtLeast(double y, double mean, double variance)
    {
        var demand = new DemandDistribution(mean, variance, whole: true);
        var tail = 1 - demand.Under(y);
        if (tail <= 1e-9) return y;
        var sum = 0.0;
        for (var j = y; j < y + 10_000; j++)
        {
            var above = 1 - demand.AtMost(j);
            if (above <= 1e-12) break;
            sum += above;
        }

        return y + sum / tail;
    }

    readonly record struct Week(double Units, bool AtLeast);

    // Minus the log likelihood.
    static double Deviance(Week[] weeks, double logMean, double logK)
    {
        double mean = Math.Exp(logMean), r = Math.Exp(-logK), sum = 0;
        var demand = new DemandDistribution(mean, mean + mean * mean / r, whole: true);
        foreach (var week in weeks)
        {
            sum -= week.AtLeast ? Math.Log(Math.Max(1 - demand.Under(week.Units), 1e-300))
                : SpecialFunctions.GammaLn(week.Units + r) - SpecialFunctions.GammaLn(r) - SpecialFunctions.GammaLn(week.Units + 1)
                  - r * Math.Log(1 + mean / r) + week.Units * Math.Log(mean / (r + mean));
        }

        return sum;
    }

    // The smallest over the dispersion: it has one valley, so a golden section finds it.
    static double Profile(Week[] weeks, double logMean)
    {
        const double golden = 0.6180339887498949;
        double low = LeastLog, high = MostLog;
        double left = high - golden * (high - low), right = low + golden * (high - low);
        double atLeft = Deviance(weeks, logMean, left), atRight = Deviance(weeks, logMean, right);
        while (high - low > 1e-3)
        {
            if (atLeft <= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - golden * (high - low);
                atLeft = Deviance(weeks, logMean, left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + golden * (high - low);
                atRight = Deviance(weeks, logMean, right);
            }
        }

        return Math.Min(atLeft, atRight);
    }

    static double Edge(Week[] weeks, double centre, double best, int side)
    {
        var (inside, outside) = (centre, centre + 0.25 * side);
        while (Profile(weeks, outside) - best < Fall && Math.Abs(outside - centre) < 12) (inside, outside) = (outside, outside + 0.5 * side);
        for (var i = 0; i < 30; i++)
        {
            var middle = 0.5 * (inside + outside);
            if (Profile(weeks, middle) - best < Fall) inside = middle;
            else outside = middle;
        }

        return 0.5 * (inside + outside);
    }
}
