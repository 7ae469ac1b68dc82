using Coterie.Server.Jobs;

namespace Coterie.Tests.Server.Jobs;

public class CronTimeTests
{
    [Theory]
    [InlineData("0 3 * * *", "0 0 3")]
    [InlineData("0 0 3 * * ?", "0 0 3")]
    [InlineData("  30   4 * * 1 ", "0 30 4")]
    public void Crontab_AndQuartz_AreRead(string cron, string begins) => Assert.StartsWith(begins, CronTime.Canonical(cron, TimeZoneInfo.Utc), StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nightly")]
    [InlineData("0 25 * * *")]
    [InlineData("61 3 * * *")]
    [InlineData("0 0 3 * * ? 1999")]
    [InlineData("* * * * * ?")]
    [InlineData("0/30 * * * * ?")]
    [InlineData("0 3 31 2 *")]
    public void WhatCannotBeUsed_IsRefused_WithTheCure(string? cron)
    {
        var e = Assert.Throws<ConfigurationException>(() => CronTime.Canonical(cron, TimeZoneInfo.Utc));
        Assert.Contains("0 3 * * *", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_AreThoseOfTheZone()
    {
        var shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        Assert.Equal(new DateTime(2026, 1, 1, 19, 0, 0, DateTimeKind.Utc), CronTime.After(CronTime.Canonical("0 3 * * *", shanghai), shanghai, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
    }
}
