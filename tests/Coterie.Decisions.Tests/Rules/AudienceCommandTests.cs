using System.Text.Json;
using Coterie.Tests.Cli;

namespace Coterie.Tests.Rules;

/// <summary>Audiences and consent as an operator uses them.</summary>
public class AudienceCommandTests(ConsentShop shop) : Running, IClassFixture<ConsentShop>
{
    const string Gold = """{"kind":"attribute","of":"trait","name":"tier","operator":"is","value":"gold"}""";
    const string Bought = """{"kind":"did","event":"purchase","times":{"at_least":3}}""";

    static string[] All => [.. Enumerable.Range(0, ConsentShop.Customers).Select(ConsentShop.Id)];

    static IEnumerable<string> GoldOnes => All.Where((_, c) => c % 2 == 0).Append("c999");

    string Rule(string json) => Write($"rule{Guid.NewGuid():N}.json", json);

    async Task<JsonElement> Json(params string[] args)
    {
        var ran = await Coterie([.. args, "--json"]);
        Assert.True(ran.Code == 0, ran.Error);
        return JsonDocument.Parse(ran.Output).RootElement;
    }

    static string[] Ids(string file) => [.. File.ReadLines(file).Skip(1).Select(l => l.Split(',')[0]).Distinct()];

    static string Out(string text) => string.Join('\n', text.Split('\n').Where(l => l.StartsWith("coterie", StringComparison.Ordinal)));

    [Fact]
    public async Task Count_SaysHowMany_OfEachClause_AndWhoRefused()
    {
        var answer = await Json("audience", "count", "--workspace", shop.Workspace, "--rule", Rule($$"""{"kind":"all","rules":[{{Gold}},{{Bought}}]}"""));
        var count = answer.GetProperty("count");
        Assert.Equal("Customers who have a trait \"tier\" that is \"gold\" and bought at least 3 times", answer.GetProperty("words").GetProperty("en").GetString());
        // Orders of customer c: 2 + c mod 6.
        string[] expected = [.. All.Where((_, c) => c % 2 == 0 && 2 + c % 6 >= 3)];
        Assert.Equal(expected.Length, count.GetProperty("customers").GetInt64());
        Assert.Equal(ConsentShop.Customers + 1, count.GetProperty("everybody").GetInt64());
        Assert.Equal(expected.Count(ConsentShop.RefusedMarketing), count.GetProperty("refused").GetInt64());
        Assert.Equal(expected.Count(id => ConsentShop.Kind(id) > 4), count.GetProperty("never_said").GetInt64());
        Assert.Equal(["$", "$.rules[0]", "$.rules[1]"], count.GetProperty("clauses").EnumerateArray().Select(c => c.GetProperty("path").GetString()));
        Assert.Equal(GoldOnes.Count(), count.GetProperty("clauses")[1].GetProperty("customers").GetInt64());
        var zh = await Coterie("audience", "count", "--workspace", shop.Workspace, "--rule", Rule(Gold), "--lang", "zh");
        Assert.Contains("属性“tier”为“gold”的客户", zh.Output, StringComparison.Ordinal);
        Assert.Contains("其中已拒绝营销", zh.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_AreThoseWhoDidNotRefuse_PageByPage()
    {
        var members = await Coterie("audience", "members", "--workspace", shop.Workspace, "--rule", Rule(Gold));
        string[] expected = [.. GoldOnes.Where(id => !ConsentShop.RefusedMarketing(id) || id == "c999").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, members.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var page = await Json("audience", "members", "--workspace", shop.Workspace, "--rule", Rule(Gold), "--limit", "5", "--after", expected[4]);
        Assert.Equal(expected[5..10], page.GetProperty("members").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(expected[9], page.GetProperty("next").GetString());
        var agreed = await Json("audience", "members", "--workspace", shop.Workspace, "--rule", Rule("""{"kind":"all","rules":[]}"""), "--require-consent");
        Assert.Equal(All.Where(id => ConsentShop.Kind(id) is 3 or 4), agreed.GetProperty("members").EnumerateArray().Select(m => m.GetString()));
    }

    [Fact]
    public async Task AsOf_SeesNothingLater_AndFallsBackToNoLaterRun()
    {
        var newest = Rule("""{"kind":"attribute","of":"trait","name":"tier","operator":"is","value":"none"}""");
        var then = await Json("audience", "count", "--workspace", shop.Workspace, "--rule", newest, "--as-of", "2024-02-01");
        Assert.Equal(ConsentShop.Customers / 10, then.GetProperty("count").GetProperty("customers").GetInt64());
        Assert.Equal(JsonValueKind.Null, then.GetProperty("run_as_of").ValueKind);
        var now = await Json("audience", "count", "--workspace", shop.Workspace, "--rule", newest);
        Assert.Equal(0, now.GetProperty("count").GetProperty("customers").GetInt64());
        var segments = await Coterie("audience", "count", "--workspace", shop.Workspace, "--rule", Rule("""{"kind":"segment","in":["S1"]}"""), "--as-of", "2024-02-01");
        Assert.Equal(2, segments.Code);
        Assert.Contains("there is no run to take segments from", segments.Error, StringComparison.Ordinal);
        var named = await Coterie("audience", "count", "--workspace", shop.Workspace, "--rule", newest, "--as-of", "2024-02-01", "--run", shop.Run);
        Assert.Equal(3, named.Code);
        Assert.Contains("know what had not happened yet", named.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASavedAudience_IsSent_ThenOnlyWhatChanged()
    {
        var saved = await Coterie("audience", "save", "Gold customers", "--workspace", shop.Workspace, "--rule", Rule(Gold));
        Assert.True(saved.Code == 0, saved.Error);
        var id = saved.Output.Split("Saved as ")[1].Split('.')[0];
        string[] command = ["activate", "--workspace", shop.Workspace, "--audience", "gold customers", "--to", "file", "--out", At("out"), "--state", At("state"), "--minimum", "1"];
        var first = await Coterie(command);
        Assert.True(first.Code == 0, first.Error);
        string[] kept = [.. GoldOnes.Where(c => c == "c999" || !ConsentShop.RefusedMarketing(c)).Order(StringComparer.Ordinal)];
        Assert.Contains($"{kept.Length} entered", first.Output, StringComparison.Ordinal);
        Assert.Contains($"{GoldOnes.Count() - kept.Length} left out: no consent (refused marketing)", first.Output, StringComparison.Ordinal);
        var file = Assert.Single(Directory.GetFiles(At("out")));
        Assert.Equal(kept, File.ReadLines(file).Skip(1).Select(l => l.Split(',')[^1]));
        Assert.Contains($"coterie_{id.ToLowerInvariant()},{id},Gold customers", File.ReadAllText(file), StringComparison.Ordinal);
        // The segments of a run do not take a saved audience away.
        var all = await Coterie("activate", "--workspace", shop.Workspace, "--all", "--to", "file", "--out", At("out"), "--state", At("state"), "--minimum", "1");
        Assert.True(all.Code == 0, all.Error);
        Assert.DoesNotContain($"coterie_{id.ToLowerInvariant()}", all.Output, StringComparison.Ordinal);
        Assert.Contains("nothing was sent", (await Coterie(command)).Output, StringComparison.Ordinal);
        // The same name is the same audience.
        var narrower = await Coterie("audience", "save", "GOLD customers", "--workspace", shop.Workspace, "--rule", Rule($$"""{"kind":"all","rules":[{{Gold}},{{Bought}}]}"""));
        Assert.Contains($"Saved as {id}.", narrower.Output, StringComparison.Ordinal);
        var second = await Coterie(command);
        Assert.Contains("0 entered", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(", 0 left", second.Output, StringComparison.Ordinal);

        var list = await Coterie("audience", "list", "--workspace", shop.Workspace);
        Assert.Contains("Gold customers: Customers who have a trait \"tier\" that is \"gold\" and bought at least 3 times", list.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Coterie("audience", "remove", id, "--workspace", shop.Workspace)).Code);
        var gone = await Coterie(command);
        Assert.Equal(2, gone.Code);
        Assert.Contains("There is no audience 'gold customers'", gone.Error, StringComparison.Ordinal);
        // Its id is not given to another.
        var other = await Coterie("audience", "save", "Others", "--workspace", shop.Workspace, "--rule", Rule(Bought));
        Assert.DoesNotContain($"Saved as {id}.", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Activation_LeavesOutWhoRefused_AlsoWithoutTheWorkspace()
    {
        foreach (var source in (string[][])[["--workspace", shop.Workspace], ["--run", shop.Run]])
        {
            var ran = await Coterie(["activate", .. source, "--all", "--to", "file", "--out", At(source[0]), "--state", At("state" + source[0]), "--minimum", "1"]);
            Assert.True(ran.Code == 0, ran.Error);
            Assert.Contains($"{ConsentShop.Customers * 3 / 10} left out: no consent (refused marketing); {ConsentShop.Customers / 2} never said and are kept", ran.Output, StringComparison.Ordinal);
            Assert.Equal(All.Where(id => !ConsentShop.RefusedMarketing(id)), Directory.GetFiles(At(source[0])).SelectMany(f => File.ReadLines(f).Skip(1).Select(l => l.Split(',')[^2])).Order(StringComparer.Ordinal));
        }

        var required = await Coterie("activate", "--run", shop.Run, "--all", "--to", "file", "--out", At("agreed"), "--state", At("state2"), "--minimum", "1", "--require-consent");
        Assert.Contains($"{ConsentShop.Customers * 8 / 10} left out: no consent (refused marketing, or never said)", required.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AColumnOfATraitFile_RefusesToo()
    {
        var traits = Write("crm.csv", "customer_id,points,Do Not Contact\n" + string.Join('\n', All.Select((id, c) => $"{id},{c},{(ConsentShop.Kind(id) is 7 ? "yes" : "no")}")) + "\n");
        var ran = await Coterie("activate", "--run", shop.Run, "--all", "--to", "file", "--out", At("out"), "--state", At("state"), "--minimum", "1", "--traits", traits, "--columns", "points");
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains($"{ConsentShop.Customers * 4 / 10} left out: no consent (refused marketing)", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACampaign_ReachesNobodyWhoRefused()
    {
        var offers = Write("offers.csv", "offer,cost\ncoupon,1\n");
        var ran = await Coterie("campaign", "plan", "--workspace", shop.Workspace, "--offers", offers, "--budget", "100", "--goal", "purchase", "--out", At("plan"));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains($"{ConsentShop.Customers * 3 / 10} customers were left out: no consent (they refused marketing)", ran.Output, StringComparison.Ordinal);
        var planned = Ids(Path.Combine(At("plan"), "campaign.csv"));
        Assert.Equal(All.Where(id => !ConsentShop.RefusedMarketing(id)), planned.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Recommendations_AreNotMade_ForWhoRefusedPersonalisation()
    {
        var ran = await Coterie("recommend", "--workspace", shop.Workspace, "--all", "--out", At("lists"));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains($"{ConsentShop.Customers / 10} left out: no consent (they refused personalisation)", ran.Output, StringComparison.Ordinal);
        Assert.Equal(All.Where(id => ConsentShop.Kind(id) != 3), Ids(Path.Combine(At("lists"), "recommendations.csv")).Order(StringComparer.Ordinal));
        var one = await Coterie("recommend", "c003", "--workspace", shop.Workspace);
        Assert.Equal(3, one.Code);
        Assert.Contains("'c003' refused personalisation", one.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongUse_IsToldInOneAnswer()
    {
        var both = await Coterie("activate", "--workspace", shop.Workspace, "--audience", "x", "--all", "--to", "file", "--out", At("o"));
        Assert.Equal(2, both.Code);
        Assert.Contains("one of the three", both.Error, StringComparison.Ordinal);
        Assert.Contains("--audience needs --workspace DIR", (await Coterie("activate", "--run", shop.Run, "--audience", "x", "--to", "file", "--out", At("o"))).Error, StringComparison.Ordinal);
        var unknown = await Coterie("audience", "count", "--workspace", shop.Workspace, "--rule", Rule("""{"kind":"all","rules":[{"kind":"segment","in":["S77"]},{"kind":"attribute","of":"feature","name":"nothing","operator":"is_set"}]}"""));
        Assert.Equal(2, unknown.Code);
        Assert.Contains("$.rules[0]: the run has no 'S77'", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("$.rules[1].name: the run has no feature 'nothing'", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("Name the rule", (await Coterie("audience", "count", "--workspace", shop.Workspace)).Error, StringComparison.Ordinal);
        Assert.Contains("there is no file", (await Coterie("audience", "count", "--workspace", shop.Workspace, "--rule", At("none.json"))).Error, StringComparison.Ordinal);
        Assert.Equal(3, (await Coterie("audience", "list", "--workspace", Root)).Code);
        Assert.Contains("There is no event of the kind 'purchas'; of kinds there are purchase", (await Coterie("audience", "count", "--workspace", shop.Workspace, "--rule", Rule("""{"kind":"did","event":"purchas"}"""))).Output, StringComparison.Ordinal);
        Assert.Equal("", Out((await Coterie("audience", "schema")).Error));
    }
}
