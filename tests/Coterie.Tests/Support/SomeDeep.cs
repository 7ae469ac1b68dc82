using Coterie.Evaluation;
using Coterie.Fusion;
using Coterie.Profiles;
using Coterie.Reports;

namespace Coterie.Tests.Support;

/// <summary>Second views that a run could have had: none, and one with every part.</summary>
static class SomeDeep
{
    /// <summary>6 groups of features (rows) by 7 of sequences.</summary>
    static readonly int[][] Crossed =
    [
        [12, 301, 44, 0, 8, 21, 3], [505, 20, 31, 96, 40, 77, 43], [18, 6, 290, 71, 33, 12, 37], [44, 9, 22, 61, 489, 60, 46], [31, 2, 70, 402, 88, 61, 48], [60, 5, 81, 90, 77, 710, 210],
    ];

    public static ReportDeep Off() => new()
    {
        On = false,
        Why = new("The order of events was not looked at: half of the customers have 2 events or fewer.", "未分析事件的先后次序：半数客户的事件不超过 2 个。"),
    };

    public static ReportDeep Full() => new()
    {
        On = true,
        Why = new("The order of events was looked at: 91% of customers have 5 events or more.", "分析了事件的先后次序：91% 的客户有 5 个以上事件。"),
        Customers = 4_334,
        Events = 399_656,
        EventDeciles = [1, 6, 14, 23, 35, 47, 66, 94, 140, 236, 7_812],
        Model = new("mixture of 7 Markov chains", "7 条马尔可夫链的混合"),
        SequenceCandidates =
        [
            new(5, 0.913, 0.861, 0.894, 0.081, "below the most stable number of groups"), new(6, 0.901, 0.792, 0.871, 0.069, "below the most stable number of groups"), new(7, 0.924, 0.843, 0.902, 0.051, "chosen"),
            new(8, 0.842, 0.588, 0.801, 0.031, "its weakest group is in doubt"), new(9, 0.811, 0.402, 0.774, 0.012, "a group has fewer than 2 % of customers"),
        ],
        FusedCandidates = [new(5, 0.934, 0.902, 0.921, 0.077, "coarser than the data allow"), new(6, 0.951, 0.921, 0.944, 0.061, "chosen"), new(7, 0.871, 0.611, 0.832, 0.024, "its weakest group is in doubt")],
        Agreement = Agreement(),
        Crossing = Crossed,
        Kept = "fused",
        Verdict = new("Both views were fused into 6 segments: they say more of the next 90 days than the features alone, and no less than the sequences alone.",
            "两种视角融合为 6 个分群：对未来 90 天的预测优于仅用特征，且不低于仅用序列。"),
        Gains = [new("features", new(0.031, 0.008, 0.054), new(0.012, 0.003, 0.021)), new("sequences", new(0.017, -0.006, 0.041), new(0.021, 0.009, 0.034))],
        Disputed = 533,
        Disputes = [new("S2", "S2", "S6", 141), new("S5", "S6", "S5", 96), new("S6", "S6", "S2", 77), new("S4", "S3", "S4", 52), new("S1", "S1", "S2", 31)],
        Truth = [new("features", 6, 0.442, 0.611, 0.584), new("sequences", 7, 0.703, 0.782, 0.771), new("fused", 6, 0.741, 0.823, 0.814), new("classifier", 6, 0.722, 0.811, 0.804)],
        Classifier = Classifier(6),
        Trainings =
        [
            Training("encoder", "transformer, 64 numbers an event, 2 blocks, 4 heads", 146_880, 24, 18, 4.1, "no better validation loss for 6 epochs"),
            Training("classifier", "transformer with a head of 6 classes, adapters of rank 8", 12_358, 12, 12, 1.62, "all 12 epochs") with { Findings = ["A batch of 256 did not fit into memory; batches of 128 were used from step 41 on."] },
        ],
        Heads = Heads(),
        Notes = ["Events beyond the last 512 of a customer were not looked at: 31 customers."],
    };

    /// <summary>A report with a second view and with every part of it.</summary>
    public static RunReport Report()
    {
        var report = Some.Report();
        var metrics = report.Validity!.Metrics.ToDictionary();
        foreach (var (name, less) in new[] { ("features", 0.031), ("sequences", 0.017), ("classifier", 0.008) })
            metrics[name] = metrics["ours"] with
            {
                Name = name,
                R2Spend = new(0.284 - less, 0.243 - less, 0.325 - less),
                R2LogSpend = new(0.312 - less, 0.288 - less, 0.336 - less),
                AucOrders = new(0.781 - less, 0.768 - less, 0.794 - less),
            };
        return report with { Deep = Full(), Validity = report.Validity with { Metrics = metrics } };
    }

    /// <summary>The same with markup wherever text reaches the page.</summary>
    public static ReportDeep Hostile(string text)
    {
        var (deep, two) = (Full(), new Bilingual(text, text));
        return deep with
        {
            Why = two,
            Model = two,
            Verdict = two,
            Kept = text,
            Notes = [text],
            SequenceCandidates = [new(2, 1, 1, 1, 0.5, text)],
            FusedCandidates = [new(2, 1, 1, 1, 0.5, text)],
            Agreement = deep.Agreement! with { First = text, Second = text, Sentence = text, SentenceZh = text },
            Gains = [new(text, new(0.1, 0, 0.2), new(0.1, 0, 0.2))],
            Disputes = [new(text, text, text, 5)],
            Truth = [new(text, 3, 0.5, 0.5, 0.5)],
            Classifier = deep.Classifier! with { Segments = [text, .. deep.Classifier!.Segments.Skip(1)] },
            Trainings = [.. deep.Trainings.Select(t => t with { What = text, Model = text, Ended = text, Findings = [text] })],
            Heads = deep.Heads! with { Scores = [new(text, text, text, new(0.5, 0.4, 0.6), 1)], Gains = [new(text, text, text, new(0.1, 0, 0.2))], Notes = [text] },
        };
    }

    static AgreementReport Agreement() => new()
    {
        First = "features",
        Second = "sequences",
        Customers = 4_334,
        LeftOut = 0,
        FirstClusters = 6,
        SecondClusters = 7,
        Ari = new(new(0.462, 0.441, 0.483), 0.0001, 0.0016, 0.002),
        Ami = new(new(0.431, 0.414, 0.449), 0.0002, 0.0019, 0.002),
        Kappa = new(new(0.536, 0.517, 0.553), 0.019, 0.034, 0.002),
        Matching = [new(0, 1, 301, 389, 343), new(1, 0, 505, 812, 670), new(2, 2, 290, 467, 538), new(3, 4, 489, 731, 735), new(4, 3, 402, 702, 720), new(5, 5, 710, 1_233, 941)],
        BetterThanChance = true,
        Sentence = "features (6 groups) and sequences (7 groups) agree moderately, and better than chance: adjusted Rand index 0.462 (0.441 to 0.483), adjusted mutual information 0.431 (0.414 to 0.449), kappa 0.536 (0.517 to 0.553) where random pairings give 0.019; p = 0.002.",
        SentenceZh = "features（6 群）与 sequences（7 群）中等程度一致，且优于随机：调整兰德指数 0.462 (0.441 至 0.483)，调整互信息 0.431 (0.414 至 0.449)，kappa 0.536 (0.517 至 0.553)（随机配对为 0.019）；p = 0.002。",
    };

    public static ReportClassifier Classifier(int k)
    {
        // A tenth of each row goes to its neighbour, a twentieth to the first and the last.
        int[] support = [.. Enumerable.Range(0, k).Select(i => 58 + 23 * i)];
        int[][] confusion = [.. support.Select((n, r) => Enumerable.Range(0, k).Select(c => c == r ? 0 : c == (r + 1) % k ? n / 10 : c == (r + 3) % k ? n / 20 : 0).ToArray())];
        for (var r = 0; r < k; r++) confusion[r][r] = support[r] - confusion[r].Sum();
        int[] predicted = [.. Enumerable.Range(0, k).Select(c => confusion.Sum(row => row[c]))];
        var classes = Enumerable.Range(0, k).Select(i => (P: (double)confusion[i][i] / predicted[i], R: (double)confusion[i][i] / support[i]))
            .Select((s, i) => new ClassifierClass(i, support[i], predicted[i], s.P, s.R, 2 * s.P * s.R / (s.P + s.R))).ToArray();
        var accuracy = (double)Enumerable.Range(0, k).Sum(i => confusion[i][i]) / support.Sum();
        Estimate E(double value, double half) => new(value, Math.Max(0, value - half), Math.Min(1, value + half));
        return new()
        {
            Segments = [.. Enumerable.Range(1, k).Select(i => $"S{i}")],
            HeldOut = new()
            {
                Count = support.Sum(),
                Accuracy = accuracy,
                MacroPrecision = classes.Average(c => c.Precision),
                MacroRecall = classes.Average(c => c.Recall),
                MacroF1 = classes.Average(c => c.F1),
                WeightedPrecision = 0.861,
                WeightedRecall = accuracy,
                WeightedF1 = 0.858,
                PerClass = classes,
                Confusion = confusion,
                LogLoss = 0.412,
                Brier = 0.203,
                Calibration = new(0.021, 0.054,
                [
                    .. new[] { 0.41, 0.52, 0.61, 0.7, 0.79, 0.87, 0.93, 0.97, 0.985, 0.995 }.Select((c, i) => new ReliabilityBin(c - 0.04, Math.Min(1, c + 0.04), 69, c, E(c + (i % 2 == 0 ? 0.25 : -0.3) * (1 - c) * c, 0.03 + 0.2 * (1 - c)))),
                ]),
            },
            ByEvents =
            [
                new(5, 641, E(0.512, 0.039), 0.471, 0.85), new(10, 604, E(0.634, 0.038), 0.611, 0.85), new(20, 533, E(0.741, 0.037), 0.728, 0.85), new(50, 321, E(0.826, 0.041), 0.811, 0.85), new(null, support.Sum(), E(0.851, 0.026), 0.846, 0.85),
            ],
        };
    }

    static LearningRun Training(string what, string model, long parameters, int epochs, int best, double from, string ended) => new()
    {
        What = what,
        Model = model,
        Parameters = parameters,
        Steps = epochs * 14,
        TrainingCustomers = 3_467,
        ValidationCustomers = 433,
        TestCustomers = 434,
        Curve =
        [
            .. Enumerable.Range(1, epochs).Select(e => new LearningEpoch(e, Math.Round(from * (0.45 + 0.55 * Math.Exp(-0.16 * e)), 4),
                Math.Round(from * (0.49 + 0.53 * Math.Exp(-0.17 * e)) + 0.004 * Math.Pow(Math.Max(0, e - best), 1.6), 4))),
        ],
        BestEpoch = best,
        TestLoss = Math.Round(0.53 * from, 4),
        Ended = ended,
        Seconds = 3.7 * epochs,
    };

    static SmallHeadsReport Heads()
    {
        HeadScore S(string task, string input, string metric, double value) => new(task, input, metric, new(value, value - 0.019, value + 0.019), 100);
        return new()
        {
            LaterPeriod = true,
            LearnedFrom = 2_871,
            JudgedOn = 3_327,
            Scores =
            [
                S("churn", "features", "auc", 0.773), S("churn", "embedding", "auc", 0.781), S("churn", "both", "auc", 0.794),
                S("next_category", "features", "auc", 0.688), S("next_category", "embedding", "auc", 0.731), S("next_category", "both", "auc", 0.742),
                S("spend", "features", "r2_log_spend", 0.341), S("spend", "embedding", "r2_log_spend", 0.302), S("spend", "both", "r2_log_spend", 0.363),
            ],
            Gains =
            [
                new("churn", "embedding", "features", new(0.008, -0.004, 0.019)), new("churn", "both", "features", new(0.021, 0.009, 0.032)), new("churn", "both", "embedding", new(0.013, 0.002, 0.023)),
                new("spend", "embedding", "features", new(-0.039, -0.061, -0.018)), new("spend", "both", "features", new(0.022, 0.007, 0.037)),
            ],
            Notes = ["The heads are linear on purpose: only the representations differ."],
        };
    }
}
