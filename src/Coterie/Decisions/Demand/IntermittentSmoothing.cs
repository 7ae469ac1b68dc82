namespace Coterie.Decisions.Demand;

/// <summary>Smoothing for demand with many empty weeks: Croston's method (Croston 1972), its correction by Syntetos and Boylan (2005), and the method
/// of Teunter, Syntetos and Babai (2011), which lets demand fade where nothing is sold.</summary>
/// <remarks>z: size of a demand when there is one; a: weeks between demands; p: chance of a demand in a week. All kernels write the forecast that was
/// made before each week, so that their errors are honest, and return the one after the last.</remarks>
static class IntermittentSmoothing
{
    static readonly double[] Rates = [0.05, 0.1, 0.2, 0.3];
    static readonly double[] ChanceRates = [0.02, 0.05, 0.1, 0.2, 0.3];

    /// <summary>Croston: z and a are smoothed at demands only; the forecast is z / a.</summary>
    /// <param name="demand">n, at least one above zero; validated.</param>
    /// <param name="rate">Smoothing rate of sizes and intervals.</param>
    /// <param name="size">z before the first week.</param>
    /// <param name="interval">a before the first week.</param>
    /// <param name="corrected">Syntetos and Boylan: times 1 - rate / 2, since the quotient of two smoothed numbers is too large on average.</param>
    /// <param name="fitted">n.</param>
    internal static double Croston(ReadOnlySpan<double> demand, double rate, double size, double interval, bool corrected, Span<double> fitted)
    {
        var factor = corrected ? 1 - rate / 2 : 1;
        double z = size, a = interval;
        var since = 1;
        for (var t = 0; t < demand.Length; t++)
        {
            fitted[t] = factor * z / a;
            if (demand[t] > 0)
            {
                z += rate * (demand[t] - z);
                a += rate * (since - a);
                since = 1;
            }
            else
            {
                since++;
            }
        }

        return factor * z / a;
    }

    /// <summary>Teunter, Syntetos and Babai: p is smoothed every week, z at demands; the forecast is p z.</summary>
    internal static double Tsb(ReadOnlySpan<double> demand, double sizeRate, double chanceRate, double size, double chance, Span<double> fitted)
    {
        double z = size, p = chance;
        for (var t = 0; t < demand.Length; t++)
        {
            fitted[t] = p * z;
            if (demand[t] > 0)
            {
                z += sizeRate * (demand[t] - z);
                p += chanceRate * (1 - p);
            }
            else
            {
                p -= chanceRate * p;
            }
        }

        return p * z;
    }

    /// <summary>Croston with the rate that had the smallest squared errors; begins at the means of sizes and intervals.</summary>
    internal static double Croston(ReadOnlySpan<double> demand, bool corrected, Span<double> fitted)
    {
        var (size, chance) = Begin(demand);
        var best = Rates[0];
        var least = double.PositiveInfinity;
        foreach (var rate in Rates)
        {
            Croston(demand, rate, size, 1 / chance, corrected, fitted);
            if (Squared(demand, fitted) is var squared && squared < least) (best, least) = (rate, squared);
        }

        return Croston(demand, best, size, 1 / chance, corrected, fitted);
    }

    /// <summary>TSB with the pair of rates that had the smallest squared errors.</summary>
    internal static double Tsb(ReadOnlySpan<double> demand, Span<double> fitted)
    {
        var (size, chance) = Begin(demand);
        double sizeRate = Rates[0], chanceRate = ChanceRates[0], least = double.PositiveInfinity;
        foreach (var s in Rates)
        {
            foreach (var c in ChanceRates)
            {
                Tsb(demand, s, c, size, chance, fitted);
                if (Squared(demand, fitted) is var squared && squared < least) (sizeRate, chanceRate, least) = (s, c, squared);
            }
        }

        return Tsb(demand, sizeRate, chanceRate, size, chance, fitted);
    }

    readonly record struct Start(double Size, double Chance);

    static Start Begin(ReadOnlySpan<double> demand)
    {
        double sum = 0, count = 0;
        foreach (var y in demand)
        {
            if (y <= 0) continue;
            sum += y;
            count++;
        }

        return count == 0 ? new(0, 1.0 / (demand.Length + 1)) : new(sum / count, count / demand.Length);
    }

    static double Squared(ReadOnlySpan<double> demand, ReadOnlySpan<double> fitted)
    {
        var sum = 0.0;
        for (var t = 0; t < demand.Length; t++) sum += (demand[t] - fitted[t]) * (demand[t] - fitted[t]);
        return sum;
    }
}
