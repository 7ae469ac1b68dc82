using System.Text.Json;
using System.Text.Json.Serialization;
using Coterie.Profiles;
using CsCheck;

namespace Coterie.Tests.Profiles;

public class ProfilerTests
{
    [Fact]
    public void PlantedRfmGroups_GetTheirWords()
    {
        var (table, labels) = SomeTable.Rfm(1);
        var byLabel = Profiler.Describe(SomeTable.Request(table, labels, 4)).ToDictionary(p => p.Label);
        Assert.Equal(["champions", "new_customers", "cant_lose_them", "lost"], Enumerable.Range(0, 4).Select(k => byLabel[k].NameClass));
        Assert.Equal("重要价值客户", byLabel[0].Name.Zh);
        Assert.Equal("Lost", byLabel[3].Name.En);
        Assert.Equal(["S1", "S2", "S3", "S4"], new[] { 2, 0, 1, 3 }.Select(k => byLabel[k].Id));
        Assert.Contains(byLabel[0].Facts, f => f.Sentence.En.StartsWith("last ordered 5 days ago; everybody else ", StringComparison.Ordinal));
        Assert.True(byLabel[0].Rule.Precision > 0.95 && byLabel[0].Rule.Recall > 0.95);
        Assert.Equal(1, byLabel.Values.Sum(p => p.RevenueShare), 9);
    }

    [Fact]
    public void Relabelling_ChangesTheLabels_AndNothingElse() => Gen.Select(Gen.ULong, Gen.Int[2, 5]).Sample((seed, clusters) =>
    {
        var labels = SomeTable.Labels(200, clusters, seed);
        var table = SomeTable.Normal(200, 6, seed, labels, [.. Enumerable.Repeat(1.5, clusters)]);
        int New(int label) => (label + 1) % clusters;
        var request = SomeTable.Request(table, labels, clusters);
        var before = Profiler.Describe(request);
        var stability = new double[clusters];
        for (var k = 0; k < clusters; k++) stability[New(k)] = request.StabilityPerCluster[k];
        var after = Profiler.Describe(request with { Labels = Array.ConvertAll(labels, New), StabilityPerCluster = stability });
        Assert.Equal(before.Select(Json), after.Select(p => Json(p with { Label = (p.Label + clusters - 1) % clusters })));
    }, iter: 20);

    [Fact]
    public void OneThread_EqualsTwo() => Gen.ULong.Sample(seed =>
    {
        var labels = SomeTable.Labels(150, 3, seed);
        var request = SomeTable.Request(SomeTable.Normal(150, 6, seed, labels, [1, 1, 1]), labels, 3);
        return Profiler.Describe(request with { Threads = 1 }).Select(Json).SequenceEqual(Profiler.Describe(request with { Threads = 2 }).Select(Json));
    }, iter: 10);

    [Fact]
    public void Names_AreUnique_AndBothLanguagesAreThere() => Gen.Select(Gen.ULong, Gen.Int[1, 8], Gen.Bool).Sample((seed, clusters, structured) =>
    {
        var (table, planted) = SomeTable.Rfm(seed);
        // Cut across the planted groups, so that several segments deserve the same word, with facts to tell them apart or without.
        var labels = Enumerable.Range(0, table.Count).Select(i => structured ? (planted[i] + 4 * (i / 400)) % clusters : i / 7 % clusters).ToArray();
        var profiles = Profiler.Describe(SomeTable.Request(table, labels, clusters));
        Assert.Equal(profiles.Count, profiles.Select(p => p.Name.En).Distinct().Count());
        Assert.Equal(profiles.Count, profiles.Select(p => p.Name.Zh).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, profiles.Count).Select(i => $"S{i}"), profiles.Select(p => p.Id));
        foreach (var p in profiles)
            foreach (var text in new[] { p.Name, p.Action, p.Rule.Words }.Concat(p.Facts.Select(f => f.Sentence)))
            {
                Assert.False(string.IsNullOrWhiteSpace(text.En));
                Assert.False(SomeTable.HasChinese(text.En));
                Assert.True(SomeTable.HasChinese(text.Zh), text.Zh);
            }
    }, iter: 25);

    [Fact]
    public void TwoSegmentsOfOneWord_AreToldApartByAFact()
    {
        var (table, planted) = SomeTable.Rfm(2);
        var labels = new int[table.Count];
        var weekend = new double[table.Count];
        for (var i = 0; i < labels.Length; i++)
        {
            // The best customers are two segments, one of which buys at weekends.
            labels[i] = planted[i] == 0 && i % 16 == 0 ? 4 : planted[i];
            weekend[i] = labels[i] == 4 ? 0.8 : 0.2 + 0.0001 * (i % 50);
        }

        var feature = SomeTable.Feature("weekend", "time", "share") with
        {
            High = "weekend buyers", HighZh = "周末购买", Low = "weekday buyers", LowZh = "平日购买",
        };
        table = table with { Features = [.. table.Features, feature], Columns = [.. table.Columns, weekend] };
        var profiles = Profiler.Describe(SomeTable.Request(table, labels, 5));
        var weekenders = profiles.Single(p => p.Label == 4);
        Assert.Equal("Champions, weekend buyers", weekenders.Name.En);
        Assert.Equal("重要价值客户·周末购买", weekenders.Name.Zh);
        Assert.StartsWith("Champions, ", profiles.Single(p => p.Label == 0).Name.En, StringComparison.Ordinal);
    }

    [Fact]
    public void AFactThatTheRfmWordWouldHide_JoinsTheName()
    {
        var (table, labels) = SomeTable.Rfm(4);
        var rng = new Coterie.Numerics.Seed(4).Stream(5);
        var feature = SomeTable.Feature("weekend", "time", "share") with { High = "weekend buyers", HighZh = "周末购买" };
        // One-time buyers of a while ago have little of their own in R, F and M, but all of them bought at weekends.
        var weekend = labels.Select(l => l == 1 ? 0.9 + 0.05 * rng.NextDouble() : 0.2 * rng.NextDouble()).ToArray();
        table = table with { Features = [.. table.Features, feature], Columns = [.. table.Columns, weekend] };
        var profile = Profiler.Describe(SomeTable.Request(table, labels, 4)).Single(p => p.Label == 1);
        Assert.Equal("New customers, weekend buyers", profile.Name.En);
        Assert.Equal("new_customers", profile.NameClass);
    }

    [Fact]
    public void WithoutRfm_FactsMakeTheName()
    {
        var labels = SomeTable.Labels(300, 2, 3);
        var profile = Profiler.Describe(SomeTable.Request(SomeTable.Normal(300, 4, 3, labels, [3, 3]), labels, 2)).Single(p => p.Label == 0);
        Assert.Equal("distinct", profile.NameClass);
        Assert.Equal(["Much f0", "little f1"], profile.Name.En.Split(", ").Take(2));
    }

    [Fact]
    public void NoStructure_IsOneProfileOfEverybody()
    {
        var profile = Profiler.Describe(SomeTable.Request(SomeTable.Normal(40, 3, 1), new int[40], 1)).Single();
        Assert.Equal(("All customers", "全部客户", "everyone"), (profile.Name.En, profile.Name.Zh, profile.NameClass));
        Assert.Equal((1.0, 1.0, 40), (profile.Share, profile.RevenueShare, profile.Size));
        Assert.Empty(profile.Facts);
        Assert.Equal(("TRUE", 1.0, 1.0), (profile.Rule.Sql, profile.Rule.Precision, profile.Rule.Recall));
    }

    [Fact]
    public void Examples_AreTheNearestToTheCentre() => Gen.ULong.Sample(seed =>
    {
        var labels = SomeTable.Labels(60, 2, seed);
        var table = SomeTable.Normal(60, 3, seed, labels, [2, 2]);
        var rows = SomeTable.Rows(table);
        foreach (var p in Profiler.Describe(SomeTable.Request(table, labels, 2)))
        {
            var members = Enumerable.Range(0, 60).Where(i => labels[i] == p.Label).ToArray();
            var centre = Enumerable.Range(0, 3).Select(j => members.Average(i => (double)rows[i, j])).ToArray();
            var nearest = members.OrderBy(i => Enumerable.Range(0, 3).Sum(j => (rows[i, j] - centre[j]) * (rows[i, j] - centre[j]))).Take(3);
            Assert.Equal(nearest.Select(i => table.Customers[i]), p.Examples);
        }
    }, iter: 20);

    [Fact]
    public void CustomersInNoSegment_CountAsEverybodyElse()
    {
        var labels = SomeTable.Labels(300, 2, 8);
        var table = SomeTable.Normal(300, 3, 8, labels, [2, 2]);
        for (var i = 10; i < 60; i++) labels[i] = -1;
        var profiles = Profiler.Describe(SomeTable.Request(table, labels, 2));
        Assert.Equal(250, profiles.Sum(p => p.Size));
        Assert.Equal(250 / 300.0, profiles.Sum(p => p.Share), 9);
    }

    [Fact]
    public void PartsThatDoNotFit_AreListedAtOnce()
    {
        var table = SomeTable.Normal(10, 2, 1);
        var message = Assert.Throws<ArgumentException>(() => Profiler.Describe(SomeTable.Request(table, new int[9], 1) with { Spend = [1] })).Message;
        Assert.Contains("9 labels for 10 customers", message, StringComparison.Ordinal);
        Assert.Contains("1 amounts of spend", message, StringComparison.Ordinal);
    }

    static readonly JsonSerializerOptions WithNaN = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    static string Json(SegmentProfile profile) => JsonSerializer.Serialize(profile, WithNaN);
}
