using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Time and season: on which days, at which hours (UTC) and in which months a customer is there. Visits are counted, not events,
/// so that one long basket does not decide the day.</summary>
static class TimeSeasonFamily
{
    static string Visits(string column) => $"\"visits\".\"{column}\"";

    static string Share(string column) => Ratio(Visits(column), Visits("visits"));

    static string Sum(params IEnumerable<string> columns) => $"({string.Join(" + ", columns.Select(Visits))})";

    static IEnumerable<string> Numbered(string name, int from, int count) => Enumerable.Range(from, count).Select(i => $"{name}_{i}");

    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "active_days", Label = "Active days", LabelZh = "活跃天数",
            Sentence = "Number of distinct days on which the customer did anything.",
            Unit = "days", Family = "time", Transform = Transform.Log,
            High = "active on many days", Low = "active on few days", HighZh = "活跃天数多", LowZh = "活跃天数少",
        }, Count("\"days\".\"active\"")),
        new(new Feature
        {
            Name = "weekend_share", Label = "Visits at the weekend", LabelZh = "周末访问占比",
            Sentence = "Share of visits that began on a Saturday or Sunday.",
            Unit = "share", Family = "time", Transform = Transform.None,
            High = "comes at weekends", Low = "comes on weekdays", HighZh = "周末活跃", LowZh = "工作日活跃",
        }, Ratio(Sum("weekday_6", "weekday_7"), Visits("visits"))),
        new(new Feature
        {
            Name = "night_share", Label = "Visits at night", LabelZh = "夜间访问占比",
            Sentence = "Share of visits that began from 22:00 to 06:00.",
            Unit = "share", Family = "time", Transform = Transform.None,
            High = "comes at night", Low = "not at night", HighZh = "夜间活跃", LowZh = "夜间少来", Needs = ["time_of_day"],
        }, Share("night")),
        new(new Feature
        {
            Name = "morning_share", Label = "Visits in the morning", LabelZh = "上午访问占比",
            Sentence = "Share of visits that began from 06:00 to 12:00.",
            Unit = "share", Family = "time", Transform = Transform.None,
            High = "comes in the morning", Low = "not in the morning", HighZh = "上午活跃", LowZh = "上午少来", Needs = ["time_of_day"],
        }, Share("morning")),
        new(new Feature
        {
            Name = "evening_share", Label = "Visits in the evening", LabelZh = "傍晚访问占比",
            Sentence = "Share of visits that began from 18:00 to 22:00.",
            Unit = "share", Family = "time", Transform = Transform.None,
            High = "comes in the evening", Low = "not in the evening", HighZh = "傍晚活跃", LowZh = "傍晚少来", Needs = ["time_of_day"],
        }, Share("evening")),
        new(new Feature
        {
            Name = "business_hours_share", Label = "Visits in business hours", LabelZh = "工作时间访问占比",
            Sentence = "Share of visits that began from 09:00 to 17:00, Monday to Friday.",
            Unit = "share", Family = "time", Transform = Transform.None,
            High = "comes in business hours", Low = "comes outside business hours", HighZh = "上班时间活跃", LowZh = "下班时间活跃",
            Needs = ["time_of_day"],
        }, Share("business")),
        new(new Feature
        {
            Name = "hour_concentration", Label = "Concentration of hours", LabelZh = "时段集中度",
            Sentence = "Share of visits that began in the customer's busiest of the day's six four-hour bands.",
            Unit = "share", Family = "time", Transform = Transform.None,
            High = "always at the same hours", Low = "at any hour", HighZh = "时段固定", LowZh = "时段不定", Needs = ["time_of_day"],
        }, Ratio(Largest(Numbered("band", 0, 6).Select(Visits)), Visits("visits"))),
        new(new Feature
        {
            Name = "weekday_entropy", Label = "Spread over the week", LabelZh = "一周分布均匀度",
            Sentence = "Shannon entropy of the weekdays on which visits began; 2.8 bits when all seven are equal.",
            Unit = "bits", Family = "time", Transform = Transform.None,
            High = "comes on any weekday", Low = "keeps to certain weekdays", HighZh = "每天都可能来", LowZh = "只在固定日子来",
        }, Entropy([.. Numbered("weekday", 1, 7).Select(Visits)], Visits("visits"))),
        new(new Feature
        {
            Name = "peak_quarter_share", Label = "Visits in the peak quarter", LabelZh = "高峰季度访问占比",
            Sentence = "Share of visits in the customer's busiest quarter of the year.",
            Unit = "share", Family = "season", Transform = Transform.None,
            High = "comes in one season", Low = "comes all year round", HighZh = "季节性来访", LowZh = "全年来访", Needs = ["history"],
        }, Ratio(Largest(Enumerable.Range(0, 4).Select(q => Sum(Numbered("month", 3 * q + 1, 3)))), Visits("visits"))),
        new(new Feature
        {
            Name = "peak_quarter_spend_share", Label = "Spend in the peak quarter", LabelZh = "高峰季度消费占比",
            Sentence = "Share of spend in the quarter of the year in which the customer spends most.",
            Unit = "share", Family = "season", Transform = Transform.None,
            High = "spends in one season", Low = "spends all year round", HighZh = "季节性消费", LowZh = "全年消费",
            Needs = ["history", "kind:purchase", "price"],
        }, Ratio(Largest(Numbered("spend_quarter", 1, 4).Select(c => $"\"orders\".\"{c}\"")), "\"orders\".\"spend\"")),
        new(new Feature
        {
            Name = "month_concentration", Label = "Concentration of months", LabelZh = "月份集中度",
            Sentence = "Share of visits in the customer's busiest month of the year.",
            Unit = "share", Family = "season", Transform = Transform.None,
            High = "comes in one month", Low = "spread over the months", HighZh = "集中于某月", LowZh = "各月均匀", Needs = ["history"],
        }, Ratio(Largest(Numbered("month", 1, 12).Select(Visits)), Visits("visits"))),
        new(new Feature
        {
            Name = "holiday_share", Label = "Visits in November and December", LabelZh = "年末访问占比",
            Sentence = "Share of visits in November and December.",
            Unit = "share", Family = "season", Transform = Transform.None,
            High = "comes before the holidays", Low = "not a holiday visitor", HighZh = "年末来访", LowZh = "年末少来", Needs = ["history"],
        }, Ratio(Sum("month_11", "month_12"), Visits("visits"))),
        new(new Feature
        {
            Name = "holiday_spend_share", Label = "Spend in November and December", LabelZh = "年末消费占比",
            Sentence = "Share of spend in November and December.",
            Unit = "share", Family = "season", Transform = Transform.None,
            High = "buys for the holidays", Low = "not a holiday buyer", HighZh = "年末采购", LowZh = "年末少买",
            Needs = ["history", "kind:purchase", "price"],
        }, Ratio("\"orders\".\"spend_holiday\"", "\"orders\".\"spend\"")),
    ];
}
