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

    /// <summary>Every frame up to this one has been given.</summary>
    public long Cursor { get; private set; }

    /// <summary>Takes a frame that was just acknowledged; never waits.</summary>
    public void Arrive(LogFrame frame)
    {
        lock (gate)
        {
            if (waiting + frame.Payload.Length > MostWaiting) return;
            waiting += frame.Payload.Length;
            arrived.Add(frame);
        }
    }

    /// <summary>Begins anew behind a frame.</summary>
    public void Restart(long after)
    {
        done.Clear();
        Cursor = after;
    }

    /// <summary>Gives each frame that was not given before; stops early when <paramref name="take"/> says that it has enough.</summary>
    /// <returns>Whether everything that was acknowledged before the call has been given, but for frames on their way.</returns>
    public bool Follow(Func<LogFrame, LoggedBatch, bool> take)
    {
        List<LogFrame> frames;
        lock (gate) (frames, arrived, waiting) = (arrived, [], 0);
        var (last, enough) = (log.Last, false);
        void Give(LogFrame frame)
        {
            if (enough || frame.Sequence <= Cursor || done.Contains(frame.Sequence)) return;
            if (take(frame, LoggedBatch.Read(frame.Payload))) done.Add(frame.Sequence);
            else enough = true;
        }

        foreach (var frame in frames) Give(frame);
        Advance();
        // A frame that is on its way here comes within one round; one that does not was dropped, or its number was never used.
        stuck = Cursor < last ? stuck + 1 : 0;
        if (enough || Cursor >= last) return !enough;
        if (stuck < 2) return true;
        log.Read(Cursor + 1, frame => Give(new LogFrame(frame.Sequence, frame.Payload.ToArray())));
        if (enough) Advance();
        else
        {
            Cursor = Math.Max(Cursor, last);
            done.RemoveWhere(s => s <= Cursor);
        }

        stuck = 0;
        return !enough;
    }

    void Advance()
    {
        while (done.Remove(Cursor + 1)) Cursor++;
    }
}
