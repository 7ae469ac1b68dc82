using System.Buffers.Binary;

namespace Coterie.Simulation;

/// <summary>Brings rows that arrive in any order into order of time with bounded memory: rows go to blocks of equal spans of time,
/// each with a small buffer before a temporary file; in the end each block is sorted in memory and appended to the output.</summary>
/// <remarks>Ties in time are broken by source, and inside a source by the order of arrival. One source is written by one thread, so
/// the result does not depend on threads. Disk: the output's size once, plus one round of blocks, since a block's file is deleted
/// when it has been read. Memory: <c>blocks x BufferBytes</c> while rows arrive, and twice a block for each thread at the end.</remarks>
sealed class TimeOrderedFile : IDisposable
{
    // Second (int), source (uint), length (int), before each row.
    const int HeaderBytes = 12;
    internal const int BufferBytes = 64 * 1024;

    readonly Block[] blocks;
    readonly int blockSeconds;
    readonly int threads;

    /// <param name="temporaryDirectory">An existing directory for the blocks' files.</param>
    /// <param name="seconds">Span of time; rows lie in 0 .. seconds-1.</param>
    public TimeOrderedFile(string temporaryDirectory, int seconds, int blocks, int threads)
    {
        this.threads = threads;
        blockSeconds = (seconds + blocks - 1) / blocks;
        this.blocks = new Block[(seconds + blockSeconds - 1) / blockSeconds];
        for (var i = 0; i < this.blocks.Length; i++) this.blocks[i] = new Block(Path.Combine(temporaryDirectory, $"block-{i}"));
    }

    /// <summary>Bytes in memory now: bounded, however many rows have come.</summary>
    public long BufferedBytes => (long)blocks.Length * BufferBytes;

    public void Append(int second, uint source, ReadOnlySpan<byte> row) => blocks[second / blockSeconds].Append(second, source, row);

    /// <summary>Writes every row, in order, and removes the temporary files.</summary>
    public void WriteTo(Stream output, CancellationToken stop)
    {
        var sorters = new BlockSorter[threads];
        for (var i = 0; i < threads; i++) sorters[i] = new BlockSorter();
        for (var from = 0; from < blocks.Length; from += threads)
        {
            stop.ThrowIfCancellationRequested();
            var count = Math.Min(threads, blocks.Length - from);
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => sorters[i].Sort(blocks[from + i]));
            for (var i = 0; i < count; i++) output.Write(sorters[i].Sorted);
        }
    }

    public void Dispose()
    {
        foreach (var block in blocks) block.Delete();
    }

    sealed class Block(string path)
    {
        readonly Lock gate = new();
        byte[]? buffer;
        int used;
        long spilled;

        public void Append(int second, uint source, ReadOnlySpan<byte> row)
        {
            lock (gate)
            {
                buffer ??= new byte[BufferBytes];
                if (used + HeaderBytes + row.Length > BufferBytes) Spill();
                var at = buffer.AsSpan(used);
                BinaryPrimitives.WriteInt32LittleEndian(at, second);
                BinaryPrimitives.WriteUInt32LittleEndian(at[4..], source);
                BinaryPrimitives.WriteInt32LittleEndian(at[8..], row.Length);
                row.CopyTo(at[HeaderBytes..]);
                used += HeaderBytes + row.Length;
            }
        }

        // Opened for each spill: thousands of blocks would exceed the number of files that a process may keep open.
        void Spill()
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            file.Write(buffer!, 0, used);
            spilled += used;
            used = 0;
        }

        public long Length => spilled + used;

        // Into an array of at least Length bytes; the block is empty afterwards.
        public void Take(byte[] data)
        {
            if (spilled > 0)
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
                file.ReadExactly(data, 0, (int)spilled);
            }

            buffer?.AsSpan(0, used).CopyTo(data.AsSpan((int)spilled));
            buffer = null;
            used = 0;
            Delete();
        }

        public void Delete()
        {
            if (spilled > 0) File.Delete(path);
            spilled = 0;
        }
    }

    // Sorts one block after the other in the same arrays.
    sealed class BlockSorter
    {
        byte[] data = [];
        byte[] sorted = [];
        ulong[] keys = [];
        int[] offsets = [];
        int sortedLength;

        public ReadOnlySpan<byte> Sorted => sorted.AsSpan(0, sortedLength);

        public void Sort(Block block)
        {
            var length = checked((int)block.Length);
            if (data.Length < length)
            {
                // Half as much again: blocks of busy seasons come after quiet ones.
                data = new byte[length + length / 2];
                sorted = new byte[data.Length];
            }

            block.Take(data);
            var rows = 0;
            for (var at = 0; at < length; at += HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(at + 8)))
            {
                if (rows == keys.Length)
                {
                    Array.Resize(ref keys, Math.Max(1_024, rows * 2));
                    Array.Resize(ref offsets, keys.Length);
                }

                keys[rows] = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(at)) << 32)
                    | BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(at + 4));
                offsets[rows++] = at;
            }

            Array.Sort(keys, offsets, 0, rows);
            // The sort is not stable: equal keys are rows of one source in one second, and go by their arrival.
            for (int from = 0, to; from < rows; from = to)
            {
                for (to = from + 1; to < rows && keys[to] == keys[from]; to++) { }
                if (to - from > 1) Array.Sort(offsets, from, to - from);
            }

            sortedLength = 0;
            for (var i = 0; i < rows; i++)
            {
                var row = data.AsSpan(offsets[i] + HeaderBytes, BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(offsets[i] + 8)));
                row.CopyTo(sorted.AsSpan(sortedLength));
                sortedLength += row.Length;
            }
        }
    }
}
