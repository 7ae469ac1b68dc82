using System.Globalization;
using Coterie.Tests.Support;

namespace Coterie.Tests.Live;

[Collection(nameof(LiveShop))]
public class CustomerScoringTests(LiveShop shop)
{
    static string Shown(CustomerPlace p) => string.Create(CultureInfo.InvariantCulture, $"{p.Segment} {p.Confidence:R} {p.Second} {p.Agreement:R}");

    CustomerPlaces Place(IReadOnlyCollection<string> ids, IReadOnlyList<string> lines, DateTime asOf, string temporary)
    {
        using var store = shop.Open();
        return CustomerScoring.Score(new CustomerScoringRequest
        {
            Model = shop.Model, Store = store, Ids = ids, AsOf = asOf, TemporaryDirectory = temporary,
            Fresh = _ => LiveShop.Bytes(lines),
        });
    }

    [Fact]
    public void StoredCustomersGetWhatTheRunSaid()
    {
        using var temporary = new TemporaryFolder();
        var all = shop.Scored([], null);
        var places = Place([.. shop.Customers.Take(40)], [], shop.Model.AsOf, temporary.Path);
        Assert.Equal(40, places.Places.Count);
        Assert.All(places.Places, p => Assert.Equal(all[p.Customer], Shown(p)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WithNewEvents_TheAnswerIsThatOfScore(int seed)
    {
        using var temporary = new TemporaryFolder();
        var lines = LiveShop.NewLines([.. shop.Customers.Skip(seed * 7).Take(12)], shop.Model.AsOf, (ulong)seed, 90);
        var asOf = shop.Model.AsOf.AddDays(1);
        var all = shop.Scored(lines, asOf);
        var ids = LiveShop.Ids(lines);
        var places = Place(ids, lines, asOf, temporary.Path);
        Assert.True(places.Places.Count >= 10);
        foreach (var p in places.Places) Assert.Equal($"{p.Customer} {all.GetValueOrDefault(p.Customer)}", $"{p.Customer} {Shown(p)}");
        var placed = places.Places.Select(p => p.Customer).ToHashSet();
        Assert.All(ids.Where(i => all.ContainsKey(i) || all.ContainsKey("anon:" + i)), i => Assert.True(placed.Contains(i) || placed.Contains("anon:" + i), i));
    }
}
