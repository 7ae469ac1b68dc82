using Coterie.Server.Data;
using Coterie.Server.Jobs;
using CsCheck;

namespace Coterie.Tests.Server.Jobs;

public class FreshnessTests
{
    static readonly DateTime Now = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    static Freshness Of(double days, long seen, long events, double? drift = null) =>
        Freshness.Of("0001", Now.AddDays(-days), Now.AddDays(-days), seen, events, 0, drift is { } d ? new DriftRow { Run = "0001", Index = d, Chance = 0.01, Shares = "[]" } : null, Now);

    [Theory]
    [InlineData(1, 1000, 1000, null, FreshnessState.Fresh)]
    [InlineData(90, 1000, 1000, null, FreshnessState.Fresh)]
    [InlineData(8, 1000, 1001, null, FreshnessState.Aging)]
    [InlineData(31, 1000, 1001, null, FreshnessState.Stale)]
    [InlineData(0, 1000, 1060, null, FreshnessState.Aging)]
    [InlineData(0, 1000, 1300, null, FreshnessState.Stale)]
    [InlineData(0, 1000, 1001, 0.12, FreshnessState.Aging)]
    [InlineData(0, 1000, 1001, 0.30, FreshnessState.Stale)]
    [InlineData(31, 1000, 1060, 0.12, FreshnessState.Stale)]
    public void TheState_FollowsAgeEventsAndDrift(double days, long seen, long events, double? drift, FreshnessState state) => Assert.Equal(state, Of(days, seen, events, drift).State);

    [Fact]
    public void WithoutARun_ThereIsNothingFresh() => Assert.Equal(FreshnessState.None, Freshness.Of(null, default, default, 0, 5, 0, null, Now).State);

    [Fact]
    public void DriftWithinChance_OrOfAnotherRun_SaysNothing()
    {
        Assert.Equal(FreshnessState.Fresh, Freshness.Of("0001", Now, Now, 10, 10, 0, new DriftRow { Run = "0001", Index = 0.3, Chance = 0.5, Shares = "[]" }, Now).State);
        Assert.Equal(FreshnessState.Fresh, Freshness.Of("0002", Now, Now, 10, 10, 0, new DriftRow { Run = "0001", Index = 0.9, Chance = 0.1, Shares = "[]" }, Now).State);
    }

    [Fact]
    public void WhateverIsNotFresh_SaysWhy_AndMoreNeverMakesItFresher() =>
        Gen.Select(Gen.Double[0, 100], Gen.Long[0, 10_000], Gen.Long[0, 10_000], Gen.Double[0, 1]).Sample((days, seen, more, drift) =>
        {
            var it = Of(days, seen, seen + more, drift);
            Assert.Equal(it.State == FreshnessState.Fresh, it.Reasons.Count == 0);
            Assert.True(Of(days + 10, seen, seen + 2 * more, drift + 0.1).State >= it.State);
        });
}
