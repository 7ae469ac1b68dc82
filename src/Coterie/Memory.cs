using System.Diagnostics;

namespace Coterie;

/// <summary>What this process has used.</summary>
static class Memory
{
    const long Large = 1L << 28;

    /// <summary>Gives back what a finished phase has left behind, where the phase worked on a large table (bytes): the collector would wait until
    /// as much again is asked for, and the peak of the process would be made of rubbish.</summary>
    public static void Release(long bytes)
    {
        if (bytes >= Large) GC.Collect();
    }

    /// <summary>The most that was resident at once, in 10⁶ bytes.</summary>
    public static double PeakMb()
    {
        using var process = Process.GetCurrentProcess();
        return Math.Round(process.PeakWorkingSet64 / 1e6, 1);
    }
}
