namespace Coterie.Server.Collector;

/// <summary>Memory for the bodies of requests, which all requests share: however many large bodies come at once, no more than this is held. The first
/// bytes of every request are free, so that ordinary ones are served whatever the large ones do.</summary>
sealed class BodySpace(long most = BodySpace.Usual)
{
    readonly long most = most;
    /// <summary>One body of the largest size, as sent and unpacked, and many smaller ones; parsing takes up to six times as much for a moment.</summary>
    public const long Usual = 48L << 20;
    public const int Free = 64 << 10;
    long held;

    /// <summary>Bytes that are held beyond the free ones.</summary>
    public long Held => Interlocked.Read(ref held);

    public Share Begin() => new(this);

    /// <summary>What one request holds; given back when disposed.</summary>
    public sealed class Share(BodySpace space) : IDisposable
    {
        long read, taken;

        /// <exception cref="BadRequestException">Others hold too much just now: 429, to be sent again.</exception>
        public void Take(int bytes)
        {
            read += bytes;
            var more = Math.Max(0, read - Free) - taken;
            if (more <= 0) return;
            if (Interlocked.Add(ref space.held, more) > space.most)
            {
                Interlocked.Add(ref space.held, -more);
                throw new BadRequestException("overloaded", "Too many large bodies arrive at once; send it again.", status: 429);
            }

            taken += more;
        }

        public void Dispose()
        {
            Interlocked.Add(ref space.held, -taken);
            taken = 0;
        }
    }
}
