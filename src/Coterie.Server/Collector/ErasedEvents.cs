using System.Text;
using System.Text.Json;
using Coterie.Privacy;
using Coterie.Server.Log;

namespace Coterie.Server.Collector;

/// <summary>The collector's part in erasures: takes a person out of log and inbox, and refuses their later events at the door.</summary>
/// <param name="workspace">Whose list of erased customers counts.</param>
sealed class ErasedEvents(string workspace)
{
    /// <summary>Of events that are refused without being kept.</summary>
    public const string Code = "erased_customer";

    static readonly string[] IdKeys = ["userId", "anonymousId", "previousId"];

    readonly Lock gate = new();
    SuppressionList? list;
    DateTime stamp;
    long looked = long.MinValue;

    /// <summary>Whether an event is of an erased customer. The list is looked at once a second at most: another process may erase too.</summary>
    public bool Has(TakenEvent e) => Current() is { Count: > 0 } erased && e.People.Any(erased.Has);

    SuppressionList? Current()
    {
        var now = Environment.TickCount64;
        lock (gate)
        {
            if (looked != long.MinValue && now - looked < 1000) return list;
            looked = now;
            var file = Path.Combine(SuppressionList.FolderOf(workspace), "suppressed.txt");
            var written = File.Exists(file) ? File.GetLastWriteTimeUtc(file) : default;
            if (written == stamp) return list;
            list = SuppressionList.Read(workspace);
            stamp = written;
            return list;
        }
    }

    public void Erase(EventLog log, EventLog inbox, ErasedPerson person, Action<ErasedFrom> note)
    {
        // From now on nobody lets the person in.
        lock (gate) looked = long.MinValue;
        Count(log, "server/log", payload => Events(payload, person));
        Count(inbox, "server/inbox", payload => Refused(payload, person));

        void Count(EventLog of, string name, Func<ReadOnlyMemory<byte>, Changed> change)
        {
            var (removed, masked) = (0L, 0L);
            of.Read(1, frame =>
            {
                var changed = change(frame.Payload);
                removed += changed.Removed;
                masked += changed.Masked;
            });
            if (removed + masked == 0) return;
            note(new ErasedFrom("log", name, removed, masked));
            of.Rewrite(payload => change(payload).Payload);
        }
    }

    /// <param name="Payload">The frame without the person; null where nothing of the person is in it.</param>
    readonly record struct Changed(byte[]? Payload, long Removed, long Masked);

    static Changed Refused(ReadOnlyMemory<byte> payload, ErasedPerson person)
    {
        var count = new JsonErasure.Count();
        var clean = JsonErasure.Clean(payload.ToArray(), person, count);
        return count.Any ? new(clean ?? [.. "{}"u8], count.Removed, count.Masked) : default;
    }

    static Changed Events(ReadOnlyMemory<byte> payload, ErasedPerson person)
    {
        var batch = LoggedBatch.Read(payload);
        var lines = Encoding.UTF8.GetString(batch.Lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var (kept, forgotten) = (new List<TakenEvent>(), batch.Forgotten.ToList());
        var count = new JsonErasure.Count();
        for (var i = 0; i < lines.Length; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(lines[i]);
            using var e = JsonDocument.Parse(bytes);
            var own = IdKeys.Any(key => WireRequest.Text(e.RootElement, key) is { } id && person.Is(id));
            // Of somebody else, with the person's address in it perhaps.
            var clean = own ? null : JsonErasure.IsOf(e.RootElement, person) ? JsonErasure.Clean(bytes, person, count) : bytes;
            if (clean is null)
            {
                if (own) count.Removed++;
                forgotten.Add(SeenIds.Hash(batch.Source, batch.Ids[i]));
            }
            else
            {
                kept.Add(new TakenEvent(i, batch.Ids[i], clean, []));
            }
        }

        return count.Any ? new(LoggedBatch.Write(batch.Source, batch.Received, kept, forgotten).ToArray(), count.Removed, count.Masked) : default;
    }
}
