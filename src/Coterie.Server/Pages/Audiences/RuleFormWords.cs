using Coterie.Profiles;

namespace Coterie.Server.Pages.Audiences;

/// <summary>Words of the rule builder.</summary>
static class RuleFormWords
{
    public static readonly IReadOnlyDictionary<string, Bilingual> Operators = new Dictionary<string, Bilingual>(StringComparer.Ordinal)
    {
        ["is"] = new("is", "等于"), ["is_not"] = new("is not", "不等于"), ["in"] = new("is one of", "属于"), ["contains"] = new("contains", "包含"), ["starts_with"] = new("starts with", "开头为"),
        ["under"] = new("is in or below", "属于（含下级）"), [">"] = new(">", ">"), [">="] = new("≥", "≥"), ["<"] = new("<", "<"), ["<="] = new("≤", "≤"), ["between"] = new("between", "介于"),
        ["before"] = new("before", "早于"), ["after"] = new("after", "晚于"), ["within_days"] = new("in the last days", "最近天数内"), ["is_set"] = new("is known", "已知"), ["is_not_set"] = new("is not known", "未知"),
    };

    public static readonly IReadOnlyDictionary<string, Bilingual> Fields = new Dictionary<string, Bilingual>(StringComparer.Ordinal)
    {
        ["product_id"] = new("product", "商品"), ["category"] = new("category", "类目"), ["brand"] = new("brand", "品牌"), ["price"] = new("price", "价格"), ["quantity"] = new("quantity", "数量"),
        ["channel"] = new("channel", "渠道"), ["device"] = new("device", "设备"), ["country"] = new("country", "国家"),
    };

    public static readonly IReadOnlyDictionary<string, Bilingual> Sources = new Dictionary<string, Bilingual>(StringComparer.Ordinal)
    {
        ["feature"] = new("feature of the run", "运行特征"), ["trait"] = new("trait", "属性"), ["customer"] = new("customer", "客户"),
    };

    public static readonly IReadOnlyDictionary<string, Bilingual> Kinds = new Dictionary<string, Bilingual>(StringComparer.Ordinal)
    {
        ["segment"] = new("In a segment", "所属分群"), ["did"] = new("Did something", "发生过行为"), ["attribute"] = new("Has an attribute", "具有属性"), ["sequence"] = new("Did one thing after another", "行为序列"),
        ["all"] = new("Group: all of", "组：全部满足"), ["any"] = new("Group: any of", "组：任一满足"),
    };
}
