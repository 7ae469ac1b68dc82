using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>The methods of the blend and the settings that are tried for each.</summary>
static class MemberTrials
{
    const double HalfYear = 180, Month = 30, Week = 7;

    /// <summary>Trials, grouped by method; the methods in the order of the report.</summary>
    internal static IReadOnlyList<IReadOnlyList<MemberTrial>> For(LearningTable table, NextItemLearner? network)
    {
        var trials = new List<IReadOnlyList<MemberTrial>> { Popularity(table), Als(), Ease(), Neighbours(), Sequence() };
        if (table.Facts.HasWords) trials.Add(Content());
        if (table.Again) trials.Add(Own());
        if (network is not null)
        {
            var name = new Bilingual("sequence network", "序列网络");
            trials.Add([new("network", name, network.Settings, t => Of("network", name, network.Settings, network.Fit(t.Histories, t.Seed.Child(7))))]);
        }

        return trials;
    }

    static MemberTrial[] Popularity(LearningTable table)
    {
        var name = new Bilingual("popularity in the segment", "分群内热门");
        double[] halves = table.Days is null ? [double.PositiveInfinity] : [double.PositiveInfinity, HalfYear, Month, Week];
        return [.. halves.Select(half =>
        {
            var settings = double.IsInfinity(half) ? "all alike" : $"half-life {half:0} days";
            return new MemberTrial("popularity", name, settings, t =>
            {
                IReadOnlyList<double[]>? weights = double.IsInfinity(half) ? null : [.. t.Days!.Select(d => d.Select(day => Math.Pow(0.5, (t.Until - day) / half)).ToArray())];
                var model = SegmentPopularity.Fit(t.Histories, weights, t.Segments, t.SegmentCount);
                return new("popularity", name, settings, (_, segments) => model.Score(segments), null);
            });
        })];
    }

    static MemberTrial[] Als() =>
    [
        .. from unobserved in new[] { 0.03, 0.1 }
            let learned = Once(t => AlternatingLeastSquares.Fit(t.Histories, new() { Unobserved = unobserved, Threads = t.Threads }, t.Seed.Child(2)))
            from decay in new[] { 1, 0.9, 0.7, 0.5 }
            select Trial("als", new("matrix factors (ALS)", "矩阵分解 (ALS)"), $"decay {decay}, unobserved {unobserved}", t => learned(t).WithDecay(decay)),
    ];

    static MemberTrial[] Ease() =>
    [
        .. from penalty in new[] { 100, 500 }
            let learned = Once(t => Decisions.Ease.Fit(t.Histories, new() { Penalty = penalty, Threads = t.Threads }))
            from decay in new[] { 1, 0.8, 0.6 }
            select Trial("ease", new("linear item model (EASE)", "线性商品模型 (EASE)"), $"decay {decay}, penalty {penalty}", t => learned(t).WithDecay(decay)),
    ];

    /// <summary>The last model is kept: trials that differ in how a history is read share what was learned.</summary>
    static Func<LearningTable, T> Once<T>(Func<LearningTable, T> fit) where T : class
    {
        LearningTable? of = null;
        T? made = null;
        return table =>
        {
            if (!ReferenceEquals(of, table)) (made, of) = (fit(table), table);
            return made!;
        };
    }

    static MemberTrial[] Neighbours()
    {
        var learned = Once(t => ItemNeighbours.Fit(t.Histories, new() { Threads = t.Threads }));
        return
        [
            .. from decay in new[] { 1, 0.8 }
                select Trial("neighbours", new("bought by the same customers", "同购近邻"), $"decay {decay}", t => learned(t).WithDecay(decay)),
        ];
    }

    static MemberTrial[] Sequence() =>
    [
        .. from window in new[] { 5, 20 }
            let learned = Once(t => ItemTransitions.Fit(t.Histories, new() { Window = window, Votes = 20, Threads = t.Threads }))
            from decay in new[] { 0.5, 0.7, 0.9 }
            select Trial("sequence", new("what follows what", "先后顺序"), $"window {window}, decay {decay}", t => learned(t).WithDecay(decay)),
    ];

    static MemberTrial[] Content() =>
        [.. from decay in new[] { 1, 0.8 } select Trial("content", new("words and price", "文字与价格"), $"decay {decay}", t => ContentVectors.Fit(t.Histories.Products, t.Facts, decay))];

    static MemberTrial[] Own() =>
        [.. from decay in new[] { 1, 0.97, 0.9 } select Trial("own", new("the customer's own purchases", "本人复购"), $"decay {decay}", t => new OwnPurchases(t.Histories.Products, decay))];

    internal static MemberTrial Trial(string id, Bilingual name, string settings, Func<LearningTable, ItemRecommender> fit) =>
        new(id, name, settings, t => Of(id, name, settings, fit(t)));

    internal static FittedMember Of(string id, Bilingual name, string settings, ItemRecommender model) => new(id, name, settings, (histories, _) => model.Score(histories), model);
}
