using System.Globalization;
using System.Text.Json;
using Coterie.Numerics;
using Coterie.Tests.Cli;

namespace Coterie.Tests.Decisions;

public class RecommendCommandTests : Running
{
    /// <summary>A shop where customers walk along one of four shelves, a product further each time.</summary>
    static string Shelves(int customers = 240, bool repeats = false)
    {
        var rng = new Seed(3).Stream(0);
        var lines = new List<string> { "order_id,customer_id,order_date,product_id,description,category,quantity,unit_price" };
        var order = 1;
        for (var c = 0; c < customers; c++)
        {
            var at = rng.NextInt(12);
            for (var week = 0; week < 40; week += 1 + rng.NextInt(5), at++)
            {
                var product = c % 4 * 12 + (repeats ? rng.NextInt(3) + c % 3 * 3 : at % 12);
                var day = new DateTime(2024, 1, 1).AddDays(week * 7 + rng.NextInt(7)).AddHours(9 + rng.NextInt(8));
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{order++},C{c:000},{day:yyyy-MM-dd HH:mm:ss},P{product:00},Shelf {c % 4} thing {product},shop/shelf{c % 4},1,{5 + product}"));
            }
        }

        return string.Join('\n', lines) + "\n";
    }

    [Fact]
    public async Task OrderWithinAShelf_IsFound_AndSaidToBeBetterThanPopularity()
    {
        var file = Write("shop.csv", Shelves());
        var ran = await Coterie("recommend", "C001", "C002", "--events", file, "--json", "--threads", "2");
        Assert.True(ran.Code == 0, ran.Error);
        var result = JsonDocument.Parse(ran.Output).RootElement;
        Assert.True(result.GetProperty("answered").GetBoolean());
        var test = result.GetProperty("test");
        Assert.True(test.GetProperty("over_popularity").GetProperty("low").GetDouble() > 0.1);
        Assert.Equal(1, test.GetProperty("methods").EnumerateArray().Sum(m => m.GetProperty("weight").GetDouble()), 5e-10);
        var lists = result.GetProperty("lists").EnumerateArray().ToArray();
        Assert.Equal(["C001", "C002"], lists.Select(l => l.GetProperty("customer_id").GetString()));
        Assert.Equal("history", lists[0].GetProperty("basis").GetString());
        Assert.StartsWith("because of Shelf", lists[0].GetProperty("products")[0].GetProperty("because").GetProperty("en").GetString(), StringComparison.Ordinal);
        Assert.Equal(ran.Output, (await Coterie("recommend", "C001", "C002", "--events", file, "--json", "--threads", "1")).Output);
    }

    [Fact]
    public async Task Filters_Hold_AndNewcomersGetThePopularList_InBothLanguages()
    {
        var file = Write("shop.csv", Shelves(repeats: true));
        var gone = Write("gone.txt", "P01\nP02\nNOTHERE\n");
        var ran = await Coterie("recommend", "C000", "stranger", "--events", file, "--category", "shop/shelf0", "--exclude", gone, "--max-price", "14", "--diversity", "0.3", "--out", At("out"));
        Assert.True(ran.Code == 0, ran.Error);
        var rows = (await File.ReadAllLinesAsync(Path.Combine(At("out"), "recommendations.csv"), TestContext.Current.CancellationToken)).Skip(1).Select(l => l.Split(',')).ToArray();
        Assert.NotEmpty(rows);
        Assert.All(rows, r => Assert.Matches("^P0[03-9]$", r[4]));
        Assert.Contains(rows, r => r[0] == "stranger" && r[2] == "shop");
        Assert.Contains("check the id", ran.Output, StringComparison.Ordinal);
        Assert.Contains("lists may hold such products", ran.Output, StringComparison.Ordinal);
        Assert.Contains("names 1 product that the log does not know", ran.Output, StringComparison.Ordinal);
        var zh = await Coterie("recommend", "C000", "--events", file, "--lang", "zh");
        Assert.Contains("推荐什么", zh.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCannotBeUsed_IsRefused_WithTheReason()
    {
        var file = Write("shop.csv", Shelves(40));
        Assert.Contains("one of the three", (await Coterie("recommend", "--events", file)).Error, StringComparison.Ordinal);
        Assert.Contains("--diversity 2", (await Coterie("recommend", "C000", "--events", file, "--diversity", "2")).Error, StringComparison.Ordinal);
        var all = await Coterie("recommend", "C000", "--events", file, "--min-price", "5000");
        Assert.Equal(3, all.Code);
        Assert.Contains("0 left after --min-price", all.Error, StringComparison.Ordinal);
        Assert.Contains("it has shop/shelf0", (await Coterie("recommend", "C000", "--events", file, "--category", "garden")).Error, StringComparison.Ordinal);
        Assert.Contains("--segment needs", (await Coterie("recommend", "--segment", "S1", "--events", file)).Error, StringComparison.Ordinal);
        var bare = Write("bare.csv", "customer_id,date,amount\na,2024-01-01,5\nb,2024-02-01,6\na,2024-03-01,7\n");
        var none = await Coterie("recommend", "a", "--events", bare);
        Assert.Equal(3, none.Code);
        Assert.Contains("No event names a product", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooSmallAShop_GetsPopularLists_AndIsToldSo()
    {
        var ran = await Coterie("recommend", "--all", "--events", Write("shop.csv", Shelves(30)));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains("cannot carry personal lists", ran.Output, StringComparison.Ordinal);
        var one = await Coterie("recommend", "a", "--events", Write("one.csv", "order_id,customer_id,order_date,product_id,quantity,unit_price\n1,a,2024-01-01,P,1,2\n2,b,2024-02-01,P,1,2\n"));
        Assert.True(one.Code == 0, one.Error);
        Assert.Contains("1 product", one.Output, StringComparison.Ordinal);
    }
}
