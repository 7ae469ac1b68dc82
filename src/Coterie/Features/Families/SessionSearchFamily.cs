using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Visits and searches. A visit is a sent session, else a run of events without a pause of more than thirty minutes.</summary>
static class SessionSearchFamily
{
    const string AllVisits = "\"visits\".\"visits\"";

    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "visits", Label = "Visits", LabelZh = "访问次数",
            Sentence = "Number of visits.",
            Unit = "count", Family = "session", Transform = Transform.Log,
            High = "visits often", Low = "visits rarely", HighZh = "常来访", LowZh = "少来访", Needs = ["browsing"],
        }, Count(AllVisits)),
        new(new Feature
        {
            Name = "events_per_visit", Label = "Events per visit", LabelZh = "每次访问行为数",
            Sentence = "Events divided by visits.",
            Unit = "count", Family = "session", Transform = Transform.Log,
            High = "busy visits", Low = "quiet visits", HighZh = "访问深入", LowZh = "访问浅", Needs = ["browsing"],
        }, Ratio("\"visits\".\"events\"", AllVisits)),
        new(new Feature
        {
            Name = "visit_minutes", Label = "Minutes per visit", LabelZh = "每次访问时长（分钟）",
            Sentence = "Mean number of minutes from the first event of a visit to its last.",
            Unit = "minutes", Family = "session", Transform = Transform.Log,
            High = "stays long", Low = "stays briefly", HighZh = "停留久", LowZh = "停留短", Needs = ["browsing", "time_of_day"],
        }, Ratio("\"visits\".\"seconds\" / 60.0", AllVisits)),
        new(new Feature
        {
            Name = "max_visit_events", Label = "Deepest visit", LabelZh = "最深一次访问",
            Sentence = "Number of events in the customer's longest visit.",
            Unit = "count", Family = "session", Transform = Transform.Log,
            High = "has explored at length", Low = "has never explored at length", HighZh = "有过深度浏览", LowZh = "无深度浏览", Needs = ["browsing"],
        }, "\"visits\".\"most_events\""),
        new(new Feature
        {
            Name = "bounce_share", Label = "Visits of one event", LabelZh = "跳出率",
            Sentence = "Share of visits with a single event.",
            Unit = "share", Family = "session", Transform = Transform.None,
            High = "leaves at once", Low = "stays to look around", HighZh = "即来即走", LowZh = "很少跳出", Needs = ["browsing"],
        }, Ratio("\"visits\".\"single\"", AllVisits)),
        new(new Feature
        {
            Name = "days_between_visits", Label = "Days between visits", LabelZh = "访问间隔（天）",
            Sentence = "Mean number of days from the start of one visit to the start of the next; needs two visits.",
            Unit = "days", Family = "session", Transform = Transform.Log,
            High = "long pauses between visits", Low = "short pauses between visits", HighZh = "来访间隔长", LowZh = "来访间隔短",
            Needs = ["browsing"],
        }, "(\"visits\".\"opened_last\" - \"visits\".\"opened_first\") / 86400.0 / nullif(\"visits\".\"visits\" - 1, 0)"),
        new(new Feature
        {
            Name = "purchase_visit_share", Label = "Visits with a purchase", LabelZh = "访问转化率",
            Sentence = "Share of visits in which something was bought.",
            Unit = "share", Family = "session", Transform = Transform.None,
            High = "buys on most visits", Low = "visits without buying", HighZh = "来了就买", LowZh = "来了不买", Needs = ["browsing", "kind:purchase"],
        }, Ratio("\"visits\".\"purchases\"", AllVisits)),
        new(new Feature
        {
            Name = "searches", Label = "Searches", LabelZh = "搜索次数",
            Sentence = "Number of search events.",
            Unit = "count", Family = "search", Transform = Transform.Log,
            High = "searches a lot", Low = "hardly searches", HighZh = "搜索多", LowZh = "搜索少", Needs = ["kind:search"],
        }, Count("\"actions\".\"searches\"")),
        new(new Feature
        {
            Name = "searches_per_visit", Label = "Searches per visit", LabelZh = "每次访问搜索数",
            Sentence = "Search events divided by visits.",
            Unit = "ratio", Family = "search", Transform = Transform.Log,
            High = "comes with a goal", Low = "comes to stroll", HighZh = "目标明确", LowZh = "随便逛逛", Needs = ["kind:search"],
        }, Ratio(Count("\"actions\".\"searches\""), AllVisits)),
    ];
}
