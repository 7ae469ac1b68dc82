using System.IO.Compression;

namespace Coterie.Collect;

/// <summary>The plain bytes of a file, in chunks from its first to its last: of a gzip file the decompressed ones.</summary>
/// <remarks>Neither .NET's nor DuckDB's reader reports a gzip file that was cut off: both end early, as if the file were shorter.
/// So a small member of our own is put behind the file's last byte: it comes out at the end only if every member before it was complete
/// (RFC 1952 section 2.2 lets members follow each other).</remarks>
sealed class PlainBytes : IDisposable
{
    const int ChunkBytes = 1 << 18;
    static readonly byte[] Mark = "\u0001coterie:end\u0001"u8.ToArray();
    static readonly byte[] MarkMember = Compress(Mark);

    readonly string path;
    readonly FileStream file;
    readonly Stream source;
    readonly byte[] work = new byte[ChunkBytes + 64];
    readonly int holdBack;
    int held;
    int start;

    public PlainBytes(string path, bool gzip)
    {
        this.path = path;
        file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        source = gzip ? new GZipStream(new ThenBytes(file, MarkMember), CompressionMode.Decompress) : file;
        holdBack = gzip ? Mark.Length : 0;
    }

    /// <summary>Share of the file that was read, 0 to 1.</summary>
    public double Progress => file.Length == 0 ? 1 : (double)file.Position / file.Length;

    /// <summary>The next bytes, valid until the next call; empty at the end.</summary>
    /// <exception cref="InputException">The gzip file is cut off or damaged.</exception>
    public ReadOnlySpan<byte> Next()
    {
        // The last bytes seen are held back until more come, since they may be the mark.
        work.AsSpan(start, held).CopyTo(work);
        while (true)
        {
            var read = Read(work.AsSpan(held, ChunkBytes));
            if (read == 0)
            {
                if (!work.AsSpan(0, held).SequenceEqual(Mark.AsSpan(0, holdBack)))
                    throw Broken("it ends before its last block: it is cut off", "在最后一个数据块之前中断", null);
                held = 0;
                return [];
            }

            start = held + read - holdBack;
            if (start <= 0)
            {
                held += read;
                continue;
            }

            held = holdBack;
            return work.AsSpan(0, start);
        }
    }

    int Read(Span<byte> target)
    {
        try
        {
            return source.Read(target);
        }
        catch (InvalidDataException e)
        {
            throw Broken("its compressed data are damaged or cut off", "压缩数据已损坏或被截断", e);
        }
    }

    InputException Broken(string what, string zh, Exception? inner) => new(
        $"'{path}' is a gzip file of {file.Length:N0} bytes, but {what}. Expected a complete gzip file: copy or download it again; "
        + "'gzip -t FILE' tells whether it is whole.", $"“{path}”是 {file.Length:N0} 字节的 gzip 文件，但{zh}。请重新复制或下载完整的文件。", inner);

    static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        return target.ToArray();
    }

    public void Dispose()
    {
        source.Dispose();
        file.Dispose();
    }

    /// <summary>A stream followed by some bytes.</summary>
    sealed class ThenBytes(Stream first, byte[] then) : Stream
    {
        int given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = first.Read(buffer);
            if (read > 0) return read;
            var rest = Math.Min(buffer.Length, then.Length - given);
            then.AsSpan(given, rest).CopyTo(buffer);
            given += rest;
            return rest;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
