using Coterie.Numerics;

namespace Coterie.Features;

/// <summary>How the outlook is learned.</summary>
public sealed record OutlookOptions
{
    /// <summary>Customers used to learn; a deterministic sample above this.</summary>
    public int MaxRows { get; init; } = 30_000;
    /// <summary>L2 penalty in units of observations.</summary>
    public double Penalty { get; init; } = 30;
    /// <summary>Fewer buyers (or non-buyers) than this in the horizon, and nothing is learned.</summary>
    public int MinBuyers { get; init; } = 100;
    /// <summary>Held-out area under the ROC curve below which the outlook is not used.</summary>
    public double MinAuc { get; init; } = 0.6;
    /// <summary>Weight of the axis "will order" against the axis "will spend" (1), in standard deviations.</summary>
    public double OrderWeight { get; init; } = 3;
    /// <summary>Threads that learn; the result does not depend on them.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>What a customer's portrait has meant for the following weeks in this shop's own past: a log-odds of ordering and an
/// expected square root of spend, both linear in the prepared features. Learned on a portrait frozen one horizon ago and what
/// followed it, so nothing after the as-of instant is ever seen.</summary>
public sealed record OutlookModel
{
    public required PreparationModel Preparation { get; init; }
    public required LinearModel Orders { get; init; }
    public required LinearModel Spend { get; init; }
    public required int HorizonDays { get; init; }
    /// <summary>On the customers left out of the fit.</summary>
    public required double HeldOutAuc { get; init; }
    public required double OrderCentre { get; init; }
    public required double OrderSpread { get; init; }
    public required double SpendCentre { get; init; }
    public required double SpendSpread { get; init; }
    public required double OrderWeight { get; init; }

    /// <summary>Probability of at least one order in the horizon, one a customer.</summary>
    public double[] OrderProbability(FeatureTable table) =>
        [.. Orders.Score(Preparation.Apply(table).Rows).Select(s => 1 / (1 + Math.Exp(-s)))];

    /// <summary>The outlook as two columns, customers x 2: weighted log-odds of ordering, square root of expected spend.</summary>
    public Matrix Axes(FeatureTable table)
    {
        var rows = Preparation.Apply(table).Rows;
        double[] orders = Orders.Score(rows), spend = Spend.Score(rows);
        var axes = new Matrix(rows.Rows, 2);
        for (var i = 0; i < rows.Rows; i++)
        {
            axes[i, 0] = (float)((orders[i] - OrderCentre) / OrderSpread * OrderWeight);
            axes[i, 1] = (float)((Math.Max(spend[i], 0) - SpendCentre) / SpendSpread);
        }

        return axes;
    }

    /// <summary>The axes as weights on the prepared features, 2 x columns; the clamp of spend at zero aside, axes = loadings · features + constant.</summary>
    public Matrix Loadings()
    {
        var loadings = new Matrix(2, Orders.Weights.Length);
        for (var j = 0; j < loadings.Columns; j++)
        {
            loadings[0, j] = (float)(Orders.Weights[j] / OrderSpread * OrderWeight);
            loadings[1, j] = (float)(Spend.Weights[j] / SpendSpread);
        }

        return loadings;
    }
}

/// <summary>Learns an <see cref="OutlookModel"/>.</summary>
public static class Outlook
{
    /// <summary>Fits on a frozen table and its outcomes; null when the past cannot teach it, and <paramref name="why"/> says so.</summary>
    /// <param name="current">The table whose customers will be placed: the axes are scaled to its spread.</param>
    public static OutlookModel? Fit(FeatureTable frozen, Outcomes outcomes, FeatureTable current, int horizonDays, OutlookOptions options, Seed seed, out string why)
    {
        var buyers = outcomes.Orders.Count(o => o > 0);
        if (buyers < options.MinBuyers || frozen.Count - buyers < options.MinBuyers)
        {
            why = $"{buyers} of {frozen.Count} customers ordered in the {horizonDays} days held back; at least {options.MinBuyers} with and without an order are needed.";
            return null;
        }

        var preparation = Preparation.Fit(frozen, new PreparationOptions { Redundant = 0.99 });
        var all = preparation.Apply(frozen).Rows;
        var order = Sample(frozen.Count, options.MaxRows, seed);
        // Every fifth customer judges, the rest teach; then everybody teaches the model that is kept.
        var judges = order.Where((_, i) => i % 5 == 0).ToArray();
        var teachers = order.Where((_, i) => i % 5 != 0).ToArray();
        var auc = HeldOutAuc(all, outcomes, teachers, judges, options);
        if (auc < options.MinAuc)
        {
            why = $"Features say too little about orders in the next {horizonDays} days (held-out AUC {auc:0.000}; at least {options.MinAuc:0.00} is needed).";
            return null;
        }

        var rows = all.Take(order);
        var orders = LinearModels.Logistic(rows, Bought(outcomes, order), options.Penalty, options.Threads);
        var spend = LinearModels.Ridge(rows, [.. order.Select(i => Math.Sqrt(Math.Max(outcomes.Spend[i], 0)))], options.Penalty, options.Threads);
        var now = preparation.Apply(current.Some(options.MaxRows)).Rows;
        var (orderScores, spendScores) = (orders.Score(now), spend.Score(now));
        for (var i = 0; i < spendScores.Length; i++) spendScores[i] = Math.Max(spendScores[i], 0);
        why = $"Learned from {order.Length} customers frozen {horizonDays} days ago (held-out AUC {auc:0.000}).";
        return new OutlookModel
        {
            Preparation = preparation,
            Orders = orders,
            Spend = spend,
            HorizonDays = horizonDays,
            HeldOutAuc = auc,
            OrderCentre = Mean(orderScores),
            OrderSpread = Spread(orderScores),
            SpendCentre = Mean(spendScores),
            SpendSpread = Spread(spendScores),
            OrderWeight = options.OrderWeight,
        };
    }

    static double HeldOutAuc(Matrix rows, Outcomes outcomes, int[] teachers, int[] judges, OutlookOptions options)
    {
        var taught = Bought(outcomes, teachers);
        if (!taught.Contains(true) || !taught.Contains(false)) return 0.5;
        var model = LinearModels.Logistic(rows.Take(teachers), taught, options.Penalty, options.Threads);
        return Statistics.Auc(model.Score(rows.Take(judges)), Bought(outcomes, judges));
    }

    static bool[] Bought(Outcomes outcomes, int[] customers) => [.. customers.Select(i => outcomes.Orders[i] > 0)];

    static int[] Sample(int count, int most, Seed seed)
    {
        var order = Enumerable.Range(0, count).ToArray();
        seed.Stream(0x0071_0071).Shuffle<int>(order);
        return order.Length <= most ? order : order[..most];
    }

    static double Mean(double[] values) => values.Sum() / Math.Max(values.Length, 1);

    static double Spread(double[] values)
    {
        var mean = Mean(values);
        var spread = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / Math.Max(values.Length, 1));
        return spread > 1e-12 ? spread : 1;
    }
}
