using System.Text;
using Coterie.Activation;

namespace Coterie.Tests.Activation;

/// <summary>The journal is cut, flipped and held.</summary>
public class SyncJournalTests
{
    static readonly DestinationFacts Facts = new("told", "told", "https://user-secret.example/T0KEN", Batch: 3);

    static string Made(QuickFolder folder, bool pending)
    {
        var path = SyncJournal.PathOf(folder.Path, Facts, "coterie_s1");
        using var journal = SyncJournal.Open(path, Facts, Some.Audience(), _ => { });
        journal.Send(Some.Batch(1, Some.Entered("A", 0.5, "x"), Some.Entered("B", 0.1, null)));
        journal.Sent();
        journal.Send(Some.Batch(2, Some.Entered("C", 0.5, "é中")));
        if (!pending) journal.Sent();
        return path;
    }

    [Fact]
    public void AJournal_CutAtAnyByte_OpensWithWhatWasWhole()
    {
        using var folder = new QuickFolder();
        var path = Made(folder, pending: false);
        var whole = File.ReadAllBytes(path);
        var ends = whole.Select((b, i) => (b, i)).Where(x => x.b == '\n').Select(x => x.i + 1).ToArray();
        for (var length = ends[0]; length <= whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            var lines = ends.Count(e => e <= length);
            var state = SyncJournal.Read(path)!;
            Assert.Equal(lines switch { 1 or 2 => 0, 3 or 4 => 2, _ => 3 }, state.Known.Count);
            Assert.Equal(lines is 2 or 4, state.Pending is not null);
            using var journal = SyncJournal.Open(path, Facts, Some.Audience(), _ => { });
            Assert.Equal(ends[lines - 1], new FileInfo(path).Length);
        }
    }

    [Fact]
    public void EveryFlippedBit_IsNoticed()
    {
        using var folder = new QuickFolder();
        var path = Made(folder, pending: true);
        var whole = File.ReadAllBytes(path);
        // The line's end of the last line is the one place where a flip looks like a cut.
        for (var i = 0; i < whole.Length - 1; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var bytes = whole.ToArray();
                bytes[i] ^= (byte)(1 << bit);
                if (bytes[i] == 0) continue;
                File.WriteAllBytes(path, bytes);
                var e = Assert.Throws<InputException>(() => SyncJournal.Read(path));
                Assert.Contains("damaged", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void ALineThatIsMissing_IsNoticed()
    {
        using var folder = new QuickFolder();
        var path = Made(folder, pending: true);
        var lines = File.ReadAllLines(path);
        for (var i = 1; i < lines.Length - 1; i++)
        {
            File.WriteAllText(path, string.Join('\n', lines.Where((_, j) => j != i)) + "\n");
            Assert.Throws<InputException>(() => SyncJournal.Read(path));
        }
    }

    [Fact]
    public void PagesThatWereNeverWritten_AreACut()
    {
        using var folder = new QuickFolder();
        var path = Made(folder, pending: false);
        var whole = File.ReadAllBytes(path);
        var line = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        whole.AsSpan(line + 20, 10).Clear();
        File.WriteAllBytes(path, whole);
        Assert.NotNull(SyncJournal.Read(path)!.Pending);
    }

    [Fact]
    public void ABatch_ReadBack_HasTheSameBytesAndKey()
    {
        using var folder = new QuickFolder();
        var batch = Some.Batch(7, Some.Entered("A\"\n中", 0.1, "=x"), Some.Entered("B", null, null), new AudienceChange(ChangeKind.Exited, "C", []));
        var path = SyncJournal.PathOf(folder.Path, Facts, "coterie_s1");
        using (var journal = SyncJournal.Open(path, Facts, Some.Audience(), _ => { })) journal.Send(batch);
        var read = SyncJournal.Read(path)!.Pending!;
        Assert.Equal(batch.Key, read.Key);
        Assert.Equal(WebhookDestination.Body(batch), WebhookDestination.Body(read));
        Assert.Equal(batch.Key, BatchText.Keyed(read, "somewhere", 0).Key);
    }

    [Fact]
    public void TheJournal_IsForItsOwnerOnly_AndHoldsNoAddress()
    {
        using var folder = new QuickFolder();
        var path = Made(folder, pending: true);
        Assert.DoesNotContain("T0KEN", File.ReadAllText(path, Encoding.UTF8), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", path, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task AfterASync_TraitsAreNotKept()
    {
        using var folder = new QuickFolder();
        var audience = Some.Audience() with { Traits = [new AudienceTrait("email")], Members = [new AudienceMember("A", ["a@b.example"])] };
        await AudienceSync.Run(audience, new Told(_ => Fate.Arrives), new SyncOptions { State = folder.Path, Minimum = 1 }, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("a@b.example", File.ReadAllText(Directory.GetFiles(folder.Path, "*.journal").Single()), StringComparison.Ordinal);
    }
}
