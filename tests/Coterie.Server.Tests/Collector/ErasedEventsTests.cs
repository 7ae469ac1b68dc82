using System.Text;
using System.Text.Json;
using Coterie.Privacy;
using Coterie.Server.Access;
using Coterie.Server.Collector;
using Coterie.Server.Log;
using Coterie.Tests.Support;

namespace Coterie.Tests.Server;

public class ErasedEventsTests
{
    static readonly ErasedPerson Anna = new(["anna-1701"], ["anna-1701", "browser-9f3"], ["anna-1701", "browser-9f3"], ["anna.k@mail.example"], []);

    static readonly EventSource Source = new("abcdefgh", "web", "", DateTime.UnixEpoch);

    static WireRequest Request(string json)
    {
        using var document = JsonDocument.Parse(json);
        return WireRequest.Of(document.RootElement.Clone(), null, WireFormat.Segment);
    }

    const string Batch = """
        {"batch":[
          {"type":"track","event":"Order Completed","userId":"anna-1701","messageId":"msg-anna-1","properties":{"note":"canary-note"}},
          {"type":"track","event":"Order Completed","userId":"bert-1","messageId":"msg-bert-1","properties":{"n":1}},
          {"type":"page","anonymousId":"browser-9f3","messageId":"msg-anna-2"},
          {"type":"identify","userId":"carl-2","messageId":"msg-carl-1","traits":{"friend":"Anna.K@mail.example"}},
          {"type":"track","userId":"anna-1701","messageId":"msg-anna-3"},
          {"type":"track","userId":"bert-1","messageId":"msg-bert-2"}]}
        """;

    [Fact]
    public async Task LogAndInbox_ForgetThePerson_RetriesAreKnownStill_AndNewEventsAreNotKept()
    {
        using var folder = new TemporaryFolder();
        var server = Directory.CreateDirectory(Path.Combine(folder.Path, "server")).FullName;
        var now = DateTime.UtcNow;
        using (var collecting = new Collecting(server))
        {
            var taken = await collecting.Take(Source, Request(Batch), now);
            Assert.Equal(4, taken.Accepted);
            Assert.Equal(2, taken.Refused.Count);
            var found = new List<ErasedFrom>();
            SuppressionList.Open(folder.Path).Add(Anna.Ids);
            collecting.Store.Erase(Anna, found.Add);
            Assert.Equal([("server/log", 2L, 1L), ("server/inbox", 1L, 0L)], found.Select(f => (f.Name, f.Removed, f.Masked)));
            AssertClean(server);

            // The same again changes nothing; a retry of what was erased is no new event, and a new one of hers is not kept.
            collecting.Store.Erase(Anna, f => Assert.Fail($"{f.Name} again"));
            var later = await collecting.Take(Source, Request("""{"batch":[{"type":"page","userId":"anna-1701","messageId":"msg-anna-9"},{"type":"page","userId":"dora-4","messageId":"msg-dora-1"}]}"""), now);
            Assert.Equal(ErasedEvents.Code, Assert.Single(later.Refused).Code);
            Assert.Equal(1, later.Accepted);
            AssertClean(server);
        }

        SuppressionList.Open(folder.Path).Lift(Anna.Ids);
        using var again = new Collecting(server);
        var retried = await again.Take(Source, Request(Batch), now);
        Assert.Equal(0, retried.Accepted);
        Assert.Equal(4, retried.Duplicates);
        var lines = new List<string>();
        again.Log.Read(1, f => lines.AddRange(Encoding.UTF8.GetString(LoggedBatch.Read(f.Payload).Lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(["bert-1", "carl-2", "dora-4"], lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("userId").GetString()));
    }

    [Fact]
    public async Task EventsOfOthers_ThatCameInRequestsOfTheirOwn_AreAsTheyWere()
    {
        using var folder = new TemporaryFolder();
        var server = Directory.CreateDirectory(Path.Combine(folder.Path, "server")).FullName;
        using var collecting = new Collecting(server);
        string[] senders = ["bert-1", "anna-1701", "carl-2", "anna-1701", "dora-4"];
        for (var i = 0; i < senders.Length; i++)
        {
            // One that is kept, and one that is refused into the inbox.
            var taken = await collecting.Take(Source, Request($$"""{"batch":[{"type":"page","userId":"{{senders[i]}}","messageId":"m{{i}}"},{"type":"track","userId":"{{senders[i]}}","messageId":"r{{i}}"}]}"""), DateTime.UtcNow);
            Assert.Equal((1, 1), (taken.Accepted, taken.Refused.Count));
        }

        var (log, inbox) = (Frames(collecting.Log), Frames(collecting.Inbox));
        collecting.Store.Erase(Anna, _ => { });

        AssertClean(server);
        foreach (var (before, after) in new[] { (log, Frames(collecting.Log)), (inbox, Frames(collecting.Inbox)) })
        {
            Assert.Equal(before.Select(f => f.Sequence), after.Select(f => f.Sequence));
            Assert.Equal(before.Where(f => !Hers(f)), after.Where(f => !before.Any(b => b.Sequence == f.Sequence && Hers(b))));
        }

        static bool Hers((long Sequence, string Text) frame) => frame.Text.Contains("anna-1701", StringComparison.Ordinal);

        static List<(long Sequence, string Text)> Frames(EventLog log)
        {
            var frames = new List<(long, string)>();
            log.Read(1, f => frames.Add((f.Sequence, Encoding.UTF8.GetString(f.Payload.Span))));
            return frames;
        }
    }

    static void AssertClean(string server)
    {
        foreach (var file in Directory.EnumerateFiles(server, "*.log", SearchOption.AllDirectories))
        {
            var text = Encoding.Latin1.GetString(File.ReadAllBytes(file));
            foreach (var word in new[] { "anna", "browser-9f3", "canary" }) Assert.DoesNotContain(word, text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task OldFilesOfLogAndInbox_GoWhenTheyAreLoaded()
    {
        using var folder = new TemporaryFolder();
        var server = Directory.CreateDirectory(Path.Combine(folder.Path, "server")).FullName;
        var now = new DateTime(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var i = 0; i < 3; i++)
        {
            // Each life of a server begins a file.
            using var life = new Collecting(server);
            await life.Take(Source, Request($$"""{"batch":[{"type":"page","userId":"bert-{{i}}","messageId":"m{{i}}"}]}"""), now.AddDays(-120 + 50 * i));
        }

        using var collecting = new Collecting(server);
        Assert.Equal(0, collecting.Retain(31, loaded: 0, now).Values.Sum());
        Assert.True(collecting.Retain(31, loaded: 3, now, dryRun: true)["server/log"] > 0);
        Assert.True(collecting.Retain(31, loaded: 3, now)["server/log"] > 0);
        Assert.Single(Directory.GetFiles(Path.Combine(server, "log")));
        Assert.Equal(3, collecting.Log.Last);
    }
}
