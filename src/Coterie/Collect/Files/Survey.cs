using System.Buffers;
using System.Text.Unicode;

namespace Coterie.Collect;

/// <summary>What one pass over a file's bytes tells: enough to choose the encoding and to read the file without surprises.</summary>
/// <param name="Utf16">Whether it begins with a byte order mark of UTF-16.</param>
/// <param name="Bytes">Size of the file as stored.</param>
/// <param name="PlainLength">Size after decompression.</param>
/// <param name="Head">The first bytes, at least one whole line where a line is not longer than <see cref="MaxLineBytes"/>.</param>
/// <param name="Windows">Pieces from further on, spread over the file; each begins and ends anywhere.</param>
/// <param name="ValidUtf8">Whether every byte is part of valid UTF-8.</param>
/// <param name="Suspects">Bytes around the first that are not UTF-8; empty when all are.</param>
/// <param name="HasC1">Whether a byte between 0x80 and 0x9F occurs: not Latin-1 then, but Windows-1252.</param>
/// <param name="BreaksInQuotes">Whether a line break occurs between double quotes.</param>
/// <param name="MixedBreaks">Whether lines end in more than one way.</param>
sealed record Survey(
    bool Gzip, bool Utf16, long Bytes, long PlainLength, byte[] Head, IReadOnlyList<byte[]> Windows, bool ValidUtf8, byte[] Suspects,
    bool HasC1, bool BreaksInQuotes, bool MixedBreaks)
{
    /// <summary>Longest line that is read; longer ones are refused.</summary>
    public const int MaxLineBytes = 16_000_000;
    const int HeadBytes = 1 << 18;
    const int HeadLines = 6;
    const int WindowBytes = 1 << 16;
    const int WindowCount = 8;

    public bool WholeFileInHead => Head.Length == PlainLength;

    /// <summary>Reads the file once from end to end.</summary>
    /// <exception cref="InputException">Empty, binary, cut off, with NUL bytes, or with a first line beyond all measure.</exception>
    public static Survey Of(string path)
    {
        var length = new FileInfo(path).Length;
        if (length == 0) throw Empty(path);
        var magic = FileKind.FirstBytes(path);
        var gzip = magic.Length > 2 && magic[0] == 0x1F && magic[1] == 0x8B;
        if (!gzip) FileKind.RefuseBinary(path, magic);

        var pass = new Pass(path, length);
        using (var source = new PlainBytes(path, gzip))
        {
            while (true)
            {
                var chunk = source.Next();
                if (chunk.Length == 0) break;
                pass.Take(chunk, gzip, source.Progress);
            }
        }

        if (pass.Plain == 0) throw Empty(path);
        return pass.Result(gzip);
    }

    static InputException Empty(string path) => new(
        $"'{path}' is empty. Expected a table of events with a header line; export the file again.",
        $"“{path}”为空。应为带表头的事件表，请重新导出。");

    /// <summary>The counters of one pass.</summary>
    sealed class Pass(string path, long length)
    {
        readonly ArrayBufferWriter<byte> head = new();
        readonly List<byte[]> windows = [];
        byte[] suspects = [];
        byte[] carry = [];
        bool headDone;
        long headLines;
        bool wide;
        bool valid = true;
        bool hasC1;
        bool inQuotes;
        bool breaksInQuotes;
        bool lastWasReturn;
        long feeds;
        long returns;
        long pairs;

        public long Plain { get; private set; }

        public void Take(ReadOnlySpan<byte> chunk, bool gzip, double progress)
        {
            if (Plain == 0)
            {
                if (gzip) FileKind.RefuseBinary(path, chunk);
                wide = chunk.Length > 1 && (chunk[0], chunk[1]) is (0xFF, 0xFE) or (0xFE, 0xFF);
            }

            TakeSamples(chunk, progress);
            if (!wide)
            {
                var nul = chunk.IndexOf((byte)0);
                if (nul >= 0) throw FileKind.NulBytes(path, Plain + nul);
                CheckUtf8(chunk);
                hasC1 = hasC1 || chunk.IndexOfAnyInRange((byte)0x80, (byte)0x9F) >= 0;
                CountBreaks(chunk);
                FollowQuotes(chunk);
            }

            Plain += chunk.Length;
        }

        void TakeSamples(ReadOnlySpan<byte> chunk, double progress)
        {
            if (!headDone)
            {
                head.Write(chunk);
                headLines += chunk.Count((byte)'\n') + chunk.Count((byte)'\r');
                if (headLines == 0 && head.WrittenCount > MaxLineBytes)
                {
                    throw new InputException(
                        $"The first line of '{path}' is longer than {MaxLineBytes:N0} bytes. Expected one event a line; "
                        + "check that it is a text table and how its lines end.",
                        $"“{path}”的第一行超过 {MaxLineBytes:N0} 字节。应每行一个事件；请确认它是文本表，并检查换行符。");
                }

                // A header and two rows, however long they are; a row beyond the limit is not waited for.
                headDone = (head.WrittenCount >= HeadBytes && headLines >= HeadLines) || head.WrittenCount > 3 * MaxLineBytes;
                return;
            }

            if (windows.Count < WindowCount && progress >= (windows.Count + 1.0) / WindowCount)
                windows.Add(chunk[..Math.Min(chunk.Length, WindowBytes)].ToArray());
        }

        void CheckUtf8(ReadOnlySpan<byte> chunk)
        {
            if (!valid) return;
            // A sequence may be cut by the chunk's border: its first bytes are carried over.
            if (carry.Length > 0) chunk = (byte[])[.. carry, .. chunk];
            var cut = chunk.Length - IncompleteTail(chunk);
            if (Utf8.IsValid(chunk[..cut]))
            {
                carry = chunk[cut..].ToArray();
                return;
            }

            valid = false;
            var first = FirstInvalid(chunk);
            suspects = chunk[Math.Max(0, first - 1000)..Math.Min(chunk.Length, first + WindowBytes)].ToArray();
        }

        static int IncompleteTail(ReadOnlySpan<byte> chunk)
        {
            for (var back = 1; back <= Math.Min(3, chunk.Length); back++)
            {
                var b = chunk[^back];
                if (b < 0x80) return 0;
                if (b >= 0xC0) return (b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2) > back ? back : 0;
            }

            return 0;
        }

        static int FirstInvalid(ReadOnlySpan<byte> chunk)
        {
            var low = 0;
            var high = chunk.Length;
            while (high - low > 1)
            {
                var middle = (low + high) / 2;
                var prefix = chunk[..middle];
                if (Utf8.IsValid(prefix[..^IncompleteTail(prefix)])) low = middle;
                else high = middle;
            }

            return low;
        }

        void CountBreaks(ReadOnlySpan<byte> chunk)
        {
            feeds += chunk.Count((byte)'\n');
            if (lastWasReturn && chunk[0] == '\n') pairs++;
            lastWasReturn = chunk[^1] == '\r';
            if (!chunk.Contains((byte)'\r')) return;
            returns += chunk.Count((byte)'\r');
            pairs += chunk.Count("\r\n"u8);
        }

        void FollowQuotes(ReadOnlySpan<byte> chunk)
        {
            if (breaksInQuotes) return;
            while (true)
            {
                var quote = chunk.IndexOf((byte)'"');
                if (inQuotes && (quote < 0 ? chunk : chunk[..quote]).ContainsAny((byte)'\n', (byte)'\r'))
                {
                    breaksInQuotes = true;
                    return;
                }

                if (quote < 0) return;
                inQuotes = !inQuotes;
                chunk = chunk[(quote + 1)..];
            }
        }

        public Survey Result(bool gzip)
        {
            if (carry.Length > 0)
            {
                valid = false;
                suspects = carry;
            }

            var mixed = returns > 0 && (returns != pairs ? feeds > 0 : feeds > pairs);
            return new Survey(gzip, wide, length, Plain, head.WrittenSpan.ToArray(), windows, valid, suspects, hasC1, breaksInQuotes,
                mixed);
        }
    }
}
