using Coterie.Quality;

// How good, not how fast: public data, fixed seeds, a cited protocol; the result replaces the former one in bench/results.
return args switch
{
    ["cdnow", .. var rest] => Cdnow.Run(rest),
    ["simulated", .. var rest] => Simulated.Run(rest),
    ["sequences", .. var rest] => SequenceViews.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Quality cdnow [--data DIR] [--k N] | Quality simulated [--customers N] [--seeds N]"
        + " | Quality sequences [--customers N] [--first SEED] [--seeds N]");
    return 2;
}
