namespace Coterie.Profiles;

/// <summary>Where a segment stands among all customers. Positions are mid-rank quantiles of the segment's median, in [0, 1].</summary>
/// <param name="Recency">1 is the most recent; NaN without orders.</param>
/// <param name="Frequency">1 orders most.</param>
/// <param name="Money">1 spends most; equals Frequency where the log has no money.</param>
/// <param name="Once">Share of the segment with exactly one order.</param>
/// <param name="Never">Share of the segment without an order.</param>
public sealed record RfmPosition(double Recency, double Frequency, double Money, double Once, double Never);

/// <summary>A row of the naming table: its code, its words, and what to do about it.</summary>
public sealed record SegmentNaming(string Class, Bilingual Name, Bilingual Action);

/// <summary>The controlled vocabulary. Words after the common practice of RFM segmentation; the borders are ours and stand in
/// docs/methods/profiles.md, held to this table by a test.</summary>
public static class SegmentNames
{
    // Quintile scores 1 and 2 are low, 4 and 5 high, 5 top, as RFM is commonly scored.
    const double Low = 0.4, High = 0.6, Top = 0.8;

    // The mean of R, F and M that tells champions from the merely loyal: between quintiles 4 and 5.
    const double Champion = 0.75;

    public static readonly SegmentNaming Champions = new("champions", new("Champions", "重要价值客户"),
        new("Thank them before you sell to them: early access to new products and a personal note; no discounts, they buy without.",
            "先感谢再推销：新品优先体验与专属问候；无需打折，他们本来就会买。"));

    public static readonly SegmentNaming Loyal = new("loyal", new("Loyal customers", "忠诚客户"),
        new("Offer a membership with a visible next level, and suggest a product that goes with their last order.",
            "提供看得见下一等级的会员权益，并推荐与上一单搭配的商品。"));

    public static readonly SegmentNaming PotentialLoyalists = new("potential_loyalists", new("Potential loyalists", "潜力客户"),
        new("Ask for the next order within their usual interval: a reminder with two related products.",
            "在其通常的购买间隔内促成下一单：发送提醒并附两件相关商品。"));

    public static readonly SegmentNaming NewCustomers = new("new_customers", new("New customers", "新客户"),
        new("Win the second order: a welcome series of two or three mails that help with the first purchase.",
            "争取第二单：用两三封欢迎邮件帮助他们用好第一次购买的商品。"));

    public static readonly SegmentNaming Promising = new("promising", new("Promising", "有希望客户"),
        new("Show what others bought next and make the next order easy: free shipping above a low threshold.",
            "展示其他人接着买了什么，并以低门槛包邮降低下一单的难度。"));

    public static readonly SegmentNaming NeedsAttention = new("needs_attention", new("Needs attention", "需关注客户"),
        new("Remind them of what they like while they still come: a time-limited offer in their top category.",
            "趁他们还会光顾时唤起兴趣：在其偏好品类推出限时优惠。"));

    public static readonly SegmentNaming AboutToSleep = new("about_to_sleep", new("About to sleep", "即将流失客户"),
        new("Send one reminder with best sellers, and test a small discount on half of them.",
            "发送一次热销商品提醒，并对其中一半客户测试小额折扣。"));

    public static readonly SegmentNaming AtRisk = new("at_risk", new("At risk", "重要挽留客户"),
        new("Win them back personally: ask why they left, and give a reason to return that is worth their former value.",
            "一对一挽回：询问离开原因，并给出与其过往价值相称的回归理由。"));

    public static readonly SegmentNaming CantLoseThem = new("cant_lose_them", new("Can't lose them", "重要保持客户"),
        new("Call or write in person, this week: these were the best customers and have been away for long.",
            "本周内电话或亲笔联系：他们曾是最好的客户，却已久未光顾。"));

    public static readonly SegmentNaming Hibernating = new("hibernating", new("Hibernating", "沉睡客户"),
        new("Include them in seasonal mailings only, with a clear offer; watch the cost of each return.",
            "仅在季节性活动中触达，给出明确优惠，并关注每次召回的成本。"));

    public static readonly SegmentNaming Lost = new("lost", new("Lost", "流失客户"),
        new("Try one last message, then stop spending on them and keep the address for rare, cheap campaigns.",
            "做最后一次触达，之后停止投入，仅保留用于少量低成本活动。"));

    public static readonly SegmentNaming BigSpenders = new("big_spenders", new("Big spenders", "高消费客户"),
        new("Sell quality, not price: premium lines and bundles; ask for a second order with a service, not a coupon.",
            "主推品质而非低价：高端系列与组合装；用服务而不是优惠券促成下一单。"));

    public static readonly SegmentNaming OneTimeBuyers = new("one_time_buyers", new("One-time buyers", "一次性客户"),
        new("Find out what keeps the second order away: a short survey, and one offer that fits the first purchase.",
            "找出没有第二单的原因：简短问卷，加一个与首单相关的优惠。"));

    public static readonly SegmentNaming WindowShoppers = new("window_shoppers", new("Window shoppers", "浏览未购客户"),
        new("Take away the last doubt: reviews, delivery costs and returns on the product page, and a reminder of what they viewed.",
            "打消最后的顾虑：在商品页展示评价、运费与退货政策，并提醒其浏览过的商品。"));

    public static readonly SegmentNaming Everyone = new("everyone", new("All customers", "全部客户"),
        new("Treat them as one group: these data show no groups that would hold up; test offers on random halves instead.",
            "作为一个整体对待：数据中没有可靠的分群；可将客户随机分成两半来测试优惠。"));

    public static readonly SegmentNaming Average = new("average", new("Average customers", "普通客户"),
        new("Give them the standard programme; nothing sets them apart strongly enough for one of their own.",
            "沿用常规运营；他们没有突出到需要单独方案的特征。"));

    /// <summary>For segments named by their facts: the name is made elsewhere.</summary>
    public static readonly SegmentNaming Distinct = new("distinct", new("", ""),
        new("Build the next campaign on what sets them apart (see the facts), and test it against a control group.",
            "围绕其突出特征（见事实列表）设计下一次活动，并设对照组检验。"));

    /// <summary>The naming table, in the order of the documentation.</summary>
    public static readonly IReadOnlyList<SegmentNaming> All =
    [
        Champions, Loyal, PotentialLoyalists, NewCustomers, Promising, NeedsAttention, AboutToSleep, AtRisk, CantLoseThem,
        Hibernating, Lost, BigSpenders, OneTimeBuyers, WindowShoppers, Everyone, Average, Distinct,
    ];

    /// <summary>The first row that fits; null where a segment is in the middle of recency, frequency and money alike, so that RFM
    /// words would say nothing of it.</summary>
    public static SegmentNaming? Choose(RfmPosition position)
    {
        if (position.Never >= 0.5) return WindowShoppers;
        double r = position.Recency, f = position.Frequency, m = position.Money, value = (f + m) / 2;
        if (double.IsNaN(r) || double.IsNaN(f) || double.IsNaN(m)) return null;
        // Of those who bought once, the last order is the first: a recent one is a new customer.
        if (position.Once >= 0.6)
            return r >= High ? NewCustomers
                : r < Low ? (m < Low ? Lost : Hibernating)
                : m >= High ? Promising : OneTimeBuyers;
        if (r >= Low && r < High && f >= Low && f < High && m >= Low && m < High) return null;
        if (r < Low)
            return f >= High && m >= Top ? CantLoseThem
                : value >= 0.5 ? AtRisk
                : f < Low && m < Low ? Lost : Hibernating;
        if (r >= High && f >= High && m >= High && (r + f + m) / 3 >= Champion) return Champions;
        if (m >= Top && f < High) return BigSpenders;
        if (f >= High && m >= 0.5) return Loyal;
        if (r >= High) return f >= Low ? PotentialLoyalists : Promising;
        return value >= 0.5 ? NeedsAttention : AboutToSleep;
    }
}
