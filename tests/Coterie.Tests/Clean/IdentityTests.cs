using CsCheck;
using static Coterie.Tests.Clean.Rows;

namespace Coterie.Tests.Clean;

public class IdentityTests
{
    static Dictionary<string, string?> View(string? customer, string? anonymous, string time) =>
        Row(("customer_id", customer), ("anonymous_id", anonymous), ("time", $"2024-01-01 {time}:00"), ("kind", "view"), ("product_id", time));

    static Dictionary<string, string?> Identify(string customer, string anonymous, string time) =>
        Row(("customer_id", customer), ("anonymous_id", anonymous), ("time", $"2024-01-01 {time}:00"), ("kind", "identify"));

    static Dictionary<string, string?> Alias(string previous, string customer, string time) =>
        Row(("customer_id", customer), ("previous_id", previous), ("time", $"2024-01-01 {time}:00"), ("kind", "alias"));

    /// <summary>product (the time of the view) to customer.</summary>
    static Dictionary<string, string> Owners(Coterie.Warehouse.IWarehouse warehouse) => Coterie.Warehouse.WarehouseReading.Rows(warehouse,
        new Coterie.Warehouse.Step("owners", "SELECT product_id, customer_id FROM events"), r => KeyValuePair.Create(r.GetString(0), r.GetString(1)))
        .ToDictionary();

    [Fact]
    public void AnonymousEvents_BeforeAndAfterIdentification_AreTheCustomers()
    {
        using var warehouse = Open();
        var report = Load(warehouse, View(null, "a", "09:00"), Identify("c", "a", "10:00"), View(null, "a", "11:00"), View("c", null, "12:00"), View(null, "b", "13:00"));
        Assert.Equal(new Dictionary<string, string> { ["09:00"] = "c", ["11:00"] = "c", ["12:00"] = "c", ["13:00"] = "anon:b" }, Owners(warehouse));
        Assert.Equal((1, 1, 2, 4), (report.IdentitiesMerged, report.Count("identity"), report.Customers, report.RowsKept));
        Assert.DoesNotContain("identify", report.Kinds.Keys);
    }

    [Fact]
    public void ARowThatCarriesBothIds_Identifies()
    {
        using var warehouse = Open();
        Load(warehouse, View(null, "a", "09:00"), View("c", "a", "10:00"));
        Assert.Equal("c", Owners(warehouse)["09:00"]);
    }

    [Fact]
    public void AnAliasOfABrowser_Identifies()
    {
        using var warehouse = Open();
        Load(warehouse, View(null, "a", "09:00"), Alias("a", "c", "10:00"));
        Assert.Equal("c", Owners(warehouse)["09:00"]);
    }

    [Fact]
    public void AliasesOfCustomers_Merge_ToTheOrdinallySmallest_ThroughChains()
    {
        using var warehouse = Open();
        var report = Load(warehouse, View("c3", null, "09:00"), View("c2", null, "09:01"), View("c1", null, "09:02"), View(null, "a", "09:03"),
            Identify("c3", "a", "09:04"), Alias("c3", "c2", "10:00"), Alias("c2", "c1", "10:01"));
        Assert.All(Owners(warehouse).Values, owner => Assert.Equal("c1", owner));
        Assert.Equal((3, 1), (report.IdentitiesMerged, report.Customers));
    }

    [Fact]
    public void ASharedTablet_MergesNobody_AndItsEventsGoToWhoeverSignedInLast()
    {
        using var warehouse = Open();
        var report = Load(warehouse, View(null, "tablet", "08:00"), Identify("ann", "tablet", "09:00"), View(null, "tablet", "09:30"),
            Identify("bob", "tablet", "10:00"), View(null, "tablet", "10:00"), View(null, "tablet", "11:00"), View("ann", "tablet", "12:00"), View(null, "tablet", "12:30"));
        var owners = Owners(warehouse);
        Assert.Equal(["ann", "ann", "bob", "bob", "ann", "ann"],
            new[] { "08:00", "09:30", "10:00", "11:00", "12:00", "12:30" }.Select(time => owners[time]));
        Assert.Equal(2, report.Customers);
        Assert.Contains(report.Notes, n => n.StartsWith("1 anonymous ids were used by more than one customer", StringComparison.Ordinal));
    }

    [Fact]
    public void ALaterLoad_IdentifiesEarlierEvents()
    {
        using var warehouse = Open();
        Load(warehouse, View(null, "a", "09:00"), View("old", null, "09:01"));
        Assert.Equal("anon:a", Owners(warehouse)["09:00"]);
        Load(warehouse, Identify("c", "a", "10:00"));
        Load(warehouse, Alias("old", "c", "11:00"));
        Assert.All(Owners(warehouse).Values, owner => Assert.Equal("c", owner));
    }

    [Fact]
    public void ALogWithoutAnonymousIds_MayBeFollowedByOneWithThem()
    {
        using var warehouse = Open();
        Load(warehouse, Buy("c"));
        var report = Load(warehouse, View(null, "a", "09:00"), Identify("c", "a", "09:30"));
        Assert.Equal(1, report.Customers);
        report = Load(warehouse, Buy("d"));
        Assert.Equal(2, report.Customers);
    }

    [Fact]
    public void UnionFind_DoesNotDependOnTheOrderOfUnions() => Gen.Select(Gen.Int[0, 12], Gen.Int[0, 12]).Array[0, 30]
        .SelectMany(pairs => Gen.Shuffle(pairs.ToArray()).Select(shuffled => (pairs, shuffled)))
        .Sample(x => Sets(x.pairs).SequenceEqual(Sets(x.shuffled)));

    // The plain twin: relabel until nothing changes.
    [Fact]
    public void UnionFind_EqualsRelabelling() => Gen.Select(Gen.Int[0, 12], Gen.Int[0, 12]).Array[0, 30].Sample(pairs =>
    {
        var labels = Enumerable.Range(0, 13).Select(i => $"{i:00}").ToArray();
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var (a, b) in pairs)
            {
                var least = string.CompareOrdinal(labels[a], labels[b]) < 0 ? labels[a] : labels[b];
                changed |= labels[a] != least || labels[b] != least;
                labels[a] = labels[b] = least;
            }
        }
        var expected = Enumerable.Range(0, 13).Where(i => labels[i] != $"{i:00}").ToDictionary(i => $"{i:00}", i => labels[i]);
        return Sets(pairs).OrderBy(p => p.Key).SequenceEqual(expected.OrderBy(p => p.Key));
    });

    static IReadOnlyDictionary<string, string> Sets((int A, int B)[] pairs)
    {
        var sets = new Coterie.Clean.UnionFind();
        foreach (var (a, b) in pairs) sets.Union($"{a:00}", $"{b:00}");
        return sets.Representatives(Enumerable.Range(0, 13).Select(i => $"{i:00}").ToHashSet());
    }
}
