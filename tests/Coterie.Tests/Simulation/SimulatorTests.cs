using System.Globalization;
using Coterie.Evaluation;
using Coterie.Simulation;

namespace Coterie.Tests.Simulation;

public class SimulatorTests
{
    const int Time = 0, Kind = 1, Customer = 2, Anonymous = 3, Order = 5, Product = 6, Price = 9, Quantity = 11;

    static readonly SimulationOptions Small = new() { Customers = 300, Days = 120, Seed = 7, BotShare = 0.01 };

    [Fact]
    public void SameSeed_GivesTheSameBytes_ForAnyNumberOfThreads_AndAnotherSeedDoesNot()
    {
        using SimulatedShop a = new(Small with { Threads = 1 }), b = new(Small with { Threads = 3 }), c = new(Small with { Seed = 8 });
        Assert.All(["events.csv", "products.csv", "truth.csv"], file => Assert.Equal(a.Hash(file), b.Hash(file)));
        Assert.All(["events.csv", "truth.csv"], file => Assert.NotEqual(a.Hash(file), c.Hash(file)));
    }

    [Fact]
    public void Bytes_AreTheSameOnEveryMachine()
    {
        // Pinned: a change of these is a change of every published number about the simulated shop.
        using var shop = new SimulatedShop(new SimulationOptions { Customers = 100 });
        Assert.Equal("9a01889fc8211ce0a834dcae242105cd4e5573db63fd5085417523dec486f4fe", shop.Hash("events.csv"));
        Assert.Equal("da177d8b8c40f5c268ad882b5fee3036d71b9e4729432b444445977dc2f4ea77", shop.Hash("products.csv"));
    }

    [Fact]
    public void CustomersLive_TheSameLives_HoweverManyOthersThereAre()
    {
        using SimulatedShop few = new(Small with { Customers = 40 }), many = new(Small with { Customers = 1_000 });
        Assert.Equal(LinesOfFirst40(few), LinesOfFirst40(many));

        static List<string> LinesOfFirst40(SimulatedShop shop) =>
            [.. File.ReadLines(shop.Summary.EventsFile).Where(line => line.Split(',')[Customer] is { Length: > 0 } id && string.CompareOrdinal(id, "c0000040") <= 0)];
    }

    [Fact]
    public void Truth_HoldsExactlyTheCustomers_AndEachIsInTheLog()
    {
        using var shop = new SimulatedShop(Small);
        var truth = LabelFiles.Read(shop.Summary.TruthFile);
        var inLog = shop.Rows().Skip(1).Select(row => row[Customer]).Where(id => id.Length > 0).ToHashSet();
        Assert.Equal(Small.Customers, truth.Ids!.Count);
        Assert.Empty(truth.Ids.Except(inLog));
        Assert.InRange(inLog.Except(truth.Ids).Count(), 0, shop.Summary.Bots);
        Assert.Equal(Personas.Names.Order(StringComparer.Ordinal), truth.Labels.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(shop.Summary.Personas, truth.Labels.GroupBy(label => label).ToDictionary(group => group.Key, group => group.Count()));
    }

    [Fact]
    public void Events_AreInOrderOfTime_AndInsideThePeriod()
    {
        using var shop = new SimulatedShop(Small);
        var last = "";
        foreach (var row in shop.Rows().Skip(1).Where(row => row[Time].Length > 0 && !row[Time].StartsWith("2099")))
        {
            Assert.True(string.CompareOrdinal(row[Time], last) >= 0);
            last = row[Time];
            var time = DateTime.ParseExact(last, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            Assert.InRange(time, Small.Start.ToDateTime(default), Small.Start.AddDays(Small.Days).ToDateTime(default));
        }
    }

    [Fact]
    public void Rows_KeepTheSchema()
    {
        using var shop = new SimulatedShop(Small);
        var rows = shop.Rows();
        Assert.Equal("time,kind,customer_id,anonymous_id,session_id,order_id,product_id,category,brand,price,list_price,quantity,currency,rating,text,channel,device,country",
            string.Join(',', rows[0]));
        Assert.Equal(shop.Summary.Events, rows.Count - 1);
        Assert.All(rows, row => Assert.Equal(18, row.Length));
        var products = LabelCsv.Read(shop.Summary.ProductsFile);
        Assert.Equal(shop.Summary.Products, products.Count - 1);
        var known = products.Skip(1).ToDictionary(row => row[0]);
        foreach (var row in rows.Skip(1))
        {
            Assert.True(row[Customer].Length > 0 || row[Anonymous].Length > 0);
            Assert.True(row[Kind] == "identify" == (row[Customer].Length > 0 && row[Anonymous].Length > 0));
            if (row[Product].Length == 0) continue;
            Assert.Equal(known[row[Product]][3], row[7]);
            Assert.Equal(known[row[Product]][4], row[8]);
            if (row[10].Length > 0) Assert.Equal(known[row[Product]][5], row[10]);
        }

        string[] expected =
        [
            "view", "search", "click", "add_to_cart", "remove_from_cart", "wishlist", "checkout", "purchase", "refund", "review", "message", "email_open",
            "ad_click", "identify", "page_scroll", "popup_close",
        ];
        Assert.Equal(expected.Order(), rows.Skip(1).Select(row => row[Kind]).Distinct().Order());
        Assert.Contains(rows, row => row[14].Contains(','));
        Assert.Contains(rows, row => row[14].Any(c => c > 0x4E00));
    }

    [Fact]
    public void Summary_CountsWhatIsInTheFile()
    {
        using var shop = new SimulatedShop(Small with { DuplicateShare = 0.02 });
        var s = shop.Summary;
        var lines = File.ReadLines(s.EventsFile).Skip(1).ToList();
        Assert.Equal(s.Events, lines.Count);
        Assert.Equal(s.Events, s.CustomerEvents + s.BotEvents + s.NoiseEvents + s.DuplicateRows + s.AnonymousEvents);
        Assert.Equal(s.DuplicateRows, lines.Count - lines.Distinct().Count());
        Assert.Equal(s.Bytes, new FileInfo(s.EventsFile).Length);
        Assert.Equal(3, s.Bots);
        Assert.InRange(s.NoiseEvents / (double)s.CustomerEvents, 0.012, 0.028);
        Assert.InRange(s.DuplicateRows / (double)s.Events, 0.015, 0.025);
        Assert.InRange(s.AnonymousEvents / (double)s.CustomerEvents, 0.02, 0.12);
    }

    [Fact]
    public void Robots_AreFasterThanPeople()
    {
        using var shop = new SimulatedShop(Small with { BotShare = 0.03 });
        var perMinute = shop.Rows().Skip(1).Where(row => row[Time].Length > 0)
            .GroupBy(row => (row[Customer] + row[Anonymous], row[Time][..16])).Select(group => (Id: group.Key.Item1, Count: group.Count())).ToList();
        var truth = LabelFiles.Read(shop.Summary.TruthFile).Ids!.ToHashSet();
        Assert.True(perMinute.Where(m => truth.Contains(m.Id)).Max(m => m.Count) < 30);
        Assert.Equal(shop.Summary.Bots, perMinute.Where(m => m.Count > 120).Select(m => m.Id).Distinct().Count());
    }

    [Fact]
    public void EveryFault_Occurs_AndSharesOfZeroAvoidThemAll()
    {
        using SimulatedShop dirty = new(Small with { NoiseShare = 0.3 }),
            clean = new(Small with { NoiseShare = 0, BotShare = 0, DuplicateShare = 0, AnonymousShare = 0 });
        Func<string[], bool>[] faults =
        [
            row => row[Time].Length == 0, row => row[Time].StartsWith("2099"), row => row[Price] == "0.00", row => row[Price].StartsWith('-'),
            row => row[Price] == "n/a", row => row[Quantity].Length > 6, row => row[Kind] == "page_scroll",
        ];
        List<string[]> dirtyRows = dirty.Rows(), cleanRows = clean.Rows();
        Assert.All(faults, fault => Assert.Contains(dirtyRows.Skip(1), row => fault(row)));
        Assert.All(faults, fault => Assert.DoesNotContain(cleanRows.Skip(1), row => fault(row)));
        Assert.DoesNotContain(cleanRows.Skip(1), row => row[Customer].Length == 0 || row[Anonymous].Length > 0);
        Assert.Equal((0, 0, 0L, clean.Summary.Events), (clean.Summary.Bots, clean.Summary.Strangers, clean.Summary.DuplicateRows, clean.Summary.CustomerEvents));
        Assert.All(cleanRows.Skip(1).Where(row => row[Kind] == "purchase"), row => Assert.NotEqual("", row[Order]));
    }

    [Fact]
    public void OrderIds_BelongToOneCustomer_AndRefundsToAnOrder()
    {
        using var shop = new SimulatedShop(Small with { NoiseShare = 0 });
        var rows = shop.Rows().Skip(1).Where(row => row[Order].Length > 0).ToList();
        Assert.All(rows.GroupBy(row => row[Order]), order => Assert.Single(order.Select(row => row[Customer]).Distinct()));
        var bought = rows.Where(row => row[Kind] == "purchase").Select(row => (row[Order], row[Product])).ToHashSet();
        Assert.All(rows.Where(row => row[Kind] is "refund" or "review"), row => Assert.Contains((row[Order], row[Product]), bought));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 400)]
    [InlineData(25, 1)]
    [InlineData(25, 3)]
    public void SmallestShops_Work(int customers, int days)
    {
        using var shop = new SimulatedShop(Small with { Customers = customers, Days = days });
        var ids = shop.Rows().Skip(1).Select(row => row[Customer]).ToHashSet();
        Assert.All(LabelFiles.Read(shop.Summary.TruthFile).Ids!, id => Assert.Contains(id, ids));
    }

    [Fact]
    public void Cancelling_LeavesTheDirectoryAsItWas()
    {
        var directory = Directory.CreateTempSubdirectory("coterie-shop-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "events.csv"), "old");
            using var stop = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => Simulator.Write(Small with { Customers = 5_000 }, directory, new StopAt(stop, 300), stop.Token));
            Assert.Equal([Path.Combine(directory, "events.csv")], Directory.EnumerateFileSystemEntries(directory));
            Assert.Equal("old", File.ReadAllText(Path.Combine(directory, "events.csv")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    sealed class StopAt(CancellationTokenSource stop, long customers) : IProgress<long>
    {
        public void Report(long value)
        {
            if (value >= customers) stop.Cancel();
        }
    }

    [Fact]
    public void WrongOptions_AreListedTogether()
    {
        var wrong = new SimulationOptions { Customers = 0, Days = -1, NoiseShare = double.NaN, BotShare = 2, Threads = 0 };
        var message = Assert.Throws<ConfigurationException>(() => Simulator.Write(wrong, "unused", stop: TestContext.Current.CancellationToken)).Message;
        Assert.All(["Customers", "Days", "NoiseShare", "BotShare", "Threads"], name => Assert.Contains(name, message));
        Assert.Equal(5, message.Split('\n').Length);
    }

    [Fact]
    public void DirectoryThatIsAFile_IsRefused()
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.Contains(file, Assert.Throws<InputException>(() => Simulator.Write(Small, file, stop: TestContext.Current.CancellationToken)).Message);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
