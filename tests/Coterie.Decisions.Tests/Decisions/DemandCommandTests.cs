using System.Text.Json;
using Coterie.Tests.Cli;
using Coterie.Tests.Support;

namespace Coterie.Tests.Decisions;

public class DemandCommandTests : Running
{
    string Shop(string name = "orders.csv", int customers = 200) => Write(name, Orders(customers));

    static JsonElement Parsed(Ran ran)
    {
        Assert.True(ran.Code == 0, ran.Error);
        return JsonDocument.Parse(ran.Output).RootElement;
    }

    [Fact]
    public async Task AShop_IsForecast_ByProductAndCategory_AndSumsAddUp()
    {
        var result = Parsed(await Coterie("demand", Shop(), "--no-trees", "--json", "--out", At("out")));
        var series = result.GetProperty("series").EnumerateArray().ToArray();
        double Next(JsonElement s) => s.GetProperty("weeks")[0].GetProperty("mean").GetDouble();
        var total = series.First(s => s.GetProperty("kind").GetString() == "total");
        var products = series.Where(s => s.GetProperty("kind").GetString() is "product" or "other").ToArray();
        Assert.True(products.Length > 30);
        Assert.Equal(Next(total), products.Sum(Next), 5e-7);
        Assert.Equal(Next(total), series.Where(s => s.GetProperty("kind").GetString() == "category").Sum(Next) + products.Where(p => p.GetProperty("category").ValueKind == JsonValueKind.Null).Sum(Next), 5e-7);
        var lines = File.ReadAllLines(At("out/demand.csv"));
        Assert.Equal("series,kind,week,mean,q05,q25,q50,q75,q95,method", lines[0]);
        Assert.Equal(1 + 4 * series.Length, lines.Length);
        Assert.True(File.Exists(At("out/reorder.csv")));
    }

    [Fact]
    public async Task ThePage_SaysWhatWasFound_InBothLanguages()
    {
        var shop = Shop();
        var english = await Coterie("demand", shop, "--no-trees", "--by", "category");
        Assert.Contains("seasonal naive", english.Output, StringComparison.Ordinal);
        Assert.Contains("ISO weeks", english.Output, StringComparison.Ordinal);
        var chinese = await Coterie("demand", shop, "--no-trees", "--by", "category", "--lang", "zh");
        Assert.Contains("季节性朴素法", chinese.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("seasonal naive", chinese.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StockBelowTheReorderPoint_IsOrderedUp_AndAFullShelfIsNot()
    {
        var stock = Write("stock.csv", "product_id,on_hand,on_order\nP1,0,0\nP2,100000,0\nP3,0,100000\nNOPE,3,0\n");
        var result = Parsed(await Coterie("demand", Shop(), "--no-trees", "--json", "--stock", stock));
        JsonElement Line(string product) => result.GetProperty("reorder").EnumerateArray().First(r => r.GetProperty("product").GetString() == product);
        Assert.Equal(Math.Ceiling(Line("P1").GetProperty("reorder_point").GetDouble()), Line("P1").GetProperty("order").GetDouble());
        Assert.True(Line("P1").GetProperty("risk").GetDouble() > 0.3);
        Assert.Equal(0, Line("P2").GetProperty("order").GetDouble());
        Assert.Equal(0, Line("P3").GetProperty("order").GetDouble());
        Assert.Equal(JsonValueKind.Null, Line("P4").GetProperty("order").ValueKind);
    }

    [Fact]
    public async Task NegativeStock_IsRefused_WithItsRows()
    {
        var ran = await Coterie("demand", Shop(), "--stock", Write("stock.csv", "product_id,on_hand\nP1,-3\nP2,4\nP3,many\n"));
        Assert.Equal(3, ran.Code);
        Assert.Contains("row 2: P1 has on_hand '-3'", ran.Error, StringComparison.Ordinal);
        Assert.Contains("row 4: P3", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DaysWithoutStock_RaiseTheForecast_OfTheProduct()
    {
        // Sold every day until November, then nothing: with the stock empty this was no lack of demand.
        var lines = new List<string> { "order_id,customer_id,order_date,product_id,quantity,unit_price" };
        for (var d = 0; d < 360; d++)
        {
            var day = new DateTime(2024, 1, 1).AddDays(d);
            if (d < 300) lines.Add($"A{d},C{d % 30},{day:yyyy-MM-dd} 10:00:00,LAMP,2,5");
            lines.Add($"B{d},C{d % 40},{day:yyyy-MM-dd} 11:00:00,CHAIR,1,9");
        }

        var shop = Write("lamps.csv", string.Join('\n', lines) + "\n");
        var history = Write("history.csv", "product_id,date,on_hand\n" + string.Concat(Enumerable.Range(300, 60).Select(d => $"LAMP,{new DateTime(2024, 1, 1).AddDays(d):yyyy-MM-dd},0\n")));
        static double Lamp(JsonElement result) => result.GetProperty("series").EnumerateArray().First(s => s.GetProperty("name").GetString() == "LAMP").GetProperty("weeks")[0].GetProperty("mean").GetDouble();
        var blind = Parsed(await Coterie("demand", shop, "--no-trees", "--json"));
        var told = Parsed(await Coterie("demand", shop, "--no-trees", "--json", "--stock-history", history));
        Assert.True(Lamp(blind) < 8);
        Assert.InRange(Lamp(told), 11, 16);
        Assert.Equal("LAMP", blind.GetProperty("silent")[0].GetProperty("product").GetString());
    }

    [Fact]
    public async Task TooFewWeeks_AreNoAnswer_AndSayHowManyAreNeeded()
    {
        var shop = Write("short.csv", "order_id,customer_id,order_date,product_id,quantity,unit_price\n" + string.Concat(Enumerable.Range(0, 60).Select(d => $"{d},C{d % 7},{new DateTime(2024, 1, 1).AddDays(d):yyyy-MM-dd} 10:00:00,P{d % 3},1,5\n")));
        var ran = await Coterie("demand", shop);
        Assert.Equal(0, ran.Code);
        Assert.Contains("8 whole weeks", ran.Output, StringComparison.Ordinal);
        Assert.Contains("20 are needed", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutQuantities_ItIsRefused_UnlessEachLineIsOneUnit()
    {
        var shop = Write("lines.csv", "order_id,customer_id,order_date,product_id,unit_price\n" + string.Concat(Enumerable.Range(0, 250).Select(d => $"{d},C{d % 7},{new DateTime(2024, 1, 1).AddDays(d):yyyy-MM-dd} 10:00:00,P{d % 2},5\n")));
        var refused = await Coterie("demand", shop, "--no-trees");
        Assert.Equal(3, refused.Code);
        Assert.Contains("--lines-as-units", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await Coterie("demand", shop, "--no-trees", "--lines-as-units")).Code);
    }

    [Fact]
    public async Task WrongOptions_AreAllNamed()
    {
        var ran = await Coterie("demand", Shop(), "--weeks", "0", "--service", "2", "--by", "category", "--stock", "x.csv");
        Assert.Equal(2, ran.Code);
        Assert.Contains("--weeks", ran.Error, StringComparison.Ordinal);
        Assert.Contains("--service", ran.Error, StringComparison.Ordinal);
        Assert.Contains("--stock", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlineRetail_IsForecastBetterThanRepeatingIt_AndQuantilesCover()
    {
        var result = Parsed(await Coterie("demand", Shared.Data("online_retail/online_retail.csv.gz"), "--no-trees", "--top", "150", "--json"));
        var judged = result.GetProperty("judgement");
        Assert.True(judged.GetProperty("against_naive").GetProperty("high").GetDouble() < 1);
        var ninety = judged.GetProperty("coverage").EnumerateArray().First(c => c.GetProperty("level").GetDouble() == 0.9);
        Assert.InRange(ninety.GetProperty("share").GetProperty("value").GetDouble(), 0.85, 0.95);
    }
}
