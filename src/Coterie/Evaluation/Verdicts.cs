namespace Coterie.Evaluation;

/// <summary>The plain sentence about RFM, in both languages.</summary>
internal static class Verdicts
{
    internal static string English(string against, ValidityMetrics[] metrics, int days)
    {
        var numbers = Numbers(metrics, "spend explained {0:0.000} against {1:0.000}, order ranking {2:0.000} against {3:0.000}");
        return against switch
        {
            "better" => $"Over the {days} days held back, these segments beat RFM quintiles on this data ({numbers}).",
            "worse" => $"Over the {days} days held back, these segments do NOT beat RFM quintiles on this data ({numbers}); RFM says more.",
            "mixed" => $"Over the {days} days held back, these segments beat RFM quintiles in one measure and lose in the other ({numbers}).",
            _ => $"Over the {days} days held back, these segments and RFM quintiles say about as much on this data ({numbers}); the difference is within chance.",
        };
    }

    internal static string Chinese(string against, ValidityMetrics[] metrics, int days)
    {
        var numbers = Numbers(metrics, "可解释的消费 {0:0.000} 对 {1:0.000}，下单排序 {2:0.000} 对 {3:0.000}");
        return against switch
        {
            "better" => $"在保留的 {days} 天里，本分群在此数据上优于 RFM 五分位（{numbers}）。",
            "worse" => $"在保留的 {days} 天里，本分群在此数据上不优于 RFM 五分位（{numbers}），RFM 更有效。",
            "mixed" => $"在保留的 {days} 天里，本分群在一项指标上优于 RFM 五分位，另一项不及（{numbers}）。",
            _ => $"在保留的 {days} 天里，本分群与 RFM 五分位在此数据上相当（{numbers}），差异在随机范围内。",
        };
    }

    static string Numbers(ValidityMetrics[] metrics, string format) =>
        string.Format(format, metrics[0].R2Spend.Value, metrics[1].R2Spend.Value, metrics[0].AucOrders.Value, metrics[1].AucOrders.Value);
}
