using System.Collections.Concurrent;
using Coterie.Clean;
using Coterie.Server.Collector;
using Coterie.Server.Log;
using Microsoft.Extensions.Hosting;

namespace Coterie.Server.Live;

/// <summary>Where each customer belongs now: what the newest run said, and for customers with events since then what its model says with these events, a
/// second after they were acknowledged. The collector never waits for it, and what it keeps in memory is bounded.</summary>
/// <remarks>The log is followed frame by frame. Customers of new events are placed in batches by <see cref="CustomerScoring"/>, from the store and from the events
/// that the store does not have yet. Customers who moved and have no answer (after a start, or when more came than batches can take) are
/// placed as soon as somebody asks for them; until then the answer is the run's and says that it is pending.</remarks>
public sealed partial class LiveMembership : BackgroundService
{
    /// <summary>Frames; with more that nobody has looked at, every answer is pending.</summary>
    const int FarBehind = 10_000;

    /// <summary>Milliseconds after which a run that could not be opened is tried again.</summary>
    const int RetryMs = 60_000;

    readonly EventLog log;
    readonly Func<long> loaded;
    readonly string directory, timezone, temporary;
    readonly LiveOptions options;
    readonly LogFollower follower;
    readonly SemaphoreSlim work = new(0);
    // Ids of frames that the worker has not looked at yet.
    readonly ConcurrentDictionary<string, long> arriving = new(StringComparer.Ordinal);
    readonly Lock gate = new();

    // Only the worker touches these; Switch asks it to read the log again.
    readonly LiveTail tail = new();
    readonly WorkspaceHost? host;
    DateTime newest = DateTime.MinValue;
    long measured = -1, forgotten;
    volatile bool rescan;

    // Behind the gate.
    readonly AnswerCache answers;
    readonly Dictionary<string, DateTime> moved = new(StringComparer.Ordinal);
    readonly WaitingIds waiting;
    readonly Dictionary<string, string> owners = new(StringComparer.Ordinal);
    HashSet<string> computing = new(StringComparer.Ordinal);
    List<string> browsers = [];
    volatile LiveBase? current;
    volatile bool behind, ended;
    volatile string? batchTrouble, runTrouble;

    sealed record LiveBase(MemberIndex Index, SegmentationModel Model, IReadOnlyDictionary<string, MemberSegment> Segments);

    /// <param name="workspace">Its directory.</param>
    /// <param name="log">What the collector acknowledges.</param>
    /// <param name="loaded">The newest frame that the workspace's events have.</param>
    public LiveMembership(string workspace, EventLog log, Func<long> loaded, LiveOptions? options = null, WorkspaceHost? host = null)
    {
        this.host = host;
        (directory, this.log, this.loaded, this.options) = (Path.GetFullPath(workspace), log, loaded, options ?? new());
        timezone = Workspace.SettingsOf(directory).Timezone;
        temporary = Path.Combine(CoterieServer.Folder(directory), "live");
        follower = new LogFollower(log);
        answers = new AnswerCache(this.options.MostAnswers);
        waiting = new WaitingIds(this.options.MostWaiting);
    }

    /// <summary>Why the last batch or the last change of the run failed; null when it did not.</summary>
    public string? Trouble => batchTrouble ?? runTrouble;

    /// <summary>The newest run's members; null before the first run. It may be disposed of when a newer run comes.</summary>
    public MemberIndex? Members => current?.Index;

    /// <summary>Takes a frame that is on the disk; from now on its customers' answers are pending. Never waits for work.</summary>
    public void Arrive(LogFrame frame)
    {
        if (current is null || ended) return;
        if (follower.Arrive(frame))
        {
            foreach (var line in Lines(LoggedBatch.Read(frame.Payload)))
                foreach (var id in EventSubject.Of(line.Span).Ids) arriving.AddOrUpdate(id, frame.Sequence, (_, before) => Math.Max(before, frame.Sequence));
        }
        else
        {
            behind = true;
        }

        work.Release();
    }

    static IEnumerable<ReadOnlyMemory<byte>> Lines(LoggedBatch batch)
    {
        for (var rest = batch.Lines; rest.Span.IndexOf((byte)'\n') is var end and >= 0; rest = rest[(end + 1)..]) yield return rest[..end];
    }

    /// <summary>Asks for answers of customers anew, whatever is known of them.</summary>
    /// <param name="ids">Of customers, or anonymous ones.</param>
    /// <returns>How many could be taken; the others are placed when somebody asks for them.</returns>
    public int Mark(IReadOnlyCollection<string> ids)
    {
        lock (gate)
        {
            if (current is null) return 0;
            foreach (var id in ids) moved[id] = DateTime.UtcNow;
            var taken = ids.Count(Wait);
            work.Release();
            return taken;
        }
    }

    /// <summary>Makes a run the base of all answers, at one moment; answers that its predecessor's model gave are dropped.</summary>
    /// <exception cref="InputException">The directory is not a finished run.</exception>
    public void Switch(string run)
    {
        var model = SegmentationModel.Read(run);
#pragma warning disable CA2000 // Dispose objects before losing scope: the base owns it until the next one comes
        var index = MemberIndex.Open(run);
#pragma warning restore CA2000
        var next = new LiveBase(index, model, index.Segments.ToDictionary(s => s.Id, StringComparer.Ordinal));
        LiveBase? former;
        lock (gate)
        {
            (former, current) = (current, next);
            answers.Clear();
            // Whatever the run does not know was received after its instant. What was received between its instant and its start is in both; that does no harm.
            foreach (var id in moved.Where(m => m.Value <= model.AsOf).Select(m => m.Key).ToList()) moved.Remove(id);
            rescan |= former is null || model.AsOf < former.Model.AsOf;
        }

        former?.Index.Dispose();
        work.Release();
    }

    /// <summary>Drops every answer and everything heard of customers, and reads run and log anew: after somebody removed a person from them.</summary>
    /// <exception cref="InputException">The newest run is damaged.</exception>
    public void Forget()
    {
        lock (gate)
        {
            answers.Clear();
            moved.Clear();
            owners.Clear();
            waiting.Clear();
            browsers.Clear();
            arriving.Clear();
            rescan = true;
        }

        if (Workspace.LatestRunOf(directory) is { } run) Switch(run);
        work.Release();
    }

    /// <summary>Where a customer belongs now; null for one of whom neither the run nor an event knows, and before the first run.</summary>
    public LiveAnswer? Of(string customer)
    {
        lock (gate)
        {
            if (current is not { } known) return null;
            var id = People.IdOf(customer);
            bool Coming(string name) => (arriving.TryGetValue(name, out var frame) && !follower.Given(frame)) || waiting.Contains(name) || computing.Contains(name);
            var pending = behind || Coming(id) || Coming(customer);
            if (answers.Of(customer) is { } answer) return answer with { Pending = pending };
            var member = known.Index.Of(customer);
            var since = moved.ContainsKey(id) || moved.ContainsKey(customer);
            if (member is null && !since) return null;
            if (since && !pending)
            {
                pending = true;
                Wait(id);
                work.Release();
            }

            return member is null ? new LiveAnswer(customer, null, null, null, null, null, known.Model.AsOf, AnswerSource.Run, null, pending)
                : new LiveAnswer(customer, member.Segment, known.Segments[member.Segment].Name, member.Second, member.Confidence, member.Agreement, known.Model.AsOf, AnswerSource.Run, null, pending);
        }
    }

    // Behind the gate. Who owns a browser waits with it.
    bool Wait(string id)
    {
        var taken = waiting.Add(id);
        if (taken && owners.TryGetValue(id, out var owner)) waiting.Add(owner);
        return taken;
    }

    public override void Dispose()
    {
        // Registered as a service and as a hosted one, it is disposed of twice.
        if (ended) return;
        ended = true;
        base.Dispose();
        current?.Index.Dispose();
        work.Dispose();
    }
}
