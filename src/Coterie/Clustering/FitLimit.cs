using System.Diagnostics;

namespace Coterie.Clustering;

/// <summary>When a long fit must end: after so many seconds from now, or when it is stopped. Fits that improve step by step (k-means, mini-batches,
/// mixtures) look at it between steps and keep what they reached; where it is not met it changes nothing.</summary>
/// <param name="seconds">0 or more; null is no end.</param>
/// <param name="stop">Asks to stop at once.</param>
public sealed class FitLimit(double? seconds = null, CancellationToken stop = default)
{
    readonly long started = Stopwatch.GetTimestamp();
    int met;

    /// <summary>Whether the time is over, or the stop was asked for.</summary>
    public bool Over => stop.IsCancellationRequested || (seconds is { } most && Stopwatch.GetElapsedTime(started).TotalSeconds >= most);

    /// <summary>Whether the stop was asked for.</summary>
    public bool Stopped => stop.IsCancellationRequested;

    /// <summary>Whether there is an end in time.</summary>
    internal bool Timed => seconds is not null;

    /// <summary>How many fits or starts it cut short.</summary>
    public int Met => Volatile.Read(ref met);

    /// <summary>Why, for notes: a stop counts more than a time that is over.</summary>
    public string Reason => stop.IsCancellationRequested ? "stopped" : $"ended by the time budget of {seconds:0.###} s";

    /// <summary>Asked where work would go on: true if it must not.</summary>
    internal bool Ends()
    {
        if (!Over) return false;
        Interlocked.Increment(ref met);
        return true;
    }
}
