using Coterie.Quality;

// How good, not how fast: public data, fixed seeds, a cited protocol; the result replaces the former one in bench/results.
return args switch
{
    ["cdnow", .. var rest] => Cdnow.Run(rest),
    ["simulated", .. var rest] => Simulated.Run(rest),
    ["fusion", .. var rest] => FusionTask.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Quality cdnow [--data DIR] [--k N] | Quality simulated [--customers N] [--seeds N]\n"
        + "       Quality fusion --shop DIR [--shop DIR …] [--views features.csv,sequence.npy] [--k N] [--first-weight W]");
    return 2;
}
