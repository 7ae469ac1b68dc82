using Coterie.Profiles;

namespace Coterie.Server.Pages;

/// <summary>Instants as people say them.</summary>
static class Ago
{
    /// <summary>Just now, 5 minutes ago, 3 hours ago, or the day.</summary>
    public static Bilingual Of(DateTime time, DateTime? now = null)
    {
        var passed = (now ?? DateTime.UtcNow) - time;
        if (passed < TimeSpan.Zero || passed >= TimeSpan.FromDays(3)) return new(time.ToString("yyyy-MM-dd"), time.ToString("yyyy-MM-dd"));
        if (passed < TimeSpan.FromMinutes(1)) return new("just now", "刚刚");
        if (passed < TimeSpan.FromHours(1)) return Some((int)passed.TotalMinutes, "minute", "分钟");
        return passed < TimeSpan.FromDays(1) ? Some((int)passed.TotalHours, "hour", "小时") : Some((int)passed.TotalDays, "day", "天");

        static Bilingual Some(int n, string unit, string zh) => new($"{n} {unit}{(n == 1 ? "" : "s")} ago", $"{n} {zh}前");
    }

    /// <summary>Day and minute, UTC.</summary>
    public static string Minute(DateTime time) => time.ToString("yyyy-MM-dd HH:mm");
}
