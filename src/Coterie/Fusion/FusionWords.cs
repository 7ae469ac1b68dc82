namespace Coterie.Fusion;

/// <summary>Why views were not fused, in both languages.</summary>
sealed record Reason(string English, string Chinese);

/// <summary>What was fused and what was not, in a sentence of each language.</summary>
static class FusionWords
{
    internal static string English(ViewWeight[] views, int segments, FusedCustomers customers)
    {
        var text = $"{string.Join(" and ", views.Where(v => v.Weight > 0).Select(v => $"{v.Name} (weight {v.Weight:0.00}, {v.Noise:0 %} noise)"))} "
            + $"were fused into {segments} segments; about {Disputed(customers):0.0 %} of customers they point to different ones.";
        var left = views.Where(v => v.Weight == 0).Select(v => v.Name).ToArray();
        return left.Length == 0 ? text : $"{text} Not fused: {string.Join(", ", left)}.";
    }

    internal static string Chinese(ViewWeight[] views, int segments, FusedCustomers customers)
    {
        var text = $"{string.Join("与", views.Where(v => v.Weight > 0).Select(v => $"{v.Name}（权重 {v.Weight:0.00}，噪声 {v.Noise:0 %}）"))}"
            + $"融合为 {segments} 个分群；对 {Disputed(customers):0.0 %} 的客户，各视角指向不同的分群。";
        var left = views.Where(v => v.Weight == 0).Select(v => v.Name).ToArray();
        return left.Length == 0 ? text : $"{text}未融合：{string.Join("、", left)}。";
    }

    internal static string KeptEnglish(IReadOnlyList<FusionView> views, int kept, string by, Reason reason)
    {
        var others = views.Where((_, v) => v != kept).ToArray();
        var why = by switch
        {
            "validity" => $"because it says most of the future ({views[kept].Validity:0.000} against {string.Join(", ", others.Select(o => $"{o.Validity:0.000}"))})",
            "stability" => $"because it is the most stable ({views[kept].Stability:0.000} against {string.Join(", ", others.Select(o => $"{o.Stability:0.000}"))}); which view says more of the future is not known",
            _ => "because it was named first; nothing is known of either view's stability or of what it says of the future",
        };
        return $"The views were not fused: {reason.English}. {views[kept].Name} is kept as it is, {why}.";
    }

    internal static readonly Reason NothingInCommon = new("no two segments stand behind the labels of both", "两者的标签背后找不到共同的分群");

    /// <summary>Why fewer than two views have a weight.</summary>
    internal static Reason Why(IReadOnlyList<AgreementReport> agreements) => agreements.Any(a => a.BetterThanChance)
        ? new("only one of them has any weight", "只有一个视角有权重")
        : new($"they agree no better than chance ({string.Join("; ", agreements.Select(a => $"{a.First} and {a.Second}: adjusted Rand index {a.Ari.Value.Value:0.000}, p = {a.Ari.PValue:0.000}"))})",
            $"一致程度不优于随机（{string.Join("；", agreements.Select(a => $"{a.First} 与 {a.Second}：调整兰德指数 {a.Ari.Value.Value:0.000}，p = {a.Ari.PValue:0.000}"))}）");

    internal static string KeptChinese(IReadOnlyList<FusionView> views, int kept, string by, Reason reason)
    {
        var others = views.Where((_, v) => v != kept).ToArray();
        var why = by switch
        {
            "validity" => $"因为它对未来的解释力最强（{views[kept].Validity:0.000} 对 {string.Join("、", others.Select(o => $"{o.Validity:0.000}"))}）",
            "stability" => $"因为它最稳定（{views[kept].Stability:0.000} 对 {string.Join("、", others.Select(o => $"{o.Stability:0.000}"))}）；哪个视角更能预测未来尚不清楚",
            _ => "因为它排在最前；各视角的稳定性与预测力均未知",
        };
        return $"各视角未融合：{reason.Chinese}。保留{views[kept].Name}，{why}。";
    }

    static double Disputed(FusedCustomers customers) =>
        customers.Segments.Count(s => s >= 0) is > 0 and var n ? (double)customers.Disputed.Count(d => d) / n : 0;
}
