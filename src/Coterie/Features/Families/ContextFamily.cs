using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Context: device, channel, country, e-mail and advertisements.</summary>
static class ContextFamily
{
    /// <summary>Which devices are mobile, over the column "value".</summary>
    public const string Mobile = """
        lower("value") IN ('ios', 'app', 'm') OR lower("value") LIKE '%mobile%' OR lower("value") LIKE '%phone%' OR lower("value") LIKE '%android%'
        OR lower("value") LIKE '%ipad%' OR lower("value") LIKE '%tablet%' OR "value" LIKE '%手机%' OR "value" LIKE '%移动%' OR "value" LIKE '%平板%'
        """;

    /// <summary>Which channels are paid for, over the column "value".</summary>
    public const string Paid = """
        lower("value") IN ('ad', 'ads', 'sem') OR lower("value") LIKE '%paid%' OR lower("value") LIKE '%cpc%' OR lower("value") LIKE '%ppc%'
        OR lower("value") LIKE '%cpm%' OR lower("value") LIKE '%adwords%' OR lower("value") LIKE '% ads' OR lower("value") LIKE '%affiliate%'
        OR lower("value") LIKE '%sponsor%' OR lower("value") LIKE '%display%' OR lower("value") LIKE '%retarget%' OR "value" LIKE '%广告%'
        """;

    /// <summary>Every country but the shop's main one, over the column "value".</summary>
    public const string Abroad = "\"value\" <> $main_country";

    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "mobile_share", Label = "Share of mobile", LabelZh = "移动端占比",
            Sentence = "Share of the customer's events with a known device that came from a phone, tablet or app.",
            Unit = "share", Family = "context", Transform = Transform.None,
            High = "shops on mobile", Low = "shops on a computer", HighZh = "移动端购物", LowZh = "电脑端购物", Needs = ["device"],
        }, Ratio("\"devices\".\"matching\"", "\"devices\".\"events\"")),
        new(new Feature
        {
            Name = "device_count", Label = "Devices", LabelZh = "设备数",
            Sentence = "Number of distinct devices used.",
            Unit = "count", Family = "context", Transform = Transform.Log,
            High = "uses several devices", Low = "uses one device", HighZh = "多设备", LowZh = "单一设备", Needs = ["device"],
        }, Count("\"devices\".\"values\"")),
        new(new Feature
        {
            Name = "channel_count", Label = "Channels", LabelZh = "渠道数",
            Sentence = "Number of distinct channels through which the customer came.",
            Unit = "count", Family = "context", Transform = Transform.Log,
            High = "comes by many channels", Low = "comes by one channel", HighZh = "多渠道", LowZh = "单一渠道", Needs = ["channel"],
        }, Count("\"channels\".\"values\"")),
        new(new Feature
        {
            Name = "top_channel_share", Label = "Share of the main channel", LabelZh = "主要渠道占比",
            Sentence = "Share of the customer's events with a known channel that came by the most frequent one.",
            Unit = "share", Family = "context", Transform = Transform.None,
            High = "keeps to one channel", Low = "changes channels", HighZh = "渠道固定", LowZh = "渠道多变", Needs = ["channel"],
        }, Ratio("\"channels\".\"most\"", "\"channels\".\"events\"")),
        new(new Feature
        {
            Name = "paid_share", Label = "Share of paid channels", LabelZh = "付费渠道占比",
            Sentence = "Share of the customer's events with a known channel that came by an advertisement, an affiliate or another paid channel.",
            Unit = "share", Family = "context", Transform = Transform.None,
            High = "comes by advertisements", Low = "comes unpaid", HighZh = "广告带来", LowZh = "自然到访", Needs = ["channel"],
        }, Ratio("\"channels\".\"matching\"", "\"channels\".\"events\"")),
        new(new Feature
        {
            Name = "abroad_share", Label = "Events from abroad", LabelZh = "境外占比",
            Sentence = "Share of the customer's events with a known country that came from another than the shop's main country.",
            Unit = "share", Family = "context", Transform = Transform.None,
            High = "from abroad", Low = "from the home market", HighZh = "境外客户", LowZh = "本地客户", Needs = ["country"],
        }, Ratio("\"countries\".\"matching\"", "\"countries\".\"events\"")),
        new(new Feature
        {
            Name = "email_opens", Label = "E-mails opened", LabelZh = "邮件打开次数",
            Sentence = "Number of e-mails opened.",
            Unit = "count", Family = "context", Transform = Transform.Log,
            High = "opens e-mails", Low = "ignores e-mails", HighZh = "常看邮件", LowZh = "不看邮件", Needs = ["kind:email_open"],
        }, Count("\"actions\".\"email_opens\"")),
        new(new Feature
        {
            Name = "ad_clicks", Label = "Advertisements clicked", LabelZh = "广告点击次数",
            Sentence = "Number of advertisements clicked.",
            Unit = "count", Family = "context", Transform = Transform.Log,
            High = "clicks advertisements", Low = "ignores advertisements", HighZh = "常点广告", LowZh = "不点广告", Needs = ["kind:ad_click"],
        }, Count("\"actions\".\"ad_clicks\"")),
    ];
}
