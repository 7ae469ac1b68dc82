using System.Globalization;
using System.Text.Json;
using Coterie.Tests.Cli;
using Coterie.Tests.Support;

namespace Coterie.Tests.Decisions;

public class ValueCommandTests : Running
{
    static string[] Rows(string file) => File.ReadAllLines(file);

    [Fact]
    public async Task AShop_IsForecast_AndTheSumsAgree()
    {
        var orders = Write("orders.csv", Orders());
        var ran = await Coterie("value", orders, "--out", At("out"));
        Assert.Equal(0, ran.Code);
        Assert.Contains("are expected to place", ran.Output, StringComparison.Ordinal);
        var rows = Rows(At("out/value.csv"));
        Assert.StartsWith("customer_id,segment,orders,", rows[0], StringComparison.Ordinal);
        Assert.Equal(201, rows.Length);
        using var result = JsonDocument.Parse(File.ReadAllText(At("out/value.json")));
        var total = result.RootElement.GetProperty("total").GetProperty("expected_orders").GetProperty("value").GetDouble();
        var column = Array.IndexOf(rows[0].Split(','), "expected_orders");
        Assert.Equal(1, rows.Skip(1).Sum(r => double.Parse(r.Split(',')[column], CultureInfo.InvariantCulture)) / total, 1e-3);
        var cohorts = result.RootElement.GetProperty("cohorts").EnumerateArray().Sum(c => c.GetProperty("forecast").GetProperty("expected_orders").GetProperty("value").GetDouble());
        Assert.Equal(1, cohorts / total, 1e-9);
    }

    [Fact]
    public async Task TheSameSeed_GivesTheSameBytes_ForAnyThreads_AndChineseIsChinese()
    {
        var orders = Write("orders.csv", Orders());
        Assert.Equal(0, (await Coterie("value", orders, "--out", At("one"), "--threads", "1")).Code);
        var four = await Coterie("value", orders, "--out", At("four"), "--threads", "4", "--lang", "zh");
        Assert.Contains("预计下单", four.Output, StringComparison.Ordinal);
        foreach (var file in new[] { "value.json", "value.csv", "value_cohorts.csv" }) Assert.Equal(File.ReadAllText(At("one/" + file)), File.ReadAllText(At("four/" + file)));
    }

    [Fact]
    public async Task Refunds_LowerTheSpend_NotTheOrders_AndADay_IsOneOrder()
    {
        var text = Orders() + "9001,R1,2024-03-01 10:00:00,P1,toys,1,10.00\n9002,R1,2024-03-01 15:00:00,P1,toys,1,20.00\n9003,R1,2024-05-01 10:00:00,P1,toys,1,50.00\n"
            + "9004,R1,2024-05-09 10:00:00,P1,toys,-1,50.00\n";
        Assert.Equal(0, (await Coterie("value", Write("orders.csv", text), "--out", At("out"))).Code);
        var rows = Rows(At("out/value.csv"));
        var header = rows[0].Split(',');
        var row = rows.Single(r => r.StartsWith("R1,", StringComparison.Ordinal)).Split(',');
        Assert.Equal("2", row[Array.IndexOf(header, "orders")]);
        Assert.Equal("30", row[Array.IndexOf(header, "spent")]);
        Assert.Equal("2024-05-01", row[Array.IndexOf(header, "last_order")]);
    }

    [Fact]
    public async Task OneOrderEach_SaysThatItCannot()
    {
        var lines = Enumerable.Range(0, 300).Select(i => $"{i},C{i},{new DateTime(2024, 1, 1).AddDays(i):yyyy-MM-dd} 10:00:00,P1,toys,1,10.00");
        var ran = await Coterie("value", Write("orders.csv", "order_id,customer_id,order_date,product_id,category,quantity,unit_price\n" + string.Join('\n', lines) + "\n"), "--out", At("out"));
        Assert.Equal(0, ran.Code);
        Assert.Contains("ordered once", ran.Output, StringComparison.Ordinal);
        using var result = JsonDocument.Parse(File.ReadAllText(At("out/value.json")));
        Assert.False(result.RootElement.GetProperty("answered").GetBoolean());
        Assert.Equal(300, result.RootElement.GetProperty("one_time_buyers").GetInt32());
        Assert.False(File.Exists(At("out/value.csv")));
    }

    [Fact]
    public async Task NoPurchase_SaysThatItCannot()
    {
        var lines = Enumerable.Range(0, 300).Select(i => $"C{i % 40},{new DateTime(2024, 1, 1).AddDays(i):yyyy-MM-dd} 10:00:00,view,P{i % 9}");
        var ran = await Coterie("value", Write("views.csv", "customer_id,time,event,product_id\n" + string.Join('\n', lines) + "\n"));
        Assert.Equal(0, ran.Code);
        Assert.Contains("no purchase", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHorizonLongerThanHalfTheHistory_IsWrongUsage()
    {
        var ran = await Coterie("value", Write("orders.csv", Orders()), "--horizon", "300");
        Assert.Equal(2, ran.Code);
        Assert.Contains("--horizon 300", ran.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Coterie("value", At("orders.csv"), "--horizon", "0")).Code);
    }

    [Fact]
    public async Task WithoutMoney_OrdersAreForecastAlone()
    {
        var text = string.Join('\n', Orders().Split('\n').Select(l => l.Split(',')).Where(f => f.Length > 5).Select(f => string.Join(',', f[..6]))) + "\n";
        var ran = await Coterie("value", Write("orders.csv", text), "--out", At("out"));
        Assert.Equal(0, ran.Code);
        Assert.Contains("No order has money", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cdnow_IsForecastBetterThanByNaiveMeans()
    {
        var ran = await Coterie("value", Shared.Data("cdnow/CDNOW_sample.txt"), "--horizon", "272", "--json");
        Assert.Equal(0, ran.Code);
        using var result = JsonDocument.Parse(ran.Output);
        var check = result.RootElement.GetProperty("check");
        Assert.Equal("Pareto/NBD", result.RootElement.GetProperty("model").GetProperty("name").GetString());
        var errors = check.GetProperty("errors").EnumerateArray().ToDictionary(e => e.GetProperty("name").GetString()!, e => e.GetProperty("mae").GetDouble());
        Assert.True(errors["Pareto/NBD"] < errors["same_as_last_period"] && errors["Pareto/NBD"] < errors["rate"] && errors["Pareto/NBD"] <= 0.7545);
    }
}
