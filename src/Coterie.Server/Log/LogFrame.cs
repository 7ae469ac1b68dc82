using System.Buffers.Binary;
using System.IO.Hashing;

namespace Coterie.Server.Log;

/// <summary>One entry of the log: what was accepted together.</summary>
/// <param name="Sequence">1, 2, 3 … without gaps between good frames of one log.</param>
/// <param name="Payload">The bytes.</param>
public readonly record struct LogFrame(long Sequence, ReadOnlyMemory<byte> Payload);

/// <summary>How a frame lies in a file: length of the payload (4 bytes), checksum (8), sequence (8), payload; little-endian. The checksum is
/// XXH3-64 over length, sequence and payload, so that a flipped bit anywhere is seen.</summary>
static class FrameFormat
{
    public const int Header = 20;

    /// <summary>Larger frames are refused when written and are damage when read: a wild length must not ask for memory.</summary>
    public const int MostBytes = 32 << 20;

    public static int Size(int payload) => Header + payload;

    public static void Write(Span<byte> to, long sequence, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(to[12..], sequence);
        payload.CopyTo(to[Header..]);
        BinaryPrimitives.WriteUInt64LittleEndian(to[4..], Checksum(to[..Size(payload.Length)]));
    }

    /// <summary>The length of the payload of a whole, undamaged frame at the start of <paramref name="from"/>; -1 where there is none.</summary>
    public static int Check(ReadOnlySpan<byte> from, out long sequence)
    {
        sequence = 0;
        if (from.Length < Header) return -1;
        var length = BinaryPrimitives.ReadInt32LittleEndian(from);
        if (length is < 1 or > MostBytes || from.Length < Size(length)) return -1;
        if (BinaryPrimitives.ReadUInt64LittleEndian(from[4..]) != Checksum(from[..Size(length)])) return -1;
        sequence = BinaryPrimitives.ReadInt64LittleEndian(from[12..]);
        return length;
    }

    static ulong Checksum(ReadOnlySpan<byte> frame)
    {
        var hash = new XxHash3();
        hash.Append(frame[..4]);
        hash.Append(frame[12..]);
        return hash.GetCurrentHashAsUInt64();
    }
}
