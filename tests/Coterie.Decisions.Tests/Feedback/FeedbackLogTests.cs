using Coterie.Feedback;
using Coterie.Privacy;
using Coterie.Profiles;
using CsCheck;

namespace Coterie.Tests.Feedback;

public sealed class FeedbackLogTests : IDisposable
{
    readonly string workspace = Directory.CreateTempSubdirectory("coterie-feedback-").FullName;

    public FeedbackLogTests() => File.WriteAllText(Path.Combine(workspace, "coterie.json"), """{ "schema": "coterie.workspace/1" }""");

    public void Dispose() => Directory.Delete(workspace, recursive: true);

    string LogFile => Path.Combine(workspace, FeedbackLog.FileName);

    static readonly Gen<string> Word = Gen.String[Gen.Char.AlphaNumeric, 1, 6];
    static readonly Gen<IReadOnlyList<string>> Several = Gen.Int[2, 5].Select(n => (IReadOnlyList<string>)[.. Enumerable.Range(0, n).Select(i => $"c{i},\"客\"")]);

    internal static readonly Gen<FeedbackEntry> Any = Gen.OneOf<FeedbackEntry>(
        Gen.Select(Word, Word).Select((s, n) => (FeedbackEntry)new RenameSegment { Who = "Ada", Segment = s, Name = new Bilingual(n, "最好") }),
        Word.Select(s => (FeedbackEntry)new LockSegment { Who = "Ada", Segment = s }),
        Gen.Bool.Select(named => (FeedbackEntry)new MergeSegments { Who = "Ada", Segments = ["S1", "S2"], Name = named ? new("all", "全部") : null }),
        Gen.Int[2, 8].Select(n => (FeedbackEntry)new SplitSegment { Who = "Ada", Segment = "S1", Into = n, Note = "two kinds" }),
        Gen.Select(Word, Word).Select((c, s) => (FeedbackEntry)new PinCustomer { Who = "Ada", Customer = c, Segment = s }),
        Gen.Select(Word, Word).Select((c, s) => (FeedbackEntry)new MoveCustomer { Who = "Ada", Customer = c, Segment = s }),
        Several.Select(c => (FeedbackEntry)new MarkTogether { Who = "Ada", Customers = c }),
        Several.Select(c => (FeedbackEntry)new MarkApart { Who = "Ada", Customers = c }),
        Gen.Select(Word, Gen.Bool).Select((c, yes) => (FeedbackEntry)new ReviewCustomer { Who = "Ada", Customer = c, Segment = "S1", Agree = yes, Chosen = yes ? null : "S2" }));

    [Fact]
    public void WhatIsAppended_IsReadBack() => Any.List[1, 6].Sample(entries =>
    {
        File.Delete(LogFile);
        var log = FeedbackLog.Open(workspace);
        var written = entries.ConvertAll(log.Append);
        // Records compare lists by reference, so the texts are compared.
        Assert.Equal(log.Text(), FeedbackLog.Open(workspace).Text());
        Assert.Equal(written.Select(e => e.Id), Enumerable.Range(1, entries.Count).Select(i => $"F{i}"));
        Assert.All(written, w => Assert.Equal(DateTimeKind.Utc, w.Time.Kind));
        Assert.All(File.ReadLines(LogFile), line => Assert.StartsWith("{\"kind\":\"", line, StringComparison.Ordinal));
    }, iter: 30, threads: 1);

    [Fact]
    public void OrderInTheFile_DoesNotMatter()
    {
        var log = FeedbackLog.Open(workspace);
        for (var i = 0; i < 5; i++) log.Append(new PinCustomer { Who = "Ada", Customer = $"c{i}", Segment = "S1" });
        var text = log.Text();
        File.WriteAllLines(LogFile, File.ReadAllLines(LogFile).Reverse());
        Assert.Equal(text, FeedbackLog.Open(workspace).Text());
    }

    [Fact]
    public void AWithdrawnEntry_CountsNoLonger()
    {
        var log = FeedbackLog.Open(workspace);
        log.Append(new LockSegment { Who = "Ada", Segment = "S1" });
        log.Append(new LockSegment { Who = "Ada", Segment = "S2" });
        log.Append(new WithdrawEntry { Who = "Bo", Entry = "F1" });
        Assert.Equal(3, log.All.Count);
        Assert.Equal("F2", Assert.Single(log.InForce).Id);
        Assert.Contains("withdrawn already", Assert.Throws<ConfigurationException>(() => log.Append(new WithdrawEntry { Who = "Bo", Entry = "F1" })).Message, StringComparison.Ordinal);
        Assert.Contains("no entry F9", Assert.Throws<ConfigurationException>(() => log.Append(new WithdrawEntry { Who = "Bo", Entry = "F9" })).Message, StringComparison.Ordinal);
        Assert.Contains("itself a withdrawal", Assert.Throws<ConfigurationException>(() => log.Append(new WithdrawEntry { Who = "Bo", Entry = "F3" })).Message, StringComparison.Ordinal);
        Assert.Equal(3, FeedbackLog.Open(workspace).All.Count);
    }

    [Fact]
    public void ACustomerWhoIsErased_IsNowhereInTheFile()
    {
        const string Ghost = "ghost-4711";
        var person = new ErasedPerson([Ghost], [Ghost, "browser-9f3"], [Ghost, "browser-9f3"], [], []);
        var log = FeedbackLog.Open(workspace);
        Erase(0);
        log.Append(new PinCustomer { Who = "Ada", Customer = Ghost, Segment = "S1" });
        log.Append(new WithdrawEntry { Who = "Ada", Entry = "F1" });
        log.Append(new MarkTogether { Who = "Ada", Customers = ["a", Ghost, "b"] });
        log.Append(new MarkApart { Who = "Ada", Customers = ["a", Ghost] });
        log.Append(new LockSegment { Who = "Ada", Segment = "S1", Note = "ghost-4711 said so" });
        log.Append(new PinCustomer { Who = "Ada", Customer = "a", Segment = "S1" });
        Erase(5);
        Assert.DoesNotContain(Ghost, File.ReadAllText(LogFile), StringComparison.Ordinal);
        Assert.Equal(["F3", "F5", "F6"], FeedbackLog.Open(workspace).All.Select(e => e.Id));
        Erase(0);
        // Ids are not given again while a later one stands.
        Assert.Equal("F7", log.Append(new LockSegment { Who = "Ada", Segment = "S2" }).Id);

        void Erase(int expected)
        {
            var entries = 0;
            log.Erase(person, n => entries = n);
            Assert.Equal(expected, entries);
        }
    }

    [Fact]
    public void TwoLogsOfOneFile_NeverGiveAnIdTwice()
    {
        var (one, other) = (FeedbackLog.Open(workspace), FeedbackLog.Open(workspace));
        Parallel.For(0, 20, i =>
        {
            var log = i % 2 == 0 ? one : other;
            lock (log) log.Append(new PinCustomer { Who = "Ada", Customer = $"c{i}", Segment = "S1" });
        });
        var read = FeedbackLog.Open(workspace).All;
        Assert.Equal(20, read.Select(e => e.Id).Distinct().Count());
        Assert.Equal(20, read.Cast<PinCustomer>().Select(e => e.Customer).Distinct().Count());
    }

    const string Good = """{"kind":"lock","id":"F1","time":"2026-01-02T03:04:05Z","who":"Ada","segment":"S1"}""";

    [Theory]
    [InlineData("{", "line 2")]
    [InlineData("[]", "line 2")]
    [InlineData("null", "null")]
    [InlineData("""{"kind":"explode","id":"F2","time":"2026-01-02T03:04:05Z","who":"Ada"}""", "explode")]
    [InlineData("""{"id":"F2","time":"2026-01-02T03:04:05Z","who":"Ada","segment":"S1"}""", "line 2")]
    [InlineData("""{"kind":"lock","id":"F2","time":"2026-01-02T03:04:05Z","who":"Ada"}""", "segment")]
    [InlineData("""{"kind":"lock","id":"F2","time":"yesterday","who":"Ada","segment":"S1"}""", "line 2")]
    [InlineData("""{"kind":"lock","id":"F2","time":"2026-01-02T03:04:05Z","who":" ","segment":"S1"}""", "who is empty")]
    [InlineData("""{"kind":"lock","id":"","time":"2026-01-02T03:04:05Z","who":"Ada","segment":"S1"}""", "id is missing")]
    [InlineData("""{"kind":"lock","id":"F1","time":"2026-01-02T03:04:05Z","who":"Ada","segment":"S1"}""", "stands on line 1 already")]
    [InlineData("""{"kind":"lock","id":"F2","time":"2026-01-02T03:04:05","who":"Ada","segment":"S1"}""", "UTC")]
    [InlineData("""{"kind":"split","id":"F2","time":"2026-01-02T03:04:05Z","who":"Ada","segment":"S1","into":1}""", "into is 1")]
    [InlineData("""{"kind":"split","id":"F2","time":"2026-01-02T03:04:05Z","who":"Ada","segment":"S1","into":1e99}""", "line 2")]
    [InlineData("""{"kind":"together","id":"F2","time":"2026-01-02T03:04:05Z","who":"Ada","customers":["a","a"]}""", "names one twice")]
    [InlineData("""{"kind":"together","id":"F2","time":"2026-01-02T03:04:05Z","who":"Ada","customers":null}""", "line 2")]
    [InlineData("""{"kind":"lock","id":"F2","time":"2026-01-02T03:04:05Z","who":"Ada","segment":"S1","extra":1}""", "extra")]
    [InlineData("""{"kind":"review","id":"F2","time":"2026-01-02T03:04:05Z","who":"Ada","customer":"c","segment":"S1","agree":true,"chosen":"S2"}""", "another segment")]
    public void ADamagedLine_IsNamed(string line, string says)
    {
        File.WriteAllText(LogFile, Good + "\n" + line + "\n");
        var message = Assert.Throws<InputException>(() => FeedbackLog.Open(workspace)).Message;
        Assert.Contains("line 2", message, StringComparison.Ordinal);
        Assert.Contains(says, message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyBytes_GiveAnInputException_OrEntries() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        File.WriteAllBytes(LogFile, [.. System.Text.Encoding.UTF8.GetBytes(Good), (byte)'\n', .. bytes]);
        try
        {
            FeedbackLog.Open(workspace);
        }
        catch (InputException)
        {
            // Said plainly.
        }
    }, iter: 300, threads: 1);

    [Fact]
    public void ALineWithoutItsEnd_IsNotRunInto()
    {
        File.WriteAllText(LogFile, Good);
        FeedbackLog.Open(workspace).Append(new LockSegment { Who = "Bo", Segment = "S2" });
        Assert.Equal(["F1", "F2"], FeedbackLog.Open(workspace).All.Select(e => e.Id));
    }

    [Fact]
    public void WhatIsUnfit_IsRefused_WithEveryProblem()
    {
        var message = Assert.Throws<ConfigurationException>(() => FeedbackLog.Open(workspace).Append(new SplitSegment { Who = "", Segment = "", Into = 99 })).Message;
        Assert.Equal(3, message.Split('\n').Length);
        Assert.False(File.Exists(LogFile));
        Assert.Throws<InputException>(() => FeedbackLog.Open(Path.Combine(workspace, "nowhere")));
        Assert.Throws<InputException>(() => FeedbackLog.Read(Path.Combine(workspace, "nothing.jsonl")));
    }

    [Fact]
    public void Agreement_HasWilsonIntervals_ByMonthAndSegment()
    {
        var log = FeedbackLog.Open(workspace);
        for (var i = 0; i < 10; i++)
        {
            log.Append(new ReviewCustomer
            {
                Who = "Ada", Customer = $"c{i}", Segment = i < 4 ? "S1" : "S2", Agree = i < 8, Chosen = i == 9 ? "S1" : null, Time = new DateTime(2026, i < 5 ? 2 : 3, 1, 0, 0, 0, DateTimeKind.Utc),
            });
        }

        var agreement = ReviewAgreement.Of(log);
        Assert.Equal(["2026-02", "2026-03"], agreement.Months.Select(m => m.Of));
        Assert.Equal([5, 3], agreement.Months.Select(m => m.Agreed));
        Assert.Equal([4, 4], agreement.Segments.Select(m => m.Agreed));
        // 8 of 10, z = 1.96: 0.4902 to 0.9433 (Wilson 1927).
        Assert.Equal(0.8, agreement.Overall!.Share.Value, 12);
        Assert.Equal(0.4902, agreement.Overall.Share.Low, 4);
        Assert.Equal(0.9433, agreement.Overall.Share.High, 4);
        log.Append(new WithdrawEntry { Who = "Ada", Entry = "F9" });
        Assert.Equal(9, ReviewAgreement.Of(log).Reviews);
    }
}
