using Coterie.Decisions;
using Coterie.Reports;
using Coterie.Server.Insight;
using Coterie.Server.Live;
using Coterie.Warehouse;

namespace Coterie.Tests.Explain;

[Collection(ExplainServer.Shared)]
public sealed class RunInsightTests(ExplainServer shop)
{
    static Membership Membership(string run)
    {
        var report = ReportJson.Read(Path.Combine(run, "report.json"));
        SegmentRef[] segments = [.. report.Segments.Select(s => new SegmentRef(s.Id, s.Name))];
        var place = segments.Select((s, i) => (s.Id, i)).ToDictionary(p => p.Id, p => p.i);
        return new(segments, SegmentFile.ReadParquet(Path.Combine(run, "segments.parquet")).ToDictionary(r => r.CustomerId, r => place[r.Segment]), report.AsOf);
    }

    [Theory, InlineData("0001", "0002"), InlineData("0002", "0001"), InlineData("0002", "0002")]
    public void Migration_InTheEngine_IsThatInMemory(string before, string after)
    {
        var (from, to) = (shop.Runs.Of(before)!, shop.Runs.Of(after)!);
        var plain = SegmentMigration.Of(Membership(from.Directory), Membership(to.Directory));
        var fast = shop.Insight.Migration(from, to);
        Assert.Equal(plain.Flows, fast.Flows);
        Assert.Equal(plain.Moved, fast.Moved, 1e-12);
        Assert.Equal(plain.Before, fast.Before);
        Assert.Equal(plain.After, fast.After);
    }

    [Fact]
    public void Figures_AreThoseOfThePlainTables()
    {
        var run = shop.Runs.Latest!;
        var (figures, report) = (shop.Insight.Figures(run), shop.Runs.Report(run));
        var table = FeatureFile.Read(Path.Combine(run.Directory, "features.parquet"), report.AsOf);
        var of = shop.Members.ToDictionary(m => m.CustomerId);
        Assert.Equal(report.Segments.Select(s => s.Id).Order(StringComparer.Ordinal), figures.Segments.Keys.Order(StringComparer.Ordinal));
        foreach (var f in figures.Segments.Values)
        {
            var members = shop.Members.Where(m => m.Segment == f.Segment).ToArray();
            Assert.Equal(members.Length, f.Customers);
            Assert.Equal(members.Average(m => m.Confidence), f.Confidence, 1e-9);
            Assert.Equal(members.Count(m => m.Second is not null), f.Seconds.Sum(s => s.Customers));
            Assert.Equal(shop.Members.Select((m, i) => (m, i)).Count(p => p.m.Segment == f.Segment && p.i % 5 == 0), f.Disputed);
            for (var j = 0; j < figures.Traits.Count; j++)
            {
                var column = table.Columns[table.Features.ToList().FindIndex(x => x.Name == figures.Traits[j].Feature)];
                double[] values = [.. column.Where((v, i) => !double.IsNaN(v) && of[table.Customers[i]].Segment == f.Segment).Order()];
                if (values.Length == 0)
                {
                    Assert.Equal(double.NaN, f.Medians[j]);
                    continue;
                }

                Assert.Equal((values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2, f.Medians[j], 1e-9);
                var place = values.Average(v => Enumerable.Range(1, 9).Sum(d => (v > figures.Traits[j].Deciles[d] ? 1 : 0) + (v >= figures.Traits[j].Deciles[d] ? 1 : 0)) / 18.0);
                Assert.Equal(place, f.Places[j], 1e-9);
            }
        }
    }

    [Fact]
    public void Everybody_StandsInTheMiddle()
    {
        var run = shop.Runs.Latest!;
        var (figures, table) = (shop.Insight.Figures(run), FeatureFile.Read(Path.Combine(run.Directory, "features.parquet"), DateTime.UtcNow));
        for (var j = 0; j < figures.Traits.Count; j++)
        {
            // Weighted by the members that have the trait.
            var column = table.Columns[table.Features.ToList().FindIndex(x => x.Name == figures.Traits[j].Feature)];
            var has = shop.Members.Zip(column).Where(p => !double.IsNaN(p.Second)).GroupBy(p => p.First.Segment).ToDictionary(g => g.Key, g => g.Count());
            var mean = has.Sum(h => h.Value * figures.Segments[h.Key].Places[j]) / has.Values.Sum();
            Assert.InRange(mean, 0.44, 0.56);
        }
    }

    [Fact]
    public void WhatHappenedSinceARun_IsCountedAsByHand()
    {
        var run = shop.Runs.Latest!;
        var asOf = shop.Runs.Report(run).AsOf;
        using var index = MemberIndex.Open(run.Directory);
        var before = RunFreshness.Of(shop.Server.Host, asOf, index);
        Assert.Equal((0L, 0), (before.Events, before.Customers));
        // Of an earlier instant, the same as counted by hand.
        var earlier = asOf.AddDays(-20);
        var rows = shop.Server.Host.Read(w => w.Rows(new Step("events", $"SELECT customer_id FROM events WHERE time > $t") { Parameters = new Dictionary<string, object?> { ["t"] = earlier } }, r => r.GetString(0)));
        var fresh = RunFreshness.Of(shop.Server.Host, earlier, index);
        var of = shop.Members.ToDictionary(m => m.CustomerId, m => m.Segment);
        Assert.Equal(rows.Count, fresh.Events);
        Assert.Equal(rows.Distinct().Count(), fresh.Customers);
        Assert.Equal(rows.Distinct().Count(c => !of.ContainsKey(c)), fresh.Strangers);
        Assert.Equal(rows.Distinct().Where(of.ContainsKey).GroupBy(c => of[c]).ToDictionary(g => g.Key, g => g.Count()).OrderBy(p => p.Key, StringComparer.Ordinal), fresh.Active);
    }

    [Fact]
    public async Task WhatIsAskedForAtOnce_IsMadeOnce_AndAFailureIsNotKept()
    {
        var kept = new KeptByRun<string>(2);
        var made = 0;
        string Make()
        {
            Interlocked.Increment(ref made);
            Thread.Sleep(20);
            return "value";
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Assert.Equal("value", kept.Of("a", Make)))));
        Assert.Equal(1, made);
        Assert.Throws<InputException>(() => kept.Of("b", () => throw new InputException("not yet")));
        Assert.Equal("now", kept.Of("b", () => "now"));
    }
}
