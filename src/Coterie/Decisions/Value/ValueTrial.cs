using Coterie.Evaluation;
using Coterie.Numerics;
using Coterie.Warehouse;

namespace Coterie.Decisions;

/// <summary>Every family fitted on what was known at a freeze and judged on the days that followed.</summary>
internal sealed class ValueTrial
{
    sealed record Judged(FittedPurchases Fitted, double[] HeldOut, double[] Expected, double[] Ordering);

    // Log-likelihoods nearer than this, and errors by this share, are the same.
    const double Tie = 0.01, Same = 1e-3;

    readonly List<Judged> judged = [];
    readonly double[] naiveOrders, naiveSpend, rate;
    readonly SpendFit spend;
    readonly PurchaseOutcomes outcomes;

    ValueTrial(RepeatPurchases before, PurchaseOutcomes outcomes, PurchaseOutcomes earlier, SpendFit spend, double weeks)
    {
        (Before, this.outcomes, this.spend) = (before, outcomes, spend);
        naiveOrders = [.. earlier.Orders.Select(o => (double)o)];
        naiveSpend = earlier.Spent;
        rate = [.. Enumerable.Range(0, before.Count).Select(i => before.Through == before.First[i] ? 0
            : (before.Orders[i] - 1) * RepeatPurchases.DaysPerWeek / (before.Through - before.First[i]) * weeks)];
    }

    internal RepeatPurchases Before { get; }
    internal int Buyers => outcomes.Orders.Count(o => o > 0);
    internal long ActualOrders => outcomes.Orders.Sum(o => (long)o);
    internal double ActualSpend => outcomes.Spent.Sum();
    internal IReadOnlyList<FittedPurchases> Fitted => [.. judged.Select(j => j.Fitted)];
    /// <summary>The place of the family that is chosen; -1 where none settled.</summary>
    internal int Best { get; private set; } = -1;
    /// <summary>The place of the one with the highest held-out likelihood.</summary>
    int Leader { get; set; }

    /// <param name="warehouse">Holds the events.</param>
    /// <param name="before">Histories at the freeze.</param>
    /// <param name="until">The last day of the period.</param>
    /// <param name="options">Starts.</param>
    /// <param name="seed">Of the starts.</param>
    /// <param name="threads">Threads that sum.</param>
    /// <param name="only">The one family that is looked at; null: all.</param>
    internal static ValueTrial Of(IWarehouse warehouse, RepeatPurchases before, int until, ValueOptions options, Seed seed, int threads, string? only = null)
    {
        var days = until - before.Through;
        var weeks = days / RepeatPurchases.DaysPerWeek;
        var spend = SpendFit.Of(before, options.Starts, seed.Child(9), threads);
        var trial = new ValueTrial(before, before.Outcomes(warehouse, before.Through, until), before.Outcomes(warehouse, before.Through - days, before.Through), spend, weeks);
        var rows = before.Rows();
        var after = Later(before, RepeatPurchases.Read(warehouse, until));
        for (var m = 0; m < PurchaseModel.All.Count; m++)
        {
            var model = PurchaseModel.All[m];
            if (only is not null && model.Name != only) continue;
            if (PurchaseFit.Fit(model, rows, MaximumLikelihood.Starts(options.Starts, model.Size, seed.Child((ulong)m)), threads) is not { } fitted) continue;
            trial.judged.Add(Judge(fitted, rows, after, weeks, threads));
        }

        trial.Best = trial.Choose();
        return trial;
    }

    // The highest held-out likelihood leads. Of those that it cannot tell from the leader, the one whose expected orders were nearest (in root mean
    // square, which the true mean minimises) is taken, and the simpler one where even that is the same.
    int Choose()
    {
        var settled = Enumerable.Range(0, judged.Count).Where(j => judged[j].Fitted.Optimum.Settled).ToArray();
        if (settled.Length == 0) return -1;
        Leader = settled.MaxBy(j => judged[j].HeldOut.Sum());
        var best = -1;
        foreach (var j in settled.Where(j => Difference(judged[j].HeldOut, judged[Leader].HeldOut).High >= -Tie))
            if (best < 0 || RootMeanSquare(judged[j].Expected) < RootMeanSquare(judged[best].Expected) * (1 - Same)) best = j;
        return best;
    }

    double RootMeanSquare(double[] forecast) => Math.Sqrt(forecast.Select((f, i) => (f - outcomes.Orders[i]) * (f - outcomes.Orders[i])).Average());

    // The likelihood of a history is the density of when its orders came, so that of the whole over that of its first part is the density of the rest.
    static Judged Judge(FittedPurchases fitted, PurchaseRows before, PurchaseRows after, double weeks, int threads)
    {
        var (early, late) = (Each(fitted, before, threads), Each(fitted, after, threads));
        double[] expected = new double[before.Count], ordering = new double[before.Count];
        Chunks.For(before.Count, threads, (_, from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var alive = fitted.Model.Alive(fitted.Parameters, before.Repeats[i], before.Recency[i], before.Age[i]);
                expected[i] = alive * fitted.Model.ExpectedIfAlive(fitted.Parameters, before.Repeats[i], before.Age[i], weeks);
                ordering[i] = alive * fitted.Model.FirstPurchase(fitted.Parameters, before.Repeats[i], before.Age[i], weeks);
            }
        });
        return new Judged(fitted,
            [.. before.RowOf.Select((row, i) => late[after.RowOf[i]] - early[row])], [.. before.RowOf.Select(row => expected[row])], [.. before.RowOf.Select(row => ordering[row])]);
    }

    static double[] Each(FittedPurchases fitted, PurchaseRows rows, int threads)
    {
        var tables = fitted.Model.Prepare(fitted.Parameters, rows.MostRepeats);
        var values = new double[rows.Count];
        Chunks.For(rows.Count, threads, (_, from, to) =>
        {
            var unused = new double[fitted.Model.Size];
            for (var i = from; i < to; i++) values[i] = fitted.Model.Add(rows, i, i + 1, tables, unused) / rows.Weight[i];
        });
        return values;
    }

    // The same customers, in the same order, at the end of the period.
    static PurchaseRows Later(RepeatPurchases before, RepeatPurchases all)
    {
        int[] repeats = new int[before.Count];
        double[] recency = new double[before.Count], age = new double[before.Count];
        var at = 0;
        for (var i = 0; i < before.Count; i++)
        {
            while (!string.Equals(all.Customers[at], before.Customers[i], StringComparison.Ordinal)) at++;
            repeats[i] = all.Orders[at] - 1;
            recency[i] = (all.Last[at] - all.First[at]) / RepeatPurchases.DaysPerWeek;
            age[i] = (all.Through - all.First[at]) / RepeatPurchases.DaysPerWeek;
        }

        return PurchaseRows.Of(repeats, recency, age);
    }

    /// <summary>Actual over forecast orders of a family; NaN where it did not settle.</summary>
    internal double Ratio(string model) => judged.Find(j => j.Fitted.Model.Name == model) is { Fitted.Optimum.Settled: true } found
        ? ActualOrders / found.Expected.Sum() : double.NaN;

    internal IReadOnlyList<ModelTrial> Models() => [.. judged.Select((j, place) => new ModelTrial
    {
        Name = j.Fitted.Model.Name,
        Settled = j.Fitted.Optimum.Settled,
        Starts = j.Fitted.Optimum.Starts,
        StartsAgreed = j.Fitted.Optimum.Agreed,
        StartsThatGaveUp = j.Fitted.Optimum.GaveUp,
        LogLikelihood = j.Fitted.Optimum.LogLikelihood,
        HeldOutLogLikelihood = j.HeldOut.Sum(),
        BehindBest = Difference(j.HeldOut, judged[Leader].HeldOut),
        Chosen = place == Best,
    })];

    // A sum over customers with its normal interval.
    static Estimate Difference(double[] a, double[] b)
    {
        double sum = 0, squares = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] - b[i];
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        }

        var half = ValueForecast.Normal * Math.Sqrt(Math.Max(0, squares - sum * sum / a.Length));
        return new(sum, sum - half, sum + half);
    }

    /// <summary>Errors of the naive forecasts, of every family, and of the best one with a factor.</summary>
    internal IReadOnlyList<ForecastErrors> Errors(double factor)
    {
        List<ForecastErrors> errors = [Errors("same_as_last_period", naiveOrders, naiveSpend), Errors("rate", rate, Money(rate))];
        errors.AddRange(judged.Select(j => Errors(j.Fitted.Model.Name, j.Expected, Money(j.Expected))));
        if (factor != 1) errors.Add(Errors("chosen", [.. judged[Best].Expected.Select(e => e * factor)], Money(judged[Best].Expected)));
        return errors;
    }

    double[] Money(double[] orders) => [.. orders.Select((o, i) => o * spend.Expected(Before.Orders[i], Before.MeanSpend(i)))];

    ForecastErrors Errors(string name, double[] forecast, double[] money)
    {
        double absolute = 0, squares = 0;
        for (var i = 0; i < forecast.Length; i++)
        {
            var error = forecast[i] - outcomes.Orders[i];
            absolute += Math.Abs(error);
            squares += error * error;
        }

        return new ForecastErrors
        {
            Name = name,
            Bias = ActualOrders == 0 ? double.NaN : forecast.Sum() / ActualOrders - 1,
            Mae = absolute / forecast.Length,
            Rmse = Math.Sqrt(squares / forecast.Length),
            Auc = Statistics.Auc(forecast, [.. outcomes.Orders.Select(o => o > 0)]),
            TopTenth = spend.HasMoney ? Capture(money) : double.NaN,
        };
    }

    // Equal forecasts share the place at the border: nobody gains from the order of ids.
    double Capture(double[] score)
    {
        var actual = outcomes.Spent;
        var total = actual.Sum();
        if (total <= 0) return double.NaN;
        var top = Math.Max(1, score.Length / 10);
        var border = score.OrderDescending().ElementAt(top - 1);
        double above = 0, tied = 0;
        int aboveCount = 0, tiedCount = 0;
        for (var i = 0; i < score.Length; i++)
        {
            if (score[i] > border)
            {
                above += actual[i];
                aboveCount++;
            }
            else if (score[i] == border)
            {
                tied += actual[i];
                tiedCount++;
            }
        }

        return (above + tied * (top - aboveCount) / tiedCount) / total;
    }

    /// <summary>The chance of ordering against the share that did.</summary>
    internal IReadOnlyList<ForecastBin> OrderingBins(int bins) =>
        [.. Calibration.Of(judged[Best].Ordering, [.. outcomes.Orders.Select(o => o > 0)], bins).Bins.Select(b => new ForecastBin(b.Count, b.Confidence, b.Accuracy))];

    /// <summary>Expected orders, times a factor, against the mean that was ordered.</summary>
    internal IReadOnlyList<ForecastBin> OrdersBins(int bins, double factor)
    {
        var forecast = judged[Best].Expected;
        var order = Enumerable.Range(0, forecast.Length).OrderBy(i => forecast[i]).ToArray();
        var made = new List<ForecastBin>();
        for (int start = 0, bin = 1; start < order.Length; bin++)
        {
            var end = bin >= bins ? order.Length : Math.Max(start + 1, (int)((long)bin * order.Length / bins));
            while (end < order.Length && forecast[order[end]] == forecast[order[end - 1]]) end++;
            var taken = order.AsSpan(start, end - start);
            double sum = 0, actual = 0, squares = 0;
            foreach (var i in taken)
            {
                sum += forecast[i];
                actual += outcomes.Orders[i];
                squares += (double)outcomes.Orders[i] * outcomes.Orders[i];
            }

            var mean = actual / taken.Length;
            var half = ValueForecast.Normal * Math.Sqrt(Math.Max(0, squares / taken.Length - mean * mean) / taken.Length);
            made.Add(new ForecastBin(taken.Length, factor * sum / taken.Length, new(mean, Math.Max(0, mean - half), mean + half)));
            start = end;
        }

        return made;
    }
}
