using System.IO.Compression;
using System.Net;
using Coterie.Server.Collector;
using CsCheck;

namespace Coterie.Tests.Server.Hardness;

/// <summary>Bodies of 100 MB, gzip bombs and documents of nothing but brackets, many at once, against a server in a process of its own: it does not fall over, its memory
/// stays bounded, and ordinary requests are served meanwhile.</summary>
public class LargeBodyTests
{
    const int AtOnce = 12;
    const long MostMemory = 1_200L << 20;

    [Fact]
    public async Task ManyAtOnce_AreRefused_WithinAMemoryOfTheServers()
    {
        await using var server = await ServerProcess.Start();
        using var client = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromSeconds(60) };
        var zeros = Gzip(100 << 20, "0");
        var tokens = Gzip(30 << 20, "1,", "[", "1]");
        var attacks = Enumerable.Range(0, AtOnce).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < 2; round++)
            {
                using HttpContent body = (i % 3) switch
                {
                    0 => new StreamContent(new Endless(100 << 20)),
                    1 => new ByteArrayContent(zeros),
                    _ => new ByteArrayContent(tokens),
                };
                try
                {
                    using var answer = await client.PostAsync("/v1/batch", body);
                    Assert.Contains((int)answer.StatusCode, new[] { 400, 401, 413, 429 });
                }
                catch (HttpRequestException)
                {
                    // Cut off while it was still sending: that is an answer too.
                }
            }
        })).ToArray();
        for (var i = 0; i < 30; i++) Assert.Equal(HttpStatusCode.OK, await server.Track(client, $"m{i}"));
        await Task.WhenAll(attacks);
        Assert.Equal(HttpStatusCode.OK, await server.Track(client, "after"));
        Assert.True(server.PeakMemory < MostMemory, $"the server took {server.PeakMemory >> 20} MB");
    }

    [Fact]
    public void Space_IsNeverHeldBeyondItsMost_AndIsGivenBack() => Gen.Select(Gen.Int[1, 200_000].Array[1, 12].Array[1, 20], Gen.Int[0, 500_000]).Sample((requests, most) =>
    {
        var space = new BodySpace(most);
        var open = new List<BodySpace.Share>();
        foreach (var pieces in requests)
        {
            var share = space.Begin();
            open.Add(share);
            try
            {
                foreach (var piece in pieces) share.Take(piece);
            }
            catch (BadRequestException e)
            {
                Assert.Equal(429, e.Status);
            }

            Assert.InRange(space.Held, 0, most);
        }

        open.ForEach(s => s.Dispose());
        Assert.Equal(0, space.Held);
    });

    static byte[] Gzip(int bytes, string piece, string first = "", string last = "")
    {
        using var to = new MemoryStream();
        using (var gzip = new GZipStream(to, CompressionLevel.Fastest))
        {
            gzip.Write(System.Text.Encoding.ASCII.GetBytes(first));
            var block = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(piece, (1 << 16) / piece.Length)));
            for (var n = 0; n < bytes; n += block.Length) gzip.Write(block);
            gzip.Write(System.Text.Encoding.ASCII.GetBytes(last));
        }

        return to.ToArray();
    }

    // Spaces, so many.
    sealed class Endless(long left) : Stream
    {
        long left = left;

        public override int Read(Span<byte> buffer)
        {
            var n = (int)Math.Min(buffer.Length, left);
            buffer[..n].Fill((byte)' ');
            left -= n;
            return n;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
