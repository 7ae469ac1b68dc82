using Coterie.Features;
using Coterie.Warehouse;
using CsCheck;

namespace Coterie.Tests.Features;

public class FeatureComputationTests
{
    [Fact]
    public void Features_BySql_EqualThePlainTwin()
    {
        using var warehouse = EventLog.Warehouse();
        EventLog.Some.Sample(log => EqualsTwin(log, EventLog.Features(warehouse, log, EventLog.Request(log))), iter: 60, threads: 1);
    }

    [Fact]
    public void Features_WithSentSessions_EqualThePlainTwin()
    {
        using var warehouse = EventLog.Warehouse();
        EventLog.SomeWithSessions.Sample(
            log => EqualsTwin(log, EventLog.Features(warehouse, log, EventLog.Request(log, sessions: true))), iter: 30, threads: 1);
    }

    [Fact]
    public void EventsAfterTheInstant_ChangeNothing()
    {
        using var warehouse = EventLog.Warehouse();
        Gen.Select(EventLog.Some, EventLog.Some).Sample((log, later) =>
        {
            var after = later.Select((e, i) => e with { Time = EventLog.AsOf.AddMicroseconds(1 + i * 1e9) });
            var request = EventLog.Request(log.Concat(after));
            return EventLog.Same(EventLog.Features(warehouse, log, request), EventLog.Features(warehouse, [.. log, .. after], request));
        }, iter: 15, threads: 1);
    }

    [Fact]
    public void TheOrderOfRows_ChangesNothing()
    {
        using var warehouse = EventLog.Warehouse();
        Gen.Select(EventLog.Some, Gen.Int).Sample((log, seed) =>
        {
            var shuffled = log.ToArray();
            new Coterie.Numerics.Rng((ulong)seed, 0).Shuffle<LogEvent>(shuffled);
            var request = EventLog.Request(log);
            return EventLog.Same(EventLog.Features(warehouse, log, request), EventLog.Features(warehouse, shuffled, request));
        }, iter: 15, threads: 1);
    }

    [Fact]
    public void OneCustomer_WithTheShopsFacts_HasTheSameFeaturesAsAmongAll()
    {
        using var warehouse = EventLog.Warehouse();
        EventLog.Some.Sample(log =>
        {
            var request = EventLog.Request(log);
            var all = EventLog.Features(warehouse, log, request);
            var alone = EventLog.Features(warehouse, [.. log.Where(e => e.Customer == all.Customers[0])], request with { Facts = all.Facts });
            return alone.Features.Select(f => f.Name).SequenceEqual(all.Features.Select(f => f.Name))
                && EventLog.Bits(alone.Columns.Select(c => c[0])).SequenceEqual(EventLog.Bits(all.Columns.Select(c => c[0])));
        }, iter: 15, threads: 1);
    }

    [Fact]
    public void OneThread_GivesTheBitsOfTwo()
    {
        FeatureTable Of(int threads)
        {
            using var warehouse = EventLog.Warehouse(threads);
            Simulate(warehouse, 250_000, 6_000);
            return FeatureComputation.Compute(warehouse, EventLog.Request([new LogEvent("", default, "view"), new LogEvent("", default, "purchase")]));
        }

        var one = Of(1);
        Assert.True(one.Count > 5_000);
        Assert.True(EventLog.Same(one, Of(2)));
    }

    [Fact]
    public void ASample_HasTheRowsOfTheWhole_AndAboutItsShare()
    {
        using var warehouse = EventLog.Warehouse();
        Simulate(warehouse, 20_000, 2_000);
        var request = EventLog.Request([new LogEvent("", default, "purchase")]);
        var all = FeatureComputation.Compute(warehouse, request);
        FeatureTable Sampled(ulong seed)
        {
            using var sample = CustomerSample.Of(warehouse, 0.3, seed);
            return FeatureComputation.Compute(warehouse, request with { Events = sample.Relation, Facts = all.Facts });
        }

        var (some, other) = (Sampled(7), Sampled(8));
        Assert.InRange(some.Count, 480, 720);
        Assert.False(some.Customers.SequenceEqual(other.Customers));
        var places = some.Customers.Select(c => Array.IndexOf(all.Customers, c)).ToArray();
        for (var j = 0; j < all.Features.Count; j++)
            Assert.Equal(EventLog.Bits(places.Select(i => all.Columns[j][i])), EventLog.Bits(some.Columns[j]));
    }

    [Fact]
    public void Customers_AreInOrdinalOrder_BeyondTheBasicPlaneToo()
    {
        using var warehouse = EventLog.Warehouse();
        string[] ids = ["b", "a", "\U0001F600", "\uFF01", "B"];
        var log = ids.Select((id, i) => new LogEvent(id, EventLog.Start.AddDays(i), "purchase") { Price = i }).ToArray();
        var table = EventLog.Features(warehouse, log, EventLog.Request(log));
        Assert.Equal(ids.Order(StringComparer.Ordinal), table.Customers);
        Assert.Equal(table.Customers.Select(c => (double)Array.IndexOf(ids, c)), table.Column("monetary"));
    }

    [Fact]
    public void AbsentColumnsAndKinds_LeaveFeaturesOut_WithTheReason()
    {
        using var warehouse = EventLog.Warehouse();
        LogEvent[] log = [new("c", EventLog.Start, "purchase")];
        var table = EventLog.Features(warehouse, log, new FeatureRequest
        {
            AsOf = EventLog.AsOf, Present = new HashSet<string>(), Kinds = new HashSet<string> { "purchase" }, HasTimeOfDay = false,
        });
        Assert.Equal("no column price", table.LeftOut["monetary"]);
        Assert.Equal("no events of kind view; no column product_id", table.LeftOut["repeat_view_share"]);
        Assert.Equal("times are dates without a time of day", table.LeftOut["night_share"]);
        Assert.Equal("no events besides purchases and refunds", table.LeftOut["visits"]);
        Assert.Equal(FeatureCatalogue.All.Count, table.Features.Count + table.LeftOut.Count);
        Assert.Equal(1, table.Column("frequency")![0]);
    }

    [Fact]
    public void AShortHistory_HasNoSeasons()
    {
        using var warehouse = EventLog.Warehouse();
        LogEvent[] log = [new("c", EventLog.AsOf.AddDays(-299), "purchase") { Price = 1 }];
        Assert.Contains("history", EventLog.Features(warehouse, log, EventLog.Request(log)).LeftOut["holiday_share"]);
        log = [new("c", EventLog.AsOf.AddDays(-301), "purchase") { Price = 1 }];
        Assert.NotNull(EventLog.Features(warehouse, log, EventLog.Request(log)).Column("holiday_share"));
    }

    [Fact]
    public void WithoutPurchases_RecencyIsOfTheLastVisit()
    {
        using var warehouse = EventLog.Warehouse();
        LogEvent[] log = [new("c", EventLog.AsOf.AddDays(-5), "view"), new("c", EventLog.AsOf.AddDays(-3), "view")];
        Assert.Equal(3, EventLog.Features(warehouse, log, EventLog.Request(log)).Column("recency_days")![0]);
    }

    [Fact]
    public void NothingBeforeTheInstant_GivesNoCustomers()
    {
        using var warehouse = EventLog.Warehouse();
        LogEvent[] log = [new("c", EventLog.AsOf.AddDays(1), "purchase") { Price = 1 }];
        Assert.Equal(0, EventLog.Features(warehouse, log, EventLog.Request(log)).Count);
    }

    [Fact]
    public void TopCategories_AreTheRequestsWhenItNamesThem()
    {
        using var warehouse = EventLog.Warehouse();
        LogEvent[] log = [new("c", EventLog.Start, "view") { Category = "x" }, new("c", EventLog.Start, "view") { Category = "y" }];
        var table = EventLog.Features(warehouse, log, EventLog.Request(log) with { TopCategories = ["y", "gone"] });
        Assert.Equal(["y", "gone"], table.TopCategories);
        Assert.Equal(0.5, table.Column("category_share:y")![0]);
        Assert.Equal(0, table.Column("category_share:gone")![0]);
        Assert.Null(table.Column("category_share:x"));
    }

    [Fact]
    public void TemporaryTables_AreRemoved_AndTheShareIsChecked()
    {
        using var warehouse = EventLog.Warehouse();
        LogEvent[] log = [new("c", EventLog.Start, "view")];
        EventLog.Features(warehouse, log, EventLog.Request(log));
        Assert.Equal(0, warehouse.Single(new Step("count", "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'features_%'"), r => r.GetInt64(0)));
        Assert.Throws<ConfigurationException>(() => CustomerSample.Of(warehouse, 0, seed: 1));
    }

    static bool EqualsTwin(LogEvent[] log, FeatureTable table)
    {
        for (var i = 0; i < table.Count; i++)
        {
            foreach (var (name, expected) in new PlainFeatures(log, table.Customers[i], EventLog.AsOf).All())
            {
                if (table.Column(name) is not { } column) continue;
                if (double.IsNaN(expected) != double.IsNaN(column[i]) || Math.Abs(expected - column[i]) > 1e-6 * Math.Max(1, Math.Abs(expected)))
                    throw new Xunit.Sdk.XunitException($"{name} of {table.Customers[i]}: expected {expected}, got {column[i]}");
            }
        }

        return table.Customers.SequenceEqual(log.Where(e => e.Time <= EventLog.AsOf).Select(e => e.Customer).Distinct().Order(StringComparer.Ordinal));
    }

    static void Simulate(Coterie.Warehouse.DuckDb.DuckDbWarehouse warehouse, int events, int customers) => warehouse.Execute(new Step("simulate", $"""
        INSERT INTO events
        SELECT 'e' || i, 'c' || (h1 % {customers}), TIMESTAMP '2023-01-01' + to_seconds(CAST(h2 % 34560000 AS BIGINT)),
               CASE WHEN h3 % 5 = 0 THEN 'purchase' ELSE 'view' END, 'p' || (h3 % 301), 'k' || (h3 % 17), 'b' || (h3 % 7), (h2 % 100003) / 100.0,
               1 + h1 % 4, (h2 % 110003) / 100.0, NULL, CASE WHEN h1 % 3 > 0 THEN 'o' || (h2 % 40) END, NULL, NULL, NULL, 'ch' || (h2 % 3), 'd' || (h1 % 5), 'x', NULL
        FROM (SELECT i, md5_number_lower('a' || i) h1, md5_number_lower('b' || i) h2, md5_number_lower('c' || i) h3 FROM range({events}) AS r(i))
        """));
}
