using System.Net;
using System.Text.RegularExpressions;
using Coterie.Reports;
using Coterie.Server;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Server.Insight;
using Coterie.Simulation;
using Coterie.Tests.Server;
using Coterie.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Explain;

/// <summary>A server over a simulated shop with two runs, the later of which has hostile names in its report; and somebody of each role. Made once for all tests.</summary>
public sealed partial class ExplainServer : IAsyncLifetime
{
    public const string Shared = "explain";
    public const string Hostile = "</script><img src=x onerror=alert(1)>\"'&`${x}<svg/onload=alert(2)>";
    public const string Formula = "=HYPERLINK(1)";
    const string Password = "correct horse battery";
    readonly TemporaryFolder folder = new();
    readonly Dictionary<Role, HttpClient> clients = [];

    internal RunningServer Server { get; private set; } = null!;
    internal Runs Runs => Server.Services.GetRequiredService<Runs>();
    internal RunInsight Insight => Server.Services.GetRequiredService<RunInsight>();
    public IReadOnlyList<SegmentRow> Members { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Simulator.Write(new SimulationOptions { Customers = 250, Seed = 5, Days = 200 }, folder.File("shop"));
        var events = Path.Combine(folder.File("shop"), "events.csv");
        // A customer whose id is a formula does what another one did.
        var lines = File.ReadAllLines(events);
        var twin = lines.Skip(1).Select(l => Regex.Match(l, @"\bc\d{7}\b").Value).Where(c => c.Length > 0).GroupBy(c => c).OrderByDescending(g => g.Count()).First().Key;
        File.AppendAllLines(events, lines.Where(l => l.Contains(twin, StringComparison.Ordinal)).Select(l => l.Replace(twin, Formula, StringComparison.Ordinal)));
        var workspace = folder.File("workspace");
        var options = new SegmentationOptions { Workspace = workspace, Deep = "off", Decisions = "off", Clusters = 3, Threads = 2 };
        Segmentation.Run(options with { Files = [events], AsOf = new DateTime(2025, 5, 20, 0, 0, 0, DateTimeKind.Utc) });
        Segmentation.Run(options with { Clusters = 4, Decisions = "lifecycle" });
        var run = Workspace.LatestRunOf(workspace)!;
        Members = SegmentFile.ReadParquet(Path.Combine(run, "segments.parquet"));
        var report = ReportJson.Read(Path.Combine(run, "report.json"));
        ReportJson.Write(report with
        {
            Segments = [.. report.Segments.Select((s, i) => i > 0 ? s : s with { Name = new(Hostile, Hostile), TopCategories = [.. s.TopCategories.Select(c => c with { Name = Hostile })] })],
        }, Path.Combine(run, "report.json"));
        OpinionFile.WriteCsv(Path.Combine(run, "opinions.csv"), Members.Select((m, i) => new OpinionRow(m.CustomerId, m.Segment, m.Segment, i % 5 == 0 ? m.Second! : m.Segment, 0.5)));
        Server = await RunningServer.Start(o => o with { Workspace = workspace, Program = ["/bin/sh", "-c", "sleep 60"] });
        var people = Server.Services.GetRequiredService<People>();
        foreach (var role in Enum.GetValues<Role>()) people.Add($"{role}@example.com".ToLowerInvariant(), $"{role}", role, Password);
    }

    /// <summary>Somebody of a role, signed in.</summary>
    public async Task<HttpClient> As(Role role)
    {
        if (clients.TryGetValue(role, out var known)) return known;
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Server.Client.BaseAddress };
        using var answer = await Post(client, "/signin", "/do/signin", new() { ["email"] = $"{role}@example.com".ToLowerInvariant(), ["password"] = Password });
        Assert.Equal("/", answer.Headers.Location?.ToString());
        return clients[role] = client;
    }

    /// <summary>A form's post, with the token of the page that it stands on.</summary>
    public static async Task<HttpResponseMessage> Post(HttpClient client, string page, string action, Dictionary<string, string> fields)
    {
        var form = FormToken().Match(await client.GetStringAsync(page));
        Assert.True(form.Success, $"{page} has no form");
        using var content = new FormUrlEncodedContent(new Dictionary<string, string>(fields) { ["_form"] = WebUtility.HtmlDecode(form.Groups[1].Value) });
        return await client.PostAsync(action, content);
    }

    [GeneratedRegex("name=\"_form\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients.Values) client.Dispose();
        await Server.DisposeAsync();
        folder.Dispose();
    }
}

[CollectionDefinition(ExplainServer.Shared)]
public sealed class ExplainCollection : ICollectionFixture<ExplainServer>;
