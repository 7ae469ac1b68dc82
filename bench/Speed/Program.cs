using Coterie.Speed;

// One task a run: peers and ours in turn, on the same machine in the same minutes; the result replaces the former one.
return args switch
{
    ["main-job", .. var rest] => MainJob.Run(rest),
    ["silhouette", .. var rest] => SilhouetteTask.Run(rest),
    ["density", .. var rest] => DensityTask.Run(rest),
    ["kmeans", .. var rest] => KMeansTask.Run(rest),
    ["mixture", .. var rest] => MixtureTask.Run(rest),
    ["transformer", .. var rest] => TransformerTask.Run(rest),
    ["collector", .. var rest] => CollectorTask.Run(rest),
    ["live", .. var rest] => LiveTask.Run(rest),
    ["server", .. var rest] => ServerTask.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Speed main-job [--events events_10m] [--runs 3] [--peers DIR]");
    Console.Error.WriteLine("       Speed silhouette [--runs 3] [--peers DIR]");
    Console.Error.WriteLine("       Speed density [--only dbscan|hdbscan|tree|genie] [--runs 3] [--peers DIR]");
    Console.Error.WriteLine("       Speed kmeans [--sets NAMES] [--works lloyd,elkan,assign,minibatch] [--runs 3] [--peers DIR] [--alone]");
    Console.Error.WriteLine("       Speed mixture [--runs 5] [--peers DIR] [--alone]");
    Console.Error.WriteLine("       Speed transformer [--steps 10] [--runs 3] [--threads 2] [--peers DIR] [--alone]");
    Console.Error.WriteLine("       Speed collector [--seconds 20] [--writers 16] [--rate 5000]");
    Console.Error.WriteLine("       Speed live [--customers 1000000] [--simulated 20000] [--rate 100] [--seconds 20]");
    Console.Error.WriteLine("       Speed server [--customers 1000000] [--simulated 20000] [--times 100] [--rate 1000]");
    return 2;
}
