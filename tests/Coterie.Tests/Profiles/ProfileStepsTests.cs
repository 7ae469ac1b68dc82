using Coterie.Profiles;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests.Profiles;

public sealed class ProfileStepsTests : IDisposable
{
    static readonly DateTime AsOf = new(2026, 1, 31);
    readonly DuckDbWarehouse warehouse = new(new DuckDbOptions());

    public ProfileStepsTests()
    {
        var columns = Events.Columns.Select(c => $"{warehouse.Dialect.Name(c.Name)} {c.Type}");
        warehouse.Execute(new Step("events", $"CREATE TABLE events ({string.Join(", ", columns)})"));
        warehouse.Execute(new Step("members", "CREATE TABLE segment_members (customer_id VARCHAR, label INTEGER)"));
        warehouse.Execute(new Step("who", "INSERT INTO segment_members VALUES ('a', 0), ('b', 0), ('c', 1), ('d', 2)"));
        // 2026-01-05 is a Monday. Customer c only looks; d does nothing. Order o1 has two lines, the second past the hour.
        Add("a", "2026-01-05 10:59:00", "purchase", "toys", 10, 2, "o1");
        Add("a", "2026-01-05 11:00:00", "purchase", "books", 5, 1, "o1");
        Add("b", "2026-01-11 20:00:00", "purchase", "toys", 75, 1, "o2");
        Add("b", "2026-01-11 19:00:00", "view", "books", null, null, null);
        Add("c", "2026-01-06 09:00:00", "view", "books", null, null, null);
        Add("c", "2026-01-06 09:05:00", "view", "books", null, null, null);
        Add("c", "2026-01-07 09:05:00", "view", "", null, null, null);
        Add("a", "2026-02-01 00:00:00", "purchase", "late", 1000, 1, "o3");
    }

    [Fact]
    public void Categories_AreSharesOfSpend_OrOfEventsWhereNothingWasSpent()
    {
        var rhythms = ProfileSteps.Read(warehouse, 3, AsOf, hasTimeOfDay: true);
        Assert.Equal([new NamedShare("toys", 0.95, 0), new NamedShare("books", 0.05, 0)], rhythms[0].TopCategories);
        // Elsewhere, by events: two toys, two books.
        Assert.Equal([new NamedShare("books", 1, 0.5)], rhythms[1].TopCategories);
        Assert.Empty(rhythms[2].TopCategories);
    }

    [Fact]
    public void AnOrder_CountsOnce_WhenItsFirstLineWasPlaced()
    {
        var rhythms = ProfileSteps.Read(warehouse, 3, AsOf, hasTimeOfDay: true);
        Assert.Equal([0.5, 0, 0, 0, 0, 0, 0.5], rhythms[0].Weekdays);
        Assert.Equal((0.5, 0.0, 0.5), (rhythms[0].Hours[10], rhythms[0].Hours[11], rhythms[0].Hours[20]));
        Assert.Equal(2 / 3.0, rhythms[1].Weekdays[1], 12);
        Assert.Empty(rhythms[2].Weekdays);
    }

    [Fact]
    public void WithoutTimeOfDay_ThereAreNoHours() =>
        Assert.All(ProfileSteps.Read(warehouse, 3, AsOf, hasTimeOfDay: false), r => Assert.Empty(r.Hours));

    [Fact]
    public void TheTop_IsHeld_AndTiesGoByName()
    {
        Add("c", "2026-01-08 09:00:00", "view", "apples", null, null, null);
        Add("c", "2026-01-08 09:00:00", "view", "apples", null, null, null);
        Assert.Equal("apples", ProfileSteps.Read(warehouse, 3, AsOf, true, top: 1)[1].TopCategories.Single().Name);
    }

    void Add(string customer, string time, string kind, string category, double? price, double? quantity, string? order) =>
        warehouse.Execute(new Step("event",
            "INSERT INTO events (customer_id, time, kind, category, price, quantity, order_id) VALUES ($c, $t, $k, $g, $p, $q, $o)")
        {
            Parameters = new Dictionary<string, object?>
            {
                ["c"] = customer, ["t"] = DateTime.Parse(time), ["k"] = kind, ["g"] = category, ["p"] = price, ["q"] = quantity, ["o"] = order,
            },
        });

    public void Dispose() => warehouse.Dispose();
}
