using System.Text;
using Coterie.Privacy;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Privacy;

public class FileErasureTests
{
    static readonly ErasedPerson Anna = new(["anna-17"], ["anna-17", "17", "b-99"], ["anna-17", "b-99"], ["anna@shop.example", "blue house boat"], ["Kunde"]);

    static string Clean(TemporaryFolder folder, string name, string text, out FileErasure.Outcome outcome)
    {
        var path = folder.File(name);
        File.WriteAllText(path, text);
        outcome = FileErasure.Clean(path, Anna, _ => { });
        return File.ReadAllText(path);
    }

    [Theory]
    [InlineData("call anna-17 now", "call (erased) now")]
    [InlineData("ANNA-17: anna@shop.example.", "(erased): (erased 1).")]
    [InlineData("a Blue House Boat!", "a (erased 2)!")]
    [InlineData("joanna-17 anna-170 anna-17x x_anna-17 joanna@shop.example 17", "joanna-17 anna-170 anna-17x x_anna-17 joanna@shop.example 17")]
    [InlineData("客户anna-17的", "客户(erased)的")]
    public void RunningText_LosesTheNames_AndNothingThatOnlyLooksLikeThem(string text, string expected) => Assert.Equal(expected, Anna.Without(text));

    [Fact]
    public void AShortId_CountsOnlyWhereIdsStand()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("customer_id,orders\n3,17\n", Clean(folder, "a.csv", "customer_id,orders\n17,4\n3,17\n", out _));
        Assert.Equal("kunde;n\n17;1\n", Clean(folder, "b.txt", "kunde;n\n17;1\n", out _));
        Assert.Equal("Kunde,n\n", Clean(folder, "c.csv", "Kunde,n\n17,1\n", out var outcome));
        Assert.Equal(1, outcome.Removed);
    }

    [Fact]
    public void Records_WithQuotesAndLineBreaks_StayByteByByte()
    {
        using var folder = new TemporaryFolder();
        const string Kept = "\uFEFFcustomer_id,text\r\n3,\"a \"\"quoted\"\"\r\nline, and more\"\r\n\"4\",x\r\n";
        var text = Kept + "\"anna-17\",\"two\nlines\"\r\n5,\"said anna-17, twice\"\r\n6,last";
        Assert.Equal(Kept[1..] + "6,last", Clean(folder, "a.csv", text, out var outcome));
        Assert.Equal(2, outcome.Removed);
        Assert.Equal(Encoding.UTF8.Preamble.ToArray(), File.ReadAllBytes(folder.File("a.csv"))[..3]);
    }

    [Fact]
    public void Json_LosesItemsRowsAndKeys_AndKeepsTheRest()
    {
        using var folder = new TemporaryFolder();
        const string Text = """
            {"segments":[{"id":"S1","examples":["c1","17","c2"],"mean":1.50},{"id":"S2","examples":["anna-17"]}],"by":{"anna-17":3,"c9":4},
             "blocks":[{"columns":[{"name":{"en":"Customer","zh":"客户"}},{"name":{"en":"N","zh":"N"}}],"rows":[[{"en":"17","zh":"17"},5],[{"en":"c3","zh":"c3"},17]]}],
             "warned":[{"customer":"17","p":0.5},{"customer":"c4","p":0.25}],"nested":[["b-99",1],["c5",17]],"word":"of anna@shop.example","count":17}
            """;
        const string Expected = """
            {"segments":[{"id":"S1","examples":["c1","c2"],"mean":1.50},{"id":"S2","examples":[]}],"by":{"c9":4},"blocks":[{"columns":[{"name":{"en":"Customer","zh":"客户"}},{"name":{"en":"N","zh":"N"}}],"rows":[[{"en":"c3","zh":"c3"},17]]}],"warned":[{"customer":"c4","p":0.25}],"nested":[["c5",17]],"word":"of (erased 1)","count":17}
            """;
        Assert.Equal(Expected, System.Text.RegularExpressions.Regex.Replace(Clean(folder, "a.json", Text, out var outcome), @"\n\s*|(?<=:) ", ""));
        Assert.Equal(6, outcome.Removed);
        Assert.Equal(1, outcome.Masked);
    }

    [Fact]
    public void ACleanFile_IsNotTouched_AndCleaningTwiceIsCleaningOnce() => Gen.Select(Gen.Int[0, 30].List[1, 40], Gen.Bool).Sample((ids, broken) =>
    {
        using var folder = new TemporaryFolder();
        var rows = ids.Select(i => $"{(i == 7 ? "anna-17" : i == 8 ? "b-99" : $"c{i}")},{i * 17}{(broken ? ",\"x\ny\"" : ",z")}").ToArray();
        var once = Clean(folder, "a.csv", "customer_id,n,t\n" + string.Join('\n', rows) + "\n", out var outcome);
        Assert.Equal(ids.Count(i => i is 7 or 8), outcome.Removed);
        Assert.Equal("customer_id,n,t\n" + string.Concat(rows.Where((_, i) => ids[i] is not (7 or 8)).Select(r => r + "\n")), once);
        var written = File.GetLastWriteTimeUtc(folder.File("a.csv"));
        Assert.Equal(new FileErasure.Outcome(0, 0), FileErasure.Clean(folder.File("a.csv"), Anna, _ => Assert.Fail("nothing is left to remove")));
        Assert.Equal(written, File.GetLastWriteTimeUtc(folder.File("a.csv")));
        Assert.False(FileErasure.Names(folder.File("a.csv"), Anna));
    }, iter: 60);

    [Fact]
    public void AFileOfAnotherKind_ThatNamesThePerson_IsSaidToBeLeft()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.bin");
        File.WriteAllBytes(path, [0, 1, 2, .. "anna-17"u8, 0]);
        Assert.False(FileErasure.Clean(path, Anna, _ => { }).Cleaned);
        Assert.True(FileErasure.Names(path, Anna));
    }

    [Fact]
    public void TheList_KnowsIdsByKeyedHashesOnly()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(SuppressionList.Read(folder.Path));
        var list = SuppressionList.Open(folder.Path);
        list.Add(["anna-17", "b-99"]);
        var again = SuppressionList.Read(folder.Path)!;
        Assert.True(again.Has("anna-17") && again.Has("b-99") && !again.Has("c1") && !again.Has(null));
        Assert.DoesNotContain(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("anna-17"u8)), File.ReadAllText(Path.Combine(list.Folder, "suppressed.txt")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(list.Folder, "key")));
        using var other = new TemporaryFolder();
        Assert.NotEqual(SuppressionList.Open(other.Path).Hash("anna-17"), list.Hash("anna-17"));
        File.Delete(Path.Combine(list.Folder, "key"));
        Assert.Throws<InputException>(() => SuppressionList.Read(folder.Path));
    }
}
