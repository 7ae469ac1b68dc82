namespace Coterie.Server.Log;

/// <summary>What a rewriting of the log did.</summary>
/// <param name="Files">Files that were written anew.</param>
/// <param name="Frames">Frames whose content changed; each keeps its number.</param>
/// <param name="DamagedBytes">Bytes that could not be read in those files, and were left out.</param>
public sealed record LogRewritten(int Files, int Frames, long DamagedBytes);

/// <summary>Changing what was logged: for erasure, and for the end of what is kept. Everything else only appends.</summary>
public sealed partial class EventLog
{
    readonly Lock rewriting = new();

    /// <summary>Changes frames of everything that is on the disk when the call begins, while others append. A file with a changed frame is written anew beside its place,
    /// with new checksums and the same numbers, synced, and put into place at once; cut anywhere, every file is as it was or done, and doing it again
    /// does what is left.</summary>
    /// <param name="change">A frame's new payload of at least one byte; null leaves it as it is. Called for each frame, perhaps more than once. An array and no memory,
    /// because null turns into an empty memory without a word.</param>
    /// <exception cref="ArgumentException">A new payload is empty; nothing of its file was changed.</exception>
    /// <exception cref="IOException">The disk failed; files that were done stay done.</exception>
    public LogRewritten Rewrite(Func<ReadOnlyMemory<byte>, byte[]?> change)
    {
        lock (rewriting)
        {
            var (files, frames, lost) = (0, 0, 0L);
            foreach (var file in SealedFiles())
            {
                using var old = storage.Open(file);
                var changed = 0;
                LogReading.Read(old, file, (_, payload) =>
                {
                    if (change(payload) is not { } next) return;
                    Fit(next, nameof(change));
                    changed++;
                });
                if (changed == 0) continue;
                using (var fresh = storage.Beside(file))
                {
                    fresh.Append(LogReading.Magic);
                    lost += LogReading.Read(old, file, (sequence, payload) =>
                    {
                        var next = change(payload) ?? payload;
                        var frame = new byte[FrameFormat.Size(next.Length)];
                        FrameFormat.Write(frame, sequence, next.Span);
                        fresh.Append(frame);
                    }).Sum(d => d.Bytes);
                    fresh.Sync();
                }

                storage.Replace(file);
                files++;
                frames += changed;
            }

            return new(files, frames, lost);
        }
    }

    /// <summary>Deletes files, from the oldest on, of which every frame is old and has a number up to a limit; never the newest file, which holds the count.</summary>
    /// <returns>Bytes deleted, or that would be.</returns>
    internal long DeleteOld(Func<ReadOnlyMemory<byte>, bool> old, long through, bool dryRun)
    {
        lock (rewriting)
        {
            long bytes = 0;
            var names = storage.Names();
            for (var i = 0; i + 1 < names.Count; i++)
            {
                // The number before the next file's first is the last that this one can have.
                if (First(names[i + 1]) - 1 > through) break;
                var all = true;
                long length;
                using (var file = storage.Open(names[i]))
                {
                    length = file.Length;
                    LogReading.Read(file, names[i], (_, payload) => all &= old(payload));
                }

                if (!all) break;
                if (!dryRun) storage.Delete(names[i]);
                bytes += length;
            }

            return bytes;
        }
    }

    // The writer ends its file; nothing is ever added to a file that it has ended.
    IReadOnlyList<string> SealedFiles()
    {
        var roll = new TaskCompletionSource<IReadOnlyList<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(ended, this);
            waiting.Add(new Pending(default, new TaskCompletionSource<long>(), roll));
            if (waiting.Count == 1) work.Release();
        }

        return roll.Task.GetAwaiter().GetResult();
    }

    void RollWhereAsked(List<Pending> batch)
    {
        if (!batch.Exists(p => p.Roll is not null)) return;
        current?.Dispose();
        current = null;
        foreach (var asked in batch.Where(p => p.Roll is not null))
        {
            try
            {
                asked.Roll!.SetResult(storage.Names());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                asked.Roll!.SetException(e);
            }
        }

        batch.RemoveAll(p => p.Roll is not null);
    }
}
