using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Trend: recent activity against earlier.</summary>
static class TrendFamily
{
    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "recent_visit_share_30", Label = "Visits in the last 30 days", LabelZh = "近30天访问占比",
            Sentence = "Share of the customer's visits that began in the last 30 days.",
            Unit = "share", Family = "trend", Transform = Transform.None,
            High = "active this month", Low = "inactive this month", HighZh = "本月活跃", LowZh = "本月不活跃",
        }, Ratio("\"visits\".\"last_30\"", "\"visits\".\"visits\"")),
        new(new Feature
        {
            Name = "recent_visit_share_90", Label = "Visits in the last 90 days", LabelZh = "近90天访问占比",
            Sentence = "Share of the customer's visits that began in the last 90 days.",
            Unit = "share", Family = "trend", Transform = Transform.None,
            High = "active this quarter", Low = "inactive this quarter", HighZh = "近季活跃", LowZh = "近季不活跃",
        }, Ratio("\"visits\".\"last_90\"", "\"visits\".\"visits\"")),
        new(new Feature
        {
            Name = "recent_spend_share_30", Label = "Spend in the last 30 days", LabelZh = "近30天消费占比",
            Sentence = "Share of the customer's spend in the last 30 days.",
            Unit = "share", Family = "trend", Transform = Transform.None,
            High = "spending this month", Low = "not spending this month", HighZh = "本月消费", LowZh = "本月未消费", Needs = ["kind:purchase", "price"],
        }, Ratio("\"orders\".\"spend_last_30\"", "\"orders\".\"spend\"")),
        new(new Feature
        {
            Name = "recent_spend_share_90", Label = "Spend in the last 90 days", LabelZh = "近90天消费占比",
            Sentence = "Share of the customer's spend in the last 90 days.",
            Unit = "share", Family = "trend", Transform = Transform.None,
            High = "spending this quarter", Low = "not spending this quarter", HighZh = "近季消费", LowZh = "近季未消费",
            Needs = ["kind:purchase", "price"],
        }, Ratio("\"orders\".\"spend_last_90\"", "\"orders\".\"spend\"")),
        new(new Feature
        {
            Name = "recent_orders", Label = "Orders in the last 90 days", LabelZh = "近90天订单数",
            Sentence = "Number of orders in the last 90 days.",
            Unit = "orders", Family = "trend", Transform = Transform.Sqrt,
            High = "ordering lately", Low = "no orders lately", HighZh = "近期常购", LowZh = "近期未购", Needs = ["kind:purchase"],
        }, Count("\"orders\".\"last_90\"")),
        new(new Feature
        {
            Name = "activity_trend", Label = "Trend of activity", LabelZh = "活跃趋势",
            Sentence = "Balance of visits between the first visit and the as-of instant: 1 when all are at its end, 0 when even, -1 when all are at its start.",
            Unit = "balance", Family = "trend", Transform = Transform.None,
            High = "activity holds up", Low = "fading", HighZh = "活跃度保持", LowZh = "趋于沉寂",
        }, $"1 - 2 * {Ratio("\"visits\".\"ages\"", "\"visits\".\"visits\" * ($now - \"visits\".\"opened_first\")")}"),
        new(new Feature
        {
            Name = "new_customer", Label = "New customer", LabelZh = "新客户",
            Sentence = "1 when the first visit or purchase was in the last 30 days, else 0.",
            Unit = "flag", Family = "trend", Transform = Transform.None,
            High = "new", Low = "not new", HighZh = "新客户", LowZh = "非新客户",
        }, If("\"visits\".\"visits\" > 0", $"CASE WHEN \"visits\".\"opened_first\" > $now - {30 * 86400} THEN 1 ELSE 0 END")),
    ];
}
