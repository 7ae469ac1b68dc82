using System.Text.Json;
using Coterie.Feedback;
using Coterie.Numerics;
using Coterie.Reports;
using Coterie.Tests.Cli;

namespace Coterie.Tests.Feedback;

/// <summary>Runs that people have said something about, as a shop has them.</summary>
public class FeedbackRunTests : Running
{
    static readonly string[] Quick = ["--deep", "off", "--decisions", "off", "--k", "4", "--method", "kmeans", "--threads", "2"];

    static async Task<Ran> Fine(params string[] args)
    {
        var ran = await Coterie(args);
        Assert.True(ran.Code == 0, ran.Error);
        return ran;
    }

    async Task<RunReport> Segment(string workspace, params string[] more)
    {
        await Fine(["segment", "--workspace", At(workspace), .. Quick, .. more]);
        return ReportJson.Read(Path.Combine(Workspace.LatestRunOf(At(workspace))!, "report.json"));
    }

    static Dictionary<string, string> Of(string file) => File.ReadLines(file).Skip(1).Select(l => l.Split(',')).ToDictionary(f => f[0], f => f[1]);

    Dictionary<string, string> Latest(string workspace) => Of(Path.Combine(Workspace.LatestRunOf(At(workspace))!, "segments.csv"));

    // Orders until a day, so that the shop grows between runs.
    string Until(string orders, string day) =>
        Write($"until-{day}.csv", string.Join('\n', orders.Split('\n').Where((l, i) => i == 0 || (l.Length > 0 && string.CompareOrdinal(l.Split(',')[2], day) < 0))) + "\n");

    [Fact]
    public async Task WhatPeopleAsked_IsKept_OverRunsOnGrownData_AndInScoring()
    {
        var orders = Orders(160);
        var first = Until(orders, "2024-10-01");
        await Fine("ingest", first, "--workspace", At("ws"));
        await Segment("ws");
        var found = Latest("ws");
        var by = found.GroupBy(p => p.Value).OrderByDescending(g => g.Count()).ToDictionary(g => g.Key, g => g.Select(p => p.Key).Order(StringComparer.Ordinal).ToArray());
        string big = by.Keys.First(), other = by.Keys.ElementAt(1), small = by.Keys.ElementAt(2), last = by.Keys.ElementAt(3);
        Task<Ran> Add(params string[] args) => Fine(["feedback", "add", .. args, "--workspace", At("ws"), "--by", "Ada"]);
        await Add("rename", other, "--name", "Our people", "--name-zh", "自己人");
        await Add("lock", other);
        await Add("split", big, "--into", "2");
        await Add("merge", small, last);
        await Add("pin", by[big][0], other);
        await Add("together", by[big][1], by[other][1]);
        await Add("apart", by[big][2], by[big][3], by[big][4]);
        await Add("apart", by[big][1], by[other][1]);
        await Fine("feedback", "review", by[small][0], "agree", "--workspace", At("ws"));

        var report = await Segment("ws");
        var now = Latest("ws");
        Assert.Equal(found.Count, now.Count);
        var parts = now.Values.Distinct().Except(found.Values).ToArray();
        var part = Assert.Single(parts);
        Assert.Equal(new[] { big, other, small, part }.Order(StringComparer.Ordinal), now.Values.Distinct().Order(StringComparer.Ordinal));
        // On the same data the lock holds everybody, and the merge is the union, but for those whom a word is about.
        var words = new[] { by[big][0], by[big][1], by[other][1], by[big][2], by[big][3], by[big][4], by[small][0] };
        Assert.All(by[other].Except(words), c => Assert.Equal(other, now[c]));
        Assert.Equal(other, now[by[big][0]]);
        Assert.NotEqual(now[by[big][1]], now[by[other][1]]);
        Assert.Equal(3, new[] { now[by[big][2]], now[by[big][3]], now[by[big][4]] }.Distinct().Count());
        Assert.Equal("Our people", report.Segments.Single(s => s.Id == other).Name.En);
        var feedback = report.Feedback!;
        Assert.Equal(FeedbackKept.NotKept, feedback.Entries.Single(e => e.Kind == "together").Kept);
        Assert.All(feedback.Entries.Where(e => e.Kind != "together"), e => Assert.Equal(FeedbackKept.Kept, e.Kept));
        var before = SegmentFile.ReadParquet(Path.Combine(Workspace.LatestRunOf(At("ws"))!, FormerRun.BeforeFeedback)).ToDictionary(r => r.CustomerId, r => r.Segment);
        Assert.Equal(feedback.Moved, now.Count(p => before[p.Key] != p.Value));
        Assert.Equal(feedback.Moved, feedback.Moves.Sum(m => m.Customers));

        // Scoring the run's own files gives the run's own answer, places included.
        var scored = await Fine("score", first, "--model", Workspace.LatestRunOf(At("ws"))!, "--out", At("scored.csv"));
        Assert.Equal(now.OrderBy(p => p.Key, StringComparer.Ordinal), Of(At("scored.csv")).OrderBy(p => p.Key, StringComparer.Ordinal));
        Assert.Contains("Ada", (await Fine("explain", by[big][0], "--workspace", At("ws"))).Output, StringComparison.Ordinal);
        var page = File.ReadAllText(Path.Combine(Workspace.LatestRunOf(At("ws"))!, "report.html"));
        Assert.Contains("id=\"feedback\"", page, StringComparison.Ordinal);
        Assert.Contains("自己人", page, StringComparison.Ordinal);

        foreach (var day in new[] { "2024-11-15", "2025-01-01" })
        {
            await Fine("ingest", Until(orders, day), "--workspace", At("ws"));
            report = await Segment("ws");
            now = Latest("ws");
            Assert.Equal("Our people", report.Segments.Single(s => s.Id == other).Name.En);
            Assert.Equal(other, now[by[big][0]]);
            Assert.NotEqual(now[by[big][1]], now[by[other][1]]);
        }

        // Taken back, everything is as though it had never been said.
        foreach (var entry in FeedbackLog.Open(At("ws")).InForce) await Fine("feedback", "withdraw", entry.Id, "--workspace", At("ws"));
        report = await Segment("ws");
        Assert.Null(report.Feedback);
        Assert.Equal(4, report.Segments.Count);
        Assert.DoesNotContain(report.Segments, s => s.Name.En == "Our people");
    }

    [Fact]
    public async Task WithoutFeedback_TheBytesAreTheSame_AndShufflingTheFileChangesNothing()
    {
        var orders = Orders(120);
        var file = Write("orders.csv", orders);
        await Fine(["segment", file, "--out", At("plain"), .. Quick]);
        await Fine(["segment", file, "--out", At("empty"), "--feedback", Write("none.jsonl", "\n"), .. Quick]);
        foreach (var name in new[] { "segments.csv", "profiles.json", "rules.sql", "model/model.json" })
            Assert.Equal(File.ReadAllBytes(At("plain/" + name)), File.ReadAllBytes(At("empty/" + name)));
        Assert.False(File.Exists(At("empty/model/feedback.json")));
        Assert.False(File.Exists(At("empty/" + FormerRun.BeforeFeedback)));

        var found = Of(At("plain/segments.csv"));
        var (a, b) = (found.Keys.Order(StringComparer.Ordinal).First(), found.Keys.Order(StringComparer.Ordinal).Last());
        var feedback = Write("some.jsonl", string.Join('\n', new[]
        {
            """{"kind":"merge","id":"F1","time":"2026-01-02T03:04:05Z","who":"Ada","segments":["S1","S2"]}""",
            $$"""{"kind":"together","id":"F2","time":"2026-01-02T03:04:06Z","who":"Ada","customers":["{{a}}","{{b}}"]}""",
            $$"""{"kind":"pin","id":"F3","time":"2026-01-02T03:04:07Z","who":"Ada","customer":"{{a}}","segment":"S3"}""",
        }) + "\n");
        var lines = orders.Split('\n')[1..^1];
        new Seed(3).Stream(0).Shuffle<string>(lines);
        await Fine(["segment", file, "--out", At("with"), "--feedback", feedback, .. Quick]);
        await Fine(["segment", Write("shuffled.csv", string.Join('\n', lines.Prepend(orders.Split('\n')[0])) + "\n"), "--out", At("shuffled"), "--feedback", feedback, .. Quick]);
        Assert.Equal(File.ReadAllText(At("with/segments.csv")), File.ReadAllText(At("shuffled/segments.csv")));
        var now = Of(At("with/segments.csv"));
        Assert.Equal(["S1", "S3", "S4"], now.Values.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(("S3", "S3"), (now[a], now[b]));
    }

    [Fact]
    public async Task AMethodWithoutCentres_IsConstrainedAfterwards_AndSaysSo()
    {
        var file = Write("orders.csv", Orders(160));
        string[] options = ["--deep", "off", "--decisions", "off", "--k", "3", "--method", "genie", "--threads", "2", "--json"];
        await Fine(["segment", file, "--out", At("plain"), .. options]);
        var found = Of(At("plain/segments.csv"));
        // A model that is read back numbers its clusters as the run did.
        await Fine("score", file, "--model", At("plain"), "--out", At("plain.csv"));
        Assert.Equal(found.OrderBy(p => p.Key, StringComparer.Ordinal), Of(At("plain.csv")).OrderBy(p => p.Key, StringComparer.Ordinal));
        var of = found.GroupBy(p => p.Value).OrderByDescending(g => g.Count()).Select(g => g.Select(p => p.Key).Order(StringComparer.Ordinal).ToArray()).ToArray();
        var feedback = Write("some.jsonl", string.Join('\n', new[]
        {
            $$"""{"kind":"together","id":"F1","time":"2026-01-02T03:04:06Z","who":"Ada","customers":["{{of[0][0]}}","{{of[1][0]}}"]}""",
            $$"""{"kind":"apart","id":"F2","time":"2026-01-02T03:04:06Z","who":"Ada","customers":["{{of[0][1]}}","{{of[0][2]}}"]}""",
            $$"""{"kind":"split","id":"F3","time":"2026-01-02T03:04:08Z","who":"Ada","segment":"{{found[of[0][0]]}}","into":2}""",
        }) + "\n");
        var report = JsonDocument.Parse((await Fine(["segment", file, "--out", At("with"), "--feedback", feedback, .. options])).Output).RootElement.GetProperty("feedback");
        Assert.Contains("afterwards", report.GetProperty("method").GetProperty("en").GetString(), StringComparison.Ordinal);
        var now = Of(At("with/segments.csv"));
        Assert.Equal(now[of[0][0]], now[of[1][0]]);
        Assert.NotEqual(now[of[0][1]], now[of[0][2]]);
        Assert.Equal(found.Values.Distinct().Count() + 1, now.Values.Distinct().Count());
        // Nobody but the marked and the members of what was divided moved.
        Assert.All(found.Where(p => !of[0].Contains(p.Key) && p.Key != of[1][0]), p => Assert.Equal(p.Value, now[p.Key]));
        await Fine("score", file, "--model", At("with"), "--out", At("scored.csv"));
        Assert.Equal(now.OrderBy(p => p.Key, StringComparer.Ordinal), Of(At("scored.csv")).OrderBy(p => p.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task TheQueue_HoldsBorderlineCustomers_WhomNobodyLookedAt()
    {
        await Fine("ingest", Write("orders.csv", Orders(160)), "--workspace", At("ws"));
        await Segment("ws");
        var run = Workspace.LatestRunOf(At("ws"))!;
        var log = FeedbackLog.Open(At("ws"));
        var queue = ReviewQueue.Of(run, log, 8);
        Assert.Equal(8, queue.Select(q => q.Customer).Distinct().Count());
        var rows = SegmentFile.ReadParquet(Path.Combine(run, "segments.parquet"));
        // The queue is less sure than customers are on the whole.
        Assert.True(queue.Average(q => q.Confidence) < rows.Average(r => r.Confidence));
        log.Append(new PinCustomer { Who = "Ada", Customer = queue[0].Customer, Segment = queue[0].Segment });
        Assert.DoesNotContain(ReviewQueue.Of(run, log, 8), q => q.Customer == queue[0].Customer);
        Assert.Equal(159, ReviewQueue.Of(run, log, 1000).Count);
        Assert.Throws<ConfigurationException>(() => ReviewQueue.Of(run, log, 0));
        Assert.Throws<InputException>(() => ReviewQueue.Of(Root, log, 3));

        var ran = await Coterie("feedback", "add", "pin", "nobody", "S77", "--workspace", At("ws"));
        Assert.Equal(2, ran.Code);
        Assert.Contains("no segment S77", ran.Error, StringComparison.Ordinal);
        Assert.Contains("no customer 'nobody'", ran.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Coterie("feedback", "review", queue[1].Customer, "--workspace", At("ws"))).Code);
        Assert.Equal(3, (await Coterie("feedback", "list", "--workspace", At("nowhere"))).Code);
        await Fine("feedback", "review", queue[1].Customer, "disagree", "--workspace", At("ws"), "--lang", "zh");
        Assert.Contains("复核 1 位", (await Fine("feedback", "review", "--workspace", At("ws"), "--lang", "zh")).Output, StringComparison.Ordinal);
        var json = JsonDocument.Parse((await Fine("feedback", "review", "--workspace", At("ws"), "--json", "--take", "3")).Output).RootElement;
        Assert.Equal(3, json.GetProperty("queue").GetArrayLength());
        Assert.Equal(1, json.GetProperty("agreement").GetProperty("reviews").GetInt32());
        Assert.Equal(2, JsonDocument.Parse((await Fine("feedback", "list", "--workspace", At("ws"), "--json")).Output).RootElement.GetArrayLength());
        File.AppendAllText(At("ws/feedback.jsonl"), "{ torn");
        var damaged = await Coterie(["segment", "--workspace", At("ws"), .. Quick]);
        Assert.Equal(3, damaged.Code);
        Assert.Contains("line 3", damaged.Error, StringComparison.Ordinal);
    }
}
