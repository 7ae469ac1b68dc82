using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.EntityFrameworkCore;

namespace Coterie.Server.Collector;

/// <summary>The inbox of refused events: read with reasons, judged again, or put away. Judging again appends to the log under the same message id, so that doing it twice
/// is the same as once; an event that has no id gets one that its place in the inbox gives.</summary>
public sealed class Inbox
{
    /// <summary>Older ones are counted and no longer listed.</summary>
    const int Listed = 100_000;
    /// <summary>Most events that are judged again at once.</summary>
    public const int MostAtOnce = 10_000;
    // Appends that wait for the disk together.
    const int Together = 64;

    readonly Collecting collecting;
    readonly ServerData data;
    readonly Lock gate = new();
    readonly List<Listing> items = [];
    readonly Dictionary<string, InboxState> marks = new(StringComparer.Ordinal);
    long read;
    bool marked;

    readonly record struct Listing(long Sequence, int Index, string Source, DateTime Received, string Code, string Message, string? MessageId)
    {
        public string Id => string.Create(CultureInfo.InvariantCulture, $"{Sequence}-{Index}");
    }

    sealed record Chosen(long Sequence, InboxEntry Entry, IReadOnlyList<RefusedOne> Events);

    internal Inbox(Collecting collecting, ServerData data) => (this.collecting, this.data) = (collecting, data);

    /// <summary>Reads everything anew: after somebody else changed the inbox's files.</summary>
    public void Reload()
    {
        lock (gate)
        {
            items.Clear();
            read = 0;
        }
    }

    /// <summary>What waits, by source and reason.</summary>
    public IReadOnlyList<InboxCount> Counts()
    {
        lock (gate)
        {
            Refresh();
            return [.. items.Where(i => StateOf(i.Id) == InboxState.Waiting).GroupBy(i => (i.Source, i.Code))
                .Select(g => new InboxCount(g.Key.Source, g.Key.Code, g.LongCount())).OrderByDescending(c => c.Waiting).ThenBy(c => c.Source, StringComparer.Ordinal).ThenBy(c => c.Code, StringComparer.Ordinal)];
        }
    }

    /// <exception cref="ConfigurationException">The cursor is none.</exception>
    public InboxListing Read(InboxQuery query)
    {
        (long Sequence, int Index)? before = query.Before is null ? null : Place(query.Before) ?? throw new ConfigurationException("The cursor is not one of this list.");
        var take = Math.Clamp(query.Take, 1, 500);
        lock (gate)
        {
            Refresh();
            var found = new List<InboxItem>();
            for (var i = items.Count - 1; i >= 0 && found.Count <= take; i--)
                if (Fits(items[i], query) && (before is not { } b || (items[i].Sequence, items[i].Index).CompareTo(b) < 0)) found.Add(Item(items[i]));
            return new(found.Count > take ? found[..take] : found, found.Count > take ? found[take - 1].Id : null);
        }
    }

    /// <summary>An event as it was sent; null where there is none.</summary>
    public InboxDetail? Of(string id)
    {
        lock (gate)
        {
            Refresh();
            if (Find(id) is not { } listing || Frames([listing]) is not [{ } frame]) return null;
            return new(Item(listing), Pretty(frame.Events[0].Event), frame.Events[0].Type);
        }
    }

    /// <summary>Judges an event again, as it was sent or as it was mended by hand.</summary>
    /// <param name="by">Who asks.</param>
    /// <param name="mended">JSON; null: as it was sent.</param>
    /// <exception cref="InputException">There is no such event.</exception>
    /// <exception cref="ConfigurationException">What was mended is no JSON object.</exception>
    /// <exception cref="Log.LogUnavailableException">Nothing was taken; try again.</exception>
    public async Task<InboxReplay> Replay(string id, Caller by, string? mended = null)
    {
        var frame = Frame(id);
        if (mended is not null) frame = frame with { Events = [frame.Events[0] with { Event = Parsed(mended) }] };
        return await Replay([frame], InboxFix.None, by);
    }

    /// <summary>Judges the newest events again that wait and fit, <see cref="MostAtOnce"/> at most.</summary>
    public async Task<InboxReplay> ReplayAll(string? source, string? code, InboxFix fix, Caller by)
    {
        List<Chosen> frames;
        lock (gate)
        {
            Refresh();
            var query = new InboxQuery { Source = source, Code = code };
            var fit = items.Where(i => Fits(i, query)).ToArray();
            frames = Frames(fit.Length > MostAtOnce ? fit[^MostAtOnce..] : fit);
        }

        return await Replay(frames, fix, by);
    }

    /// <summary>Puts an event away: it stays in the files until their time is over, and waits no more.</summary>
    /// <exception cref="InputException">There is no such event.</exception>
    public void Discard(string id, Caller by)
    {
        lock (gate)
        {
            Refresh();
            if (Find(id) is null) throw Nothing(id);
        }

        Mark([id], InboxState.Discarded, by);
    }

    /// <summary>Puts away everything that waits and fits.</summary>
    public int DiscardAll(string? source, string? code, Caller by)
    {
        string[] ids;
        lock (gate)
        {
            Refresh();
            var query = new InboxQuery { Source = source, Code = code };
            ids = [.. items.Where(i => Fits(i, query)).Select(i => i.Id)];
        }

        Mark(ids, InboxState.Discarded, by);
        return ids.Length;
    }

    async Task<InboxReplay> Replay(IReadOnlyList<Chosen> frames, InboxFix fix, Caller by)
    {
        var (taken, known, refused) = (0, 0, 0);
        RefusedEvent? first = null;
        var done = new List<string>();
        try
        {
            foreach (var some in frames.Chunk(Together))
            {
                var results = await Task.WhenAll(some.Select(f => Again(f, fix)));
                for (var i = 0; i < some.Length; i++)
                {
                    var still = results[i].Refused.Select(r => r.Index).ToHashSet();
                    (taken, known, refused) = (taken + results[i].Accepted, known + results[i].Duplicates, refused + still.Count);
                    first ??= results[i].Refused is [var refusal, ..] ? refusal : null;
                    done.AddRange(some[i].Events.Where((_, at) => !still.Contains(at)).Select(e => string.Create(CultureInfo.InvariantCulture, $"{some[i].Sequence}-{e.Index}")));
                }
            }
        }
        finally
        {
            // What was taken before a failure is marked all the same.
            Mark(done, InboxState.Replayed, by);
        }

        return new(taken, known, refused, first?.Message, first?.Code);
    }

    Task<Collected> Again(Chosen frame, InboxFix fix)
    {
        var events = frame.Events.Select(e => new WireEvent(fix == InboxFix.ReceivedTime ? WithoutWrongTime(e.Event) : e.Event, e.Type, e.Format)).ToArray();
        var request = new WireRequest(events, null, frame.Entry.SentAt, frame.Entry.Context);
        return collecting.TakeAgain(frame.Entry.Source, request, frame.Entry.Received, i => string.Create(CultureInfo.InvariantCulture, $"coterie-inbox-{frame.Sequence}-{frame.Events[i].Index}"));
    }

    static JsonElement WithoutWrongTime(JsonElement e)
    {
        if (e.ValueKind != JsonValueKind.Object || !WireTime.IsWrong(e, "timestamp")) return e;
        var mended = JsonObject.Create(e)!;
        mended.Remove("timestamp");
        return JsonSerializer.SerializeToElement(mended);
    }

    static JsonElement Parsed(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new ConfigurationException("The event is JSON and no object; expected { … }.", "事件是 JSON 但不是对象；应为 { … }。");
        }
        catch (JsonException e)
        {
            throw new ConfigurationException($"The event is not JSON: line {e.LineNumber + 1}, character {e.BytePositionInLine + 1}.", $"事件不是 JSON：第 {e.LineNumber + 1} 行第 {e.BytePositionInLine + 1} 个字符处有误。");
        }
    }

    Chosen Frame(string id)
    {
        lock (gate)
        {
            Refresh();
            return Find(id) is { } listing && Frames([listing]) is [{ } frame] ? frame : throw Nothing(id);
        }
    }

    static InputException Nothing(string id) => new($"The inbox has no event '{ShortText.Of(id)}'.", $"收件箱中没有事件“{ShortText.Of(id)}”。");

    // The frames of some listings, each with these events only.
    List<Chosen> Frames(IReadOnlyList<Listing> wanted)
    {
        var frames = new List<Chosen>();
        if (wanted.Count == 0) return frames;
        var places = wanted.ToLookup(w => w.Sequence, w => w.Index);
        var last = wanted.Max(w => w.Sequence);
        collecting.Inbox.Read(wanted.Min(w => w.Sequence), frame =>
        {
            if (frame.Sequence > last || !places.Contains(frame.Sequence)) return;
            var entry = InboxEntry.Read(frame.Payload);
            var these = places[frame.Sequence].ToHashSet();
            frames.Add(new(frame.Sequence, entry, [.. entry.Refused.Where(r => these.Contains(r.Index))]));
        });
        return [.. frames.Where(f => f.Events.Count > 0)];
    }

    // Called with the gate held.
    void Refresh()
    {
        if (!marked)
        {
            using var db = data.Open();
            foreach (var mark in db.InboxMarks.AsNoTracking()) marks[mark.Id] = mark.State;
            marked = true;
        }

        if (collecting.Inbox.Last <= read) return;
        collecting.Inbox.Read(read + 1, frame =>
        {
            var entry = InboxEntry.Read(frame.Payload);
            foreach (var r in entry.Refused)
                items.Add(new(frame.Sequence, r.Index, string.Intern(entry.Source), entry.Received, string.Intern(r.Code), r.Message, r.MessageId));
            read = frame.Sequence;
        });
        if (items.Count > Listed) items.RemoveRange(0, items.Count - Listed);
    }

    void Mark(IReadOnlyList<string> ids, InboxState state, Caller by)
    {
        if (ids.Count == 0) return;
        lock (gate)
        {
            using var db = data.Open();
            foreach (var some in ids.Chunk(500))
            {
                var there = db.InboxMarks.Where(m => some.Contains(m.Id)).ToDictionary(m => m.Id, StringComparer.Ordinal);
                foreach (var id in some)
                {
                    if (!there.TryGetValue(id, out var row)) db.InboxMarks.Add(row = new InboxMarkRow { Id = id, Who = by.Who });
                    // What was replayed stays so.
                    if (row.State != InboxState.Replayed) (row.State, row.Time, row.Who) = (state, DateTime.UtcNow, by.Who);
                    marks[id] = row.State;
                }

                db.SaveChanges();
            }
        }
    }

    Listing? Find(string id)
    {
        if (Place(id) is not { } place) return null;
        int low = 0, high = items.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if ((items[middle].Sequence, items[middle].Index).CompareTo(place) < 0) low = middle + 1;
            else high = middle;
        }

        return low < items.Count && (items[low].Sequence, items[low].Index) == place ? items[low] : null;
    }

    static (long Sequence, int Index)? Place(string id) =>
        id.Split('-') is [var s, var i] && long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && int.TryParse(i, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? (sequence, index) : null;

    bool Fits(Listing item, InboxQuery query) =>
        (query.Source is null || item.Source == query.Source) && (query.Code is null || item.Code == query.Code) && StateOf(item.Id) == query.State;

    InboxState StateOf(string id) => marks.GetValueOrDefault(id, InboxState.Waiting);

    InboxItem Item(Listing i) => new(i.Id, i.Source, i.Received, i.Code, i.Message, i.MessageId, StateOf(i.Id));

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static string Pretty(JsonElement e) => JsonSerializer.Serialize(e, Indented);
}
