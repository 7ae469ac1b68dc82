using Coterie.Numerics;

namespace Coterie.Features;

/// <summary>A feature that an axis of the outlook is learned from, and how it is brought to scale there.</summary>
public sealed record OutlookTerm(string Feature, Transform Transform);

/// <summary>How the outlook is learned.</summary>
/// <remarks>Few and plain terms under a strong penalty: an outlook of all features ranks customers no better and turns with every resample, so that
/// twice as many customers change segment on a refit. What was tried, with numbers: docs/decisions/0001.</remarks>
public sealed record OutlookOptions
{
    /// <summary>Terms of "will order". Ranks for the counts: the few who order most must not take the axis for themselves.</summary>
    public IReadOnlyList<OutlookTerm> OrderTerms { get; init; } =
    [
        new("recency_days", Transform.None), new("frequency", Transform.Rank), new("monetary", Transform.Log), new("orders_per_month", Transform.Rank),
    ];
    /// <summary>Terms of "will spend". The square root of money: here the few who spend most are what is looked for.</summary>
    public IReadOnlyList<OutlookTerm> SpendTerms { get; init; } =
    [
        new("recency_days", Transform.None), new("frequency", Transform.Rank), new("monetary", Transform.Sqrt),
        new("avg_order_value", Transform.Log), new("tenure_days", Transform.None),
    ];
    /// <summary>Customers used to learn; a deterministic sample above this.</summary>
    public int MaxRows { get; init; } = 30_000;
    /// <summary>L2 penalties as shares of the customers learned from.</summary>
    public double OrderPenalty { get; init; } = 0.04;
    public double SpendPenalty { get; init; } = 0.08;
    /// <summary>Fewer buyers (or non-buyers) than this in the horizon, and nothing is learned.</summary>
    public int MinBuyers { get; init; } = 100;
    /// <summary>Held-out area under the ROC curve below which the outlook is not used.</summary>
    public double MinAuc { get; init; } = 0.6;
    /// <summary>Weight of the axis "will order" against the axis "will spend" (1), in standard deviations.</summary>
    public double OrderWeight { get; init; } = 1.8;
    /// <summary>Threads that learn; the result does not depend on them.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>One axis of the outlook: a linear score of prepared features, brought to scale.</summary>
public sealed record OutlookAxis
{
    public required PreparationModel Preparation { get; init; }
    public required LinearModel Model { get; init; }
    /// <summary>Scores below are lifted to it; null where every score counts.</summary>
    public double? Floor { get; init; }
    public required double Centre { get; init; }
    public required double Spread { get; init; }
    public required double Weight { get; init; }

    /// <summary>Places of customers on the axis, one a row.</summary>
    public double[] Places(FeatureTable table) => Array.ConvertAll(Scores(table), s => (s - Centre) / Spread * Weight);

    /// <summary>Places on the axis as weights on its prepared features; the floor aside, places = loadings · features + constant.</summary>
    public double[] Loadings() => Array.ConvertAll(Model.Weights, w => w / Spread * Weight);

    internal double[] Scores(FeatureTable table)
    {
        var scores = Model.Score(Preparation.Apply(table).Rows);
        return Floor is { } floor ? Array.ConvertAll(scores, s => Math.Max(s, floor)) : scores;
    }

    /// <summary>The same axis with the mean and the spread that these customers have on it.</summary>
    internal OutlookAxis ScaledTo(FeatureTable table)
    {
        var scores = Scores(table);
        var mean = scores.Sum() / Math.Max(scores.Length, 1);
        var spread = Math.Sqrt(scores.Sum(v => (v - mean) * (v - mean)) / Math.Max(scores.Length, 1));
        return this with { Centre = mean, Spread = spread > 1e-12 ? spread : 1 };
    }
}

/// <summary>What a customer's portrait has meant for the following weeks in this shop's own past: a log-odds of ordering and an
/// expected square root of spend, both linear in a few prepared features. Learned on a portrait frozen one horizon ago and what
/// followed it, so nothing after the as-of instant is ever seen.</summary>
public sealed record OutlookModel
{
    /// <summary>Log-odds of at least one order in the horizon.</summary>
    public required OutlookAxis Orders { get; init; }
    /// <summary>Expected square root of spend in the horizon.</summary>
    public required OutlookAxis Spend { get; init; }
    public required int HorizonDays { get; init; }
    /// <summary>On the customers left out of the fit.</summary>
    public required double HeldOutAuc { get; init; }

    /// <summary>The outlook as two columns, customers x 2.</summary>
    public Matrix Axes(FeatureTable table)
    {
        double[] orders = Orders.Places(table), spend = Spend.Places(table);
        var axes = new Matrix(orders.Length, 2);
        for (var i = 0; i < orders.Length; i++) (axes[i, 0], axes[i, 1]) = ((float)orders[i], (float)spend[i]);
        return axes;
    }

    /// <summary>The prepared features of both axes side by side, customers x columns (a feature of both is there twice), and the axes as weights on
    /// them, 2 x columns.</summary>
    public PreparedTable Explained(FeatureTable table, out Matrix loadings)
    {
        PreparedTable orders = Orders.Preparation.Apply(table), spend = Spend.Preparation.Apply(table);
        double[] orderWeights = Orders.Loadings(), spendWeights = Spend.Loadings();
        var (a, b) = (orderWeights.Length, spendWeights.Length);
        var rows = new Matrix(table.Count, a + b);
        for (var i = 0; i < rows.Rows; i++)
        {
            for (var j = 0; j < a; j++) rows[i, j] = orders.Rows[i, j];
            for (var j = 0; j < b; j++) rows[i, a + j] = spend.Rows[i, j];
        }

        loadings = new Matrix(2, a + b);
        for (var j = 0; j < a; j++) loadings[0, j] = (float)orderWeights[j];
        for (var j = 0; j < b; j++) loadings[1, a + j] = (float)spendWeights[j];
        return new PreparedTable(rows, [.. orders.Columns, .. spend.Columns]);
    }
}

/// <summary>Learns an <see cref="OutlookModel"/>.</summary>
public static class Outlook
{
    /// <summary>Fits on a frozen table and its outcomes; null when the past cannot teach it, and <paramref name="why"/> says so.</summary>
    /// <param name="frozen">Customers as they were.</param>
    /// <param name="outcomes">What they did in the horizon after.</param>
    /// <param name="current">The table whose customers will be placed: the axes are scaled to its spread.</param>
    /// <param name="horizonDays">Length of the horizon.</param>
    /// <param name="options">What is learned from, and how.</param>
    /// <param name="seed">Of the samples.</param>
    /// <param name="why">What it was learned from, or why not.</param>
    public static OutlookModel? Fit(FeatureTable frozen, Outcomes outcomes, FeatureTable current, int horizonDays, OutlookOptions options, Seed seed, out string why)
    {
        var buyers = outcomes.Orders.Count(o => o > 0);
        if (buyers < options.MinBuyers || frozen.Count - buyers < options.MinBuyers)
        {
            why = $"{buyers} of {frozen.Count} customers ordered in the {horizonDays} days held back; at least {options.MinBuyers} with and without an order are needed.";
            return null;
        }

        PreparationModel orderTerms = Prepared(frozen, options.OrderTerms, options), spendTerms = Prepared(frozen, options.SpendTerms, options);
        var rows = orderTerms.Apply(frozen).Rows;
        var order = Sample(frozen.Count, options.MaxRows, seed);
        // Every fifth customer judges, the rest teach; then everybody teaches the model that is kept.
        var judges = order.Where((_, i) => i % 5 == 0).ToArray();
        var teachers = order.Where((_, i) => i % 5 != 0).ToArray();
        var auc = HeldOutAuc(rows, outcomes, teachers, judges, options);
        if (auc < options.MinAuc)
        {
            why = $"Features say too little about orders in the next {horizonDays} days (held-out AUC {auc:0.000}; at least {options.MinAuc:0.00} is needed).";
            return null;
        }

        var orders = LinearModels.Logistic(rows.Take(order), Bought(outcomes, order), options.OrderPenalty * order.Length, options.Threads);
        double[] roots = [.. order.Select(i => Math.Sqrt(Math.Max(outcomes.Spend[i], 0)))];
        var spend = LinearModels.Ridge(spendTerms.Apply(frozen).Rows.Take(order), roots, options.SpendPenalty * order.Length, options.Threads);
        var now = current.Some(options.MaxRows);
        why = $"Learned from {order.Length} customers frozen {horizonDays} days ago (held-out AUC {auc:0.000}).";
        return new OutlookModel
        {
            Orders = new OutlookAxis { Preparation = orderTerms, Model = orders, Centre = 0, Spread = 1, Weight = options.OrderWeight }.ScaledTo(now),
            Spend = new OutlookAxis { Preparation = spendTerms, Model = spend, Floor = 0, Centre = 0, Spread = 1, Weight = 1 }.ScaledTo(now),
            HorizonDays = horizonDays,
            HeldOutAuc = auc,
        };
    }

    // The terms that the table has; none is dropped for being like another, as the penalty shares weight between them.
    static PreparationModel Prepared(FeatureTable table, IReadOnlyList<OutlookTerm> terms, OutlookOptions options)
    {
        var basis = table.Only([.. terms.Select(t => t.Feature)]);
        basis = basis with { Features = [.. basis.Features.Select(f => f with { Transform = terms.First(t => t.Feature == f.Name).Transform })] };
        return Preparation.Fit(basis, new PreparationOptions { Redundant = 1, Threads = options.Threads });
    }

    static double HeldOutAuc(Matrix rows, Outcomes outcomes, int[] teachers, int[] judges, OutlookOptions options)
    {
        var taught = Bought(outcomes, teachers);
        if (!taught.Contains(true) || !taught.Contains(false)) return 0.5;
        var model = LinearModels.Logistic(rows.Take(teachers), taught, options.OrderPenalty * teachers.Length, options.Threads);
        return Statistics.Auc(model.Score(rows.Take(judges)), Bought(outcomes, judges));
    }

    static bool[] Bought(Outcomes outcomes, int[] customers) => [.. customers.Select(i => outcomes.Orders[i] > 0)];

    static int[] Sample(int count, int most, Seed seed)
    {
        var order = Enumerable.Range(0, count).ToArray();
        seed.Stream(0x0071_0071).Shuffle<int>(order);
        return order.Length <= most ? order : order[..most];
    }
}
