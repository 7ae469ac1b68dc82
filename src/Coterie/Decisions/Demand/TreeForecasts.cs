using Coterie.Decisions.Trees;
using Coterie.Numerics;

namespace Coterie.Decisions.Demand;

/// <summary>Boosted trees that learn from every series at once: what sold in the weeks before, how the group goes, the season, the price, how far ahead.</summary>
/// <remarks>Demand is divided by the series' own level, so that a seller of three a week and one of three hundred teach each other. LightGBM as ML.NET
/// offers it has no quantile loss, so the trees give means only; quantiles come from the count distribution and its calibration.</remarks>
static class TreeForecasts
{
    const int MostRows = 60_000, FewestRows = 2_000, Past = 78;
    static readonly string[] Columns =
    [
        "last", "last_2", "last_3", "last_4", "mean_4", "mean_8", "mean_13", "mean_26", "share_sold_13", "weeks_since_sale", "age", "level",
        "ahead", "season_sine", "season_cosine", "season_ago", "group_trend", "price_change",
    ];

    static readonly BoostedTreesOptions Options = new() { Trees = 100, LearningRate = 0.06, Leaves = 16, MinRows = 40 };

    /// <summary>Learns from weeks before the origin only; null where they are too few.</summary>
    internal static TreeEnsemble? Fit(DemandPanel panel, double[][] groups, ForecastSettings settings, int origin)
    {
        // What each row is about: a series, the week up to which it knew, and how far ahead it looked.
        var rows = 0L;
        for (var i = 0; i < panel.Count; i++) rows += (long)Moments(panel, i, settings, origin) * settings.Span;
        if (rows < FewestRows) return null;
        var every = (int)Math.Max(1, (rows + MostRows - 1) / MostRows);
        var kept = new List<Place>();
        var number = 0;
        for (var i = 0; i < panel.Count; i++)
        {
            for (var t = origin - settings.Span - Moments(panel, i, settings, origin) + 1; t <= origin - settings.Span; t++)
                for (var h = 0; h < settings.Span; h++)
                    if (number++ % every == 0) kept.Add(new(i, t, h));
        }

        var table = new Matrix(kept.Count, Columns.Length);
        var targets = new double[kept.Count];
        Chunks.For(kept.Count, settings.Threads, (_, from, to) =>
        {
            for (var r = from; r < to; r++)
            {
                var place = kept[r];
                Describe(panel, groups, place.Series, place.Week, place.Ahead, table.Row(r));
                // Far outliers would rule the squared loss.
                targets[r] = Math.Min(panel.Demand[place.Series][place.Week + place.Ahead] / Level(panel, place.Series, place.Week), 20);
            }
        });
        return BoostedTrees.FitMean(table, Columns, targets, Options, settings.Seed.Child((ulong)origin));
    }

    /// <summary>Means of a series: each step ahead, then the sum of the lead time.</summary>
    internal static double[] Predict(TreeEnsemble trees, DemandPanel panel, double[][] groups, ForecastSettings settings, int series, int origin)
    {
        var means = new double[settings.Horizon + 1];
        var row = new float[Columns.Length];
        var level = Level(panel, series, origin);
        for (var h = 0; h < settings.Span; h++)
        {
            Describe(panel, groups, series, origin, h, row);
            var mean = Math.Max(0, trees.Score(row)) * level;
            if (h < settings.Horizon) means[h] = mean;
            if (h < settings.Lead) means[^1] += mean;
        }

        return means;
    }

    readonly record struct Place(int Series, int Week, int Ahead);

    static int Moments(DemandPanel panel, int series, ForecastSettings settings, int origin) => panel.Sums[series] ? 0
        : Math.Clamp(origin - settings.Span - panel.Starts[series] - settings.Fewest + 1, 0, Past);

    static double Level(DemandPanel panel, int series, int origin)
    {
        var known = panel.Known(series, origin);
        return Math.Max(0.7 * Mean(known, 26) + 0.3 * Mean(known, known.Length), 1e-3);
    }

    static double Mean(ReadOnlySpan<double> known, int window)
    {
        var n = Math.Min(window, known.Length);
        var sum = 0.0;
        for (var t = known.Length - n; t < known.Length; t++) sum += known[t];
        return n == 0 ? 0 : sum / n;
    }

    static void Describe(DemandPanel panel, double[][] groups, int series, int origin, int ahead, Span<float> row)
    {
        var known = panel.Known(series, origin);
        var level = Level(panel, series, origin);
        for (var k = 0; k < 4; k++) row[k] = known.Length > k ? (float)(known[^(k + 1)] / level) : float.NaN;
        row[4] = (float)(Mean(known, 4) / level);
        row[5] = (float)(Mean(known, 8) / level);
        row[6] = (float)(Mean(known, 13) / level);
        row[7] = (float)(Mean(known, 26) / level);
        var (sold, since) = (0, known.Length);
        for (var t = known.Length - 1; t >= 0; t--)
        {
            if (known[t] <= 0) continue;
            since = Math.Min(since, known.Length - 1 - t);
            if (known.Length - t <= 13) sold++;
        }

        row[8] = sold / (float)Math.Min(13, known.Length);
        row[9] = since;
        row[10] = known.Length;
        row[11] = (float)Math.Log(level);
        row[12] = ahead;
        var angle = 2 * Math.PI * ((origin + ahead) % panel.Season) / panel.Season;
        (row[13], row[14]) = ((float)Math.Sin(angle), (float)Math.Cos(angle));
        var ago = origin + ahead - panel.Season;
        row[15] = ago >= panel.Starts[series] && ago < origin ? (float)(panel.Demand[series][ago] / level) : float.NaN;
        var group = groups[panel.Groups[series] + 1].AsSpan(0, origin);
        row[16] = (float)(Mean(group, 4) / Math.Max(Mean(group, 13), 1e-9));
        row[17] = float.NaN;
        if (panel.Prices is { } prices) row[17] = PriceChange(prices[series].AsSpan(0, origin));
    }

    // The last price over the mean of those before it.
    static float PriceChange(ReadOnlySpan<double> prices)
    {
        double last = double.NaN, sum = 0;
        var count = 0;
        for (var t = prices.Length - 1; t >= Math.Max(0, prices.Length - 26); t--)
        {
            if (double.IsNaN(prices[t])) continue;
            if (double.IsNaN(last))
            {
                last = prices[t];
                continue;
            }

            sum += prices[t];
            count++;
        }

        return count == 0 || sum <= 0 ? float.NaN : (float)Math.Clamp(last * count / sum, 0.05, 20);
    }
}
