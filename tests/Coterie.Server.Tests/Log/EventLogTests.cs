using System.Text;
using Coterie.Numerics;
using Coterie.Server.Log;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Server;

public class EventLogTests
{
    static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    static List<(long Sequence, string Text)> All(EventLog log, long from = 1)
    {
        var found = new List<(long, string)>();
        log.Read(from, f => found.Add((f.Sequence, Encoding.UTF8.GetString(f.Payload.Span))));
        return found;
    }

    static string Long(Rng rng, int most) => new('x', rng.NextInt(most));

    [Fact]
    public async Task WhatWasAppended_IsReadInOrder_AlsoAfterReopening_AndOverManyFiles()
    {
        using var folder = new TemporaryFolder();
        var options = new EventLogOptions { FileBytes = 2_000 };
        using (var log = EventLog.Open(folder.Path, options))
        {
            for (var i = 1; i <= 100; i++) Assert.Equal(i, await log.Append(Text($"event {i} {new string('y', i)}")));
            Assert.Equal(100, log.Last);
        }

        Assert.True(Directory.GetFiles(folder.Path).Length > 3);
        using var again = EventLog.Open(folder.Path, options);
        Assert.Empty(again.Damage);
        Assert.Equal(101, await again.Append(Text("one more")));
        Assert.Equal(Enumerable.Range(1, 101).Select(i => (long)i), All(again).Select(f => f.Sequence));
        Assert.Equal(Enumerable.Range(57, 45).Select(i => (long)i), All(again, 57).Select(f => f.Sequence));
        Assert.StartsWith("event 57 ", All(again, 57)[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyWriters_GetEachANumberOfTheirOwn()
    {
        using var folder = new TemporaryFolder();
        using var log = EventLog.Open(folder.Path);
        var numbers = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => Task.Run(() => log.Append(Text($"{i}")))));
        Assert.Equal(2_000, numbers.Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => $"{i}").Order(), All(log).Select(f => f.Text).Order());
    }

    [Fact]
    public async Task ATornTail_CostsTheTornFrameOnly_WhereverItIsTorn()
    {
        using var folder = new TemporaryFolder();
        using (var log = EventLog.Open(folder.Path))
            for (var i = 1; i <= 5; i++) await log.Append(Text($"frame {i}"));
        var file = Directory.GetFiles(folder.Path)[0];
        var whole = File.ReadAllBytes(file);
        var size = FrameFormat.Size("frame 1".Length);
        for (var length = whole.Length - 3 * size; length < whole.Length; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            using var log = EventLog.Open(folder.Path);
            var left = (length - LogReading.Magic.Length) / size;
            Assert.Equal(left, All(log).Count);
            Assert.Equal((length - LogReading.Magic.Length) % size != 0, log.Damage.Count == 1);
            Assert.Equal(left + 1, await log.Append(Text("after")));
            Assert.Equal("after", All(log)[^1].Text);
            log.Dispose();
            foreach (var f in Directory.GetFiles(folder.Path).Where(f => f != file)) File.Delete(f);
        }
    }

    [Fact]
    public async Task EveryFlippedBit_IsSeen_AndTheOtherFramesAreRead()
    {
        using var folder = new TemporaryFolder();
        using (var log = EventLog.Open(folder.Path))
            for (var i = 1; i <= 8; i++) await log.Append(Text($"{{\"event\":\"Order Completed\",\"number\":{i}}}"));
        var whole = File.ReadAllBytes(Directory.GetFiles(folder.Path)[0]);
        var size = (whole.Length - LogReading.Magic.Length) / 8;
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var changed = whole.ToArray();
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            var found = new List<string>();
            var damage = LogReading.Read(new MemoryFile(changed), "x", (s, p) => found.Add($"{s} {Encoding.UTF8.GetString(p.Span)}"));
            var hit = (bit / 8 - LogReading.Magic.Length) / size;
            var expected = Enumerable.Range(1, 8).Where(i => bit / 8 < LogReading.Magic.Length || i != hit + 1).Select(i => $"{i} {{\"event\":\"Order Completed\",\"number\":{i}}}");
            Assert.Equal(expected, found);
            Assert.Equal(hit == 7 && bit / 8 >= LogReading.Magic.Length, Assert.Single(damage).AtEnd);
        }
    }

    [Fact]
    public void AfterPowerCutsAndFullDisks_EveryAcknowledgedFrameIsThereOnce_AndNothingElse() => Gen.ULong.Sample(seed =>
    {
        var rng = new Seed(seed).Stream(0);
        var storage = new FaultyStorage();
        var sent = new HashSet<string>(StringComparer.Ordinal);
        var acknowledged = new Dictionary<long, string>();
        for (var life = 0; life < 4; life++)
        {
            var log = new EventLog(storage, new EventLogOptions { FileBytes = 300 + rng.NextInt(3_000) });
            var found = All(log);
            Assert.Equal(found.Select(f => f.Sequence).Distinct().Order(), found.Select(f => f.Sequence));
            Assert.All(found, f => Assert.Contains(f.Text, sent));
            foreach (var (sequence, text) in acknowledged) Assert.Contains((sequence, text), found);

            // What came through unacknowledged is there from now on.
            foreach (var (sequence, text) in found) acknowledged[sequence] = text;
            for (var round = 0; round < 6; round++)
            {
                storage.Allowed = rng.NextInt(3) == 0 ? rng.NextInt(4) : int.MaxValue;
                var batch = Enumerable.Range(0, 1 + rng.NextInt(4)).Select(i => $"{life}.{round}.{i} {Long(rng, 900)}").ToArray();
                sent.UnionWith(batch);
                var tasks = batch.Select(b => log.Append(Text(b))).ToArray();
                for (var i = 0; i < tasks.Length; i++)
                {
                    try
                    {
                        acknowledged.Add(tasks[i].GetAwaiter().GetResult(), batch[i]);
                    }
                    catch (LogUnavailableException)
                    {
                        Assert.NotNull(log.Trouble);
                    }
                }
            }

            storage.Allowed = int.MaxValue;
            var left = storage.AfterPowerCut(rng);
            log.Dispose();
            storage = left;
        }
    }, iter: 400);

    [Fact]
    public async Task TooMuchWaiting_IsRefusedAtOnce()
    {
        using var folder = new TemporaryFolder();
        using var log = EventLog.Open(folder.Path, new EventLogOptions { MostWaiting = 10 });
        await Assert.ThrowsAsync<LogUnavailableException>(() => log.Append(new byte[11]));
        Assert.Equal(1, await log.Append(new byte[9]));
    }

    sealed class MemoryFile(byte[] bytes) : LogFile
    {
        public override long Length => bytes.Length;

        public override void Append(ReadOnlySpan<byte> added) => throw new NotSupportedException();

        public override void Sync() => throw new NotSupportedException();

        public override int Read(long offset, Span<byte> to)
        {
            var n = (int)Math.Max(0, Math.Min(to.Length, bytes.Length - offset));
            bytes.AsSpan((int)Math.Min(offset, bytes.Length), n).CopyTo(to);
            return n;
        }

        public override void Truncate(long length) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
