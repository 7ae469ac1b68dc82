using System.Text.Json;
using Coterie.Tests.Cli;

namespace Coterie.Tests.Decisions;

public sealed class LifecycleCommandTests : Running
{
    [Fact]
    public async Task Lifecycle_WritesStates_ThatAddUp()
    {
        var file = Write("orders.csv", Orders());
        var ran = await Coterie("lifecycle", file, "--out", At("out"), "--json");
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        using var json = JsonDocument.Parse(ran.Output);
        Assert.Equal(200, json.RootElement.GetProperty("states").EnumerateArray().Sum(s => s.GetProperty("customers").GetInt32()));
        Assert.Equal(201, File.ReadLines(At("out/lifecycle.csv")).Count());
        Assert.Contains("<h1>", File.ReadAllText(At("out/lifecycle.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lifecycle_OfOneOrderEach_SaysThatThereIsNoRhythm()
    {
        var file = Write("orders.csv", "order_id,customer_id,order_date,product_id,quantity,unit_price\n" + string.Concat(Enumerable.Range(0, 90).Select(i => $"{i},C{i},2024-0{1 + i % 9}-11 10:00:00,P1,1,5\n")));
        var ran = await Coterie("lifecycle", file, "--lang", "zh");
        Assert.Equal(0, ran.Code);
        Assert.Contains("购买节奏", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lifecycle_WithoutEvents_SaysWhatToName()
    {
        Assert.Equal(2, (await Coterie("lifecycle")).Code);
        var ran = await Coterie("lifecycle", Write("orders.csv", Orders(20)), "--before", At("nowhere"));
        Assert.Equal(3, ran.Code);
        Assert.Contains("not the output of a run", ran.Error, StringComparison.Ordinal);
    }
}
