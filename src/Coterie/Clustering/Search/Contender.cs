using Coterie.Clustering.Metrics;
using Coterie.Numerics;

namespace Coterie.Clustering.Search;

/// <summary>One method at one number of clusters on one view: its fit on the sample, and what resampling says of it so far.</summary>
sealed class Contender(SearchView view, string method, Distance distance, int clusters)
{
    // Rows for the silhouette: the error of the mean is then about one hundredth.
    const int SilhouetteRows = 2000;
    // Chance in seeding would be taken for instability of the segments: small fits are cheap, so they make more starts.
    const int LeastStarts = 4, MostStarts = 10, Cells = 300_000;
    // On wide samples groups that exist are found in a dozen iterations; hundreds are spent where there are none.
    const int WideIterations = 30;
    // What everything is compared with should not be the second-best optimum.
    const int ReferenceFactor = 3;
    // Above this number of columns a full covariance has more parameters than a sample supports and EM leaves the time budget.
    const int FullCovarianceColumns = 8;
    const int MixtureRows = 5000;

    public SearchView View { get; } = view;
    public string Method { get; } = method;
    public Distance Distance { get; } = distance;
    public int Clusters { get; } = clusters;
    public ClusterModel? Model { get; private set; }
    public int[] Labels { get; private set; } = [];
    public int[][] Replicates { get; private set; } = [];
    public Candidate Candidate { get; private set; } = new() { Method = method, Distance = distance, Clusters = clusters, View = view.Name };

    // Labels of the rows that replicates label: all, or for Genie those that it looks at.
    int[] judged = [];

    Matrix Rows => Distance == Distance.Cosine ? View.Unit : View.Rows;

    /// <summary>Options for a fit by this method, here and on all rows.</summary>
    public MethodOptions Options(int starts, int threads) => Method switch
    {
        "kmeans" => new KMeansOptions { Clusters = Clusters, Distance = Distance, Starts = starts, Threads = threads },
        "genie" => new GenieOptions { Clusters = Clusters, SampleRows = GenieTree.Most(View.Rows.Columns), Threads = threads },
        _ => new GaussianMixtureOptions
        {
            Clusters = Clusters,
            Covariance = View.Rows.Columns <= FullCovarianceColumns ? Covariance.Full : Covariance.Diagonal,
            // Components narrower than a thirtieth of a column's spread are spikes at a repeated value, not groups.
            Regularisation = 1e-3,
            Starts = 1,
            Threads = threads,
            MaxIterations = 60,
            Tolerance = 1e-3,
        },
    };

    /// <summary>Fits on the whole sample and measures what needs no resampling.</summary>
    public void Fit(Seed seed, FitLimit limit)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        if (Method == "genie")
        {
            var genie = View.Genie;
            var model = genie.Tree.Model(Clusters);
            (Model, judged) = (model, model.Labels);
            Labels = genie.Nearest is { } nearest ? Array.ConvertAll(nearest, i => judged[i]) : judged;
        }
        else
        {
            Model = FitOn(Every(Rows, Method == "gmm" ? MixtureRows : int.MaxValue), ReferenceFactor * Cells, seed.Child((ulong)Clusters), limit);
            Labels = judged = Model.Assign(View.Rows, 1).Labels;
        }

        var sizes = new int[Model.Clusters];
        foreach (var label in Labels) sizes[label]++;
        var silhouette = Silhouette.Stratified(View.Rows, Labels, SilhouetteRows, seed, 1);
        Candidate = Candidate with
        {
            Silhouette = silhouette,
            MinShare = sizes.Length < Clusters ? 0 : (double)sizes.Min() / Labels.Length,
            Cut = View.Cut(Labels),
            Objective = Model switch { KMeansModel k => k.Objective, GaussianMixtureModel g => -g.LogLikelihood, _ => 0 },
            Seconds = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds,
        };
    }

    /// <summary>Labels of the sample (of the rows that it looks at for Genie) by a model fitted on one half of it. The half depends on the replicate alone, so that candidates
    /// are compared on the same halves.</summary>
    public int[] Replicate(int replicate, Seed seed, FitLimit limit)
    {
        var half = Half(Method == "genie" ? View.Genie.Rows.Rows : Rows.Rows, seed.Stream((ulong)replicate));
        if (Method == "genie")
        {
            var genie = View.GenieOn(replicate, half);
            var labels = genie.Tree.Labels(Clusters);
            return Array.ConvertAll(genie.Nearest, i => labels[i]);
        }

        var rows = Rows.Take(half);
        if (Method == "gmm") rows = Every(rows, MixtureRows / 2);
        return FitOn(rows, Cells, seed.Child((ulong)(replicate * 64 + Clusters)), limit).Assign(View.Rows, 1).Labels;
    }

    ClusterModel FitOn(Matrix rows, int cells, Seed seed, FitLimit limit)
    {
        var starts = (int)Math.Clamp(cells / Math.Max(1, (long)rows.Rows * rows.Columns), LeastStarts, MostStarts);
        var order = All(rows.Rows);                                                 // the sample is in canonical order already
        return Options(starts, 1) switch
        {
            KMeansOptions kmeans => KMeans.FitOrdered(rows, order, kmeans with { MaxIterations = starts > LeastStarts ? 100 : WideIterations }, seed, limit),
            GaussianMixtureOptions mixture => GaussianMixture.FitOrdered(rows, order, mixture, seed, limit),
            var other => throw new InvalidOperationException($"the search does not know {other.GetType().Name}."),
        };
    }

    /// <summary>Takes in replicates and works out stability from all of them.</summary>
    public void Judge(int[][] more, double seconds)
    {
        Replicates = [.. Replicates, .. more];
        var k = Model!.Clusters;
        var jaccard = new double[k];
        var agreement = 0.0;
        var churn = new List<double>();
        foreach (var labels in Replicates)
        {
            var counts = Agreement.Contingency(judged, labels);
            var each = Agreement.Jaccard(counts);
            for (var c = 0; c < each.Length; c++) jaccard[c] += each[c] / Replicates.Length;
            churn.Add(Agreement.Churn(counts));
        }

        var pairs = Replicates.Length / 2;
        for (var p = 0; p < pairs; p++) agreement += Agreement.AdjustedRand(Replicates[2 * p], Replicates[2 * p + 1]) / pairs;
        Candidate = Candidate with
        {
            Jaccard = jaccard,
            MinJaccard = jaccard.Min(),
            MeanJaccard = jaccard.Average(),
            BootstrapAri = agreement,
            Churn = churn.Average(),
            ChurnHigh = churn.Order().ElementAt((int)Math.Ceiling(0.9 * churn.Count) - 1),
            Replicates = Replicates.Length,
            Score = agreement + Candidate.Silhouette,
            Seconds = Candidate.Seconds + seconds,
        };
    }

    /// <summary>Takes in what the other methods make of the sample at the same number of clusters.</summary>
    public void Agree(double agreement) => Candidate = Candidate with { Agreement = agreement };

    // Half of the rows without replacement, ascending: as variable as a bootstrap of all of them (Hennig's subsetting scheme).
    static int[] Half(int n, Rng rng)
    {
        var index = All(n);
        rng.Shuffle(index.AsSpan());
        var half = index[..Math.Max(1, (n + 1) / 2)];
        Array.Sort(half);
        return half;
    }

    static Matrix Every(Matrix rows, int most) => rows.Rows <= most ? rows : rows.Take(RowOrder.Every(All(rows.Rows), most));

    static int[] All(int n)
    {
        var index = new int[n];
        for (var i = 0; i < n; i++) index[i] = i;
        return index;
    }
}
