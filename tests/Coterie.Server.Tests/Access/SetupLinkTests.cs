using Coterie.Server.Access;

namespace Coterie.Tests.Server.Access;

/// <summary>The way in before there is anybody.</summary>
public class SetupLinkTests
{
    const string Password = "correct horse battery";

    [Fact]
    public void ItOpensOnce()
    {
        using var database = new Database(null, real: false);
        var setup = new SetupLink(new People(database.Data));
        var code = setup.Renew();
        Assert.True(setup.Opens(code));
        Assert.False(setup.Opens(null) || setup.Opens("") || setup.Opens(code + "x"));
        // A password that is refused leaves it open.
        Assert.Throws<ConfigurationException>(() => setup.Use(code, "ann@shop.example", "Ann", "short"));
        Assert.NotNull(setup.Use(code, "ann@shop.example", "Ann", Password));
        Assert.False(setup.Opens(code));
        Assert.Null(setup.Use(code, "eve@shop.example", "Eve", Password));
        Assert.Null(setup.Renew());
    }

    [Fact]
    public void ItEndsAfterAQuarterOfAnHour_AndWithTheNextOne()
    {
        using var database = new Database(null, real: false);
        var clock = new Clock();
        var setup = new SetupLink(new People(database.Data)) { Clock = clock };
        var first = setup.Renew();
        var second = setup.Renew();
        Assert.False(setup.Opens(first));
        clock.Now += TimeSpan.FromMinutes(14.9);
        Assert.True(setup.Opens(second));
        clock.Now += TimeSpan.FromMinutes(0.2);
        Assert.False(setup.Opens(second));
        Assert.Null(setup.Use(second, "eve@shop.example", "Eve", Password));
    }

    [Fact]
    public void ItIsDeadWhenThereIsSomebody()
    {
        using var database = new Database(null, real: false);
        var people = new People(database.Data);
        var setup = new SetupLink(people);
        var code = setup.Renew();
        people.Add("ann@shop.example", "Ann", Coterie.Server.Data.Role.Admin, Password);
        Assert.False(setup.Opens(code));
        Assert.Null(setup.Use(code, "eve@shop.example", "Eve", Password));
    }

    [Fact]
    public async Task OfTwoAtOnce_OneIsFirst()
    {
        using var database = new Database(null, real: false);
        var setup = new SetupLink(new People(database.Data));
        var code = setup.Renew();
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => setup.Use(code, $"p{i}@shop.example", "P", Password))));
        Assert.Single(made, p => p is not null);
    }

    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
