using Coterie.Quality;

// How good, not how fast: public data, fixed seeds, a cited protocol; the result replaces the former one in bench/results.
return args switch
{
    ["cdnow", .. var rest] => Cdnow.Run(rest),
    ["automatic", .. var rest] => Automatic.Run(rest),
    ["simulated", .. var rest] => Simulated.Run(rest),
    ["nostructure", .. var rest] => NoStructure.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Quality cdnow [--data DIR] [--k N] | Quality automatic [--data DIR] [--generated N] | Quality simulated [--customers N] [--seeds N] "
        + "| Quality nostructure [--data DIR] [--runs N] [--power-runs N]");
    return 2;
}
