using System.Text;
using Coterie.Numerics;
using Coterie.Server.Log;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Server;

public class LogRewritingTests
{
    static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    static List<(long Sequence, string Text)> All(EventLog log)
    {
        var found = new List<(long, string)>();
        log.Read(1, f => found.Add((f.Sequence, Encoding.UTF8.GetString(f.Payload.Span))));
        return found;
    }

    static byte[]? Erased(ReadOnlyMemory<byte> payload) => Encoding.UTF8.GetString(payload.Span).Contains("anna", StringComparison.Ordinal) ? Text("gone") : null;

    static string Expected(string text) => text.Contains("anna", StringComparison.Ordinal) ? "gone" : text;

    [Fact]
    public async Task WhileOthersAppend_FramesChange_AndKeepTheirNumbers()
    {
        using var folder = new TemporaryFolder();
        using var log = EventLog.Open(folder.Path, new EventLogOptions { FileBytes = 3_000 });
        var sent = new System.Collections.Concurrent.ConcurrentDictionary<long, string>();
        for (var i = 0; i < 100; i++) sent[await log.Append(Text($"{(i % 7 == 0 ? "anna" : "bert")} {i}"))] = $"{(i % 7 == 0 ? "anna" : "bert")} {i}";
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++) sent[await log.Append(Text($"carl {i}"))] = $"carl {i}";
        });
        var done = log.Rewrite(Erased);
        await stop.CancelAsync();
        await writer;
        Assert.Equal(15, done.Frames);
        Assert.Equal(0, done.DamagedBytes);
        Assert.Equal(sent.OrderBy(s => s.Key).Select(s => (s.Key, Expected(s.Value))), All(log));
        Assert.DoesNotContain(Directory.GetFiles(folder.Path), f => Encoding.UTF8.GetString(File.ReadAllBytes(f)).Contains("anna", StringComparison.Ordinal));
        Assert.Equal(0, log.Rewrite(Erased).Frames);
    }

    [Fact]
    public async Task AnEmptyPayload_IsRefused_AndNothingIsChanged()
    {
        using var folder = new TemporaryFolder();
        using var log = EventLog.Open(folder.Path);
        foreach (var text in new[] { "anna 1", "bert 2", "anna 3" }) await log.Append(Text(text));
        Assert.Throws<ArgumentException>(() => log.Rewrite(p => Erased(p) is null ? null : []));
        Assert.Equal([(1L, "anna 1"), (2L, "bert 2"), (3L, "anna 3")], All(log));
    }

    [Fact]
    public void CutAtAnyWriteOrSync_EveryFrameIsAsItWasOrDone_AndTheNextRewritingFinishes() => Gen.Select(Gen.ULong, Gen.Int[0, 40]).Sample((seed, allowed) =>
    {
        var rng = new Seed(seed).Stream(0);
        var storage = new FaultyStorage();
        var options = new EventLogOptions { FileBytes = 200 + rng.NextInt(600) };
        var sent = new List<(long, string)>();
        using (var log = new EventLog(storage, options))
        {
            for (var i = 0; i < 30; i++)
            {
                var text = $"{(rng.NextInt(3) == 0 ? "anna" : "bert")} {i} {new string('x', rng.NextInt(60))}";
                sent.Add((log.Append(Text(text)).GetAwaiter().GetResult(), text));
            }

            storage.Allowed = allowed;
            try
            {
                log.Rewrite(Erased);
            }
            catch (IOException)
            {
                // The disk stopped: that is the point.
            }
        }

        var left = storage.AfterPowerCut(rng);
        using var again = new EventLog(left, options);
        Assert.Equal(sent.Select(s => s.Item1), All(again).Select(f => f.Sequence));
        Assert.All(All(again).Zip(sent), p => Assert.Contains(p.First.Text, new[] { p.Second.Item2, Expected(p.Second.Item2) }));
        again.Rewrite(Erased);
        Assert.Equal(sent.Select(s => (s.Item1, Expected(s.Item2))), All(again));
        Assert.Equal(31, again.Append(Text("next")).GetAwaiter().GetResult());
    }, iter: 200);

    [Fact]
    public async Task WhatIsOldAndLoaded_IsDeleted_FileByFile_ButNeverTheNewest()
    {
        using var folder = new TemporaryFolder();
        var options = new EventLogOptions { FileBytes = 300 };
        using (var log = EventLog.Open(folder.Path, options))
        {
            for (var i = 1; i <= 40; i++) await log.Append(Text($"{i:000} {new string('y', 60)}"));
            static bool Old(ReadOnlyMemory<byte> p) => int.Parse(Encoding.UTF8.GetString(p.Span[..3]), System.Globalization.CultureInfo.InvariantCulture) <= 20;
            var files = Directory.GetFiles(folder.Path).Length;
            var would = log.DeleteOld(Old, 40, dryRun: true);
            Assert.Equal(files, Directory.GetFiles(folder.Path).Length);
            Assert.Equal(0, log.DeleteOld(Old, 2, dryRun: false));
            Assert.Equal(would, log.DeleteOld(Old, 40, dryRun: false));
            Assert.True(would > 0);
            var left = All(log);
            Assert.Equal(Enumerable.Range((int)left[0].Sequence, 41 - (int)left[0].Sequence).Select(i => (long)i), left.Select(f => f.Sequence));
            Assert.InRange(left[0].Sequence, 15, 21);
            log.DeleteOld(_ => true, 40, dryRun: false);
            Assert.Single(Directory.GetFiles(folder.Path));
        }

        using var again = EventLog.Open(folder.Path, options);
        Assert.Equal(41, await again.Append(Text("next")));
    }
}
