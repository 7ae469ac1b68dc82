using System.Diagnostics;

namespace Coterie;

/// <summary>Runs the stages of a job one after the other: says which began, times it, and stops between two when asked to.</summary>
internal sealed class Stages(IProgress<StageProgress>? progress, CancellationToken stop)
{
    readonly Dictionary<string, double> seconds = [];
    readonly Stopwatch clock = Stopwatch.StartNew();
    string current = "start";

    internal CancellationToken Stop => stop;

    /// <summary>Seconds by stage, in order; a stage that ran in parts is summed.</summary>
    internal IReadOnlyDictionary<string, double> Seconds => seconds;

    internal double Elapsed => clock.Elapsed.TotalSeconds;

    internal T Do<T>(string stage, Func<T> work)
    {
        stop.ThrowIfCancellationRequested();
        current = stage;
        Tidy();
        progress?.Report(new StageProgress(stage));
        var begin = clock.Elapsed.TotalSeconds;
        try
        {
            return work();
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Whatever an interrupted statement or loop threw, the cause is the stop that was asked for.
            throw new OperationCanceledException(stop);
        }
        finally
        {
            seconds[stage] = Math.Round(seconds.GetValueOrDefault(stage) + clock.Elapsed.TotalSeconds - begin, 3);
        }
    }

    // What the stage before left behind is given back before the next one asks for more: beside the embedded database a collector that
    // waits until memory is scarce would double the peak.
    static void Tidy()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > 100_000_000) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    internal void Say(string detail) => progress?.Report(new StageProgress(current, detail));
}
