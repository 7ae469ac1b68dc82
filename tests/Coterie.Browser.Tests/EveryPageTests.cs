using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Coterie.Tests.Support;

namespace Coterie.Tests.Browser;

/// <summary>Every page, in a real browser: nothing is blocked or thrown, nothing sticks out on a phone, axe finds no serious fault, and it works without scripts.
/// With COTERIE_UPDATE_DOCS=1 the pictures in the documentation are taken anew.</summary>
[Collection("shop")]
public sealed class EveryPageTests(Shop shop)
{
    /// <summary>Address and the name of its picture.</summary>
    public static TheoryData<string, string> Pages => new()
    {
        { "/", "overview" }, { "/segments", "segments" }, { "/segments/S1", "segment" }, { "/customers", "customers" }, { "/customers/c0000001", "customer" }, { "/migration", "migration" },
        { "/review", "review" }, { "/audiences", "audiences" }, { "/audiences/new?rule=" + Uri.EscapeDataString(ARule), "audience-builder" }, { "/campaigns", "campaigns" }, { "/decisions", "decisions" }, { "/decisions/value", "decision" }, { "/runs", "runs" }, { "/runs/0001", "run" },
        { "/quality", "quality" }, { "/settings", "settings" },
    };

    const string ARule = """
        {"kind":"all","rules":[{"kind":"did","event":"purchase","times":{"at_least":2},"within_days":90},{"kind":"not","rule":{"kind":"did","event":"refund"}},{"kind":"segment","in":["S1"]},{"kind":"sequence","steps":[{"event":"view"},{"event":"purchase","within_days":7}]}]}
        """;

    [Theory, MemberData(nameof(Pages))]
    public async Task APage_IsWhole(string address, string name)
    {
        var complaints = new List<string>();
        var page = await shop.Open(complaints);
        await Visit(page, address);
        var found = await page.RunAxe();
        Assert.True(found.Violations.All(v => v.Impact is not ("serious" or "critical")), Told(found));
        await Picture(page, name);

        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        found = await page.RunAxe(new AxeRunOptions { RunOnly = new() { Type = "rule", Values = ["color-contrast"] } });
        Assert.True(found.Violations.Length == 0, Told(found));

        await page.SetViewportSizeAsync(390, 800);
        await Visit(page, address + (address.Contains('?') ? "&" : "?") + "lang=zh");
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 390, "the page is wider than a phone");
        await Picture(page, name + "-phone-zh");
        Assert.Equal("zh-Hans", await page.GetAttributeAsync("html", "lang"));
        await page.Context.CloseAsync();
        Assert.Empty(complaints);
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task APage_HasItsText_WithoutScripts(string address, string name)
    {
        var page = await shop.Open([], scripts: false);
        await Visit(page, address);
        Assert.True((await page.InnerTextAsync("main")).Length > 40, name);
        await page.Context.CloseAsync();
    }

    static async Task Visit(IPage page, string address)
    {
        var answer = await page.GotoAsync(address);
        Assert.True(answer!.Ok, $"{address}: {answer.Status}");
        Assert.Equal(1, await page.Locator("h1").CountAsync());
    }

    static async Task Picture(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("COTERIE_UPDATE_DOCS") != "1") return;
        Directory.CreateDirectory(Repository.At("docs", "images", "pages"));
        await page.ScreenshotAsync(new() { Path = Repository.At("docs", "images", "pages", name + ".jpg"), Type = ScreenshotType.Jpeg, Quality = 80, FullPage = false });
    }

    static string Told(AxeResult result) => string.Join('\n', result.Violations.Select(v => $"{v.Impact} {v.Id}: {v.Help}\n  {string.Join("\n  ", v.Nodes.Take(4).Select(n => n.Html))}"));
}
