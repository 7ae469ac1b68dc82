using System.Globalization;
using Coterie.Profiles;

namespace Coterie.Server.Pages.Settings;

/// <summary>The usual times of schedules in words; any other stands as cron writes it.</summary>
static class CronWords
{
    public static Bilingual Of(string cron)
    {
        if (cron.Split(' ') is not ["0", var minute, var hour, var day, "*", var weekday] || !int.TryParse(minute, NumberStyles.None, CultureInfo.InvariantCulture, out var m) || !int.TryParse(hour, NumberStyles.None, CultureInfo.InvariantCulture, out var h)) return new(cron, cron);
        var at = $"{h:00}:{m:00}";
        return (day, weekday) switch
        {
            ("?" or "*", "*" or "?") => new($"every day at {at}", $"每天 {at}"),
            ("?" or "*", "MON-FRI" or "2-6") => new($"Monday to Friday at {at}", $"周一至周五 {at}"),
            ("?" or "*", "MON" or "2") => new($"every Monday at {at}", $"每周一 {at}"),
            ("1", _) => new($"on the first of the month at {at}", $"每月一日 {at}"),
            _ => new(cron, cron),
        };
    }
}
