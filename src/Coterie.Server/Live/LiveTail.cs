using System.Globalization;
using System.Text.Json;

namespace Coterie.Server.Live;

/// <summary>Who an event is about, and when it happened.</summary>
/// <param name="Ids">Ids of customers and browsers that it names.</param>
/// <param name="Time">Null for rows that only say who is who.</param>
readonly record struct EventSubject(IReadOnlyList<string> Ids, DateTime? Time)
{
    /// <summary>Reads the head of a line of the log: all that counts here stands before the time of receiving.</summary>
    public static EventSubject Of(ReadOnlySpan<byte> line)
    {
        var ids = new List<string>(2);
        var reader = new Utf8JsonReader(line);
        var event_ = true;
        DateTime? time = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("receivedAt"u8)) break;
            var (id, type, timestamp) = (reader.ValueTextEquals("userId"u8) || reader.ValueTextEquals("anonymousId"u8) || reader.ValueTextEquals("previousId"u8),
                reader.ValueTextEquals("type"u8), reader.ValueTextEquals("timestamp"u8));
            reader.Read();
            if (id) ids.Add(reader.GetString()!);
            else if (type) event_ = !reader.ValueTextEquals("identify"u8) && !reader.ValueTextEquals("alias"u8);
            else if (timestamp) time = DateTime.Parse(reader.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
            else reader.Skip();
        }

        return new(ids, event_ ? time : null);
    }
}

/// <summary>Events that the workspace does not have yet, by the ids that they name.</summary>
sealed class LiveTail
{
    readonly record struct Line(long Frame, int Place, ReadOnlyMemory<byte> Json);

    // One person rarely has more ids than this before the next load; a shared browser may.
    const int MostIds = 64;

    readonly Dictionary<string, List<Line>> lines = new(StringComparer.Ordinal);
    readonly Dictionary<string, HashSet<string>> beside = new(StringComparer.Ordinal);

    public long Bytes { get; private set; }

    public void Add(long frame, int place, ReadOnlyMemory<byte> json, IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            if (!lines.TryGetValue(id, out var own)) lines.Add(id, own = []);
            own.Add(new(frame, place, json));
            Bytes += json.Length + 64;
            if (ids.Count < 2) continue;
            if (!beside.TryGetValue(id, out var others)) beside.Add(id, others = new(StringComparer.Ordinal));
            others.UnionWith(ids);
        }
    }

    /// <summary>The given ids and those that events name together with them, one after another.</summary>
    public HashSet<string> Related(IEnumerable<string> ids)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            var mine = new List<string> { id };
            for (var i = 0; i < mine.Count && mine.Count < MostIds; i++)
                if (beside.TryGetValue(mine[i], out var others)) mine.AddRange(others.Where(o => !mine.Contains(o)).Order(StringComparer.Ordinal).Take(MostIds - mine.Count));
            all.UnionWith(mine);
        }

        return all;
    }

    /// <summary>Events that name one of the ids, each once, in the order in which they came.</summary>
    public byte[] Lines(IEnumerable<string> ids)
    {
        var found = new SortedDictionary<(long, int), ReadOnlyMemory<byte>>();
        foreach (var id in ids)
            if (lines.TryGetValue(id, out var own))
                foreach (var line in own) found[(line.Frame, line.Place)] = line.Json;
        var bytes = new byte[found.Values.Sum(v => v.Length + 1)];
        var at = 0;
        foreach (var line in found.Values)
        {
            line.Span.CopyTo(bytes.AsSpan(at));
            at += line.Length;
            bytes[at++] = (byte)'\n';
        }

        return bytes;
    }

    /// <summary>Forgets events of frames that the workspace has.</summary>
    public void Forget(long until)
    {
        foreach (var (id, own) in lines.ToList())
        {
            own.RemoveAll(l => l.Frame <= until);
            if (own.Count > 0) continue;
            lines.Remove(id);
            beside.Remove(id);
        }

        Bytes = lines.Values.Sum(own => own.Sum(l => l.Json.Length + 64L));
    }
}
