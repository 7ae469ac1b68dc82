using System.Text;
using Coterie.Reports;
using Coterie.Server.Live;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Live;

[Collection(nameof(LiveShop))]
public class MemberIndexTests(LiveShop shop)
{
    [Fact]
    public void EveryCustomerIsFoundAsTheRunWroteIt()
    {
        using var index = MemberIndex.Open(shop.RunDirectory);
        var rows = SegmentFile.ReadParquet(Path.Combine(shop.RunDirectory, "segments.parquet"));
        var features = FeatureFile.Read(Path.Combine(shop.RunDirectory, "features.parquet"), index.AsOf);
        Assert.Equal(rows.Count, index.Customers);
        Assert.Equal(features.Features.Select(f => f.Name), index.FeatureNames);
        for (var i = 0; i < rows.Count; i++)
        {
            var m = index.Of(rows[i].CustomerId)!;
            Assert.Equal((rows[i].Segment, rows[i].Second, rows[i].Confidence), (m.Segment, m.Second, m.Confidence));
            Assert.Equal(features.Columns.Select(c => c[i]), index.Features(rows[i].CustomerId)!);
        }

        Assert.Null(index.Of("nobody"));
        Assert.Null(index.Of(""));
        Assert.Null(index.Features("nobody"));
        Assert.All(index.Segments, s => Assert.Equal(rows.Count(r => r.Segment == s.Id), s.Count));
    }

    static double KeyOf(Member m, MemberOrder order) => order switch
    {
        MemberOrder.Confidence => m.Confidence,
        MemberOrder.Spend => m.Spend ?? double.NegativeInfinity,
        MemberOrder.Recency => m.DaysSinceOrder ?? double.PositiveInfinity,
        _ => 0,
    };

    static List<Member> All(MemberIndex index, string? segment, MemberQuery query)
    {
        var all = new List<Member>();
        for (string? after = null; ;)
        {
            var page = index.Members(segment, query with { After = after });
            Assert.True(page.Members.Count <= query.Size);
            all.AddRange(page.Members);
            if ((after = page.Next) is not null) continue;
            Assert.Equal(all.Count, page.Count);
            return all;
        }
    }

    [Fact]
    public void PagesTogetherAreThePlainSortedAndFilteredList()
    {
        using var index = MemberIndex.Open(shop.RunDirectory);
        var everybody = SegmentFile.ReadParquet(Path.Combine(shop.RunDirectory, "segments.parquet")).Select(r => index.Of(r.CustomerId)!).ToArray();
        var query = Gen.Select(Gen.Enum<MemberOrder>(), Gen.Bool, Gen.Int[1, 60], Gen.OneOf(new[] { "", "c", "c00001", "anon:", "zzz", "c000" }.Select(Gen.Const).ToArray()), Gen.Int[-1, 3]);
        query.Sample((order, descending, size, prefix, s) =>
        {
            var segment = s < 0 ? null : index.Segments[Math.Min(s, index.Segments.Count - 1)].Id;
            var expected = everybody.Where(m => (segment is null || m.Segment == segment) && m.Customer.StartsWith(prefix, StringComparison.Ordinal))
                .OrderBy(m => KeyOf(m, order)).ThenBy(m => m.Customer, StringComparer.Ordinal).Select(m => m.Customer).ToArray();
            if (descending) Array.Reverse(expected);
            Assert.Equal(expected, All(index, segment, new MemberQuery { Order = order, Descending = descending, Size = size, Prefix = prefix }).Select(m => m.Customer));
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void NeighboursStandBesideACustomerInTheList()
    {
        using var index = MemberIndex.Open(shop.RunDirectory);
        var segment = index.Segments.MaxBy(s => s.Count)!.Id;
        foreach (var query in Enum.GetValues<MemberOrder>().SelectMany(o => new[] { new MemberQuery { Order = o }, new MemberQuery { Order = o, Descending = true } }))
        {
            var list = All(index, segment, query).Select(m => m.Customer).ToArray();
            for (var i = 0; i < list.Length; i += 7)
                Assert.Equal(new MemberNeighbours(i + 1, list.Length, list.ElementAtOrDefault(i - 1), list.ElementAtOrDefault(i + 1)), index.Neighbours(segment, list[i], query));
        }

        Assert.Null(index.Neighbours(segment, "nobody", new MemberQuery()));
    }

    [Fact]
    public void ACursorWhoseCustomerIsGoneStillHoldsItsPlace()
    {
        using var index = MemberIndex.Open(shop.RunDirectory);
        var first = index.Members(null, new MemberQuery { Size = 10 }).Members.Select(m => m.Customer).ToArray();
        var gone = new MemberCursor(MemberOrder.Customer, false, 0, first[4] + "!").Write();
        Assert.Equal(first[5], index.Members(null, new MemberQuery { Size = 1, After = gone }).Members[0].Customer);
        var back = new MemberCursor(MemberOrder.Customer, true, 0, first[4] + "!").Write();
        Assert.Equal(first[4], index.Members(null, new MemberQuery { Size = 1, After = back, Descending = true }).Members[0].Customer);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData("%%%")]
    public void WrongCursorsAreRefused(string cursor)
    {
        using var index = MemberIndex.Open(shop.RunDirectory);
        Assert.Throws<ConfigurationException>(() => index.Members(null, new MemberQuery { After = cursor }));
    }

    [Fact]
    public void WrongQueriesAreRefusedWithEveryProblem()
    {
        using var index = MemberIndex.Open(shop.RunDirectory);
        var e = Assert.Throws<ConfigurationException>(() => index.Members("S99", new MemberQuery { Size = 0, Order = (MemberOrder)9 }));
        Assert.Equal(3, e.Message.Split('\n').Length);
        var other = index.Members(null, new MemberQuery { Size = 5 }).Next;
        Assert.Throws<ConfigurationException>(() => index.Members(null, new MemberQuery { Order = MemberOrder.Spend, After = other }));
    }

    [Fact]
    public void ADamagedOrOutdatedIndexIsMadeAgain()
    {
        using var folder = new TemporaryFolder();
        var run = LiveShop.Copy(shop.RunDirectory, folder.File("run"));
        string customer;
        using (var index = MemberIndex.Open(run)) customer = index.Members(null, new MemberQuery { Size = 1 }).Members[0].Customer;
        var path = MemberIndex.PathOf(run);
        var good = File.ReadAllBytes(path);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 7], Gen.Bool).Sample((at, bit, cut) =>
        {
            var bad = cut ? good[..at] : (byte[])good.Clone();
            if (!cut) bad[at] ^= (byte)(1 << bit);
            File.WriteAllBytes(path, bad);
            using (var index = MemberIndex.Open(run)) Assert.NotNull(index.Of(customer));
            Assert.Equal(good, File.ReadAllBytes(path));
        }, iter: 8, threads: 1);
        File.SetLastWriteTimeUtc(Path.Combine(run, "segments.parquet"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using (var index = MemberIndex.Open(run)) Assert.NotNull(index.Of(customer));
        Assert.NotEqual(good, File.ReadAllBytes(path));
    }

    [Fact]
    public void FilesThatDoNotBelongTogetherAreRefused()
    {
        using var folder = new TemporaryFolder();
        var run = LiveShop.Copy(shop.RunDirectory, folder.File("run"));
        File.Delete(Path.Combine(run, "segments.parquet"));
        Assert.Throws<InputException>(() => MemberIndex.Open(run));
        File.WriteAllText(Path.Combine(run, "segments.parquet"), "nonsense");
        Assert.Throws<InputException>(() => MemberIndex.Open(run));
        Assert.Throws<InputException>(() => MemberIndex.Open(folder.File("nothing")));
        Assert.False(File.Exists(MemberIndex.PathOf(run)));
    }

    [Fact]
    public void AnExportIsTheFileThatTheRunWrote()
    {
        using var index = MemberIndex.Open(shop.RunDirectory);
        using var to = new MemoryStream();
        using (var writer = new StreamWriter(to, new UTF8Encoding(false), leaveOpen: true)) SegmentFile.WriteCsv(writer, index.Export(null));
        Assert.Equal(File.ReadAllText(Path.Combine(shop.RunDirectory, "segments.csv")), Encoding.UTF8.GetString(to.ToArray()));
        var segment = index.Segments[0];
        Assert.Equal(segment.Count, index.Export(segment.Id, "zh").Count());
        Assert.All(index.Export(segment.Id, "zh"), r => Assert.Equal(segment.Name.Zh, r.Name));
    }

    [Fact]
    public async Task AnIndexThatIsDisposedOfWhileItIsAskedAnswersOrSaysSo()
    {
        var index = MemberIndex.Open(shop.RunDirectory);
        var customer = shop.Customers[0];
        var askers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            try
            {
                while (true) Assert.NotNull(index.Of(customer));
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        })).ToArray();
        await Task.Delay(20);
        index.Dispose();
        await Task.WhenAll(askers);
    }
}
