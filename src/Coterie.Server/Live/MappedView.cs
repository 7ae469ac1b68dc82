using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;

namespace Coterie.Server.Live;

/// <summary>A file mapped into memory, as spans. Nothing is checked against its length here: callers have validated the layout.</summary>
sealed unsafe class MappedView : IDisposable
{
    readonly MemoryMappedViewAccessor view;
    readonly byte* first;
    int disposed;

    public MappedView(MemoryMappedFile file, MemoryMappedFileAccess access)
    {
        view = file.CreateViewAccessor(0, 0, access);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        first += view.PointerOffset;
    }

    /// <summary>Keeps the memory there until <see cref="Release"/>, whoever disposes of the view meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">It is gone.</exception>
    public void Hold()
    {
        var held = false;
        view.SafeMemoryMappedViewHandle.DangerousAddRef(ref held);
    }

    public void Release() => view.SafeMemoryMappedViewHandle.DangerousRelease();

    public Span<T> Span<T>(long at, int count) where T : unmanaged => new(first + at, count);

    /// <summary>One value of an array that may be longer than a span can be.</summary>
    public double Double(long at, long place) => Unsafe.ReadUnaligned<double>(first + at + 8 * place);

    /// <summary>Puts values into a column of rows; NaN where they are missing.</summary>
    /// <param name="numbers">Of the rows.</param>
    /// <param name="present">A bit for each value, the least first; empty where all are there.</param>
    public void Scatter(long at, ReadOnlySpan<int> numbers, int width, int column, ReadOnlySpan<double> values, ReadOnlySpan<ulong> present)
    {
        var to = (double*)(first + at);
        for (var i = 0; i < values.Length; i++)
            to[(long)numbers[i] * width + column] = present.IsEmpty || ((present[i / 64] >> (i % 64)) & 1) != 0 ? values[i] : double.NaN;
    }

    /// <summary>XXH3-64 of everything behind the checksum itself.</summary>
    public ulong Checksum(long length)
    {
        var hash = new XxHash3();
        for (long at = MemberLayout.Checked; at < length; at += 1 << 24) hash.Append(Span<byte>(at, (int)Math.Min(1 << 24, length - at)));
        return hash.GetCurrentHashAsUInt64();
    }

    public void Flush() => view.Flush();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
    }
}
