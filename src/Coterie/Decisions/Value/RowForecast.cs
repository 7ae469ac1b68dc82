using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>The forecast for one history, equal for all customers who share it. Derivatives are by the logarithms of the model's parameters.</summary>
internal readonly record struct RowForecast
{
    internal required double Expected { get; init; }
    /// <summary>d derivatives of <see cref="Expected"/>.</summary>
    internal required double[] Slope { get; init; }
    internal required double Alive { get; init; }
    /// <summary>Standard error of the log odds of <see cref="Alive"/>.</summary>
    internal required double AliveError { get; init; }
    /// <summary>P(at least one order).</summary>
    internal required double Ordering { get; init; }
    /// <summary>Standard error of its log odds.</summary>
    internal required double OrderingError { get; init; }
    /// <summary>Between these the number of orders lies in 95 of 100 cases: an interval of what happens, not of its mean.</summary>
    internal required int Low { get; init; }
    internal required int High { get; init; }
    /// <summary>E(N (N − 1)).</summary>
    internal required double Pairs { get; init; }
    /// <summary>Weeks after which 2.5, 50 and 97.5 % of next orders have come, given that one comes within the horizon.</summary>
    internal required double[] Next { get; init; }

    internal double Variance => Math.Max(0, Pairs + Expected - Expected * Expected);
}

/// <summary>Forecasts of a fitted model.</summary>
internal static class RowForecasts
{
    // Of central differences of the forecast by logarithms.
    const double Step = 1e-4;

    // What a tail below this adds to the variance of an order count is far below what is shown.
    const double Least = 1e-9;

    static readonly double[] Shares = [0.025, 0.5, 0.975];

    /// <summary>One for each distinct row; each thread fills its own.</summary>
    internal static RowForecast[] Of(FittedPurchases fitted, PurchaseRows rows, double weeks, int threads)
    {
        var forecasts = new RowForecast[rows.Count];
        Chunks.For(rows.Count, threads, (_, from, to) =>
        {
            List<double> tail = [];
            for (var i = from; i < to; i++) forecasts[i] = One(fitted, rows.Repeats[i], rows.Recency[i], rows.Age[i], weeks, tail);
        });
        return forecasts;
    }

    internal static RowForecast One(FittedPurchases fitted, int x, double recency, double age, double weeks, List<double> tail)
    {
        var (model, parameters, covariance) = (fitted.Model, fitted.Parameters, fitted.Optimum.Covariance);
        var d = parameters.Length;
        double[] slope = new double[d], aliveSlope = new double[d], orderingSlope = new double[d], next = new double[Shares.Length];
        var shifted = parameters.ToArray();
        double Odds(double p) => Math.Log(Math.Clamp(p, 1e-300, 1) / Math.Max(1 - p, 1e-16));
        double First(double[] at) => model.FirstPurchase(at, x, age, weeks);
        for (var j = 0; j < d; j++)
        {
            shifted[j] = parameters[j] * Math.Exp(Step);
            double aliveUp = model.Alive(shifted, x, recency, age), up = model.ExpectedIfAlive(shifted, x, age, weeks), firstUp = First(shifted);
            shifted[j] = parameters[j] * Math.Exp(-Step);
            double aliveDown = model.Alive(shifted, x, recency, age), down = model.ExpectedIfAlive(shifted, x, age, weeks), firstDown = First(shifted);
            shifted[j] = parameters[j];
            slope[j] = (aliveUp * up - aliveDown * down) / (2 * Step);
            aliveSlope[j] = (Odds(aliveUp) - Odds(aliveDown)) / (2 * Step);
            orderingSlope[j] = (Odds(aliveUp * firstUp) - Odds(aliveDown * firstDown)) / (2 * Step);
        }

        var alive = model.Alive(parameters, x, recency, age);
        model.AtLeast(parameters, x, age, weeks, Least, tail);
        model.NextPurchase(parameters, x, age, weeks, Shares, next);
        double pairs = 0;
        var (low, high) = (0, 0);
        for (var n = 0; n < tail.Count; n++)
        {
            var atLeast = alive * tail[n];
            pairs += 2 * n * atLeast;
            if (atLeast >= 0.975) low = n + 1;
            if (atLeast > 0.025) high = n + 1;
        }

        return new RowForecast
        {
            Expected = alive * model.ExpectedIfAlive(parameters, x, age, weeks),
            Slope = slope,
            Alive = alive,
            AliveError = alive < 1 ? Math.Sqrt(Form(covariance, aliveSlope, aliveSlope)) : 0,
            Ordering = alive * First(parameters),
            OrderingError = Math.Sqrt(Form(covariance, orderingSlope, orderingSlope)),
            Low = low,
            High = high,
            Pairs = pairs,
            Next = next,
        };
    }

    /// <summary>a' C b, at least 0 for a = b.</summary>
    internal static double Form(double[] covariance, double[] a, double[] b)
    {
        double sum = 0;
        for (var j = 0; j < a.Length; j++)
            for (var k = 0; k < b.Length; k++) sum += a[j] * covariance[j * b.Length + k] * b[k];
        return ReferenceEquals(a, b) ? Math.Max(0, sum) : sum;
    }
}
