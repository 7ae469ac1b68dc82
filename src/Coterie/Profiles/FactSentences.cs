using Coterie.Features;

namespace Coterie.Profiles;

/// <summary>One sentence a fact, in both languages.</summary>
static class FactSentences
{
    /// <summary>A feature that reads better in its own words; {0} inside, {1} everybody else.</summary>
    sealed record Phrase(string En, string Zh);

    static readonly Dictionary<string, Phrase> Own = new(StringComparer.Ordinal)
    {
        ["gap_mean"] = new("buys every {0} days; everybody else every {1}", "每 {0} 天购买一次；其他客户每 {1} 天"),
        ["gap_mean_days"] = new("buys every {0} days; everybody else every {1}", "每 {0} 天购买一次；其他客户每 {1} 天"),
        ["mean_gap_days"] = new("buys every {0} days; everybody else every {1}", "每 {0} 天购买一次；其他客户每 {1} 天"),
        ["recency_days"] = new("last ordered {0} days ago; everybody else {1}", "{0} 天前最后一次下单；其他客户 {1} 天前"),
        ["orders"] = new("placed {0} orders; everybody else {1}", "下单 {0} 次；其他客户 {1} 次"),
    };

    /// <summary>"buys often: orders per month 3.2; everybody else 0.4", or the feature's own phrase when medians are compared.</summary>
    public static Bilingual Of(Feature feature, Bilingual word, Bilingual inside, Bilingual outside, bool mean)
    {
        if (!mean && Own.TryGetValue(feature.Name, out var phrase))
            return new(Fill(phrase.En, Bare(inside.En), Bare(outside.En)).Replace(" 1 orders", " 1 order").Replace(" 1 days", " 1 day"),
                Fill(phrase.Zh, Bare(inside.Zh), Bare(outside.Zh)));
        return new(
            $"{word.En}: {Wording.LabelInText(feature)}{(mean ? " on average" : "")} {inside.En}; everybody else {outside.En}",
            $"{word.Zh}：{feature.LabelZh}{(mean ? "平均" : "")} {inside.Zh}；其他客户 {outside.Zh}");
    }

    static string Fill(string pattern, string inside, string outside) => pattern.Replace("{0}", inside).Replace("{1}", outside);

    static string Bare(string amount) => amount.Split(' ')[0];
}
