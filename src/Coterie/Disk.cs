namespace Coterie;

/// <summary>What a failure says of the disk.</summary>
static class Disk
{
    /// <summary>Whether the cause was a disk without space: ENOSPC, Windows' two codes for it, or the words of the warehouse.</summary>
    public static bool IsFull(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is not IOException io) continue;
            if ((io.HResult & 0xFFFF) is 28 or 39 or 112 || io.Message.Contains("No space left", StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
