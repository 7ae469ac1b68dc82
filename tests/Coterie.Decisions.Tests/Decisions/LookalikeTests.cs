using System.Text.Json;
using Coterie.Decisions.Lookalikes;
using Coterie.Features;
using Coterie.Numerics;
using Coterie.Reports;
using Coterie.Tests.Cli;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class LookalikeTests : Running
{
    static Matrix Blob(Rng rng, int n, int d, double shift)
    {
        var rows = new Matrix(n, d);
        for (var i = 0; i < rows.Values.Length; i++) rows.Values[i] = (float)(rng.NextNormal() + shift);
        return rows;
    }

    static LookalikeJudging.Half[] Halves(double shift, int threads = 1)
    {
        var rng = new Seed(3).Stream(0);
        Matrix seeds = Blob(rng, 100, 4, shift), others = Blob(rng, 1000, 4, 0);
        // What RFM would see is noise.
        return new LookalikeJudging(seeds, others, Blob(rng, 100, 3, 0), Blob(rng, 1000, 3, 0), unit: false, nearest: 10, threads).Halves(30, new Seed(1), threads);
    }

    [Fact]
    public void ASeedOfItsOwnKind_IsFoundAgain_AndARandomOneAsOftenAsChance()
    {
        foreach (var linear in new[] { false, true })
        {
            var alike = LookalikeJudging.Summed(Halves(3), linear)[LookalikeJudging.Judged];
            Assert.True(alike.Found.Low > 0.9 && alike.Gain.Low > 0.5, $"{alike}");
            var random = LookalikeJudging.Summed(Halves(0), linear)[LookalikeJudging.Judged];
            Assert.InRange(0.1, random.Found.Low, random.Found.High);
            Assert.InRange(0.1, random.FoundByRfm.Low, random.FoundByRfm.High);
        }
    }

    [Fact]
    public void HalvesAreTheSameForAnyNumberOfThreads() =>
        Assert.Equal(JsonSerializer.Serialize(Halves(1)), JsonSerializer.Serialize(Halves(1, threads: 2)));

    [Fact]
    public void TheMeanOfTheNearest_IsThatOfSorting() => Gen.Select(Gen.Float[-1, 1].Array[1, 60], Gen.Int[1, 20]).Sample((similarities, k) =>
    {
        int[] places = [.. Enumerable.Range(0, similarities.Length).Where(i => i % 3 != 1)];
        var plain = places.Select(p => (double)similarities[p]).OrderDescending().Take(k).Average();
        Assert.Equal(plain, SeedLikeness.Nearest(similarities, places, k), 1e-9);
    });

    [Fact]
    public void ARowIsLikestToItself()
    {
        var rows = Blob(new Seed(5).Stream(0), 50, 6, 0);
        Assert.Equal(1, SeedLikeness.Table(rows, rows, unit: false, 1)[7 * 50 + 7]);
        SeedLikeness.Unit(rows);
        var table = SeedLikeness.Table(rows, rows, unit: true, 1);
        for (var i = 0; i < 50; i++) Assert.Equal(table.AsSpan(i * 50, 50).ToArray().Max(), table[i * 50 + i]);
    }

    [Fact]
    public void Recall_RisesWithReach_AndTiesCountInPart()
    {
        // All scores equal: each reach finds its own share.
        Assert.Equal(LookalikeJudging.Reaches, LookalikeJudging.Recall(new double[1000], 100), (a, b) => Math.Abs(a - b) < 1e-12);
        double[] first = [.. Enumerable.Range(0, 1000).Select(i => -(double)i)];
        Assert.Equal([0.1, 0.2, 0.5, 1, 1, 1], LookalikeJudging.Recall(first, 100), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void ASeedFile_IsAListOrACsv()
    {
        Assert.Equal(["A", "B"], SeedList.Read(Write("list.txt", "\uFEFFA\r\nB\n\nA\n")));
        Assert.Equal(["A", "B"], SeedList.Read(Write("list.csv", "spend,\"customer_id\"\n1,\"A\"\n2,B\n")));
        Assert.Contains("does not exist", Assert.Throws<InputException>(() => SeedList.Read(At("none"))).Message, StringComparison.Ordinal);
        Assert.Contains("is empty", Assert.Throws<InputException>(() => SeedList.Read(Write("empty.txt", "\n"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunsEmbedding_IsReadAndMatchedToCustomers()
    {
        Assert.Null(EmbeddingFile.Read(Root, default));
        using (var warehouse = new DuckDbWarehouse(new DuckDbOptions()))
        {
            warehouse.Execute(new Step("write an embedding",
                $"COPY (SELECT 'C' || i AS customer_id, CAST(i AS DOUBLE) AS e00, CAST(5 * i % 7 AS DOUBLE) AS e01 FROM range(0, 50) AS r(i)) TO {warehouse.Dialect.Text(At("embeddings.parquet"))} (FORMAT PARQUET)"));
        }

        var read = EmbeddingFile.Read(Root, new DateTime(2024, 1, 1))!;
        Assert.Equal((50, 2), (read.Rows.Rows, read.Rows.Columns));
        var place = Array.IndexOf(read.Customers, "C9");
        Assert.Equal((9f, 3f), (read.Rows[place, 0], read.Rows[place, 1]));
        var table = new FeatureTable { AsOf = read.AsOf, Customers = ["A", "C30", "C9"], Features = [], Columns = [] };
        var space = LookalikeSpace.Of(table, read, 1);
        Assert.Equal(["C30", "C9"], space.Customers);
        Assert.Equal((2, 3), (space.Rfm.Rows, space.Rfm.Columns));
        // Two customers, standardised, lie opposite each other.
        Assert.Equal(-1, SeedLikeness.Table(space.Rows, space.Rows, unit: true, 1)[1], 1e-5);
    }

    [Fact]
    public async Task TheCommand_RanksOthers_CountsUnknowns_AndRefusesSmallSeeds()
    {
        var file = Write("orders.csv", Orders(400));
        // Every fourth customer has the habit of twelve orders: 100 of them, 60 are the seed.
        string[] habit = [.. Enumerable.Range(0, 400).Where(c => c % 4 == 2).Select(c => $"C{c:0000}")];
        var ran = await Coterie("lookalike", file, "--seed-list", Write("seed.txt", string.Join('\n', [.. habit.Take(60), "X1", "X2"])), "--size", "40", "--out", At("out"));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains("2 ids of the list are unknown", ran.Output, StringComparison.Ordinal);
        var listed = File.ReadAllLines(At("out/lookalike.csv"));
        Assert.Equal("rank,customer,segment,similarity", listed[0]);
        Assert.True(listed.Skip(1).Count(l => habit.Skip(60).Contains(l.Split(',')[1])) >= 30);

        var few = await Coterie("lookalike", file, "--seed-list", Write("few.txt", string.Join('\n', habit.Take(19))), "--lang", "zh");
        Assert.Equal(0, few.Code);
        Assert.Contains("至少需要 20 位", few.Output, StringComparison.Ordinal);
        var strangers = await Coterie("lookalike", file, "--seed-list", Write("strangers.txt", "nobody"));
        Assert.Equal(3, strangers.Code);
        Assert.Contains("none of the 1 ids", strangers.Error, StringComparison.Ordinal);
        var neither = await Coterie("lookalike", file);
        Assert.Equal(2, neither.Code);
        Assert.Contains("--seed-list", neither.Error, StringComparison.Ordinal);
        var without = await Coterie("lookalike", file, "--segment", "S1");
        Assert.Equal(2, without.Code);
        Assert.Contains("--run", without.Error, StringComparison.Ordinal);
    }
}
