using Coterie.Profiles;
using Coterie.Sequences;

namespace Coterie;

/// <summary>A coded event in words: what happened, with what, and how long after the event before.</summary>
internal static class EventWording
{
    static readonly Dictionary<string, Bilingual> Kinds = new(StringComparer.Ordinal)
    {
        ["email_open"] = new("opens an e-mail", "打开邮件"),
        ["ad_click"] = new("clicks an advertisement", "点击广告"),
        ["search"] = new("searches", "搜索"),
        ["view"] = new("looks at a product", "浏览商品"),
        ["click"] = new("clicks", "点击"),
        ["wishlist"] = new("notes a wish", "加入心愿单"),
        ["add_to_cart"] = new("puts into the cart", "加入购物车"),
        ["remove_from_cart"] = new("takes out of the cart", "移出购物车"),
        ["checkout"] = new("goes to the checkout", "去结账"),
        ["purchase"] = new("buys", "购买"),
        ["refund"] = new("returns", "退货"),
        ["review"] = new("writes a review", "撰写评价"),
        ["message"] = new("writes to the shop", "联系店铺"),
    };

    internal static Bilingual Of(CustomerSequences chunk, int e)
    {
        var kind = Kinds.GetValueOrDefault(Word(chunk, e, "kind") ?? "", new("does something else", "其他行为"));
        var parts = new List<Bilingual>();
        if (Word(chunk, e, "product_rank") is { } rank) parts.Add(rank switch
        {
            "1" => new("the same product as just before", "与上一件相同的商品"),
            "new" => new("a product never touched before", "从未接触过的商品"),
            "further back" => new("a product from long before", "很久以前接触过的商品"),
            _ => new($"the product of {rank} products ago", $"倒数第 {rank} 件商品"),
        });
        if (Word(chunk, e, "kind") == "purchase" && Word(chunk, e, "orders_ago") is { } orders and not ("this order" or "never bought"))
            parts.Add(orders == "further back" ? new("bought long before", "很久以前买过") : new($"bought {orders} orders ago", $"{orders} 单之前买过"));
        if (Word(chunk, e, "discount") is { } discount and not "none") parts.Add(new($"{discount} off", $"折扣 {discount.Replace("under", "低于", StringComparison.Ordinal).Replace("or more", "以上", StringComparison.Ordinal)}"));
        if (Word(chunk, e, "gap") is { } gap) parts.Add(gap switch
        {
            "first event" => new("the first event", "首个事件"),
            "longer" => new("after more than 180 days", "间隔超过 180 天"),
            "same second" => new("at the same moment", "同一时刻"),
            _ => new($"after {gap}", $"间隔 {Chinese(gap)}"),
        });
        return new(string.Join(", ", (string[])[kind.En, .. parts.Select(p => p.En)]), string.Join("，", (string[])[kind.Zh, .. parts.Select(p => p.Zh)]));
    }

    static string Chinese(string gap) => gap.Replace("under ", "少于 ", StringComparison.Ordinal).Replace("within ", "不超过 ", StringComparison.Ordinal)
        .Replace("days", "天", StringComparison.Ordinal).Replace("min", "分钟", StringComparison.Ordinal).Replace(" h", " 小时", StringComparison.Ordinal)
        .Replace(" s", " 秒", StringComparison.Ordinal);

    // Null where the code says nothing.
    static string? Word(CustomerSequences chunk, int e, string field)
    {
        var place = chunk.Place(field);
        var code = chunk.Codes[place][e] - SequenceField.First;
        return code >= 0 && code < chunk.Fields[place].Words.Count ? chunk.Fields[place].Words[code] : null;
    }
}
