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
        if (fields.Length is not (5 or 6 or 7)) throw Wrong(cron, $"it has {fields.Length} fields");
        CronExpression read;
        try
        {
            read = CronExpression.Parse(string.Join(' ', fields), fields.Length == 5 ? CronFormat.Unix : CronFormat.Quartz).WithTimeZone(zone);
        }
        catch (FormatException e)
        {
            throw Wrong(cron, e.Message.Split('\n')[0].TrimEnd('.'));
        }

        var at = DateTimeOffset.UtcNow;
        DateTimeOffset? last = null;
        for (var i = 0; i < Looked; i++)
        {
            if (read.GetNextValidTimeAfter(at) is not { } next)
            {
                if (i == 0) throw Wrong(cron, "it never comes again");
                break;
            }

            if (next - last is { } gap && gap < Least) throw Wrong(cron, $"it comes again after {gap.TotalSeconds:0} seconds, and a minute is the least");
            last = at = next;
        }

        return read.CronExpressionString;
    }

    /// <summary>The next time after an instant, UTC; null when there is none.</summary>
    public static DateTime? After(string cron, TimeZoneInfo zone, DateTime instant) =>
        CronExpression.Parse(cron).WithTimeZone(zone).GetNextValidTimeAfter(new DateTimeOffset(instant, TimeSpan.Zero))?.UtcDateTime;

    static ConfigurationException Wrong(string? cron, string why) => new(
        $"The schedule '{(cron?.Length > 100 ? cron[..100] + "…" : cron)}' cannot be used: {why}. Expected five fields as in a crontab (minute hour day month weekday: '0 3 * * *' is every night at three), or six with seconds first ('0 0 3 * * ?').");
}
