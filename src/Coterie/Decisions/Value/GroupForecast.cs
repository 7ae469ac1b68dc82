using Coterie.Evaluation;

namespace Coterie.Decisions;

/// <summary>The forecast for a group of customers: a sum, with two intervals that are different things. The interval of the expectation says how sure
/// the mean is; the interval of the outcome says where the sum itself will lie, and adds the chance in what customers do and the error of the last check.</summary>
public sealed record GroupForecast
{
    public required int Customers { get; init; }
    /// <summary>Orders so far.</summary>
    public required long Orders { get; init; }
    /// <summary>Money so far, refunds subtracted.</summary>
    public required double Spent { get; init; }
    /// <summary>Orders expected in the horizon, with the interval of the expectation.</summary>
    public required Estimate ExpectedOrders { get; init; }
    /// <summary>The interval of the outcome.</summary>
    public required Estimate OrdersOutcome { get; init; }
    public required Estimate ExpectedSpend { get; init; }
    public required Estimate SpendOutcome { get; init; }
    /// <summary>Customers expected to order at all.</summary>
    public required double ExpectedBuyers { get; init; }
    /// <summary>Mean chance of still being a customer, over those for whom the model knows one; NaN where there is none.</summary>
    public required double Alive { get; init; }
}

/// <summary>Adds up customers. Everybody's forecast hangs on the same parameters, so the errors of the expectation add up before they are squared; the
/// chance in what customers do is independent, so their variances add up.</summary>
internal sealed class GroupSum(ValueForecast forecast)
{
    readonly double[] byPurchase = new double[forecast.Fitted.Parameters.Length], spendByPurchase = new double[forecast.Fitted.Parameters.Length];
    readonly double[] spendBySpend = new double[3];
    double expected, spend, buyers, alive, variance, spendVariance, spent;
    int customers, known;
    long orders;

    internal void Add(int customer)
    {
        var history = forecast.History;
        var row = forecast.Row(customer);
        var (n, mean) = (history.Orders[customer], history.MeanSpend(customer));
        var money = forecast.Spend.Expected(n, mean);
        customers++;
        orders += n;
        spent += history.Spent[customer];
        expected += row.Expected;
        buyers += row.Ordering;
        variance += row.Variance;
        if (forecast.Knows(customer))
        {
            known++;
            alive += row.Alive;
        }

        for (var j = 0; j < byPurchase.Length; j++) byPurchase[j] += row.Slope[j];
        if (!forecast.Spend.HasMoney) return;
        spend += row.Expected * money;
        for (var j = 0; j < byPurchase.Length; j++) spendByPurchase[j] += row.Slope[j] * money;
        var slope = forecast.Spend.Slope(n, mean);
        for (var j = 0; j < 3; j++) spendBySpend[j] += row.Expected * slope[j];
        var moments = forecast.Spend.Moments(n, mean);
        var part = row.Expected * moments.Square + row.Pairs * moments.Product - row.Expected * row.Expected * money * money;
        spendVariance += Math.Max(0, part);
    }

    internal GroupForecast Total()
    {
        var covariance = forecast.Fitted.Optimum.Covariance;
        var orderError = Math.Sqrt(RowForecasts.Form(covariance, byPurchase, byPurchase));
        var spendError = RowForecasts.Form(covariance, spendByPurchase, spendByPurchase);
        if (forecast.Spend.Optimum is { } optimum) spendError += RowForecasts.Form(optimum.Covariance, spendBySpend, spendBySpend);
        var money = forecast.Spend.HasMoney && spend > 0 ? spend : double.NaN;
        return new GroupForecast
        {
            Customers = customers,
            Orders = orders,
            Spent = spent,
            ExpectedOrders = Interval(expected, orderError, 0, 0),
            OrdersOutcome = Interval(expected, orderError, variance, forecast.CheckError),
            ExpectedSpend = Interval(money, Math.Sqrt(spendError), 0, 0),
            SpendOutcome = Interval(money, Math.Sqrt(spendError), spendVariance, forecast.CheckError),
            ExpectedBuyers = buyers,
            Alive = known == 0 ? double.NaN : alive / known,
        };
    }

    // Sums are positive and errors relative, so intervals are symmetric on the scale of logarithms.
    Estimate Interval(double sum, double error, double chance, double check)
    {
        if (!(sum > 0)) return new(sum, sum, sum);
        var factor = forecast.Factor;
        var relative = Math.Sqrt((error * error + chance / factor) / (sum * sum) + check * check);
        var spread = Math.Exp(ValueForecast.Normal * relative);
        return new(factor * sum, factor * sum / spread, factor * sum * spread);
    }
}
