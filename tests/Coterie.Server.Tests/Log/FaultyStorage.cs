using Coterie.Numerics;
using Coterie.Server.Log;

namespace Coterie.Tests.Server;

/// <summary>Files in memory that forget, tear and fail as disks do: what was not synced may be gone, whole or in part, after a power cut.</summary>
sealed class FaultyStorage : LogStorage
{
    sealed class Content
    {
        public List<byte> Bytes { get; } = [];
        /// <summary>Bytes that a sync has put beyond loss.</summary>
        public int Synced { get; set; }
    }

    readonly SortedDictionary<string, Content> files = new(StringComparer.Ordinal);
    readonly Lock gate = new();
    Content? beside;

    /// <summary>Writes and syncs that still succeed; then they fail, until it is raised.</summary>
    public int Allowed { get; set; } = int.MaxValue;

    public override IReadOnlyList<string> Names()
    {
        lock (gate) return [.. files.Keys];
    }

    public override LogFile Create(string name)
    {
        Pay();
        lock (gate) files.Add(name, new Content());
        return new FaultyFile(this, files[name]);
    }

    public override LogFile Open(string name)
    {
        lock (gate) return new FaultyFile(this, files[name]);
    }

    public override LogFile Beside(string name)
    {
        Pay();
        beside = new Content();
        return new FaultyFile(this, beside);
    }

    public override void Replace(string name)
    {
        Pay();
        lock (gate) files[name] = beside!;
    }

    public override void Delete(string name)
    {
        Pay();
        lock (gate) files.Remove(name);
    }

    /// <summary>What is left after the power was cut: of each file the synced part, and of the rest a prefix, of which sectors may be zeros or noise.</summary>
    public FaultyStorage AfterPowerCut(Rng rng)
    {
        var left = new FaultyStorage();
        foreach (var (name, content) in files)
        {
            var keep = content.Synced + rng.NextInt(content.Bytes.Count - content.Synced + 1);
            var bytes = content.Bytes.Take(keep).ToArray();
            for (var i = content.Synced; i < keep; i += 512)
            {
                var fate = rng.NextInt(3);
                for (var j = i; fate > 0 && j < Math.Min(i + 512, keep); j++) bytes[j] = fate == 1 ? (byte)0 : (byte)rng.NextInt(256);
            }

            var copy = new Content { Synced = keep };
            copy.Bytes.AddRange(bytes);
            left.files.Add(name, copy);
        }

        return left;
    }

    void Pay()
    {
        if (Allowed-- <= 0)
        {
            Allowed = 0;
            throw new IOException("No space left on device");
        }
    }

    sealed class FaultyFile(FaultyStorage owner, Content content) : LogFile
    {
        public override long Length => content.Bytes.Count;

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            if (owner.Allowed <= 0)
            {
                // A full disk takes a part.
                content.Bytes.AddRange(bytes[..(bytes.Length / 2)]);
            }

            owner.Pay();
            content.Bytes.AddRange(bytes);
        }

        public override void Sync()
        {
            owner.Pay();
            content.Synced = content.Bytes.Count;
        }

        public override int Read(long offset, Span<byte> to)
        {
            var n = (int)Math.Max(0, Math.Min(to.Length, content.Bytes.Count - offset));
            content.Bytes.GetRange((int)Math.Min(offset, content.Bytes.Count), n).CopyTo(to);
            return n;
        }

        public override void Truncate(long length)
        {
            content.Bytes.RemoveRange((int)length, content.Bytes.Count - (int)length);
            content.Synced = Math.Min(content.Synced, (int)length);
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
