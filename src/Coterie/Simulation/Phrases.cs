namespace Coterie.Simulation;

/// <summary>Reviews, messages and queries from a little grammar, in English and Chinese.</summary>
static class Phrases
{
    static readonly string[][] English =
    [
        ["Broke after a week", "Very disappointed", "Not what was promised", "Would not buy again"],
        ["Not great", "Smaller than expected", "Too dear for what it is", "Had hoped for more"],
        ["It is fine", "Does the job", "Neither good nor bad", "Average, but cheap"],
        ["Good value", "Works well", "Nice quality", "Happy with it"],
        ["Love it", "Exactly what I needed", "Best purchase this year", "Perfect, would buy again"],
    ];

    static readonly string[][] Chinese =
    [
        ["用了一周就坏了", "非常失望", "和描述不符", "不会再买"],
        ["质量一般偏差", "比想象的小", "价格偏贵", "有点失望"],
        ["还可以", "中规中矩", "马马虎虎", "能用"],
        ["性价比不错", "质量很好", "挺满意的", "物流很快"],
        ["非常喜欢", "正是我想要的", "超出预期", "会回购"],
    ];

    static readonly string[] EnglishTail =
        ["", ".", ", delivery was quick.", ", but the box was \"a bit\" crushed.", ", my family agrees.", ", thank you!", ", see you again"];

    static readonly string[] ChineseTail = ["", "。", "，快递很快。", "，包装有点破损。", "，家人也喜欢。", "，谢谢店家！", "，推荐给大家"];

    static readonly string[] EnglishMessages =
    [
        "Where is my order?", "Can I change the address, please?", "How do I send it back?", "The parcel has not come yet.", "Is it in stock in blue?",
    ];

    static readonly string[] ChineseMessages = ["我的订单到哪里了？", "可以修改地址吗？", "怎么退货？", "包裹还没收到。", "还有蓝色的吗？"];

    static readonly string[] QueryHeads = ["", "", "cheap ", "best ", "small ", "new ", "buy "];

    static readonly string[] Campaigns =
        ["New arrivals", "The weekend offer", "Only for you", "Sale starts today", "Back in stock", "本周特惠", "We miss you"];

    /// <summary>A review that suits the stars, 1 to 5.</summary>
    public static string Review(int rating, bool chinese, uint bits)
    {
        var heads = (chinese ? Chinese : English)[rating - 1];
        var tails = chinese ? ChineseTail : EnglishTail;
        return heads[bits % heads.Length] + tails[(bits >> 8) % tails.Length];
    }

    public static string Message(bool chinese, uint bits)
    {
        var messages = chinese ? ChineseMessages : EnglishMessages;
        return messages[bits % messages.Length];
    }

    public static string Query(int leaf, uint bits)
    {
        var nouns = CatalogueWords.Leaves[leaf].Nouns;
        return QueryHeads[(bits >> 8) % QueryHeads.Length] + nouns[bits % nouns.Length];
    }

    public static string Campaign(uint bits) => Campaigns[bits % Campaigns.Length];
}
