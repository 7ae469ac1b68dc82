using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Log;
using Coterie.Server.Operations;

namespace Coterie.Server.Collector;

/// <summary>What became of a request's events.</summary>
/// <param name="Accepted">Now on the disk.</param>
/// <param name="Duplicates">Were taken before.</param>
/// <param name="Refused">With their reasons; kept in the inbox.</param>
sealed record Collected(int Accepted, int Duplicates, IReadOnlyList<RefusedEvent> Refused);

/// <summary>From a request to the disk: judge each event, leave out what was taken before, and write the rest as one frame of the log.</summary>
sealed class Collecting : IDisposable
{
    readonly EventLog log, inbox;
    readonly SeenIds seen = new(SeenIds.DefaultDays);
    readonly SourceActivity activity;
    readonly ErasedEvents erased;

    /// <param name="directory">The server's folder in the workspace.</param>
    /// <param name="storage">Where files are kept; null: on the disk.</param>
    /// <param name="activity">Told what each source sends.</param>
    public Collecting(string directory, Func<string, LogStorage>? storage = null, SourceActivity? activity = null)
    {
        this.activity = activity ?? new();
        storage ??= d => new DiskStorage(d);
        log = new EventLog(storage(Path.Combine(directory, "log")), new());
        inbox = new EventLog(storage(Path.Combine(directory, "inbox")), new());
        erased = new ErasedEvents(Path.GetDirectoryName(Path.GetFullPath(directory))!);
        var now = DateTime.UtcNow;
        log.Read(1, frame =>
        {
            var batch = LoggedBatch.Read(frame.Payload);
            if (batch.Received > now.AddDays(-SeenIds.DefaultDays)) seen.Settle(batch.Ids.Select(id => SeenIds.Hash(batch.Source, id)).Concat(batch.Forgotten), taken: true, batch.Received);
            this.activity.Count(batch.Source, batch.Ids.Count, 0, batch.Received);
        });
        inbox.Read(1, frame =>
        {
            var entry = InboxEntry.Head(frame.Payload);
            if (entry.Refused > 0) this.activity.Count(entry.Source, 0, entry.Refused, entry.Received);
        });
    }

    public EventLog Log => log;
    public EventLog Inbox => inbox;

    /// <summary>Told each frame when it is on the disk, before its sender is; must not wait for anything.</summary>
    public Action<LogFrame>? Taken { get; set; }

    /// <exception cref="LogUnavailableException">Nothing was taken; the sender must try again.</exception>
    public Task<Collected> Take(EventSource source, WireRequest request, DateTime received) => Take(source.Id, request, received, null);

    /// <summary>Takes events of the inbox, judged as of when they were received first; what is refused again stays where it is.</summary>
    /// <param name="source">Id of the source.</param>
    /// <param name="request">The events.</param>
    /// <param name="received">When they came first.</param>
    /// <param name="id">The message id of an event that has none.</param>
    /// <exception cref="LogUnavailableException">Nothing was taken; try again.</exception>
    public Task<Collected> TakeAgain(string source, WireRequest request, DateTime received, Func<int, string> id) => Take(source, request, DateTime.UtcNow, new(received, id));

    sealed record FromInbox(DateTime Received, Func<int, string> Id);

    async Task<Collected> Take(string source, WireRequest request, DateTime received, FromInbox? again)
    {
        var refused = new List<RefusedEvent>();
        var mine = new List<TakenEvent>();
        var ids = new List<UInt128>();
        var others = new List<Task>();
        var duplicates = 0;
        // Twins of these events wait for this write.
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // All are judged before one is claimed: whoever waits for a claim waits for this write, which then comes.
        var judged = request.Events.Select((e, i) => EventJudge.Judge(e, i, request, again?.Received ?? received, again?.Id(i))).ToArray();
        for (var i = 0; i < judged.Length; i++)
        {
            switch (judged[i])
            {
                case RefusedEvent r:
                    refused.Add(r);
                    break;
                case TakenEvent t when erased.Has(t):
                    refused.Add(new(i, null, ErasedEvents.Code, "The customer was erased and asked not to be kept; the event is not stored."));
                    break;
                case TakenEvent t:
                    var id = SeenIds.Hash(source, t.MessageId);
                    var claim = seen.Take(id, written.Task);
                    if (claim.Mine)
                    {
                        mine.Add(t);
                        ids.Add(id);
                    }
                    else
                    {
                        duplicates++;
                        // A twin within this very request is written with it.
                        if (claim.Other is { } other && other != written.Task) others.Add(other);
                    }

                    break;
            }
        }

        LogFrame? frame = null;
        try
        {
            if (mine.Count > 0)
            {
                var payload = LoggedBatch.Write(source, received, mine);
                frame = new LogFrame(await log.Append(payload), payload);
            }

            seen.Settle(ids, taken: true, received);
            written.SetResult();
        }
        catch (Exception e)
        {
            seen.Settle(ids, taken: false, received);
            written.SetException(e is LogUnavailableException ? e : new LogUnavailableException("The log could not be written.", e));
            // Seen, so that nobody who waits is not an unobserved failure.
            _ = written.Task.Exception;
            throw;
        }

        // Behind the settling: whatever a listener does, these events are on the disk.
        if (frame is { } taken) Taken?.Invoke(taken);
        // What must not be kept is not kept here either.
        RefusedEvent[] kept = [.. refused.Where(r => r.Code != ErasedEvents.Code)];
        if (kept.Length > 0 && again is null) await inbox.Append(InboxEntry.Write(source, received, request, kept));
        await Task.WhenAll(others);
        activity.Count(source, mine.Count, again is null ? kept.Length : 0, received);
        Telemetry.Collected(mine.Count, duplicates, refused.Count);
        return new(mine.Count, duplicates, refused);
    }

    /// <summary>The collector's part of an erasure: log and inbox are written anew without the person, while events go on being taken.</summary>
    public ErasedStore Store => new("collector", (person, note) => erased.Erase(log, inbox, person, note));

    /// <summary>Deletes files of the log that are loaded, and of the inbox, of which everything is older than so many days.</summary>
    /// <param name="loaded">The newest frame that the workspace has.</param>
    /// <returns>Bytes by folder.</returns>
    public IReadOnlyDictionary<string, long> Retain(int days, long loaded, DateTime now, bool dryRun = false) => new SortedDictionary<string, long>(StringComparer.Ordinal)
    {
        ["server/inbox"] = inbox.DeleteOld(payload => InboxEntry.ReceivedOf(payload) < now.AddDays(-days), long.MaxValue, dryRun),
        ["server/log"] = log.DeleteOld(payload => LoggedBatch.Read(payload).Received < now.AddDays(-days), loaded, dryRun),
    };

    public void Dispose()
    {
        log.Dispose();
        inbox.Dispose();
    }
}

/// <summary>A frame of the log: a header line and one line of JSON for each event.</summary>
/// <param name="Source">Id of the source.</param>
/// <param name="Received">When.</param>
/// <param name="Ids">Message ids, in order.</param>
/// <param name="Lines">The events, each with its line end.</param>
sealed record LoggedBatch(string Source, DateTime Received, IReadOnlyList<string> Ids, ReadOnlyMemory<byte> Lines)
{
    /// <summary>Hashes of the message ids of events that were erased: a sender's retry is known by them still.</summary>
    public IReadOnlyList<UInt128> Forgotten { get; init; } = [];

    public static ReadOnlyMemory<byte> Write(string source, DateTime received, IReadOnlyList<TakenEvent> events, IReadOnlyList<UInt128>? forgotten = null)
    {
        var buffer = new ArrayBufferWriter<byte>(events.Sum(e => e.Json.Length + 1) + 256 + events.Sum(e => e.MessageId.Length + 4));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("source", source);
            json.WriteString("received", received);
            json.WriteStartArray("ids");
            foreach (var e in events) json.WriteStringValue(e.MessageId);
            json.WriteEndArray();
            if (forgotten is { Count: > 0 })
            {
                json.WriteStartArray("forgotten");
                foreach (var hash in forgotten) json.WriteStringValue(hash.ToString("x32", CultureInfo.InvariantCulture));
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        foreach (var e in events)
        {
            buffer.Write(e.Json.Span);
            buffer.Write("\n"u8);
        }

        return buffer.WrittenMemory;
    }

    public static LoggedBatch Read(ReadOnlyMemory<byte> frame)
    {
        var end = frame.Span.IndexOf((byte)'\n');
        using var header = JsonDocument.Parse(frame[..end]);
        var root = header.RootElement;
        return new(root.GetProperty("source").GetString()!, root.GetProperty("received").GetDateTime(), [.. root.GetProperty("ids").EnumerateArray().Select(i => i.GetString()!)], frame[(end + 1)..])
        {
            Forgotten = root.TryGetProperty("forgotten", out var forgotten)
                ? [.. forgotten.EnumerateArray().Select(h => UInt128.Parse(h.GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))] : [],
        };
    }
}
