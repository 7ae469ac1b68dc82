using Coterie.Profiles;

namespace Coterie.Decisions.Demand;

/// <summary>The ways to forecast that compete.</summary>
public enum DemandMethod
{
    /// <summary>The same week a season ago; the last week where there is no season yet.</summary>
    SeasonalNaive,
    /// <summary>Mean of the last weeks.</summary>
    MovingMean,
    /// <summary>The last 26 weeks as they were: mean and quantiles.</summary>
    Empirical,
    Croston,
    /// <summary>Croston's method with the correction of Syntetos and Boylan.</summary>
    Sba,
    /// <summary>Teunter, Syntetos and Babai.</summary>
    Tsb,
    /// <summary>Exponential smoothing, the form by AICc.</summary>
    Ets,
    /// <summary>Exponential smoothing after the season of the series' group is taken out.</summary>
    SeasonalEts,
    /// <summary>Boosted trees over all series.</summary>
    BoostedTrees,
    /// <summary>The mean of the smoothing methods and the trees.</summary>
    Combination,
}

/// <summary>Methods as people read them.</summary>
static class DemandMethods
{
    internal static readonly DemandMethod[] All = Enum.GetValues<DemandMethod>();

    internal static Bilingual Name(DemandMethod method) => method switch
    {
        DemandMethod.SeasonalNaive => new("seasonal naive", "季节性朴素法"),
        DemandMethod.MovingMean => new("moving mean", "移动平均"),
        DemandMethod.Empirical => new("last 26 weeks", "近 26 周分布"),
        DemandMethod.Croston => new("Croston", "Croston 法"),
        DemandMethod.Sba => new("Croston, corrected (SBA)", "Croston 修正法（SBA）"),
        DemandMethod.Tsb => new("TSB", "TSB 法"),
        DemandMethod.Ets => new("exponential smoothing (ETS)", "指数平滑（ETS）"),
        DemandMethod.SeasonalEts => new("exponential smoothing, group's season", "指数平滑（同类季节）"),
        DemandMethod.BoostedTrees => new("boosted trees", "提升树"),
        _ => new("combination", "组合预测"),
    };

    internal static Bilingual Name(DemandPattern pattern) => pattern switch
    {
        DemandPattern.Smooth => new("smooth", "平稳"),
        DemandPattern.Erratic => new("erratic", "波动"),
        DemandPattern.Intermittent => new("intermittent", "间歇"),
        DemandPattern.Lumpy => new("lumpy", "间歇且波动"),
        _ => new("sums", "合计"),
    };

    /// <summary>As in the table: seasonal_naive.</summary>
    internal static string Code(DemandMethod method) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(method.ToString());
}
