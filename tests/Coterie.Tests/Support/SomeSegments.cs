using Coterie.Profiles;

namespace Coterie.Tests.Support;

sealed record SomeFeature(string Name, Bilingual Label, string Sentence, string Unit, string Family, double Typical);

/// <summary>Segments whose numbers hang together: shares sum to one, facts follow from a table of medians.</summary>
static class SomeSegments
{
    sealed record Row(string Name, string Zh, int Size, double Revenue, double Stability, double[] Differences, string Action, string ActionZh);

    public static readonly SomeFeature[] GiftShopFeatures =
    [
        F("recency_days", "Days since last order", "距上次下单天数", "Days from the last order to the instant of the run.", "days", "recency", 50),
        F("orders", "Orders", "订单数", "Number of distinct orders.", "orders", "frequency", 2),
        F("money", "Money spent", "消费总额", "Sum of price times quantity of purchases, refunds subtracted.", "money", "money", 668),
        F("gap_mean_days", "Mean gap between orders", "平均下单间隔", "Mean number of days between consecutive order days.", "days", "rhythm", 61),
        F("basket_value", "Value of an order", "客单价", "Median money of an order.", "money", "basket", 293),
        F("basket_items", "Items in an order", "每单件数", "Median units of an order.", "count", "basket", 152),
        F("tenure_days", "Days since first order", "首单至今天数", "Days from the first order to the instant of the run.", "days", "recency", 249),
        F("category_entropy", "Breadth of range", "品类广度", "Shannon entropy of spend over categories.", "nats", "category", 1.6),
        F("refund_share", "Share refunded", "退款占比", "Money refunded over money spent.", "share", "refunds", 0.02),
        F("weekend_share", "Weekend orders", "周末订单占比", "Share of orders on Saturday and Sunday.", "share", "time", 0.14),
        F("evening_share", "Evening orders", "晚间订单占比", "Share of orders from 17 to 22 h.", "share", "time", 0.05),
        F("q4_share", "Spend before Christmas", "圣诞季消费占比", "Share of money in October to December.", "share", "season", 0.38),
        F("recent_ratio", "Recent against earlier", "近期与早期之比", "Orders in the last 90 days over the mean of earlier 90-day spans.", "ratio", "trend", 0.8),
        F("abroad", "Orders from abroad", "境外订单占比", "Share of orders outside the main country.", "share", "context", 0.08),
        F("top_decor_share", "Share of home decor", "家居装饰占比", "Share of money in HOME DECOR.", "share", "category", 0.22),
        F("new_product_share", "Share of products new to them", "新品占比", "Share of lines with a product not bought before.", "share", "category", 0.71),
        F("orders_per_month", "Orders a month", "月均订单", "Orders over months of tenure.", "orders", "frequency", 0.4),
        F("units", "Units bought", "购买件数", "Sum of quantity.", "count", "basket", 380),
        F("refunds", "Refunds", "退款次数", "Number of refunded orders.", "count", "refunds", 0),
    ];

    public static readonly SomeFeature[] ClickFeatures =
    [
        F("views", "Products viewed", "浏览商品数", "Number of view events.", "count", "funnel", 2),
        F("view_to_cart", "Views that reach the cart", "浏览加购率", "Share of viewed products that were put in the cart.", "share", "funnel", 0.01),
        F("cart_to_purchase", "Carts that are bought", "加购成交率", "Share of carted products that were bought.", "share", "funnel", 0.4),
        F("sessions", "Sessions", "会话数", "Number of sessions.", "count", "session", 1),
        F("session_minutes", "Length of a session", "会话时长", "Median minutes from first to last event.", "minutes", "session", 3.2),
        F("mean_price_viewed", "Price of what they view", "浏览均价", "Mean price of viewed products.", "money", "money", 214),
        F("brand_entropy", "Breadth of brands", "品牌广度", "Shannon entropy of views over brands.", "nats", "category", 0.7),
        F("revisits", "Products viewed again", "重复浏览", "Views of a product seen before, over all views.", "share", "funnel", 0.18),
        F("electronics_share", "Share of electronics", "电子产品占比", "Share of views in electronics.", "share", "category", 0.55),
        F("orders", "Orders", "订单数", "Number of distinct orders.", "orders", "frequency", 0),
    ];

    public static IReadOnlyList<SegmentProfile> GiftShop() => Make(GiftShopFeatures, "HOME DECOR|KITCHEN|BAGS|CHRISTMAS|STATIONERY|GARDEN",
    [
        new("Champions", "重要价值客户", 389, 0.512, 0.934, [-1.1, 2.2, 2.4, -0.9, 1.1, 0.8, 0.7, 0.9, 0.2, 0.1, 0.0, -0.2, 0.6, 0.3, 0.0], "Give them first sight of new ranges and a named contact; never a discount.", "新品优先体验，配专属联系人；不要打折。"),
        new("Loyal regulars", "重要保持客户", 812, 0.243, 0.871, [-0.7, 0.9, 0.8, -0.5, 0.1, 0.1, 0.6, 0.5, 0.0, 0.2, 0.1, -0.1, 0.4, -0.1, 0.2], "Remind them on their own rhythm: every seven weeks, with what goes with their last order.", "按其自身节奏（约七周）提醒，推荐与上次订单相配的商品。"),
        new("Big baskets, rarely", "低频大单客户", 467, 0.108, 0.806, [0.2, -0.5, 0.3, 0.8, 1.6, 1.7, 0.0, -0.3, 0.1, -0.4, -0.2, 0.3, -0.2, 1.0, -0.4], "Offer bulk terms and delivery dates; ask what they stock up for.", "提供批量条款与交期，了解囤货用途。"),
        new("New and promising", "新晋潜力客户", 731, 0.059, 0.792, [-0.8, -0.6, -0.5, -0.4, 0.0, -0.1, -1.6, -0.2, -0.1, 0.1, 0.1, 0.5, 0.9, 0.0, 0.1], "A second order within 45 days decides: send one idea that completes the first.", "45 天内的第二单是关键：推荐一件能补全首单的商品。"),
        new("Christmas shoppers", "圣诞季客户", 702, 0.047, 0.743, [0.6, -0.6, -0.5, 0.7, -0.1, -0.2, 0.4, -0.4, -0.2, 0.5, 0.4, 1.9, -0.6, -0.1, 0.3], "Write in the last week of September, not before; show gifts.", "九月最后一周再联系，主推礼品。"),
        new("Drifting away", "流失预警客户", 1_233, 0.031, 0.912, [1.5, -0.8, -0.8, 0.3, -0.4, -0.4, 0.7, -0.6, 0.0, 0.0, 0.0, -0.7, -1.1, -0.2, -0.1], "One honest message with a reason to return; then silence. They cost more than they bring.", "发一封有理由的挽回信，之后不再打扰；维护成本高于收益。"),
    ]);

    public static IReadOnlyList<SegmentProfile> Clicks() => Make(ClickFeatures, "electronics/smartphone|appliances/kitchen|computers/notebook|apparel/shoes|electronics/audio",
    [
        new("Buyers with a plan", "目标明确的买家", 184, 0.913, 0.885, [0.4, 2.1, 2.6, 0.2, 0.3, 0.5, -0.3, 0.6, 0.5, 2.4], "Ask for the review, offer the accessory.", "邀请评价，推荐配件。"),
        new("Comparers", "比价研究者", 803, 0.061, 0.812, [1.6, 0.3, -0.1, 0.9, 1.5, 0.4, 0.8, 1.7, 0.3, -0.1], "Show the comparison they are making by hand.", "直接给出他们正在手动比较的对照表。"),
        new("One look", "一瞥即离", 2_715, 0.011, 0.957, [-0.9, -0.2, -0.1, -0.6, -0.9, 0.0, -0.6, -0.8, 0.1, -0.2], "Do nothing that costs money; one look says little.", "不投入成本；一次浏览说明不了什么。"),
        new("Browsers of many brands", "多品牌闲逛者", 803, 0.015, 0.771, [0.7, -0.1, -0.1, 0.5, 0.4, -0.6, 1.7, -0.2, -0.9, -0.1], "Offer a wish list and remember it.", "提供心愿单并为其保留。"),
    ]);

    public static IReadOnlyList<SegmentProfile> Twelve()
    {
        var six = GiftShop();
        return [.. Enumerable.Range(0, 12).Select(i => six[i % 6] with
        {
            Id = $"S{i + 1}", Label = i, Size = six[i % 6].Size / 2, Share = six[i % 6].Share / 2, RevenueShare = six[i % 6].RevenueShare / 2,
            Name = new($"{six[i % 6].Name.En}{(i < 6 ? "" : " abroad, by telephone and by catalogue")}", six[i % 6].Name.Zh + (i < 6 ? "" : "（境外）")),
        })];
    }

    static SegmentProfile[] Make(SomeFeature[] features, string categories, Row[] rows)
    {
        var customers = rows.Sum(r => r.Size);
        var names = categories.Split('|');
        return [.. rows.Select((r, label) => new SegmentProfile
        {
            Id = $"S{label + 1}",
            Label = label,
            Name = new(r.Name, r.Zh),
            Size = r.Size,
            Share = (double)r.Size / customers,
            RevenueShare = r.Revenue,
            Stability = r.Stability,
            Facts = [.. r.Differences.Select((d, i) => MakeFact(features[i], d)).OrderByDescending(f => Math.Abs(f.Difference.Value))],
            TopCategories = [.. names.Select((n, i) => new NamedShare(n, Math.Round(0.34 / (1 + (i + label) % names.Length), 3), Math.Round(0.3 / (1 + i), 3))).OrderByDescending(c => c.Share)],
            Weekdays = Normalised(7, d => d == 5 ? 0.02 : d == 6 ? 0.6 + 0.1 * label : 1 + 0.3 * Math.Sin(d + label)),
            Hours = Normalised(24, h => h is < 7 or > 20 ? 0 : Math.Exp(-Math.Pow(h - 12 - 0.5 * label, 2) / (8 + 2 * label))),
            Examples = [.. Enumerable.Range(0, 3).Select(i => $"{12_347 + 911 * label + 73 * i}")],
            Action = new(r.Action, r.ActionZh),
            Rule = new()
            {
                Words = new($"Orders above {2 + label} and days since last order at most {30 * (label + 1)}", $"订单数大于 {2 + label} 且距上次下单不超过 {30 * (label + 1)} 天"),
                Sql = $"\"orders\" > {2 + label} AND \"recency_days\" <= {30 * (label + 1)}",
                Precision = 0.93 - 0.03 * label,
                Recall = 0.88 - 0.02 * label,
            },
        })];
    }

    static Fact MakeFact(SomeFeature f, double difference)
    {
        var inside = Math.Round(f.Typical * Math.Exp(0.55 * difference), f.Unit == "share" ? 3 : 1);
        if (f.Unit == "share") inside = Math.Min(inside, 1);
        return new()
        {
            Feature = f.Name,
            Label = f.Label,
            Unit = f.Unit,
            Inside = inside,
            Outside = f.Typical,
            Difference = new(difference, Math.Round(difference - 0.11, 3), Math.Round(difference + 0.11, 3)),
            Sentence = new($"{f.Label.En}: {inside} against {f.Typical} elsewhere", $"{f.Label.Zh}：{inside}，其他客户 {f.Typical}"),
        };
    }

    static double[] Normalised(int n, Func<int, double> weight)
    {
        var w = Enumerable.Range(0, n).Select(weight).ToArray();
        return [.. w.Select(x => Math.Round(x / w.Sum(), 4))];
    }

    static SomeFeature F(string name, string en, string zh, string sentence, string unit, string family, double typical) =>
        new(name, new(en, zh), sentence, unit, family, typical);
}
