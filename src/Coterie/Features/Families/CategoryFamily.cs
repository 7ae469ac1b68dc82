using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Categories and brands: breadth, concentration, novelty, and the shop's top categories.</summary>
static class CategoryFamily
{
    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "category_count", Label = "Categories", LabelZh = "涉及品类数",
            Sentence = "Number of distinct categories in the customer's events.",
            Unit = "count", Family = "category", Transform = Transform.Log,
            High = "shops across many categories", Low = "stays in few categories", HighZh = "品类广", LowZh = "品类少", Needs = ["category"],
        }, Count("\"categories\".\"categories\"")),
        new(new Feature
        {
            Name = "category_entropy", Label = "Category variety", LabelZh = "品类多样性",
            Sentence = "Shannon entropy of the customer's events over categories.",
            Unit = "bits", Family = "category", Transform = Transform.None,
            High = "varied interests", Low = "focused interests", HighZh = "兴趣广泛", LowZh = "兴趣专一", Needs = ["category"],
        }, """
            CASE WHEN "categories"."categories" = 1 THEN 0
                 WHEN "categories"."events" > 0
                 THEN log2("categories"."events") - "categories"."n_log2_n" / CAST("categories"."events" AS DOUBLE)
            END
            """),
        new(new Feature
        {
            Name = "top_category_share", Label = "Share of the favourite category", LabelZh = "首选品类占比",
            Sentence = "Share of the customer's events in the customer's most frequent category.",
            Unit = "share", Family = "category", Transform = Transform.None,
            High = "devoted to one category", Low = "no favourite category", HighZh = "专注单一品类", LowZh = "无明显偏好品类", Needs = ["category"],
        }, Ratio("\"categories\".\"most\"", "\"categories\".\"events\"")),
        new(new Feature
        {
            Name = "new_category_share", Label = "Categories discovered lately", LabelZh = "新接触品类占比",
            Sentence = "Share of the customer's categories first met in the last 90 days.",
            Unit = "share", Family = "category", Transform = Transform.None,
            High = "discovers new categories", Low = "keeps to known categories", HighZh = "尝试新品类", LowZh = "固守旧品类", Needs = ["category"],
        }, Ratio("\"categories\".\"recent\"", "\"categories\".\"categories\"")),
        new(new Feature
        {
            Name = "brand_count", Label = "Brands", LabelZh = "涉及品牌数",
            Sentence = "Number of distinct brands in the customer's events.",
            Unit = "count", Family = "category", Transform = Transform.Log,
            High = "tries many brands", Low = "knows few brands", HighZh = "品牌多样", LowZh = "品牌少", Needs = ["brand"],
        }, Count("\"brands\".\"values\"")),
        new(new Feature
        {
            Name = "top_brand_share", Label = "Share of the favourite brand", LabelZh = "首选品牌占比",
            Sentence = "Share of the customer's events with a brand that are of the most frequent one.",
            Unit = "share", Family = "category", Transform = Transform.None,
            High = "loyal to one brand", Low = "no favourite brand", HighZh = "忠于单一品牌", LowZh = "无品牌偏好", Needs = ["brand"],
        }, Ratio("\"brands\".\"most\"", "\"brands\".\"events\"")),
    ];

    /// <summary>The share of one of the shop's top categories; <paramref name="index"/> is its place among them.</summary>
    public static FeatureDefinition ShareOf(string category, int index) => new(Share(category),
        Ratio($"\"categories\".\"top_{index}\"", "\"categories\".\"events\""));

    /// <summary>The feature <c>category_share:NAME</c>.</summary>
    public static Feature Share(string category)
    {
        var leaf = category[(category.LastIndexOf('/') + 1)..];
        var name = leaf.Length == 0 ? category : leaf;
        return new Feature
        {
            Name = "category_share:" + category, Label = $"Share of {category}", LabelZh = $"{category} 占比",
            Sentence = $"Share of the customer's events with a category that are in {category}.",
            Unit = "share", Family = "category", Transform = Transform.None,
            High = $"likes {name}", Low = $"avoids {name}", HighZh = $"偏好{name}", LowZh = $"少看{name}", Needs = ["category"],
        };
    }
}
