namespace Coterie.Server.Log;

/// <summary>A place in the log that could not be read.</summary>
/// <param name="File">The file.</param>
/// <param name="Offset">Where the damage begins.</param>
/// <param name="Bytes">How much was passed over.</param>
/// <param name="AtEnd">Nothing good follows in the file: a frame that was being written when the power went, or damage at the end.</param>
public sealed record LogDamage(string File, long Offset, long Bytes, bool AtEnd);

/// <summary>Reads one file of the log, frame by frame, and finds its way past damage.</summary>
static class LogReading
{
    public static ReadOnlySpan<byte> Magic => "COTERIE-LOG-1\n\0\0"u8;

    /// <summary>Calls <paramref name="found"/> for each good frame, in order.</summary>
    /// <returns>Damage, in order of offsets; empty for a whole file. The good end of the file is where the last one that is at the end begins.</returns>
    public static List<LogDamage> Read(LogFile file, string name, Action<long, ReadOnlyMemory<byte>> found, long? until = null)
    {
        var damage = new List<LogDamage>();
        var end = Math.Min(until ?? long.MaxValue, file.Length);
        var buffer = new byte[1 << 20];
        long start = 0;
        var held = 0;
        Fill();
        long bad = -1;
        if (!buffer.AsSpan(0, held).StartsWith(Magic)) bad = 0;
        var at = Magic.Length;
        while (start + at < end)
        {
            if (held - at < FrameFormat.Header && start + held < end) Shift();
            var length = Check(at, out var sequence);
            if (length < 0)
            {
                // Byte by byte to the next frame whose checksum is right.
                if (bad < 0) bad = start + at;
                at++;
                continue;
            }

            if (bad >= 0)
            {
                damage.Add(new(name, bad, start + at - bad, AtEnd: false));
                bad = -1;
            }

            found(sequence, buffer.AsMemory(at + FrameFormat.Header, length));
            at += FrameFormat.Size(length);
        }

        if (bad >= 0 && bad < end) damage.Add(new(name, bad, end - bad, AtEnd: true));
        return damage;

        // A frame may reach beyond the buffer: its length says how far to read, if it may be believed.
        int Check(int place, out long sequence)
        {
            var here = buffer.AsSpan(place, held - place);
            var length = FrameFormat.Check(here, out sequence);
            if (length >= 0 || here.Length < FrameFormat.Header) return length;
            var wanted = BitConverter.ToInt32(here);
            if (wanted is < 1 or > FrameFormat.MostBytes || here.Length >= FrameFormat.Size(wanted) || start + place + FrameFormat.Size(wanted) > end) return -1;
            Shift(FrameFormat.Size(wanted));
            return FrameFormat.Check(buffer.AsSpan(at, held - at), out sequence);
        }

        void Shift(int room = 0)
        {
            buffer.AsSpan(at, held - at).CopyTo(buffer);
            start += at;
            held -= at;
            at = 0;
            if (room > buffer.Length) Array.Resize(ref buffer, room);
            Fill();
        }

        void Fill() => held += file.Read(start + held, buffer.AsSpan(held, (int)Math.Min(buffer.Length - held, end - start - held)));
    }
}
