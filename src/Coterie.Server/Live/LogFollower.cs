using Coterie.Server.Collector;
using Coterie.Server.Log;

namespace Coterie.Server.Live;

/// <summary>Follows the log: frames come from the collector as they are acknowledged, in any order; what was dropped because too much came at once is read from
/// the log. Nothing is passed over.</summary>
sealed class LogFollower(EventLog log)
{
    /// <summary>Bytes of frames that wait here; more are dropped and read from the log later.</summary>
    const long MostWaiting = 16L << 20;

    readonly Lock gate = new();
    readonly HashSet<long> done = [];
    List<LogFrame> arrived = [];
    long waiting;
    int stuck;
    bool dropped;

    /// <summary>Every frame up to this one has been given.</summary>
    public long Cursor { get; private set; }

    /// <summary>Takes a frame that was just acknowledged; never waits for work.</summary>
    /// <returns>False when too much came at once: the frame will be read from the log.</returns>
    public bool Arrive(LogFrame frame)
    {
        lock (gate)
        {
            if (waiting + frame.Payload.Length > MostWaiting)
            {
                dropped = true;
                return false;
            }

            waiting += frame.Payload.Length;
            arrived.Add(frame);
            return true;
        }
    }

    /// <summary>Whether a frame was given. Safe from any thread.</summary>
    public bool Given(long sequence)
    {
        lock (gate) return sequence <= Cursor || done.Contains(sequence);
    }

    /// <summary>Begins anew behind a frame.</summary>
    public void Restart(long after)
    {
        lock (gate)
        {
            done.Clear();
            Cursor = after;
        }
    }

    /// <summary>Gives each frame that was not given before; stops early when <paramref name="take"/> says that it has enough.</summary>
    /// <returns>Whether everything that was acknowledged before the call has been given, but for frames on their way.</returns>
    public bool Follow(Func<LogFrame, LoggedBatch, bool> take)
    {
        List<LogFrame> frames;
        bool missing;
        // What the log has by now holds every frame that was dropped before.
        lock (gate) (frames, arrived, waiting, missing, dropped) = (arrived, [], 0, dropped, false);
        var (last, enough) = (log.Last, false);
        void Give(LogFrame frame)
        {
            if (enough || Given(frame.Sequence)) return;
            if (!take(frame, LoggedBatch.Read(frame.Payload)))
            {
                enough = true;
                return;
            }

            lock (gate) done.Add(frame.Sequence);
        }

        foreach (var frame in frames) Give(frame);
        if (missing && enough) lock (gate) dropped = true;
        Advance();
        // A frame that is on its way here comes within one round; one that does not was dropped, or its number was never used.
        stuck = Cursor < last ? stuck + 1 : 0;
        if (enough || Cursor >= last) return !enough;
        if (stuck < 2 && !missing) return true;
        log.Read(Cursor + 1, frame => Give(new LogFrame(frame.Sequence, frame.Payload.ToArray())));
        if (enough) Advance();
        else
        {
            lock (gate)
            {
                Cursor = Math.Max(Cursor, last);
                done.RemoveWhere(s => s <= Cursor);
            }
        }

        stuck = 0;
        return !enough;
    }

    void Advance()
    {
        lock (gate)
            while (done.Remove(Cursor + 1)) Cursor++;
    }
}
