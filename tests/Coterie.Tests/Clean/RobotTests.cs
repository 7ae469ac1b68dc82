using Coterie.Clean;
using CsCheck;
using static Coterie.Tests.Clean.Rows;

namespace Coterie.Tests.Clean;

public class RobotTests
{
    static readonly CleanOptions Options = new() { RobotEventsPerMinute = 20, RobotEventsPerDay = 50 };

    static IEnumerable<Dictionary<string, string?>> Views(string customer, int count, Func<int, TimeSpan> at) => Enumerable.Range(0, count).Select(i =>
        Row(("customer_id", customer), ("time", new DateTime(2024, 1, 1).Add(at(i)).ToString("yyyy-MM-dd HH:mm:ss")), ("kind", "view"), ("product_id", $"p{i}")));

    [Theory]
    [InlineData(20, 0)]
    [InlineData(21, 21)]
    public void MoreEventsInAMinuteThanThePersonCanDo_AreARobots(int count, int refused)
    {
        using var warehouse = Open();
        var report = Load(warehouse, Relation([[.. Views("r", count, i => TimeSpan.FromSeconds(2 * i)), Buy("c")]]), Options);
        Assert.Equal((refused, refused > 0 ? 1 : 2), (report.Count("robot"), report.Customers));
    }

    [Theory]
    [InlineData(50, 0)]
    [InlineData(51, 52)]
    public void MoreEventsInADay_AreARobots_AndAllItsEventsAreRefused(int count, int refused)
    {
        using var warehouse = Open();
        var report = Load(warehouse, Relation([[.. Views("r", count, i => TimeSpan.FromMinutes(10 * i) / 1.5), .. Views("r", 1, _ => TimeSpan.FromDays(9)), Buy("c")]]), Options);
        Assert.Equal(refused, report.Count("robot"));
        if (refused > 0) Assert.Contains("robot file0.csv:2", Refused(warehouse));
    }

    [Fact]
    public void AWholesaleOrder_IsOneEvent_HoweverManyLinesItHas()
    {
        using var warehouse = Open();
        var report = Load(warehouse, Relation([[.. Enumerable.Range(0, 500).Select(i => Buy("shop", ("order_id", "o1"), ("product_id", $"p{i}")))]]), Options);
        Assert.Equal((0, 500), (report.Count("robot"), report.RowsKept));
        using var withoutOrders = Open();
        Assert.Equal(500, Load(withoutOrders, Relation([[.. Enumerable.Range(0, 500).Select(i => Buy("shop", ("product_id", $"p{i}")))]]), Options).RowsKept);
        using var manyOrders = Open();
        Assert.Equal(21, Load(manyOrders, Relation([[.. Enumerable.Range(0, 21).Select(i => Buy("card tester", ("order_id", $"o{i}")))]]), Options).Count("robot"));
    }

    // Loads of a server count only the customers whom they name.
    [Fact]
    public void LoadsWithoutAReport_FindTheRobotsThatOthersFind() => Gen.Select(CleaningLawTests.Log, CleaningLawTests.Log, CleaningLawTests.Log, Gen.Int[1, 8]).Sample((first, second, third, day) =>
    {
        var options = new CleanOptions { RobotEventsPerMinute = 1, RobotEventsPerDay = day, Now = Now };
        using var reported = Open();
        using var added = Open();
        foreach (var log in new[] { first, second, third })
        {
            Load(reported, Relation([log]), options);
            Cleaning.Add(added, [Relation([log])], options);
        }

        return Events(reported).SequenceEqual(Events(added)) && Refused(reported).SequenceEqual(Refused(added));
    }, iter: 12);

    [Fact]
    public void DuplicatesDoNotMakeARobot()
    {
        using var warehouse = Open();
        var report = Load(warehouse, Relation([[.. Enumerable.Range(0, 60).SelectMany(_ => Views("c", 1, _ => TimeSpan.Zero))]]), Options);
        Assert.Equal((59, 0, 1), (report.Count("duplicate"), report.Count("robot"), report.RowsKept));
    }

    [Fact]
    public void DatesWithoutTimes_SayNothingAboutRates()
    {
        using var warehouse = Open();
        Assert.Equal(60, Load(warehouse, Relation([[.. Views("c", 60, _ => TimeSpan.Zero)]], timeOfDay: false), Options).RowsKept);
    }

    [Fact]
    public void ARobotThatShowsInALaterLoad_LosesItsEarlierEventsToo_WithTheirLines()
    {
        using var warehouse = Open();
        var views = Views("r", 30, i => TimeSpan.FromSeconds(i)).ToList();
        Load(warehouse, Relation([[Buy("c"), .. views.Take(15)]]), Options);
        Assert.Empty(Refused(warehouse));
        var report = Load(warehouse, Relation([[.. views.Skip(15)]]), Options);
        Assert.Equal((15, 1), (report.Count("robot"), report.Customers));
        Assert.Equal(30, Refused(warehouse).Count);
        Assert.Contains("robot file0.csv:17", Refused(warehouse));
        Assert.Equal(30, Cleaning.Describe(warehouse, Options).Count("robot"));
        // And it stays one: loading its rows again changes nothing.
        Assert.Equal(15, Load(warehouse, Relation([[.. views.Skip(15)]]), Options).RowsKnown);
        Assert.Equal(30, Refused(warehouse).Count);
    }
}
