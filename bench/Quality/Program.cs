using Coterie.Quality;

// How good, not how fast: public data, fixed seeds, a cited protocol; the result replaces the former one in bench/results.
return args switch
{
    ["cdnow", .. var rest] => Cdnow.Run(rest),
    ["automatic", .. var rest] => Automatic.Run(rest),
    ["nostructure", .. var rest] => NoStructure.Run(rest),
    ["simulated", .. var rest] => Simulated.Run(rest),
    ["sequences", .. var rest] => SequenceViews.Run(rest),
    ["fusion", .. var rest] => FusionTask.Run(rest),
    ["recommend", .. var rest] => Recommend.Run(rest),
    ["value", .. var rest] => ValueModels.Run(rest),
    ["pricing", .. var rest] => PricingTask.Run(rest),
    ["recommend-blend", .. var rest] => RecommendBlend.Run(rest),
    ["als", .. var rest] => AlsTask.Run(rest),
    ["churn", .. var rest] => Churn.Run(rest),
    ["classifier", .. var rest] => ClassifierTask.Run(rest),
    ["uplift", .. var rest] => Uplift.Run(rest),
    ["demand", .. var rest] => Demand.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Quality cdnow [--data DIR] [--k N]
               Quality automatic [--data DIR] [--generated N]
               Quality nostructure [--data DIR] [--runs N] [--power-runs N]
               Quality simulated [--customers N] [--seeds N]
               Quality sequences [--customers N] [--first SEED] [--seeds N]
               Quality pricing [--seeds N] [--only NAME]
               Quality classifier --shop DIR [--only NAME;NAME…] [--results FILE]
               Quality fusion --shop DIR [--shop DIR …] [--views features.csv,sequence.npy] [--k N] [--first-weight W]
               Quality value [--data DIR] [--shops N] [--customers N] [--million N]
               Quality uplift [--data DIR] [--only hillstrom|placebo|aa|truth] [--splits FILE]
               Quality churn [--data DIR] [--only online_retail|cdnow|retail_transactions]
               Quality recommend [--data DIR] [--sets beauty,ml-1m] [--threads N] [--keep DIR] [--counting-only | --transformer-only]
               Quality recommend-blend [--data DIR] [--sets beauty,ml-1m,tafeng] [--threads N]
               Quality als --shape DIR [--factors N] [--iterations N] [--threads N] [--alpha A]
               Quality demand [--data DIR] [--only carparts,jewelry,weekly,online_retail,stockouts] [--seeds N] [--threads N]
        """);
    return 2;
}
