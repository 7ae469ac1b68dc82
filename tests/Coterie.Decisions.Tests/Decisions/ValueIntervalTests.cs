using Coterie.Decisions;
using Coterie.Numerics;

namespace Coterie.Tests.Decisions;

/// <summary>Intervals hold what they are of about as often as they say. The large simulation is Quality's "value".</summary>
public class ValueIntervalTests
{
    [Fact]
    public void IntervalsOfTheExpectation_AndOfTheOutcome_HoldNineteenTimesInTwenty()
    {
        var coverage = IntervalCoverage.Of(new MbgNbd(), SomePurchases.Beta, 1000, 60, new Seed(3), 2);
        Assert.Equal(300, coverage.Groups);
        Assert.Equal(0, coverage.Unsettled);
        Assert.InRange(coverage.ExpectedOrders, 0.89, 0.99);
        Assert.InRange(coverage.ExpectedSpend, 0.89, 0.99);
        Assert.InRange(coverage.OrdersOutcome, 0.89, 0.99);
        Assert.InRange(coverage.SpendOutcome, 0.89, 0.99);
        // A count cannot be cut at exactly 95 %, so a customer's interval holds at least that.
        Assert.InRange(coverage.CustomerOutcome, 0.95, 1);
    }

    [Fact]
    public void KnownParameters_AreFoundAgain()
    {
        // After BTYDplus: 8,000 customers, sums within a twentieth.
        PurchaseModel model = new MbgNbd();
        double[] truth = [0.85, 14.5, 0.79, 2.42];
        var drawn = SomePurchases.Of(model, truth, 8000, 90, new Seed(5), 600, 1200);
        var rows = drawn.History.Rows();
        var fitted = PurchaseFit.Fit(model, rows, MaximumLikelihood.Starts(2, 4, new Seed(1)), 2)!;
        Assert.True(fitted.Optimum.Settled);
        var expected = RowForecasts.Of(fitted, rows, 90 / 7.0, 2);
        Assert.Equal(1, rows.RowOf.Sum(r => expected[r].Expected) / drawn.Later.Sum(), 0.05);
        for (var j = 0; j < 4; j++) Assert.Equal(1, fitted.Parameters[j] / truth[j], 0.2);
    }

    [Fact]
    public void ThreadsDoNotChangeABit()
    {
        var rows = SomePurchases.Of(new ParetoNbd(), SomePurchases.Pareto, 12_000, 90, new Seed(2), 180, 2000).History.Rows();
        Assert.True(rows.Count > Chunks.Rows);
        var one = PurchaseFit.Fit(new ParetoNbd(), rows, MaximumLikelihood.Starts(1, 4, new Seed(1)), 1)!;
        var four = PurchaseFit.Fit(new ParetoNbd(), rows, MaximumLikelihood.Starts(1, 4, new Seed(1)), 4)!;
        Assert.Equal(one.Parameters, four.Parameters);
        Assert.Equal(one.Optimum.LogLikelihood, four.Optimum.LogLikelihood);
    }

    [Fact]
    public void ASampleForTheStarts_EndsWhereAllRowsEnd()
    {
        var rows = SomePurchases.Of(new MbgNbd(), SomePurchases.Beta, 30_000, 90, new Seed(2), 180, 3000).History.Rows();
        Assert.True(rows.Count > 10_000);
        PurchaseModel model = new MbgNbd();
        var sampled = PurchaseFit.Fit(model, rows, MaximumLikelihood.Starts(1, 4, new Seed(1)), 2)!;
        var whole = MaximumLikelihood.Maximise(model.Likelihood(rows, 2), null, 1, MaximumLikelihood.Starts(1, 4, new Seed(1)))!;
        Assert.True(sampled.Optimum.Settled && whole.Settled);
        Assert.Equal(whole.LogLikelihood, sampled.Optimum.LogLikelihood, 1e-5);
    }

    [Fact]
    public void OneTimeBuyers_AreNeverCalledAlive_ByAModelThatAssumesIt()
    {
        var drawn = SomePurchases.Of(new BgNbd(), SomePurchases.Beta, 1500, 90, new Seed(4));
        var rows = drawn.History.Rows();
        ValueForecast Forecast(PurchaseModel model) => new(drawn.History, rows, PurchaseFit.Fit(model, rows, MaximumLikelihood.Starts(2, model.Size, new Seed(1)), 1)!,
            SpendFit.Of(drawn.History, 1, new Seed(1), 1), 90, 1, 0, 1);
        foreach (var customer in Forecast(new BgNbd()).Customers)
        {
            Assert.Equal(customer.Orders == 1, double.IsNaN(customer.Alive.Value));
            Assert.InRange(customer.Ordering.Value, 0.0001, 0.9999);
        }

        Assert.All(Forecast(new MbgNbd()).Customers, c => Assert.InRange(c.Alive.Value, 0, 0.9999));
        Assert.All(Forecast(new Nbd()).Customers, c => Assert.True(double.IsNaN(c.Alive.Value)));
    }

    [Fact]
    public void ACustomer_IsForecastWithinItsIntervals()
    {
        var drawn = SomePurchases.Of(new ParetoNbd(), SomePurchases.Pareto, 1500, 90, new Seed(6));
        var rows = drawn.History.Rows();
        var forecast = new ValueForecast(drawn.History, rows, PurchaseFit.Fit(new ParetoNbd(), rows, MaximumLikelihood.Starts(2, 4, new Seed(1)), 1)!,
            SpendFit.Of(drawn.History, 2, new Seed(1), 1), 90, 1.1, 0.05, 1);
        var last = RepeatPurchases.DateOf(drawn.History.Through);
        foreach (var c in forecast.Customers)
        {
            foreach (var e in new[] { c.ExpectedOrders, c.ExpectedSpend, c.Ordering, c.Alive }) Assert.True(0 < e.Low && e.Low <= e.Value && e.Value <= e.High);
            Assert.True(c.OrdersLow <= c.ExpectedOrders.Value + 1 && c.ExpectedOrders.Value <= c.OrdersHigh + 1);
            Assert.True(last < c.NextOrderLow && c.NextOrderLow <= c.NextOrder && c.NextOrder <= c.NextOrderHigh && c.NextOrderHigh <= last.AddDays(90));
            Assert.True(c.Ordering.Value <= c.Alive.Value);
        }
    }
}
