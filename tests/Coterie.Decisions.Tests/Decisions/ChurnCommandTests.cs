using System.Globalization;
using System.Text;
using System.Text.Json;
using Coterie.Numerics;
using Coterie.Tests.Cli;
using Coterie.Tests.Support;

namespace Coterie.Tests.Decisions;

public class ChurnCommandTests : Running
{
    /// <summary>Customers with rhythms of their own; three in ten of them stop for good somewhere.</summary>
    static string Shop(int customers, int days, double stop)
    {
        var rng = new Seed(8).Stream(0);
        var text = new StringBuilder("order_id,customer_id,order_date,product_id,quantity,unit_price\n");
        var order = 0;
        for (var c = 0; c < customers; c++)
        {
            double rhythm = 6 + 20 * rng.NextDouble(), end = rng.NextDouble() < stop ? days * rng.NextDouble() : days;
            for (var day = rng.NextDouble() * 20; day < end; day += rhythm * Math.Exp(0.5 * rng.NextNormal()))
                text.Append(CultureInfo.InvariantCulture, $"{order++},C{c:0000},{new DateTime(2024, 1, 1).AddDays(day):yyyy-MM-dd HH:mm:ss},P{rng.NextInt(30)},{1 + rng.NextInt(3)},{5 + rng.NextInt(20)}\n");
        }

        return text.ToString();
    }

    [Fact]
    public async Task AShop_IsAnswered_InFilesAndJson_WithTheSameBytesForAnyThreads()
    {
        var file = Write("orders.csv", Shop(900, 300, 0.7));
        var ran = await Coterie("churn", file, "--out", At("a"), "--threads", "1", "--warn", "5");
        Assert.Equal(0, ran.Code);
        Assert.Contains("Early warning", ran.Output, StringComparison.Ordinal);
        var again = await Coterie("churn", file, "--out", At("b"), "--threads", "2", "--warn", "5");
        Assert.Equal(0, again.Code);
        foreach (var name in new[] { "churn.json", "churn.csv", "churn_gone.csv" }) Assert.Equal(File.ReadAllBytes(At($"a/{name}")), File.ReadAllBytes(At($"b/{name}")));

        var lines = File.ReadAllLines(At("a/churn.csv"));
        Assert.Equal("customer,segment,probability,window_days,value_at_stake,expected_loss,reason_1,reason_2,reason_3", lines[0]);
        using var json = JsonDocument.Parse(File.ReadAllText(At("a/churn.json")));
        var result = json.RootElement;
        Assert.True(result.GetProperty("own_rhythm").GetBoolean());
        Assert.Equal(lines.Length - 1, result.GetProperty("customers").GetInt32());
        // Those who stopped long ago are gone by the rule, and the rule is right about them.
        Assert.True(result.GetProperty("gone").GetInt32() > 50);
        Assert.True(result.GetProperty("gone_returned").GetProperty("value").GetDouble() < 0.1);
        Assert.True(result.GetProperty("judged").GetProperty("trees").GetProperty("auc").GetProperty("value").GetDouble() > 0.6);
        Assert.True(result.GetProperty("warned").GetArrayLength() <= 5);
    }

    [Fact]
    public async Task ChineseIsSpoken_AndAHorizonIsTheSameForAll()
    {
        var file = Write("orders.csv", Shop(900, 300, 0.7));
        var ran = await Coterie("churn", file, "--horizon", "30", "--lang", "zh");
        Assert.Equal(0, ran.Code);
        Assert.Contains("预警名单", ran.Output, StringComparison.Ordinal);
        Assert.Contains("未来 30 天内无订单", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheDataCannotCarry_IsSaid()
    {
        var shortLog = await Coterie("churn", Write("short.csv", Shop(100, 20, 0)));
        Assert.Equal(0, shortLog.Code);
        Assert.Contains("too short", shortLog.Output, StringComparison.Ordinal);

        // Everybody keeps ordering: nobody churns.
        var faithful = await Coterie("churn", Write("faithful.csv", Shop(120, 300, 0)), "--horizon", "70");
        Assert.Equal(0, faithful.Code);
        Assert.Contains("at least 50 who did", faithful.Output, StringComparison.Ordinal);

        var views = await Coterie("churn", Write("views.csv", "customer_id,time,event,product_id\nA,2024-01-01,view,P1\nA,2024-05-01,view,P1\nB,2024-03-01,view,P2\n"), "--map", "kind=event");
        Assert.Equal(3, views.Code);
        Assert.Contains("no order", views.Error, StringComparison.Ordinal);

        var far = await Coterie("churn", At("short.csv"), "--horizon", "0");
        Assert.Equal(2, far.Code);
        Assert.Contains("--horizon", far.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnOnlineRetail_TreesBeatRecency_OnLaterPeriods()
    {
        var ran = await Coterie("churn", Shared.Data("online_retail/online_retail.csv.gz"), "--json");
        Assert.Equal(0, ran.Code);
        using var json = JsonDocument.Parse(ran.Output);
        var judged = json.RootElement.GetProperty("judged");
        Assert.Equal("better", judged.GetProperty("against_recency").GetString());
        Assert.True(judged.GetProperty("trees").GetProperty("auc").GetProperty("low").GetDouble() > 0.72);
        Assert.Equal(3, judged.GetProperty("cut_offs").GetArrayLength());
    }
}
