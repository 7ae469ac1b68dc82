using System.Globalization;
using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>Adds forecasts up over the shop, its segments and its cohorts.</summary>
internal static class ValueGroups
{
    static readonly Bilingual Unplaced = new("Not in the run", "不在该次运行中");

    internal static ValueResult Of(DecisionInput input, ValueForecast forecast, ValueCheck check)
    {
        var history = forecast.History;
        var segments = input.Segments?.Segments ?? [];
        GroupSum total = new(forecast), oneTime = new(forecast);
        var bySegment = segments.Select(_ => new GroupSum(forecast)).Append(new GroupSum(forecast)).ToArray();
        var byCohort = new SortedDictionary<string, GroupSum>(StringComparer.Ordinal);
        var cohort = CohortName(history.First.Min(), history.Through);
        for (var i = 0; i < forecast.Count; i++)
        {
            total.Add(i);
            if (history.Orders[i] == 1) oneTime.Add(i);
            if (input.Segments is { } members) bySegment[members.Of(history.Customers[i]) is >= 0 and var place ? place : segments.Count].Add(i);
            var name = cohort(RepeatPurchases.DateOf(history.First[i]));
            if (!byCohort.TryGetValue(name, out var sum)) byCohort[name] = sum = new GroupSum(forecast);
            sum.Add(i);
        }

        var sums = bySegment.Select(s => s.Total()).ToArray();
        var shop = total.Total();
        var (en, zh) = ValueWords.Verdict(shop, check, forecast, input.Currency);
        return new ValueResult
        {
            AsOf = input.AsOf,
            HorizonDays = forecast.HorizonDays,
            Answered = true,
            Verdict = en,
            VerdictZh = zh,
            Currency = input.Currency,
            Customers = forecast.Count,
            OneTimeBuyers = forecast.Count - history.Repeaters,
            Model = Model(forecast),
            Check = check,
            Factor = forecast.Factor,
            Total = shop,
            OneTime = oneTime.Total(),
            Segments = input.Segments is null ? [] : [.. sums.Select((s, i) => i < segments.Count ? new SegmentValue(segments[i].Id, segments[i].Name, s) : new SegmentValue(null, Unplaced, s)).Where(s => s.Forecast.Customers > 0)],
            Cohorts = [.. byCohort.Select(c => new CohortValue(c.Key, c.Value.Total()))],
            Notes = [.. ValueWords.Notes(forecast, check)],
        };
    }

    // Months for a year and a half, quarters for four and a half, then years: a table that can be read.
    static Func<DateTime, string> CohortName(int first, int last) => ((last - first) / 30.44) switch
    {
        <= 18 => d => d.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        <= 54 => d => string.Create(CultureInfo.InvariantCulture, $"{d.Year}-Q{(d.Month + 2) / 3}"),
        _ => d => d.ToString("yyyy", CultureInfo.InvariantCulture),
    };

    static FinalModel Model(ValueForecast forecast)
    {
        var optimum = forecast.Fitted.Optimum;
        return new FinalModel
        {
            Name = forecast.Model,
            Parameters = Named(forecast.Fitted.Model.ParameterNames, optimum),
            LogLikelihood = optimum.LogLikelihood,
            LeftToGain = optimum.LeftToGain,
            Starts = optimum.Starts,
            StartsAgreed = optimum.Agreed,
            StartsThatGaveUp = optimum.GaveUp,
            AtEdge = [.. forecast.Fitted.Model.ParameterNames.Where((_, j) => optimum.AtEdge[j])],
            SpendParameters = forecast.Spend.Optimum is { } spend ? Named(GammaGamma.ParameterNames, spend) : new SortedDictionary<string, Estimate>(StringComparer.Ordinal),
        };
    }

    static SortedDictionary<string, Estimate> Named(IReadOnlyList<string> names, Numerics.LikelihoodOptimum optimum)
    {
        var named = new SortedDictionary<string, Estimate>(StringComparer.Ordinal);
        for (var j = 0; j < names.Count; j++)
        {
            var spread = Math.Exp(ValueForecast.Normal * Math.Sqrt(optimum.Covariance[j * names.Count + j]));
            var value = Math.Exp(optimum.Logs[j]);
            named[names[j]] = new(value, value / spread, value * spread);
        }

        return named;
    }
}
