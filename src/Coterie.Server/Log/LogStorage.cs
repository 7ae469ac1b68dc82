namespace Coterie.Server.Log;

/// <summary>Where the log keeps its files. Tests put one in its place that fails, tears and forgets as disks do.</summary>
abstract class LogStorage
{
    /// <summary>Names of all files, in ordinal order.</summary>
    public abstract IReadOnlyList<string> Names();

    /// <summary>Makes a new, empty file, and makes sure that its name survives a power cut.</summary>
    public abstract LogFile Create(string name);

    /// <summary>Opens a file for reading and, at the end of a log, for cutting a torn tail.</summary>
    public abstract LogFile Open(string name);

    /// <summary>Makes a new, empty file that is to take the place of another; <see cref="Names"/> does not show it.</summary>
    public abstract LogFile Beside(string name);

    /// <summary>Puts the file made by <see cref="Beside"/>, synced, into the place of the other, at once and for good: whatever happens, one of both is there, whole.</summary>
    public abstract void Replace(string name);

    /// <summary>Removes a file.</summary>
    public abstract void Delete(string name);
}

/// <summary>A file of the log: bytes are added at the end.</summary>
abstract class LogFile : IDisposable
{
    public abstract long Length { get; }

    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Returns when everything appended has reached the disk.</summary>
    public abstract void Sync();

    /// <summary>Fills as much of <paramref name="to"/> as the file holds from an offset on; returns how much.</summary>
    public abstract int Read(long offset, Span<byte> to);

    /// <summary>Cuts the file.</summary>
    public abstract void Truncate(long length);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
