using Coterie.Features;
using CsCheck;

namespace Coterie.Tests.Features;

public class OutcomesTests
{
    static readonly DateTime From = EventLog.Start.AddDays(2).AddHours(12);

    static readonly DateTime To = EventLog.Start.AddDays(350);

    [Fact]
    public void Outcomes_BySql_EqualThePlainTwin()
    {
        using var warehouse = EventLog.Warehouse();
        string[] customers = ["c3", "c0", "nobody", "c1"];
        EventLog.Some.Sample(log =>
        {
            EventLog.Put(warehouse, log);
            var outcomes = FeatureComputation.Outcomes(warehouse, "events", customers, From, To);
            for (var i = 0; i < customers.Length; i++)
            {
                var later = log.Where(e => e.Customer == customers[i] && e.Time > From && e.Time <= To).ToList();
                var bought = later.Where(e => e.Kind == "purchase").ToList();
                Assert.Equal(later.Count > 0, outcomes.Active[i]);
                Assert.Equal(bought.Sum(Money), outcomes.Spend[i], 1e-6);
                Assert.Equal(bought.Select(e => e.Order ?? e.Time.Date.ToString("o")).Distinct().Count(), outcomes.Orders[i]);
                Assert.Equal(bought.Where(e => e.Category is not null).GroupBy(e => e.Category!)
                    .OrderByDescending(g => Math.Round(g.Sum(Money), 4)).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key,
                    outcomes.TopCategory[i]);
            }
        }, iter: 40, threads: 1);
    }

    [Fact]
    public void ThePeriod_OpensAfterFrom_AndClosesAtTo()
    {
        using var warehouse = EventLog.Warehouse();
        EventLog.Put(warehouse, [.. new[] { From, From.AddSeconds(1), To, To.AddSeconds(1) }
            .Select((t, i) => new LogEvent("c", t, "purchase") { Price = Math.Pow(10, i) })]);
        Assert.Equal(110, FeatureComputation.Outcomes(warehouse, "events", ["c"], From, To).Spend[0]);
    }

    static double Money(LogEvent e) => (e.Price ?? 0) * (e.Quantity ?? 1);
}
