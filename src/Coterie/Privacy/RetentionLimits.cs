namespace Coterie.Privacy;

/// <summary>How long a workspace keeps what; in <c>coterie.json</c> under <c>retention</c>. What has no limit is kept for ever.</summary>
public sealed record RetentionLimits
{
    /// <summary>Events and refused rows from longer ago than so many months are dropped from the warehouse.</summary>
    public int? EventsMonths { get; init; }
    /// <summary>Files of the server's log that are loaded, and of its inbox, whose newest entry is older than so many days are deleted.</summary>
    public int? LogDays { get; init; }
    /// <summary>Only so many runs are kept, the newest.</summary>
    public int? Runs { get; init; }

    /// <summary>Least days of a log: a sender's retry is known by it for so long.</summary>
    public const int LeastLogDays = 31;

    /// <exception cref="ConfigurationException">A limit that cannot be; lists all.</exception>
    public void Check()
    {
        var problems = new ProblemList();
        if (EventsMonths is < 1 or > 1200) problems.Add($"retention.events_months is {EventsMonths}; expected 1 to 1200, or nothing to keep events for ever.", $"事件的保留月数为 {EventsMonths}；应为 1 到 1200，留空表示永久保留。");
        if (LogDays is < LeastLogDays or > 36500) problems.Add($"retention.log_days is {LogDays}; expected {LeastLogDays} or more, because a sender may repeat an event for 30 days, or nothing to keep the log for ever.", $"日志的保留天数为 {LogDays}；应为 {LeastLogDays} 或以上（发送方可能在 30 天内重发事件），留空表示永久保留。");
        if (Runs is < 1) problems.Add($"retention.runs is {Runs}; expected 1 or more: the newest run is always kept.", $"保留的运行数为 {Runs}；应为 1 或以上，最新的运行始终保留。");
        problems.Refuse();
    }
}
