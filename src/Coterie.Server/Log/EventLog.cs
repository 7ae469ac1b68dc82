using System.Diagnostics;
using System.Globalization;
using Coterie.Server.Operations;

namespace Coterie.Server.Log;

/// <summary>How the log is kept.</summary>
public sealed record EventLogOptions
{
    /// <summary>A file that has grown beyond this is followed by a new one.</summary>
    public long FileBytes { get; init; } = 64L << 20;
    /// <summary>Bytes that may wait for the disk; beyond them an append is refused at once.</summary>
    public long MostWaiting { get; init; } = 64L << 20;
}

/// <summary>The log could not take what it was given: the disk is full or failing, or too much waits for it.</summary>
public sealed class LogUnavailableException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>The truth of what was collected: an append-only log. An append that has returned is on the disk (fsync); appends that come while the disk is
/// busy go with the next sync together (group commit).</summary>
/// <remarks>After a failed write or sync the file is given up and never synced again, because a second fsync that succeeds says nothing about what the first
/// one lost; the next append begins a new file. Numbers of frames that were not acknowledged are not given to others: such a frame
/// may or may not be found later, and its sender, who got no answer, sends it again under the same message ids.</remarks>
public sealed partial class EventLog : IDisposable
{
    internal const string Extension = ".log";

    readonly LogStorage storage;
    readonly EventLogOptions options;
    readonly Lock gate = new();
    readonly List<Pending> waiting = [];
    readonly SemaphoreSlim work = new(0);
    readonly Thread writer;
    LogFile? current;
    string? name;
    long next, synced, waitingBytes;
    bool ended;

    /// <param name="Roll">Not a frame: asks for the end of the current file, and gets the names of all files up to it.</param>
    sealed record Pending(ReadOnlyMemory<byte> Payload, TaskCompletionSource<long> Done, TaskCompletionSource<IReadOnlyList<string>>? Roll = null);

    /// <summary>Opens the log in a directory, which is made.</summary>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public static EventLog Open(string directory, EventLogOptions? options = null) => new(new DiskStorage(directory), options ?? new());

    internal EventLog(LogStorage storage, EventLogOptions options)
    {
        this.storage = storage;
        this.options = options;
        var names = storage.Names();
        var damage = new List<LogDamage>();
        long last = 0;
        foreach (var file in names)
        {
            using var opened = storage.Open(file);
            var found = LogReading.Read(opened, file, (sequence, _) => last = Math.Max(last, sequence));
            damage.AddRange(found);
            // Only the end of the newest file is cut: what is there was never acknowledged, or cannot be read any more.
            if (file == names[^1] && found is [.., { AtEnd: true } torn]) opened.Truncate(torn.Offset);
            // A file whose frames are all lost still has its number.
            last = Math.Max(last, First(file));
        }

        Damage = damage;
        next = last + 1;
        synced = last;
        writer = new Thread(Write) { IsBackground = true, Name = "event log" };
        writer.Start();
    }

    /// <summary>What could not be read when the log was opened.</summary>
    public IReadOnlyList<LogDamage> Damage { get; }

    /// <summary>The number of the newest frame on the disk; 0 in an empty log.</summary>
    public long Last => Interlocked.Read(ref synced);

    /// <summary>Why the last write failed; null when it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Adds a frame; the task ends with its number when it is on the disk.</summary>
    /// <exception cref="LogUnavailableException">It is not: the sender must try again.</exception>
    public Task<long> Append(ReadOnlyMemory<byte> payload)
    {
        Fit(payload, nameof(payload));
        var pending = new Pending(payload, new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(ended, this);
            if (waitingBytes + payload.Length > options.MostWaiting)
                throw new LogUnavailableException($"{waitingBytes:N0} bytes wait for the disk already; try again.");
            waitingBytes += payload.Length;
            waiting.Add(pending);
            if (waiting.Count == 1) work.Release();
        }

        return pending.Done.Task;
    }

    /// <summary>Reads frames (each valid until <paramref name="found"/> returns) with numbers from <paramref name="from"/> on that were on the disk when the call began, in order.</summary>
    /// <returns>Damage that was passed over.</returns>
    public IReadOnlyList<LogDamage> Read(long from, Action<LogFrame> found)
    {
        var until = Last;
        var damage = new List<LogDamage>();
        var names = storage.Names();
        for (var i = 0; i < names.Count; i++)
        {
            // A file's name is the number of its first frame.
            if (i + 1 < names.Count && First(names[i + 1]) <= from) continue;
            using var file = storage.Open(names[i]);
            var passed = LogReading.Read(file, names[i], (sequence, payload) =>
            {
                if (sequence >= from && sequence <= until) found(new LogFrame(sequence, payload));
            });
            // At the end of the newest file a frame may be on its way.
            damage.AddRange(i + 1 < names.Count ? passed : passed.Where(d => !d.AtEnd));
        }

        return damage;
    }

    static void Fit(ReadOnlyMemory<byte> payload, string name)
    {
        if (payload.Length is < 1 or > FrameFormat.MostBytes) throw new ArgumentException($"A frame has {payload.Length} bytes; expected 1 to {FrameFormat.MostBytes}.", name);
    }

    static long First(string file) => long.Parse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture);

    void Write()
    {
        var batch = new List<Pending>();
        var buffer = Array.Empty<byte>();
        while (true)
        {
            work.Wait();
            lock (gate)
            {
                batch.AddRange(waiting);
                waiting.Clear();
                waitingBytes = 0;
                if (batch.Count == 0 && ended) return;
            }

            RollWhereAsked(batch);
            if (batch.Count == 0) continue;
            var first = next;
            next += batch.Count;
            try
            {
                var size = batch.Sum(p => FrameFormat.Size(p.Payload.Length));
                if (buffer.Length < size) buffer = new byte[size];
                var at = 0;
                for (var i = 0; i < batch.Count; i++)
                {
                    FrameFormat.Write(buffer.AsSpan(at), first + i, batch[i].Payload.Span);
                    at += FrameFormat.Size(batch[i].Payload.Length);
                }

                var began = Stopwatch.GetTimestamp();
                Put(buffer.AsSpan(0, size), first);
                Telemetry.Synced(size, began);
                Interlocked.Exchange(ref synced, next - 1);
                Trouble = null;
                for (var i = 0; i < batch.Count; i++) batch[i].Done.SetResult(first + i);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Trouble = e.Message;
                Telemetry.LogFailed();
                current?.Dispose();
                current = null;
                foreach (var p in batch) p.Done.SetException(new LogUnavailableException($"The log could not be written: {e.Message}", e));
            }

            batch.Clear();
        }
    }

    void Put(ReadOnlySpan<byte> frames, long first)
    {
        if (current is null || current.Length >= options.FileBytes)
        {
            current?.Dispose();
            current = null;
            name = first.ToString("D20", CultureInfo.InvariantCulture) + Extension;
            current = storage.Create(name);
            current.Append(LogReading.Magic);
        }

        current.Append(frames);
        current.Sync();
    }

    /// <summary>Ends after what waits has been written.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (ended) return;
            ended = true;
        }

        work.Release();
        writer.Join();
        current?.Dispose();
        work.Dispose();
    }
}
