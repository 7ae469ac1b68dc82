using System.Text.Json;
using Coterie.Numerics;
using Coterie.Tests.Cli;
using Coterie.Tests.Support;

namespace Coterie.Tests.Decisions;

public class CampaignCommandTests : Running
{
    string Offers(string text = "offer,cost,value\nmail,0.5,\nvoucher,2,30\n") => Write("offers.csv", text);

    static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    [Fact]
    public async Task WithoutAHistory_ThePlanIsAnExperiment_WithItsPower()
    {
        var orders = Write("orders.csv", Orders(600));
        var ran = await Coterie("campaign", "plan", orders, "--offers", Offers(), "--budget", "400", "--goal", "purchase", "--horizon", "60", "--out", At("out"), "--json");
        Assert.True(ran.Code == 0, ran.Error);
        var plan = Json(ran.Output);
        Assert.Equal("experiment", plan.GetProperty("kind").GetString());
        Assert.True(plan.GetProperty("spent").GetDouble() <= 400);
        Assert.All(plan.GetProperty("power").EnumerateArray(), p => Assert.InRange(p.GetProperty("detectable").GetDouble(), 0.01, 0.99));
        var rows = File.ReadAllLines(At("out/campaign.csv"));
        Assert.Equal("customer_id,segment,offer,arm", rows[0]);
        Assert.Equal(601, rows.Length);
        Assert.True(rows.Count(r => r.EndsWith(",holdout", StringComparison.Ordinal)) >= 60);
        var zh = await Coterie("campaign", "plan", orders, "--offers", Offers(), "--budget", "400", "--goal", "visit", "--horizon", "60", "--lang", "zh");
        Assert.Contains("活动计划", zh.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithAHistory_ThePlanIsTargeted_AndItsReturnHasAnInterval()
    {
        var orders = Write("orders.csv", Orders(1600));
        // The voucher helps everybody a little, the mail nobody.
        var rng = new Seed(8).Stream(0);
        var history = new List<string> { "customer_id,arm,outcome", "STRANGER,control,0" };
        for (var c = 0; c < 1600; c++)
        {
            var arm = rng.NextInt(3);
            history.Add($"C{c:0000},{new[] { "control", "mail", "voucher" }[arm]},{(rng.NextDouble() < 0.3 + (arm == 2 ? 0.25 : 0) ? 1 : 0)}");
        }

        var ran = await Coterie("campaign", "plan", orders, "--offers", Offers(), "--budget", "600", "--goal", "purchase", "--horizon", "60", "--history", Write("history.csv", string.Join('\n', history)),
            "--history-start", "2024-12-20", "--out", At("out"), "--json");
        Assert.True(ran.Code == 0, ran.Error);
        var plan = Json(ran.Output);
        Assert.Equal("targeted", plan.GetProperty("kind").GetString());
        Assert.True(plan.GetProperty("unknown_in_history").GetInt32() >= 1);
        Assert.InRange(plan.GetProperty("spent").GetDouble(), 300, 600);
        Assert.True(plan.GetProperty("return").GetProperty("low").GetDouble() < plan.GetProperty("return").GetProperty("high").GetDouble());
        Assert.Contains(plan.GetProperty("cells").EnumerateArray(), c => c.GetProperty("offer").GetString() == "voucher");
    }

    [Fact]
    public async Task WhatCannotBePlanned_IsSaid()
    {
        var orders = Write("orders.csv", Orders(100));
        async Task<Ran> Plan(string offers, string budget, params string[] more) =>
            await Coterie(["campaign", "plan", orders, "--offers", offers, "--budget", budget, "--goal", "purchase", .. more]);

        var zero = await Plan(Offers(), "0");
        Assert.Equal(2, zero.Code);
        Assert.Contains("pays for no contact", zero.Error, StringComparison.Ordinal);
        var negative = await Plan(Offers("offer,cost\nmail,-1\nmail,2\n"), "10");
        Assert.Equal(3, negative.Code);
        Assert.Contains("-1", negative.Error, StringComparison.Ordinal);
        Assert.Contains("2 times", negative.Error, StringComparison.Ordinal);
        var missing = await Plan(Offers("name,price\nmail,1\n"), "10");
        Assert.Equal(3, missing.Code);
        Assert.Contains("'offer'", missing.Error, StringComparison.Ordinal);
        Assert.Contains("'cost'", missing.Error, StringComparison.Ordinal);
        var wrong = await Plan(Offers(), "-5", "--holdout", "0", "--horizon", "0");
        Assert.Equal(2, wrong.Code);
        Assert.All(new[] { "--budget", "--holdout", "--horizon" }, o => Assert.Contains(o, wrong.Error, StringComparison.Ordinal));
        var small = await Plan(Offers(), "20");
        Assert.Contains("Nothing is planned", small.Output, StringComparison.Ordinal);
    }

    string Results(bool random = true, int n = 3000)
    {
        var rng = new Seed(9).Stream(0);
        var rows = new List<string> { "customer_id,arm,age,city,spent,bought,day" };
        for (var c = 0; c < n; c++)
        {
            var age = 20 + rng.NextInt(50);
            var mail = random ? rng.NextInt(2) == 1 : age + rng.NextInt(20) > 55;
            rows.Add($"{c},{(mail ? "mail" : "control")},{age},{new[] { "A", "B", "C" }[rng.NextInt(3)]},{age * 2 + rng.NextInt(20)},{(rng.NextDouble() < 0.2 + (mail ? 0.1 : 0) ? "yes" : "no")},2024-03-{1 + c * 20 / n:00}");
        }

        return Write(random ? "results.csv" : "chosen.csv", string.Join('\n', rows));
    }

    [Fact]
    public async Task Results_AreMeasured_BySegment_AndDayByDay()
    {
        var ran = await Coterie("campaign", "measure", Results(), "--treatment", "arm", "--outcome", "bought", "--covariates", "age,city", "--pre", "age", "--segment", "city", "--time", "day",
            "--expect", "equal", "--sequential", "--planned", "3000", "--json", "--out", At("out"));
        Assert.True(ran.Code == 0, ran.Error);
        var r = Json(ran.Output);
        var effect = r.GetProperty("effects")[0].GetProperty("used").GetProperty("effect");
        Assert.InRange(0.1, effect.GetProperty("low").GetDouble(), effect.GetProperty("high").GetDouble());
        Assert.Equal(3, r.GetProperty("segment_effects").GetArrayLength());
        Assert.False(r.GetProperty("uplift")[0].GetProperty("usable").GetBoolean());
        Assert.True(r.GetProperty("looks").GetArrayLength() > 10);
        Assert.True(File.Exists(At("out/effects.csv")));
        var text = await Coterie("campaign", "measure", Results(), "--treatment", "arm", "--outcome", "bought", "--covariates", "age,city");
        Assert.Contains("No usable difference between customers", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChosenCustomers_AreNoExperiment()
    {
        var ran = await Coterie("campaign", "measure", Results(random: false), "--treatment", "arm", "--outcome", "bought", "--covariates", "age,city");
        Assert.Equal(0, ran.Code);
        Assert.Contains("No effect can be told", ran.Output, StringComparison.Ordinal);
        Assert.Contains("'age'", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCannotBeMeasured_IsSaid()
    {
        async Task<Ran> Measure(string file, params string[] more) => await Coterie(["campaign", "measure", file, "--treatment", "arm", "--outcome", "bought", .. more]);
        var missing = await Measure(Write("none.csv", "a,b\n1,2\n"));
        Assert.Equal(3, missing.Code);
        Assert.Contains("'arm'", missing.Error, StringComparison.Ordinal);
        var twice = await Measure(Write("twice.csv", "customer_id,arm,bought\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i % 30},{(i % 2 == 0 ? "mail" : "control")},1\n"))));
        Assert.Contains("10 rows repeat a customer", twice.Error, StringComparison.Ordinal);
        var one = await Measure(Write("one.csv", "arm,bought\nmail,1\nmail,0\n"));
        Assert.Contains("one value only", one.Error, StringComparison.Ordinal);
        var which = await Measure(Write("which.csv", "arm,bought\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{(i % 2 == 0 ? "A" : "B")},1\n"))));
        Assert.Equal(2, which.Code);
        Assert.Contains("--control", which.Error, StringComparison.Ordinal);
        var text = await Measure(Write("text.csv", "arm,bought\nmail,often\ncontrol,1\n"));
        Assert.Contains("'often' is not a number", text.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hillstrom_IsReadAsItIs_AndItsEffectsAreExact()
    {
        var ran = await Coterie("campaign", "measure", Shared.Data("hillstrom/hillstrom.csv.gz"), "--treatment", "segment", "--outcome", "visit", "--expect", "equal", "--json");
        Assert.True(ran.Code == 0, ran.Error);
        var r = Json(ran.Output);
        Assert.False(r.GetProperty("sample_ratio").GetProperty("alarm").GetBoolean());
        var effects = r.GetProperty("effects").EnumerateArray().ToDictionary(e => e.GetProperty("arm").GetString()!, e => e.GetProperty("plain").GetProperty("effect"));
        // Means of the file: 0.18276, 0.15140 and 0.10617.
        Assert.Equal(0.0766, effects["Mens E-Mail"].GetProperty("value").GetDouble(), 5e-5);
        Assert.Equal(0.0452, effects["Womens E-Mail"].GetProperty("value").GetDouble(), 5e-5);
        Assert.InRange(effects["Womens E-Mail"].GetProperty("low").GetDouble(), 0.035, 0.0452);
    }
}
