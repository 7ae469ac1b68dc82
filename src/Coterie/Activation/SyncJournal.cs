using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Coterie.Activation;

/// <summary>What the journal of an audience at a destination says.</summary>
sealed class JournalState
{
    /// <summary>Customer to the digest of their traits, as the receiver confirmed.</summary>
    internal Dictionary<string, string> Known { get; } = new(StringComparer.Ordinal);
    /// <summary>Of those, whoever was erased here and is still to be told to leave: the journal has their ids encrypted.</summary>
    internal HashSet<string> Sealed { get; } = new(StringComparer.Ordinal);
    /// <summary>The number of the last batch.</summary>
    internal long Number { get; set; }
    /// <summary>0, or when everything was last asked to be sent again (seconds since 1970).</summary>
    internal long Generation { get; set; }
    /// <summary>Sent, perhaps, and not confirmed: goes out first, under the same key.</summary>
    internal AudienceBatch? Pending { get; set; }
    internal string Destination { get; set; } = "";
    internal string Audience { get; set; } = "";
    internal string Segment { get; set; } = "";
}

/// <summary>What a receiver knows of an audience: an append-only file of checked lines, each on the disk before the next thing is done.</summary>
/// <remarks>A line is 16 hex digits, a space, and JSON; the digits are the start of SHA-256 over those of the line before and the JSON, so a line
/// that is damaged, missing or moved is noticed. A last line without its end, or with bytes that were never written, was not yet on the disk when
/// the machine stopped: nothing had been done because of it, and it is dropped. Any other damage is an error.</remarks>
sealed class SyncJournal : IDisposable
{
    const string Schema = "coterie.activation/1", SchemaWithSealed = "coterie.activation/2";
    const int MembersPerLine = 1000;

    readonly string path;
    readonly FileStream held;
    readonly Action<string> at;
    FileStream? stream;
    string check = "";

    SyncJournal(string path, FileStream held, Action<string> at)
    {
        this.path = path;
        this.held = held;
        this.at = at;
    }

    internal JournalState State { get; private set; } = new();

    internal static string PathOf(string directory, DestinationFacts facts, string audience) =>
        Path.Combine(directory, $"{audience}.{Fingerprint(facts)}.journal");

    internal static string Fingerprint(DestinationFacts facts) =>
        $"{facts.Kind}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts.Identity)).AsSpan(0, 6))}";

    /// <summary>Reads a journal and changes nothing.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="InputException">It is damaged.</exception>
    internal static JournalState? Read(string path) => File.Exists(path) ? Read(path, out _, out _) : null;

    /// <summary>Takes ids of an erased person out of what the journal says in clear. A receiver that may know one is told with the next sync that they left; until
    /// then the id stands encrypted.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="gone">Whether an id is the person's.</param>
    /// <param name="before">Told of the journal and how many ids it has, before it is changed.</param>
    /// <exception cref="InputException">It is damaged, or another sync has it open.</exception>
    internal static void Erase(string path, Func<string, bool> gone, Action<JournalState, int> before)
    {
        using var journal = new SyncJournal(path, Hold(path, "of this journal"), _ => { });
        journal.State = Read(path, out _, out _);
        var state = journal.State;
        var ids = state.Known.Keys.Where(k => gone(k) && !state.Sealed.Contains(k)).ToHashSet(StringComparer.Ordinal);
        var sent = state.Pending?.Changes.Any(c => gone(c.Id) && !state.Sealed.Contains(c.Id)) == true;
        if (sent)
        {
            // Whether the batch arrived is not known: everybody in it is told again, under a new key.
            foreach (var change in state.Pending!.Changes)
            {
                state.Known[change.Id] = Differences.Unknown;
                if (gone(change.Id)) ids.Add(change.Id);
            }

            state.Pending = null;
        }

        if (ids.Count == 0) return;
        before(state, ids.Count);
        state.Sealed.UnionWith(ids);
        journal.Compact();
    }

    static FileStream Hold(string path, string what)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (!Disk.IsFull(e) && e is not DirectoryNotFoundException)
        {
            throw new InputException($"The audience {what} is being sent to this destination by another command ('{path}.lock' is held); wait until it has ended.", e);
        }
    }

    /// <summary>Opens a journal for one sync, or makes it.</summary>
    /// <exception cref="InputException">It is damaged, or another sync has it open.</exception>
    internal static SyncJournal Open(string path, DestinationFacts facts, Audience audience, Action<string> at)
    {
        var directory = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var held = Hold(path, audience.Key);
        var journal = new SyncJournal(path, held, at);
        try
        {
            if (File.Exists(path)) journal.Continue();
            else
            {
                journal.State = new JournalState { Destination = Fingerprint(facts), Audience = audience.Key, Segment = audience.Segment };
                journal.Compact();
            }

            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Before a batch goes out.</summary>
    internal void Send(AudienceBatch batch)
    {
        Append("send", json =>
        {
            json.WriteString("send", batch.Key);
            json.WritePropertyName("batch");
            BatchText.Write(json, batch);
        });
        State.Number = batch.Number;
        State.Pending = batch;
    }

    /// <summary>The receiver has the pending batch.</summary>
    internal void Sent()
    {
        Append("sent", json => json.WriteString("sent", State.Pending!.Key));
        Differences.Apply(State.Known, State.Pending!);
        State.Pending = null;
    }

    /// <summary>It is certain that the receiver does not have the pending batch.</summary>
    internal void Withdraw()
    {
        Append("withdrawn", json => json.WriteString("withdrawn", State.Pending!.Key));
        State.Pending = null;
    }

    /// <summary>Everything is to be told again, under new keys: whoever the receiver may know of is marked so.</summary>
    internal void Forget(long generation)
    {
        foreach (var change in State.Pending?.Changes ?? []) State.Known[change.Id] = Differences.Unknown;
        foreach (var id in State.Known.Keys.ToArray()) State.Known[id] = Differences.Unknown;
        State.Pending = null;
        State.Generation = Math.Max(generation, State.Generation + 1);
        Compact();
    }

    /// <summary>Writes what is known in place of how it came about; the old file stands until the new one is on the disk, and both say the same.</summary>
    internal void Compact()
    {
        stream?.Dispose();
        stream = null;
        at("compact");
        var state = State;
        state.Sealed.IntersectWith(state.Known.Keys);
        Durable.Write(path, file =>
        {
            check = "";
            Line(file, json =>
            {
                json.WriteString("journal", state.Sealed.Count > 0 ? SchemaWithSealed : Schema);
                json.WriteString("destination", state.Destination);
                json.WriteString("audience", state.Audience);
                json.WriteString("segment", state.Segment);
                json.WriteNumber("generation", state.Generation);
                json.WriteNumber("number", state.Number);
            });
            foreach (var chunk in state.Known.Where(k => !state.Sealed.Contains(k.Key)).OrderBy(k => k.Key, StringComparer.Ordinal).Chunk(MembersPerLine))
            {
                Line(file, json =>
                {
                    json.WriteStartObject("known");
                    foreach (var (id, digest) in chunk) json.WriteString(id, digest);
                    json.WriteEndObject();
                });
            }

            if (state.Sealed.Count > 0)
            {
                var seal = SealedIds.Open(path);
                Line(file, json =>
                {
                    json.WriteStartArray("sealed");
                    foreach (var id in state.Sealed.Order(StringComparer.Ordinal)) json.WriteStringValue(seal.Close(id));
                    json.WriteEndArray();
                });
            }

            if (state.Pending is { } batch)
            {
                Line(file, json =>
                {
                    json.WriteString("send", batch.Key);
                    json.WritePropertyName("batch");
                    BatchText.Write(json, batch);
                });
            }
        });
        at("compacted");
        stream = new FileStream(path, Durable.Options(FileMode.Append));
    }

    void Continue()
    {
        State = Read(path, out var length, out check);
        stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, 1 << 16);
        // What was never whole must not stand before what comes next.
        if (stream.Length > length)
        {
            stream.SetLength(length);
            stream.Flush(flushToDisk: true);
        }

        stream.Seek(0, SeekOrigin.End);
    }

    void Append(string what, Action<Utf8JsonWriter> write)
    {
        at(what);
        Line(stream!, write);
        stream!.Flush();
        at(what + " written");
        stream.Flush(flushToDisk: true);
        at(what + " kept");
    }

    void Line(Stream to, Action<Utf8JsonWriter> write)
    {
        var bytes = BatchText.Bytes(json =>
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        });
        check = Check(check, bytes);
        to.Write(Encoding.ASCII.GetBytes(check));
        to.WriteByte((byte)' ');
        to.Write(bytes);
        to.WriteByte((byte)'\n');
    }

    static string Check(string before, ReadOnlySpan<byte> json)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(before));
        hash.AppendData(json);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    static JournalState Read(string path, out long length, out string check)
    {
        var bytes = File.ReadAllBytes(path);
        var state = new JournalState();
        (length, check) = (0, "");
        for (var number = 1; length < bytes.Length; number++)
        {
            var rest = bytes.AsSpan((int)length);
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            var whole = end >= 0 && line.Length > 17 && line[16] == ' ';
            var expected = whole ? Check(check, line[17..]) : "";
            if (!whole || !line[..16].SequenceEqual(Encoding.ASCII.GetBytes(expected)))
            {
                var last = end < 0 || end == rest.Length - 1;
                if (number > 1 && last && (end < 0 || line.Contains((byte)0))) return state;
                throw new InputException($"'{path}' is damaged in line {number}: its checksum does not fit. It says what the receiver knows. Restore it from a backup; "
                    + "or move it away and send with --resend: everybody is sent again, but who left since the last sync cannot be known.");
            }

            Take(state, path, number, line[17..].ToArray());
            check = expected;
            length += end + 1;
        }

        if (length == 0) throw new InputException($"'{path}' is empty; it should say what the receiver knows. Restore it from a backup, or move it away and send with --resend.");
        return state;
    }

    static void Take(JournalState state, string path, int number, byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var record = document.RootElement;
        if (number == 1)
        {
            if (record.GetProperty("journal").GetString() is var schema && schema is not (Schema or SchemaWithSealed))
                throw new InputException($"'{path}' is of the form '{schema}'; this version reads '{Schema}'. Use the version that wrote it.");
            state.Destination = record.GetProperty("destination").GetString()!;
            state.Audience = record.GetProperty("audience").GetString()!;
            state.Segment = record.GetProperty("segment").GetString()!;
            state.Generation = record.GetProperty("generation").GetInt64();
            state.Number = record.GetProperty("number").GetInt64();
        }
        else if (record.TryGetProperty("known", out var known))
        {
            foreach (var member in known.EnumerateObject()) state.Known[member.Name] = member.Value.GetString()!;
        }
        else if (record.TryGetProperty("sealed", out var closed))
        {
            var seal = SealedIds.Open(path);
            foreach (var item in closed.EnumerateArray())
            {
                var id = seal.Read(item.GetString()!);
                state.Known[id] = Differences.Unknown;
                state.Sealed.Add(id);
            }
        }
        else if (record.TryGetProperty("send", out var key))
        {
            state.Pending = BatchText.Read(record.GetProperty("batch"), key.GetString()!);
            state.Number = state.Pending.Number;
        }
        else
        {
            if (record.TryGetProperty("sent", out _)) Differences.Apply(state.Known, state.Pending!);
            state.Pending = null;
        }
    }

    public void Dispose()
    {
        stream?.Dispose();
        held.Dispose();
    }
}
