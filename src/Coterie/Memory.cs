using System.Diagnostics;

namespace Coterie;

/// <summary>What this process has used.</summary>
static class Memory
{
    /// <summary>The most that was resident at once, in 10⁶ bytes.</summary>
    public static double PeakMb()
    {
        using var process = Process.GetCurrentProcess();
        return Math.Round(process.PeakWorkingSet64 / 1e6, 1);
    }
}
