using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Tests.Live;
using Coterie.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Pages;

/// <summary>What is wrong with a form is said in the language of the page: Chinese on Chinese pages, English on English ones.</summary>
public partial class FormLanguageTests(LiveShop shop) : IClassFixture<LiveShop>
{
    // What each form is asked, wrongly; the page is the one that it stands on.
    static readonly (string Page, string Action, (string, string)[] Fields)[] Mistakes =
    [
        ("/account", "/do/account/password", [("old", "not this one at all"), ("password", "a brand new long one")]), ("/account", "/do/account/password", [("old", Browser.Password), ("password", "short")]),
        ("/account", "/do/account/password", [("old", Browser.Password), ("password", "aaaaaaaaaaaaaa")]),
        ("/settings/sources", "/do/sources/add", []), ("/settings/sources", "/do/sources/nothing/set", [("name", "x"), ("limit", "many")]), ("/settings/sources", "/do/sources/nothing/set", [("name", "x"), ("limit", "-1")]),
        ("/settings/sources", "/do/sources/nothing/on", []), ("/settings/sources", "/do/sources/nothing/off", []),
        ("/settings/keys", "/do/keys/add", [("name", "x")]), ("/settings/keys", "/do/keys/add", [("role", "Viewer"), ("ends", "2001-01-01"), ("rate", "0")]), ("/settings/keys", "/do/keys/add", [("role", "Viewer"), ("ends", "soon")]),
        ("/settings/keys", "/do/keys/nothing/revoke", []),
        ("/settings/people", "/do/people/invite", [("email", "nobody"), ("role", "Viewer")]), ("/settings/people", "/do/people/invite", [("email", "twice@example.com"), ("name", "x"), ("role", "Viewer")]), ("/settings/people", "/do/people/invite", [("email", "a@example.com"), ("name", "x"), ("role", "King")]),
        ("/settings/people", "/do/people/999/invite", []), ("/settings/people", "/do/people/1/invite", []), ("/settings/people", "/do/people/999/role", [("role", "Viewer")]), ("/settings/people", "/do/people/1/role", [("role", "Viewer")]),
        ("/settings/people", "/do/people/1/disable", []), ("/settings/people", "/do/people/999/enable", []), ("/settings/people", "/do/people/999/unlink", []), ("/settings/people", "/do/people/999/end", []),
        .. new[]
        {
            new[] { ("kind", "carrier pigeon"), ("name", "x") }, [("kind", "webhook")], [("kind", "webhook"), ("name", "x"), ("url", "http://example.com"), ("secret", Signing)], [("kind", "webhook"), ("name", "x"), ("url", "https://10.0.0.1/x"), ("secret", Signing)],
            [("kind", "webhook"), ("name", "x"), ("url", "nowhere"), ("secret", Signing)], [("kind", "webhook"), ("name", "x"), ("url", "https://u:p@example.com"), ("secret", Signing)], [("kind", "webhook"), ("name", "x"), ("url", "https://example.com:99"), ("secret", Signing)],
            [("kind", "webhook"), ("name", "x"), ("url", "https://example.com/#a"), ("secret", Signing)], [("kind", "webhook"), ("name", "x"), ("url", "https://example.com"), ("secret", "hunter2")], [("kind", "segment"), ("name", "x"), ("url", "https://example.com"), ("key", "a b")],
            [("kind", "postgres"), ("name", "x"), ("connection", "nonsense")], [("kind", "postgres"), ("name", "x"), ("connection", "Host=db;Database=d;Password=p")], [("kind", "postgres"), ("name", "x"), ("connection", "Database=d")],
            [("kind", "postgres"), ("name", "x"), ("connection", "Host=db")], [("kind", "postgres"), ("name", "x"), ("connection", "Host=db;Database=d"), ("table", "a.b.c")], [("kind", "file"), ("name", "x"), ("folder", "../up"), ("format", "csv")],
            [("kind", "file"), ("name", "x"), ("folder", "ok"), ("format", "exe")], [("kind", "file"), ("name", "there"), ("folder", "ok"), ("format", "csv")], [("kind", "ads"), ("name", "x"), ("folder", "ok"), ("platform", "billboard")],
        }.Select(fields => ("/settings/destinations", "/do/destinations/add", fields)),
        ("/settings/destinations", "/do/destinations/999/test", []), ("/settings/destinations", "/do/destinations/1/test", []), ("/settings/destinations", "/do/destinations/2/test", []), ("/settings/destinations", "/do/destinations/999/remove", []),
        ("/settings/schedules", "/do/schedules/add", [("kind", "value"), ("days", "daily")]), ("/settings/schedules", "/do/schedules/add", [("kind", "value"), ("at", "03:30")]), ("/settings/schedules", "/do/schedules/add", [("kind", "nothing"), ("days", "daily"), ("at", "03:30")]),
        .. new[] { "0 3 * *", "a b c d e", "*/10 * * * * ?", "0 0 3 1 1 ? 2001" }.Select(cron => ("/settings/schedules", "/do/schedules/add", new[] { ("kind", "value"), ("cron", cron) })),
        ("/settings/schedules", "/do/schedules/999/on", []), ("/settings/schedules", "/do/schedules/999/off", []),
        ("/settings/privacy", "/do/privacy/limits", [("events", "0"), ("log", "3"), ("runs", "0")]), ("/settings/privacy", "/do/privacy/limits", [("events", "many")]),
        ("/settings/privacy", "/do/customers/erase", [("customer", "")]), ("/settings/privacy", "/do/customers/erase", [("customer", "a"), ("confirm", "b")]), ("/settings/privacy", "/do/customers/erase", [("customer", "a"), ("confirm", "a"), ("reason", new string('x', 501))]),
        ("/customers/CUSTOMER", "/do/customers/place", [("customer", "CUSTOMER"), ("segment", "S99")]), ("/customers/CUSTOMER", "/do/customers/withdraw", [("customer", "CUSTOMER"), ("entry", "F99")]),
        ("/review", "/do/review/rename", [("segment", "S1")]), ("/review", "/do/review/rename", [("segment", "S1"), ("en", new string('x', 81))]), ("/review", "/do/review/lock", [("segment", "S99")]), ("/review", "/do/review/merge", [("first", "S1"), ("second", "S1")]),
        ("/review", "/do/review/split", [("segment", "S1"), ("into", "99")]), ("/review", "/do/review/split", [("segment", "S1"), ("into", "many")]), ("/review", "/do/review/withdraw", []), ("/review", "/do/review/withdraw", [("entry", "F99")]),
        ("/review", "/do/review/pair", [("customers", "a stranger"), ("mark", "apart")]), ("/review", "/do/review/pair", [("customers", "CUSTOMER"), ("mark", "apart")]), ("/review", "/do/review/customer", [("customer", "a stranger"), ("chosen", "S1")]),
        ("/runs", "/do/runs", [("k", "0"), ("horizon", "x"), ("method", "magic"), ("deep", "a"), ("decisions", "b"), ("seed", "-1"), ("as-of", "today")]),
        ("/campaigns", "/do/campaigns/plan", [("offer", "voucher"), ("cost", "cheap"), ("value", "-1"), ("limit", "x")]), ("/campaigns", "/do/campaigns/plan", [("offer", new string('x', 61)), ("cost", "1")]), ("/campaigns", "/do/campaigns/plan", [("offer", "voucher"), ("cost", "1"), ("budget", "--force")]),
        ("/campaigns", "/do/campaigns/measure", []),
        ("/audiences/new", "/do/audiences/save", [("rule", """{"kind":"all","rules":[]}"""), ("name", " ")]), ("/audiences/new", "/do/audiences/save", [("rule", """{"kind":"all","rules":[]}"""), ("name", "A7")]), ("/audiences/new", "/do/audiences/save", [("rule", "{"), ("name", "x")]),
        ("/audiences/A1", "/do/audiences/A1/send", [("destination", "999")]), ("/audiences/A1", "/do/audiences/A9/send", [("destination", "1")]),
        ("/quality/inbox", "/do/inbox/replay", [("fix", "magic")]), ("/quality/inbox", "/do/inbox/9-9/discard", []),
        .. new[] { "{", "[]", """{"type":"track","userId":"u"}""", """{"type":"walk","userId":"u"}""", """{"type":"track","event":"x"}""", """{"type":"track","event":"x","userId":"u","timestamp":"yesterday"}""", $$"""{"type":"page","userId":"u","messageId":"{{new string('m', 300)}}"}""" }
            .Select(mended => ("/quality/inbox/1-0", "/do/inbox/1-0/replay", new[] { ("event", mended) })),
        ("/quality/upload/UPLOAD", "/do/upload/UPLOAD/ingest", [("map", "nonsense\na = b\na = c")]),
    ];

    const string Signing = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    // These lead on, whatever they are given; or their page says in words of its own that there is nothing. Those without a person, and the file, have tests of their own below.
    static readonly string[] Others =
    [
        "/do/signin", "/do/signout", "/do/jobs/{id:long}/cancel", "/do/audiences/edit", "/do/audiences/{id}/remove", "/do/decide/{kind}", "/do/inbox/discard", "/do/upload/{id}/remove", "/do/schedules/{id:int}/remove", "/do/privacy/retain",
        "/do/setup", "/do/invite", "/do/upload",
    ];

    async Task<RunningServer> Serve(TemporaryFolder folder) => await RunningServer.Start(o => o with { Workspace = LiveShop.Copy(shop.Workspace, folder.File("copy")) });

    [Fact]
    public async Task EveryForm_SaysWhatIsWrong_InTheLanguageOfThePage()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Serve(folder);
        using var admin = await Browser.As(server, Role.Admin);
        Assert.Equal(1, server.Services.GetRequiredService<People>().All.Single().Id);
        server.Services.GetRequiredService<People>().Invite("twice@example.com", "Twice", Role.Viewer);
        var destinations = server.Services.GetRequiredService<Coterie.Server.Sending.Destinations>();
        destinations.Add("there", "webhook", new Dictionary<string, string> { ["url"] = server.Client.BaseAddress + "nothing", ["secret"] = Signing, ["allow_private"] = "true" });
        destinations.Add("nobody", "webhook", new Dictionary<string, string> { ["url"] = "http://127.0.0.1:1/", ["secret"] = Signing, ["allow_private"] = "true" });
        await server.Post("/v1/batch", """{"batch":[{"type":"track","userId":"u","messageId":"nameless"}]}""", basic: server.Key);
        Assert.StartsWith("/audiences/A1", (await admin.Send("/audiences/new", "/do/audiences/save", ("rule", """{"kind":"all","rules":[]}"""), ("name", "everybody"))).Location, StringComparison.Ordinal);
        var upload = (await admin.SendFile("/quality", "/do/upload", "a.csv", "customer_id,time\nc,2024-03-01 10:00:00\n"u8.ToArray())).Location!.Split('/')[^1];
        string Filled(string text) => text.Replace("CUSTOMER", shop.Customers[0], StringComparison.Ordinal).Replace("UPLOAD", upload, StringComparison.Ordinal);
        foreach (var lang in new[] { "zh", "en" })
        {
            await admin.Get("/account?lang=" + lang);
            foreach (var (page, action, fields) in Mistakes)
            {
                var what = $"{lang} {action} {string.Join(' ', fields)}";
                var answer = await admin.Send(Filled(page), Filled(action), [.. fields.Select(f => (f.Item1, Filled(f.Item2)))]);
                Assert.True(answer.Location?.Contains("problem=", StringComparison.Ordinal) == true, $"{what} leads to {answer.Location}");
                Told(await admin.Get(answer.Location!), lang, what);
                // A person at a browser has fifty requests a second.
                await Task.Delay(60);
            }
        }

        var routes = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(e => e.RoutePattern.RawText!).Where(r => r.StartsWith("/do/", StringComparison.Ordinal));
        Assert.DoesNotContain(routes.Except(Others), r => !Mistakes.Any(m => Regex.IsMatch(m.Action, "^" + Regex.Replace(r, @"\{[^}]*\}", "[^/]+") + "$")));
    }

    // Every notice of a page, as it is seen: the other language's half of each is hidden.
    static void Told(Answer page, string lang, string what)
    {
        Assert.True(page.Status == HttpStatusCode.OK, $"{what}: {page.Status}");
        Assert.Contains($"data-lang=\"{lang}\"", page.Text, StringComparison.Ordinal);
        var notices = Notice().Matches(page.Text);
        Assert.True(notices.Count > 0, $"{what}: nothing is said");
        foreach (Match notice in notices)
        {
            Assert.DoesNotContain("lang=\"en\"", notice.Groups[1].Value, StringComparison.Ordinal);
            Speaks(notice.Groups[2].Value, lang, what);
        }
    }

    static void Speaks(string html, string lang, string what)
    {
        var seen = WebUtility.HtmlDecode(Regex.Replace(Regex.Replace(html, $"<span class=\"{(lang == "zh" ? "en" : "zh")}\"[^>]*>.*?</span>", "", RegexOptions.Singleline), "<[^>]+>", "")).Trim();
        Assert.True(seen.Length > 0 && Chinese().IsMatch(seen) == (lang == "zh"), $"{what} says: {seen}");
        // No English sentence stands in a Chinese one.
        if (lang == "zh") Assert.False(Regex.IsMatch(seen, @"\b(the|expected|was|cannot)\b", RegexOptions.IgnoreCase), $"{what} says: {seen}");
    }

    [GeneratedRegex("<p class=\"notice poor\" role=\"alert\"([^>]*)>(.*?)</p>", RegexOptions.Singleline)]
    private static partial Regex Notice();

    [GeneratedRegex("<li>(.*?)</li>", RegexOptions.Singleline)]
    private static partial Regex Item();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Chinese();

    [Fact]
    public async Task PagesBeforeTheSignIn_DoSoToo()
    {
        await using var server = await RunningServer.Start();
        var setup = server.Services.GetRequiredService<SetupLink>().Renew()!;
        using var browser = new Browser(server);
        foreach (var lang in new[] { "zh", "en" })
        {
            var page = $"/setup?code={setup}&lang={lang}";
            Told(await browser.Get((await browser.Send(page, "/do/setup", ("code", setup), ("name", ""), ("email", "nobody"), ("password", "short"))).Location!), lang, "setup");
        }

        var code = server.Services.GetRequiredService<People>().Invite("bob@example.com", "Bob", Role.Viewer).Code;
        foreach (var lang in new[] { "zh", "en" })
        {
            Told(await browser.Get((await browser.Send($"/invite?code={code}&lang={lang}", "/do/invite", ("code", code), ("password", "bob@example.com"))).Location!), lang, "invite");
            var refused = await browser.Get((await browser.Send("/signin", "/do/signin", ("email", "bob@example.com"), ("password", "wrong"))).Location!);
            Speaks(Regex.Match(refused.Text, "<p class=\"verdict poor\" role=\"alert\">(.*?)</p>").Groups[1].Value, lang, "sign-in");
        }
    }

    [Fact]
    public async Task AFileThatCannotBeRead_IsToldInTheLanguageOfThePage()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        string[] texts =
        [
            "PK\u0003\u0004zip", "%PDF-1.7", "just some words", "{\"a\":", "[]", " \n \n", "a,b\n", "a,b\n1,2\n3,4\n", "customer_id,time\n\"c\n", "time,what\n2024-03-01 10:00:00,a\n2024-03-01 11:00:00,b\n", "customer_id,time\nc,soon\nc,later\n",
            "customer_id,time\nc,2024-03-01 10:00:00\nc,March 2nd\nc,5/6/2024\nc,7.8.2024 10:00\n", "customer_id,time\0\nc,2024\0\n", string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"c{i}")) + "\n" + string.Join(',', Enumerable.Range(0, 5_000)) + "\n", "PAR1 and no more",
        ];
        foreach (var lang in new[] { "zh", "en" })
        {
            await admin.Get("/account?lang=" + lang);
            Told(await admin.Get((await admin.SendFile("/quality", "/do/upload", "a.csv", [])).Location!), lang, "an empty file");
            foreach (var text in texts) Told(await admin.Get((await admin.SendFile("/quality", "/do/upload", "a.csv", Encoding.Latin1.GetBytes(text))).Location!), lang, text[..Math.Min(40, text.Length)]);
            Told(await admin.Get((await admin.SendFile("/quality", "/do/upload", "a.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3])).Location!), lang, "a broken gzip file");
            var fine = (await admin.SendFile("/quality", "/do/upload", "a.csv", "customer_id,time\nc,2024-03-01 10:00:00\n"u8.ToArray())).Location!;
            foreach (var map in new[] { "nonsense", "a = time", "time = nothing", "price = 'dear'", "time = 'now'", "time = customer_id" }) Told(await admin.Get($"{fine}?map={Uri.EscapeDataString(map)}"), lang, map);
        }
    }

    // Rules as the builder may hold them while somebody builds, and as a link may bring them.
    static readonly string[] Rules =
    [
        """{"kind":"segment","in":[]}""", """{"kind":"segment","in":["S99"]}""", """{"kind":"segment"}""", """{"kind":"segment","in":"S1"}""", """{"kind":"segment","in":[7]}""", """{"kind":"dance"}""", """{"kind":"all","rules":[{}]}""", """{"kind":"all","rules":[7]}""",
        """{"kind":"all","rules":7}""", """{"kind":"attribute","of":"feature","name":"","operator":">=","value":0}""", """{"kind":"attribute","of":"feature","name":"nothing","operator":">=","value":0}""", """{"kind":"attribute","of":"feature","name":"x","operator":"is","value":"a"}""",
        """{"kind":"attribute","of":"customer","name":"x","operator":"is_set"}""", """{"kind":"attribute","of":"mind","name":"x","operator":"likes"}""", """{"kind":"attribute","of":"trait","name":"x","operator":"between","from":2,"to":1}""", """{"kind":"attribute","of":"trait","name":"x","operator":"in","values":[]}""",
        """{"kind":"attribute","of":"trait","name":"x","operator":"contains","value":7}""", """{"kind":"attribute","of":"trait","name":"x","operator":"is","value":{}}""", """{"kind":"attribute","of":"customer","name":"first_seen","operator":"before","value":"soon"}""",
        """{"kind":"attribute","of":"customer","name":"first_seen","operator":"within_days","value":0.5}""", """{"kind":"did","event":"purchase","within_days":0}""", """{"kind":"did","event":"purchase","within_days":"x"}""", """{"kind":"did","event":"purchase","times":{}}""",
        """{"kind":"did","event":"purchase","times":{"at_least":3,"at_most":1}}""", """{"kind":"did","event":"purchase","times":{"at_least":0.5}}""", """{"kind":"did","event":"purchase","times":{"at_least":-1}}""", """{"kind":"did","event":"purchase","times":{"at_least":"x"}}""", """{"kind":"did","event":"purchase","times":{"exactly":1,"at_most":2}}""",
        """{"kind":"did","event":"purchase","times":7}""", """{"kind":"did","event":"purchase","money":{}}""", """{"kind":"did","event":"purchase","money":{"at_least":-1}}""", """{"kind":"did","event":"purchase","money":{"at_least":3,"at_most":1}}""", """{"kind":"did","event":"purchase","money":{"at_least":1e999}}""",
        """{"kind":"did","event":"purchase","within_days":1,"between":{"from":"2024-01-01","to":"2024-01-02"}}""", """{"kind":"did","event":"purchase","between":7}""", """{"kind":"did","event":"purchase","between":{"from":"soon"}}""", """{"kind":"did","event":"purchase","between":{"from":"2024-02-01","to":"2024-01-02"}}""",
        """{"kind":"did","event":"purchase","where":[{"field":"price","operator":"under","value":"x"}]}""", """{"kind":"did","event":"purchase","where":[7]}""", """{"kind":"did","event":"purchase","where":[{"field":"colour","operator":"is"}]}""", """{"kind":"did","event":"purchase","extra":1}""", """{"kind":"did","event":7}""",
        """{"kind":"sequence","steps":[]}""", """{"kind":"sequence","steps":[7,{"event":"view","within_days":0}]}""", """{"kind":"sequence","steps":[{"event":"view","within_days":3},{"event":"purchase","within_days":0}]}""",
    ];

    [Fact]
    public async Task ARuleThatIsNotComplete_IsToldInTheLanguageOfThePage()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Serve(folder);
        server.Loading.Load(CancellationToken.None);
        using var admin = await Browser.As(server, Role.Admin);
        foreach (var lang in new[] { "zh", "en" })
        {
            foreach (var rule in Rules)
            {
                var page = await admin.Get($"/audiences/new?lang={lang}&rule={Uri.EscapeDataString(rule)}");
                Assert.True(page.Status == HttpStatusCode.OK, rule);
                var told = Item().Matches(page.Text[page.Text.IndexOf("<ul class=\"remarks\">", StringComparison.Ordinal)..]);
                Assert.True(told.Count > 1, rule);
                foreach (Match problem in told) Speaks(problem.Groups[1].Value, lang, rule);
            }

            Told(await admin.Get($"/segments/S1?after=nothing&lang={lang}"), lang, "a page of members that is none");
        }

        // Half of a surrogate pair, as an escape, is no rule at all.
        Assert.Equal(HttpStatusCode.OK, (await admin.Get("/audiences/new?rule=" + Uri.EscapeDataString("""{"kind":"did","event":"\ud800"}"""))).Status);
    }

    [Fact]
    public async Task ManyProblems_LeadToAPageAllTheSame()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        var offers = Enumerable.Range(0, 500).SelectMany(i => new[] { ("offer", $"优惠 {i}"), ("cost", "贵") }).ToArray();
        foreach (var answer in new[] { await admin.Send("/account", "/do/campaigns/plan", offers), await admin.Send("/account", "/do/people/invite", ("email", new string('电', 20_000)), ("role", "Viewer")) })
            Assert.Equal(HttpStatusCode.OK, (await admin.Get(answer.Location!)).Status);
    }

    [Fact]
    public async Task WhatIsThereInEnglishOnly_IsMarkedSo_AndStaysText()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        var page = await admin.Get("/account?lang=zh&problem=" + Uri.EscapeDataString("<b>Something</b> is wrong.") + "&problem-zh=&problem=Twice.&problem-zh=" + Uri.EscapeDataString("<i>重复</i>。"));
        Assert.Contains("role=\"alert\" lang=\"en\">&lt;b&gt;Something&lt;/b&gt; is wrong.</p>", page.Text, StringComparison.Ordinal);
        Assert.Contains("&lt;i&gt;重复&lt;/i&gt;。", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/sources", """{"name":""}"""), InlineData("/api/v1/keys", """{"name":"","role":"viewer"}"""), InlineData("/api/v1/people", """{"email":"nobody","name":"","role":"viewer"}"""), InlineData("/api/v1/schedules", """{"kind":"nothing","cron":"x"}""")]
    [InlineData("/api/v1/destinations", """{"name":"x","kind":"webhook","settings":{"url":"http://example.com","secret":"hunter2"}}"""), InlineData("/api/v1/destinations", """{"name":"","kind":"file","settings":{}}"""), InlineData("/api/v1/audiences", """{"name":"x","rule":{"kind":"segment","in":[]}}""")]
    [InlineData("/api/v1/feedback", """{"kind":"split","segment":"S1","into":99}"""), InlineData("/api/v1/jobs", """{"kind":"segment","arguments":{"colour":"red"}}"""), InlineData("/api/v1/inbox/1-0/replay", "")]
    public async Task TheApi_SpeaksEnglish_WhateverTheCallerPrefers(string path, string body)
    {
        using var folder = new TemporaryFolder();
        await using var server = await Serve(folder);
        await server.Post("/v1/batch", """{"batch":[{"type":"track","userId":"u","messageId":"nameless"}]}""", basic: server.Key);
        server.WithKey(Role.Admin);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json"), Headers = { { "Accept-Language", "zh-CN" }, { "Cookie", "coterie-lang=zh" } } };
        using var response = await server.Client.SendAsync(request);
        var text = Regex.Unescape(await response.Content.ReadAsStringAsync());
        Assert.True(path.Contains("inbox", StringComparison.Ordinal) == response.IsSuccessStatusCode, text);
        // What is wrong is said, not that the request cannot be read.
        Assert.Contains(path.Contains("inbox", StringComparison.Ordinal) ? "A track call needs the name of its event." : "\"code\":\"invalid\"", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(Chinese(), text);
    }
}
