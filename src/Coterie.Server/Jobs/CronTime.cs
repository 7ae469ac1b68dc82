using Coterie.Profiles;
using Quartz;

namespace Coterie.Server.Jobs;

/// <summary>When something comes again, in the words of cron, read in a time zone.</summary>
static class CronTime
{
    const int Looked = 50;
    static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>The expression in the six fields of Quartz; five fields are read as crontab does.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, never comes again, or comes more often than every minute.</exception>
    public static string Canonical(string? cron, TimeZoneInfo zone)
    {
        var fields = (cron ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6 or 7)) throw Wrong(cron, new($"it has {fields.Length} fields", $"共有 {fields.Length} 个字段"));
        CronExpression read;
        try
        {
            read = CronExpression.Parse(string.Join(' ', fields), fields.Length == 5 ? CronFormat.Unix : CronFormat.Quartz).WithTimeZone(zone);
        }
        catch (FormatException e)
        {
            throw Wrong(cron, new(e.Message.Split('\n')[0].TrimEnd('.'), "表达式无法识别"));
        }

        var at = DateTimeOffset.UtcNow;
        DateTimeOffset? last = null;
        for (var i = 0; i < Looked; i++)
        {
            if (read.GetNextValidTimeAfter(at) is not { } next)
            {
                if (i == 0) throw Wrong(cron, new("it never comes again", "不会再触发"));
                break;
            }

            if (next - last is { } gap && gap < Least) throw Wrong(cron, new($"it comes again after {gap.TotalSeconds:0} seconds, and a minute is the least", $"间隔只有 {gap.TotalSeconds:0} 秒，至少应为一分钟"));
            last = at = next;
        }

        return read.CronExpressionString;
    }

    /// <summary>The next time after an instant, UTC; null when there is none.</summary>
    public static DateTime? After(string cron, TimeZoneInfo zone, DateTime instant) =>
        CronExpression.Parse(cron).WithTimeZone(zone).GetNextValidTimeAfter(new DateTimeOffset(instant, TimeSpan.Zero))?.UtcDateTime;

    static ConfigurationException Wrong(string? cron, Bilingual why) => new(
        $"The schedule '{(cron?.Length > 100 ? cron[..100] + "…" : cron)}' cannot be used: {why.En}. Expected five fields as in a crontab (minute hour day month weekday: '0 3 * * *' is every night at three), or six with seconds first ('0 0 3 * * ?').",
        $"时间“{(cron?.Length > 100 ? cron[..100] + "…" : cron)}”无法使用：{why.Zh}。应为 crontab 的五个字段（分 时 日 月 星期：“0 3 * * *”即每晚三点），或以秒开头的六个字段（“0 0 3 * * ?”）。");
}
