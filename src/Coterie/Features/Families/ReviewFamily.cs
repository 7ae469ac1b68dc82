using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Reviews: how many, how kind, how long.</summary>
static class ReviewFamily
{
    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "reviews", Label = "Reviews", LabelZh = "评价数",
            Sentence = "Number of reviews written.",
            Unit = "count", Family = "reviews", Transform = Transform.Log,
            High = "writes reviews", Low = "writes no reviews", HighZh = "常写评价", LowZh = "不写评价", Needs = ["kind:review"],
        }, Count("\"reviews\".\"reviews\"")),
        new(new Feature
        {
            Name = "rating_mean", Label = "Mean rating", LabelZh = "平均评分",
            Sentence = "Mean number of stars in the customer's reviews.",
            Unit = "stars", Family = "reviews", Transform = Transform.None,
            High = "rates generously", Low = "rates harshly", HighZh = "好评多", LowZh = "评分严", Needs = ["kind:review", "rating"],
        }, Ratio("\"reviews\".\"stars\"", "\"reviews\".\"rated\"")),
        new(new Feature
        {
            Name = "low_rating_share", Label = "Low ratings", LabelZh = "差评占比",
            Sentence = "Share of the customer's ratings of two stars or fewer.",
            Unit = "share", Family = "reviews", Transform = Transform.None,
            High = "complains in reviews", Low = "hardly complains", HighZh = "差评多", LowZh = "很少差评", Needs = ["kind:review", "rating"],
        }, Ratio("\"reviews\".\"low\"", "\"reviews\".\"rated\"")),
        new(new Feature
        {
            Name = "review_length", Label = "Length of reviews", LabelZh = "评价字数",
            Sentence = "Mean number of characters in the customer's review texts.",
            Unit = "characters", Family = "reviews", Transform = Transform.Log,
            High = "writes long reviews", Low = "writes short reviews", HighZh = "评价详细", LowZh = "评价简短", Needs = ["kind:review", "text"],
        }, Ratio("\"reviews\".\"characters\"", "\"reviews\".\"texts\"")),
    ];
}
