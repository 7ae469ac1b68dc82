using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>How far forecasts of one kind were from what happened in the held-out period.</summary>
public sealed record ForecastErrors
{
    /// <summary>A model's name, same_as_last_period, rate, or chosen (the chosen model with its factor).</summary>
    public required string Name { get; init; }
    /// <summary>Forecast minus actual total, as a share of the actual; NaN where nobody ordered.</summary>
    public required double Bias { get; init; }
    /// <summary>Mean absolute error of orders per customer.</summary>
    public required double Mae { get; init; }
    /// <summary>Root mean square error of orders per customer.</summary>
    public required double Rmse { get; init; }
    /// <summary>Area under the ROC curve for "orders at all".</summary>
    public required double Auc { get; init; }
    /// <summary>Share of the actual spend that came from the tenth with the highest forecast of spend; NaN without money.</summary>
    public required double TopTenth { get; init; }
}

/// <summary>A family as it was fitted before the held-out period and judged on it.</summary>
public sealed record ModelTrial
{
    public required string Name { get; init; }
    /// <summary>Whether the search for its best fit ended at an optimum. One that did not is never chosen.</summary>
    public required bool Settled { get; init; }
    /// <summary>Starts of the search, how many of them ended at the best fit, and how many gave up on the way.</summary>
    public required int Starts { get; init; }
    public required int StartsAgreed { get; init; }
    public required int StartsThatGaveUp { get; init; }
    /// <summary>Log-likelihood of the period before the freeze.</summary>
    public required double LogLikelihood { get; init; }
    /// <summary>Log-density of when customers ordered in the held-out period, given what was known before: higher is better.</summary>
    public required double HeldOutLogLikelihood { get; init; }
    /// <summary>The same minus the highest one, with its interval over customers.</summary>
    public required Estimate BehindBest { get; init; }
    public required bool Chosen { get; init; }
}

/// <summary>The model as it was fitted on everything.</summary>
public sealed record FinalModel
{
    public required string Name { get; init; }
    /// <summary>By name, with intervals; times in weeks.</summary>
    public required IReadOnlyDictionary<string, Estimate> Parameters { get; init; }
    public required double LogLikelihood { get; init; }
    /// <summary>Log-likelihood that a further step of the search could gain: next to nothing at an optimum.</summary>
    public required double LeftToGain { get; init; }
    public required int Starts { get; init; }
    public required int StartsAgreed { get; init; }
    public required int StartsThatGaveUp { get; init; }
    /// <summary>Parameters of which the data only say that they are very large or very small.</summary>
    public required IReadOnlyList<string> AtEdge { get; init; }
    /// <summary>Gamma-Gamma, by name; empty where it could not be fitted.</summary>
    public required IReadOnlyDictionary<string, Estimate> SpendParameters { get; init; }
}

/// <summary>A bin of customers with like forecasts, against what they did in the held-out period.</summary>
/// <param name="Customers">How many.</param>
/// <param name="Forecast">Their mean forecast.</param>
/// <param name="Actual">What they did, with its interval.</param>
public sealed record ForecastBin(int Customers, double Forecast, Estimate Actual);

/// <summary>The check on a period that the models had not seen.</summary>
public sealed record ValueCheck
{
    public required DateTime FrozenAt { get; init; }
    public required DateTime Until { get; init; }
    /// <summary>Customers who had ordered before the freeze, and those of them who ordered in the period.</summary>
    public required int Customers { get; init; }
    public required int Buyers { get; init; }
    public required long ActualOrders { get; init; }
    public required double ActualSpend { get; init; }
    public required IReadOnlyList<ModelTrial> Models { get; init; }
    public required IReadOnlyList<ForecastErrors> Errors { get; init; }
    /// <summary>By the forecast chance of ordering.</summary>
    public required IReadOnlyList<ForecastBin> OrderingBins { get; init; }
    /// <summary>By the forecast number of orders.</summary>
    public required IReadOnlyList<ForecastBin> OrdersBins { get; init; }
    /// <summary>Actual over forecast orders of the chosen model in a check one horizon earlier; NaN where the history is too short for one.</summary>
    public required double EarlierRatio { get; init; }
    /// <summary>Actual over forecast orders of the chosen model in this check, without a factor.</summary>
    public required double Ratio { get; init; }
    /// <summary>Whether <see cref="EarlierRatio"/> made this check's total better, so that a factor is used from now on.</summary>
    public required bool FactorHelps { get; init; }
}

/// <summary>The forecast for one segment.</summary>
/// <param name="Segment">Its id; null for customers whom the run did not know.</param>
public sealed record SegmentValue(string? Segment, Bilingual Name, GroupForecast Forecast);

/// <summary>The forecast for those who first ordered in one period.</summary>
/// <param name="Cohort">"2024-03", "2024-Q1" or "2024".</param>
public sealed record CohortValue(string Cohort, GroupForecast Forecast);

/// <summary>What <c>value</c> came to.</summary>
public sealed record ValueResult
{
    public required DateTime AsOf { get; init; }
    /// <summary>Null when no horizon could be held back.</summary>
    public int? HorizonDays { get; init; }
    public required bool Answered { get; init; }
    public required string Verdict { get; init; }
    public required string VerdictZh { get; init; }
    public string? Currency { get; init; }
    public required int Customers { get; init; }
    /// <summary>Customers with one order.</summary>
    public required int OneTimeBuyers { get; init; }
    public FinalModel? Model { get; init; }
    public ValueCheck? Check { get; init; }
    /// <summary>What expectations were multiplied by.</summary>
    public double Factor { get; init; } = 1;
    public GroupForecast? Total { get; init; }
    /// <summary>The one-time buyers among them.</summary>
    public GroupForecast? OneTime { get; init; }
    public IReadOnlyList<SegmentValue> Segments { get; init; } = [];
    public IReadOnlyList<CohortValue> Cohorts { get; init; } = [];
    public IReadOnlyList<Bilingual> Notes { get; init; } = [];
}
