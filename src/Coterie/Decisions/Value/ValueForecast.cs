using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>What one customer is expected to do in the horizon.</summary>
public sealed record CustomerValue
{
    public required string Customer { get; init; }
    /// <summary>Orders so far: days with a purchase.</summary>
    public required int Orders { get; init; }
    public required DateTime FirstOrder { get; init; }
    public required DateTime LastOrder { get; init; }
    /// <summary>Money so far, refunds subtracted.</summary>
    public required double Spent { get; init; }
    /// <summary>Mean number of orders in the horizon of customers like this one; the interval is of that mean.</summary>
    public required Estimate ExpectedOrders { get; init; }
    /// <summary>In 95 of 100 cases this customer's own number of orders lies between these two.</summary>
    public required int OrdersLow { get; init; }
    public required int OrdersHigh { get; init; }
    /// <summary>Chance of ordering at all in the horizon.</summary>
    public required Estimate Ordering { get; init; }
    /// <summary>Chance of still being a customer; NaN where the chosen model cannot know it.</summary>
    public required Estimate Alive { get; init; }
    /// <summary>Mean money in the horizon of customers like this one; NaN where the log has no money.</summary>
    public required Estimate ExpectedSpend { get; init; }
    /// <summary>When the next order comes, given that one comes within the horizon: the median, and between which days 95 of 100 fall.</summary>
    public required DateTime NextOrder { get; init; }
    public required DateTime NextOrderLow { get; init; }
    public required DateTime NextOrderHigh { get; init; }
}

/// <summary>A fitted forecast for everybody who ever ordered. Customers are made when they are asked for, so that a million cost little.</summary>
public sealed class ValueForecast
{
    /// <summary>Two-sided 95 % of the normal distribution.</summary>
    internal const double Normal = 1.959963984540054;

    readonly PurchaseRows rows;
    readonly RowForecast[] forecasts;

    internal ValueForecast(RepeatPurchases history, PurchaseRows rows, FittedPurchases fitted, SpendFit spend, int horizonDays, double factor, double checkError, int threads)
    {
        (History, this.rows, Fitted, Spend, HorizonDays, Factor, CheckError) = (history, rows, fitted, spend, horizonDays, factor, checkError);
        forecasts = RowForecasts.Of(fitted, rows, horizonDays / RepeatPurchases.DaysPerWeek, threads);
    }

    internal RepeatPurchases History { get; }
    internal FittedPurchases Fitted { get; }
    internal SpendFit Spend { get; }
    /// <summary>Standard deviation of the logarithm of actual over forecast total, from the last check.</summary>
    internal double CheckError { get; }
    public int HorizonDays { get; }
    /// <summary>What the model's expectations are multiplied by; 1 where no earlier check showed that it helps.</summary>
    public double Factor { get; }
    /// <summary>The model's name.</summary>
    public string Model => Fitted.Model.Name;
    public int Count => History.Count;
    public IEnumerable<CustomerValue> Customers => Enumerable.Range(0, Count).Select(Customer);

    internal RowForecast Row(int customer) => forecasts[rows.RowOf[customer]];

    // A model without leaving says 1 for everybody, and BG/NBD says 1 for one-time buyers: by assumption, not by what they did.
    internal bool Knows(int customer) => Fitted.Model.CanLeave && (Fitted.Model.KnowsOneTimeBuyers || History.Orders[customer] > 1);

    /// <summary>The forecast for one customer.</summary>
    public CustomerValue Customer(int index)
    {
        var row = Row(index);
        var (orders, mean) = (History.Orders[index], History.MeanSpend(index));
        var covariance = Fitted.Optimum.Covariance;
        var relative = row.Expected > 0 ? RowForecasts.Form(covariance, row.Slope, row.Slope) / (row.Expected * row.Expected) : 0;
        var money = Spend.Expected(orders, mean);
        double spendRelative = 0;
        if (Spend.Optimum is { } optimum)
        {
            var slope = Spend.Slope(orders, mean);
            spendRelative = RowForecasts.Form(optimum.Covariance, slope, slope) / (money * money);
        }

        return new CustomerValue
        {
            Customer = History.Customers[index],
            Orders = orders,
            FirstOrder = RepeatPurchases.DateOf(History.First[index]),
            LastOrder = RepeatPurchases.DateOf(History.Last[index]),
            Spent = History.Spent[index],
            ExpectedOrders = OfLog(Factor * row.Expected, Math.Sqrt(relative)),
            OrdersLow = row.Low,
            OrdersHigh = row.High,
            Ordering = OfOdds(row.Ordering, row.OrderingError),
            Alive = Knows(index) ? OfOdds(row.Alive, row.AliveError) : new(double.NaN, double.NaN, double.NaN),
            ExpectedSpend = OfLog(Factor * row.Expected * money, Math.Sqrt(relative + spendRelative)),
            NextOrderLow = After(row.Next[0]),
            NextOrder = After(row.Next[1]),
            NextOrderHigh = After(row.Next[2]),
        };
    }

    // An order that comes before the end of a day falls on it.
    DateTime After(double weeks) => RepeatPurchases.DateOf(History.Through + Math.Clamp((int)Math.Ceiling(weeks * RepeatPurchases.DaysPerWeek), 1, HorizonDays));

    static Estimate OfLog(double value, double error)
    {
        var spread = Math.Exp(Normal * error);
        return new(value, value / spread, value * spread);
    }

    static Estimate OfOdds(double p, double error)
    {
        if (p is <= 0 or >= 1) return new(p, p, p);
        var odds = Math.Log(p / (1 - p));
        return new(p, Special.Sigmoid(odds - Normal * error), Special.Sigmoid(odds + Normal * error));
    }
}
