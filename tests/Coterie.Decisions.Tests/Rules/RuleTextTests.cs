using Coterie.Activation.Rules;
using Coterie.Profiles;
using CsCheck;

namespace Coterie.Tests.Rules;

/// <summary>Rules in words.</summary>
public class RuleTextTests
{
    static readonly Dictionary<string, Bilingual> Segments = new() { ["S1"] = new("Champions", "重要客户") };

    [Theory]
    [InlineData("""{"kind":"all","rules":[]}""", "All customers", "所有客户")]
    [InlineData("""{"kind":"any","rules":[]}""", "No customers", "没有任何客户")]
    [InlineData("""{"kind":"all","rules":[{"kind":"did","event":"purchase","times":{"at_least":2},"within_days":90},{"kind":"did","event":"refund","times":{"exactly":0}}]}""",
        "Customers who bought at least 2 times in the last 90 days and never returned anything", "最近 90 天内购买至少 2 次且从未退货的客户")]
    [InlineData("""{"kind":"not","rule":{"kind":"did","event":"purchase","within_days":1}}""", "Customers who never bought anything in the last day", "最近 1 天内从未购买的客户")]
    [InlineData("""{"kind":"any","rules":[{"kind":"segment","in":["S1","S2"]},{"kind":"all","rules":[{"kind":"did","event":"view"},{"kind":"did","event":"刷"}]}]}""",
        "Customers who are in segment S1 (Champions) or S2 or [viewed and did \"刷\"]", "属于分群 S1（重要客户）或S2或［浏览且发生“刷”］的客户")]
    [InlineData("""{"kind":"did","event":"purchase","where":[{"field":"category","operator":"under","value":"garden"},{"field":"price","operator":">","value":9.5}],"money":{"at_least":100},"between":{"from":"2024-01-01","to":"2024-01-31"}}""",
        "Customers who bought (where the category is \"garden\" or below it and the unit price is above 9.5) from 2024-01-01 to 2024-01-31, for at least 100 together",
        "2024-01-01 至 2024-01-31 期间购买（类目为“garden”或其下级且单价大于 9.5），合计金额至少 100的客户")]
    [InlineData("""{"kind":"sequence","steps":[{"event":"view"},{"event":"add_to_cart","within_days":1},{"event":"purchase"}],"within_days":30}""",
        "Customers who viewed, then put into the basket within 1 day, then bought in the last 30 days", "最近 30 天内浏览，随后 1 天内加入购物车，随后购买的客户")]
    [InlineData("""{"kind":"attribute","of":"feature","name":"recency_days","operator":"<=","value":60}""", "Customers who have a feature \"Days since last order\" that is at most 60", "特征“距上次下单天数”不大于 60的客户")]
    public void ARule_ReadsAsASentence(string json, string en, string zh)
    {
        var words = RuleText.Of(RuleJson.Read(json), Segments);
        Assert.Equal(en, words.En);
        Assert.Equal(zh, words.Zh);
    }

    [Fact]
    public void EveryRule_HasWords_InBothLanguages() =>
        SomeRules.Rule(4).Sample(rule =>
        {
            var words = RuleText.Of(rule);
            Assert.DoesNotContain("  ", words.En, StringComparison.Ordinal);
            Assert.EndsWith("客户", words.Zh, StringComparison.Ordinal);
            // Rules that differ in more than order are told apart: a rule and its opposite never read the same.
            Assert.NotEqual(words.En, RuleText.Of(new NotRule(rule), "en"));
        }, iter: 500);
}
