using Coterie.Decisions;
using Coterie.Numerics;
using Coterie.Profiles;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class LifecycleTests
{
    static readonly Gen<int[]> SomeDays = Gen.Int[1, 60].Array[1, 12].Select(gaps =>
    {
        var days = new int[gaps.Length];
        days[0] = 15_000 + gaps[0];
        for (var i = 1; i < gaps.Length; i++) days[i] = days[i - 1] + gaps[i];
        return days;
    });

    static readonly Gen<int[][]> Shops = SomeDays.Array[80, 150];

    [Fact]
    public void States_DoNotLookAhead() => Shops.Sample(shop =>
    {
        var today = 15_200;
        var past = shop.Select(d => d.Where(x => x <= today).ToArray()).ToArray();
        var (whole, cut) = (Rhythm.Learn(shop, today), Rhythm.Learn(past, today));
        Assert.Equal(cut, whole);
        if (whole is null) return;
        Assert.Equal(LifecycleStates.Of(past, today, whole), LifecycleStates.Of(shop, today, whole));
    });

    [Fact]
    public void States_DoNotDependOnTheUnitOfTime() => Gen.Select(Shops, Gen.Int[2, 9]).Sample((shop, factor) =>
    {
        var (today, slow) = (15_400, shop.Select(d => d.Select(x => 15_000 + (x - 15_000) * factor).ToArray()).ToArray());
        if (Rhythm.Learn(shop, today) is not { } a) return;
        var b = Rhythm.Learn(slow, 15_000 + (today - 15_000) * factor)!;
        Assert.Equal(a.Late, b.Late, 5e-10);
        Assert.Equal(a.Gone, b.Gone, 5e-10);
        Assert.Equal(a.MeanLog + Math.Log(factor), b.MeanLog, 5e-10);
    });

    [Fact]
    public void OnTheDayOfAPurchase_NobodyIsLate() => Shops.Sample(shop =>
    {
        if (Rhythm.Learn(shop, 16_000) is not { } rhythm) return;
        foreach (var days in shop)
            for (var i = 0; i < days.Length; i++)
                Assert.Contains(LifecycleStates.Of(days, days[i], rhythm), i == 0 ? [LifecycleState.New] : new[] { LifecycleState.Active, LifecycleState.Back });
    });

    [Fact]
    public void WithoutAPurchase_StatesOnlyGetWorse() => Shops.Sample(shop =>
    {
        if (Rhythm.Learn(shop, 16_000) is not { } rhythm) return;
        foreach (var days in shop)
        {
            var worst = 0;
            for (var today = days[^1]; today < days[^1] + 900; today += 10)
            {
                var rank = LifecycleStates.Of(days, today, rhythm) switch { LifecycleState.Lapsed => 2, LifecycleState.AtRisk => 1, _ => 0 };
                Assert.True(rank >= worst);
                worst = rank;
            }
        }
    }, iter: 20);

    [Fact]
    public void TheRhythm_FindsTheVariancesThatWereDrawn()
    {
        var rng = new Seed(3).Stream(0);
        var shop = Enumerable.Range(0, 4_000).Select(_ =>
        {
            var own = Math.Log(400) + 0.6 * rng.NextNormal();
            var days = new List<int> { 0 };
            for (var i = 0; i < 6; i++) days.Add(days[^1] + Math.Max(1, (int)Math.Round(Math.Exp(own + 0.5 * rng.NextNormal()))));
            return days.ToArray();
        }).ToArray();
        var rhythm = Rhythm.Learn(shop, int.MaxValue)!;
        Assert.InRange(rhythm.MeanLog, Math.Log(400) - 0.03, Math.Log(400) + 0.03);
        Assert.InRange(rhythm.Within, 0.25 * 0.96, 0.25 * 1.04);
        Assert.InRange(rhythm.Between, 0.36 * 0.93, 0.36 * 1.07);
    }

    [Fact]
    public void TooFewReturns_MakeNoRhythm() => Assert.Null(Rhythm.Learn([.. Enumerable.Range(0, 500).Select(i => new[] { i })], 1_000));

    [Fact]
    public void Cohorts_CountEveryCustomerOnce_AsASlowCountDoes() => Shops.Sample(shop =>
    {
        var asOf = new DateTime(2011, 9, 14, 0, 0, 0, DateTimeKind.Utc);
        var cohorts = Cohorts.Of(shop, asOf);
        static DateTime Month(int day) => PurchaseDays.DateOf(day) is var d ? new DateTime(d.Year, d.Month, 1, 0, 0, 0, DateTimeKind.Utc) : default;
        foreach (var cohort in cohorts)
        {
            var members = shop.Where(d => Month(d[0]) == cohort.Start).ToArray();
            Assert.Equal(members.Length, cohort.Customers);
            for (var m = 0; m < cohort.Retained.Count; m++)
                Assert.Equal(members.Count(d => d.Any(x => Month(x) == cohort.Start.AddMonths(m + 1))), cohort.Retained[m]);
        }

        // The month of the last day is not over.
        Assert.Equal(shop.Count(d => Month(d[0]) < new DateTime(2011, 9, 1)), cohorts.Sum(c => c.Customers));
    });

    [Fact]
    public void Migration_AddsUpToBothRuns() => Gen.Select(Gen.Int[-1, 2].Array[50], Gen.Int[-1, 3].Array[50]).Sample((before, after) =>
    {
        static Membership Members(int[] places, int segments) => new(
            [.. Enumerable.Range(1, segments).Select(i => new SegmentRef($"S{i}", new Bilingual("", "")))],
            places.Select((p, i) => (p, i)).Where(x => x.p >= 0).ToDictionary(x => $"C{x.i}", x => x.p), DateTime.UnixEpoch);
        var m = SegmentMigration.Of(Members(before, 3), Members(after, 4));
        for (var s = 0; s < 3; s++) Assert.Equal(before.Count(p => p == s), m.Flows.Where(f => f.From == $"S{s + 1}").Sum(f => f.Customers));
        for (var s = 0; s < 4; s++) Assert.Equal(after.Count(p => p == s), m.Flows.Where(f => f.To == $"S{s + 1}").Sum(f => f.Customers));
        var both = before.Zip(after).Where(p => p.First >= 0 && p.Second >= 0).ToArray();
        if (both.Length > 0) Assert.Equal((double)both.Count(p => p.First != p.Second) / both.Length, m.Moved, 5e-13);
    });
}
