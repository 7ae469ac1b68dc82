using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Tables;

/// <summary>Reads the array of a .npy file into a matrix of single precision.</summary>
static class NpyReader
{
    // Numbers of a block: large enough for the disk, small enough for the second-level cache.
    const int BlockItems = 1 << 18;

    public static NumericTable Read(string path, bool zipped, int threads)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.None);
        return new(zipped ? Sequential(file, path) : Parallel(file, path, threads), null);
    }

    static Matrix Parallel(FileStream file, string path, int threads)
    {
        var header = NpyHeader.Read(file, path);
        var rows = NumericTables.Room(path, header.Rows, header.Columns);
        long expected = header.Bytes + (long)rows.Values.Length * header.ItemBytes;
        if (file.Length != expected)
        {
            throw new InputException($"{path} has {file.Length} bytes; {header.Rows} x {header.Columns} numbers of {header.ItemBytes} bytes need {expected}. "
                + (file.Length < expected ? "The file was cut off; copy it again." : "Something follows the array; save it again."));
        }

        var handle = file.SafeFileHandle;
        if (header.Fortran && header.Columns > 1)
        {
            Transposed(handle, header, rows, path, threads);
            return rows;
        }

        Chunks.Each((rows.Values.Length + BlockItems - 1) / BlockItems, threads, block =>
        {
            var first = block * BlockItems;
            var count = Math.Min(BlockItems, rows.Values.Length - first);
            var offset = header.Bytes + (long)first * header.ItemBytes;
            if (Direct(header))
            {
                Fill(handle, MemoryMarshal.AsBytes(rows.Values.AsSpan(first, count)), offset, path);
                return;
            }

            var bytes = new byte[count * header.ItemBytes];
            Fill(handle, bytes, offset, path);
            Place(bytes, header, rows, first, count);
        });
        return rows;
    }

    // A band of rows at a time, column by column: what is written then stays in the cache.
    static void Transposed(Microsoft.Win32.SafeHandles.SafeFileHandle handle, NpyHeader header, Matrix rows, string path, int threads) =>
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            var bytes = new byte[(end - start) * header.ItemBytes];
            var values = new float[end - start];
            for (var column = 0; column < rows.Columns; column++)
            {
                Fill(handle, bytes, header.Bytes + ((long)column * rows.Rows + start) * header.ItemBytes, path);
                Convert(bytes, header.Type, values);
                for (var i = start; i < end; i++) rows[i, column] = values[i - start];
            }
        });

    static Matrix Sequential(FileStream file, string path)
    {
        using var stream = new GZipStream(file, CompressionMode.Decompress);
        var header = NpyHeader.Read(stream, path);
        var rows = NumericTables.Room(path, header.Rows, header.Columns);
        var bytes = new byte[Math.Min(BlockItems, rows.Values.Length) * header.ItemBytes];
        for (var first = 0; first < rows.Values.Length; first += BlockItems)
        {
            var count = Math.Min(BlockItems, rows.Values.Length - first);
            var block = bytes.AsSpan(0, count * header.ItemBytes);
            if (stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) < block.Length)
                throw new InputException($"{path} ends before its {header.Rows} x {header.Columns} numbers do; the file was cut off. Copy it again.");
            Place(block, header, rows, first, count);
        }

        if (stream.ReadByte() >= 0) throw new InputException($"{path} holds more than its {header.Rows} x {header.Columns} numbers. Something follows the array; save it again.");
        return rows;
    }

    static bool Direct(NpyHeader header) => header.Type == NpyType.Float32 && (!header.Fortran || header.Columns == 1) && BitConverter.IsLittleEndian;

    static void Fill(Microsoft.Win32.SafeHandles.SafeFileHandle handle, Span<byte> bytes, long offset, string path)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(handle, bytes, offset);
            if (read == 0) throw new InputException($"{path} became shorter while it was read. Read it when nobody writes it.");
            bytes = bytes[read..];
            offset += read;
        }
    }

    // Numbers first .. first + count of the file into the matrix. In Fortran order number e is of row e mod n and column e / n.
    static void Place(ReadOnlySpan<byte> bytes, NpyHeader header, Matrix rows, int first, int count)
    {
        if (!header.Fortran)
        {
            Convert(bytes, header.Type, rows.Values.AsSpan(first, count));
            return;
        }

        var values = new float[count];
        Convert(bytes, header.Type, values);
        int row = first % rows.Rows, column = first / rows.Rows;
        foreach (var value in values)
        {
            rows[row, column] = value;
            if (++row < rows.Rows) continue;
            row = 0;
            column++;
        }
    }

    static void Convert(ReadOnlySpan<byte> bytes, NpyType type, Span<float> values)
    {
        switch (type)
        {
            case NpyType.Float32: MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values); break;
            case NpyType.Float64: Narrow(MemoryMarshal.Cast<byte, double>(bytes), values); break;
            case NpyType.Float16: Each<Half>(bytes, values, x => (float)x); break;
            case NpyType.Int8: Each<sbyte>(bytes, values, x => x); break;
            case NpyType.UInt8: Each<byte>(bytes, values, x => x); break;
            case NpyType.Int16: Each<short>(bytes, values, x => x); break;
            case NpyType.UInt16: Each<ushort>(bytes, values, x => x); break;
            case NpyType.Int32: Each<int>(bytes, values, x => x); break;
            case NpyType.UInt32: Each<uint>(bytes, values, x => x); break;
            case NpyType.Int64: Each<long>(bytes, values, x => x); break;
            case NpyType.UInt64: Each<ulong>(bytes, values, x => x); break;
            case NpyType.Boolean: Each<byte>(bytes, values, x => x == 0 ? 0 : 1); break;
            default: throw new InvalidOperationException($"no numbers of type {type}.");
        }
    }

    static void Narrow(ReadOnlySpan<double> from, Span<float> to)
    {
        var i = 0;
        for (; i + 8 <= to.Length; i += 8)
            Vector256.Narrow(Vector256.Create(from.Slice(i, 4)), Vector256.Create(from.Slice(i + 4, 4))).CopyTo(to[i..]);
        for (; i < to.Length; i++) to[i] = (float)from[i];
    }

    static void Each<T>(ReadOnlySpan<byte> bytes, Span<float> values, Func<T, float> convert) where T : unmanaged
    {
        var from = MemoryMarshal.Cast<byte, T>(bytes);
        for (var i = 0; i < values.Length; i++) values[i] = convert(from[i]);
    }
}
