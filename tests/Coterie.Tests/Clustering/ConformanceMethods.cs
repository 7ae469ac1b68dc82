using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Tests.Clustering;

/// <summary>What a law asks of a fit.</summary>
public sealed record Asked(int Clusters)
{
    public ulong Seed { get; init; } = 1;
    public int Starts { get; init; } = 6;
    public int Threads { get; init; } = 1;
    public int MaxIterations { get; init; } = 200;
}

/// <summary>A clusterer as the laws see it. What a method does not have is null, and its laws are skipped by name.</summary>
public sealed record Method(string Name)
{
    public required Func<Matrix, Asked, ClusterModel> Fit { get; init; }

    /// <summary>Whether rows may stay in no cluster (-1), so that the number of clusters is the method's to find.</summary>
    public bool Noise { get; init; }

    /// <summary>Whether the method works against clusters of unequal sizes, so that it need not find a group much smaller than the rest.</summary>
    public bool EvenSizes { get; init; }

    /// <summary>What a fit makes small, by several starts.</summary>
    public Func<ClusterModel, double>? Objective { get; init; }

    /// <summary>Whether a fit ends after so many iterations as it is told.</summary>
    public bool Iterative { get; init; }

    /// <summary>The objective by its definition, in double precision.</summary>
    public Func<ClusterModel, Matrix, double>? Exactly { get; init; }

    /// <summary>A fit from a found optimum, without other starts.</summary>
    public Func<Matrix, ClusterModel, ClusterModel>? Again { get; init; }

    /// <summary>A fit of weighted rows from given centres, without other starts.</summary>
    public Func<Matrix, float[], float[][], ClusterModel>? Weighted { get; init; }

    /// <summary>Labels of the fitted rows where the model keeps them.</summary>
    public Func<ClusterModel, int[]>? Kept { get; init; }

    /// <summary>A fit whose options are impossible, and in how many ways.</summary>
    public required Action Impossible { get; init; }
    public required int Problems { get; init; }

    /// <summary>Laws that the method cannot have, by the name of the test, and why.</summary>
    public IReadOnlyDictionary<string, string> Lacks { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether ClusterSearch knows the method by its name.</summary>
    public bool Searched { get; init; }

    public override string ToString() => Name;
}

/// <summary>The methods that the laws are run on: one entry here and one line at the end of Conformance.cs for each.</summary>
static class Methods
{
    public static readonly Method KMeans = new("kmeans")
    {
        Fit = (rows, a) => Clusterer.Fit(rows, Options(a), new Seed(a.Seed)),
        Objective = m => ((KMeansModel)m).Objective,
        Iterative = true,
        Exactly = (m, rows) => Enumerable.Range(0, rows.Rows).Sum(i => ((KMeansModel)m).Centres.Min(c => c.Select((x, j) => ((double)rows[i, j] - x) * ((double)rows[i, j] - x)).Sum())),
        Weighted = (rows, weights, centres) => Coterie.Clustering.KMeans.Fit(rows,
            new() { Clusters = centres.Length, Weights = weights, WarmStart = centres, Seeded = false, Tolerance = 0 }, new Seed(1)),
        Again = (rows, m) => Coterie.Clustering.KMeans.Fit(rows, new() { Clusters = m.Clusters, WarmStart = ((KMeansModel)m).Centres, Seeded = false, Tolerance = 0 }, new Seed(1)),
        Impossible = () => Clusterer.Fit(new Matrix(3, 2), new KMeansOptions { Clusters = 0, Starts = 0, MaxIterations = 0, Threads = 0, Tolerance = -1 }, new Seed(1)),
        Problems = 5,
        Searched = true,
    };

    public static readonly Method KMeansParallel = KMeans with
    {
        Name = "kmeans, k-means|| seeding",
        Fit = (rows, a) => Clusterer.Fit(rows, Options(a) with { Seeding = Seeding.Parallel }, new Seed(a.Seed)),
        Searched = false,
    };

    public static readonly Method MiniBatch = new("minibatch")
    {
        Fit = (rows, a) => Coterie.Clustering.MiniBatchKMeans.Fit(rows, new() { Clusters = a.Clusters, Threads = a.Threads }, new Seed(a.Seed)),
        Objective = m => ((KMeansModel)m).Objective,
        Exactly = KMeans.Exactly,
        Impossible = () => Coterie.Clustering.MiniBatchKMeans.Fit(new Matrix(3, 2), new() { Clusters = 0, BatchRows = 0, MaxEpochs = 0, Threads = 0 }, new Seed(1)),
        Problems = 4,
        Lacks = new Dictionary<string, string>
        {
            [nameof(Conformance.Row_order_does_not_matter)] = "the place of a row decides which batch it comes in.",
            [nameof(Conformance.More_starts_are_never_worse)] = "it has one start.",
            [nameof(Conformance.Another_seed_stays_close)] = "it has one start, and may end in another optimum.",
        },
    };

    // Within reach of planted groups that are 14 deviations apart, and no farther.
    public static readonly Method Dbscan = new("dbscan")
    {
        Fit = (rows, a) => Coterie.Clustering.Dbscan.Fit(rows, new() { Eps = 5.5, MinSamples = 2, Threads = a.Threads }),
        Noise = true,
        Kept = m => ((DbscanModel)m).Labels,
        Impossible = () => Coterie.Clustering.Dbscan.Fit(new Matrix(3, 2), new() { Eps = -1, MinSamples = 0, Threads = 0 }),
        Problems = 3,
    };

    public static readonly Method Hdbscan = new("hdbscan")
    {
        Fit = (rows, a) => Coterie.Clustering.Hdbscan.Fit(rows, new() { MinClusterSize = 5, Threads = a.Threads }),
        Noise = true,
        Kept = m => ((HdbscanModel)m).Labels,
        Impossible = () => Coterie.Clustering.Hdbscan.Fit(new Matrix(3, 2), new() { MinClusterSize = 1, MinSamples = 0, SelectionEpsilon = -1, Threads = 0 }),
        Problems = 4,
        Lacks = new Dictionary<string, string> { [nameof(Conformance.A_planted_partition_is_found)] = "it takes no number of clusters, and rows at the edge of a group are noise." },
    };

    public static readonly Method Genie = new("genie")
    {
        Fit = (rows, a) => Coterie.Clustering.Genie.Fit(rows, new() { Clusters = a.Clusters, Threads = a.Threads }),
        Kept = m => ((GenieModel)m).Labels,
        EvenSizes = true,
        Impossible = () => Coterie.Clustering.Genie.Fit(new Matrix(3, 2), new() { Clusters = 0, GiniThreshold = -1, MinSamples = 0, SampleRows = 0, Threads = 0 }),
        Problems = 5,
        Searched = true,
    };

    public static readonly Method Ward = new("ward")
    {
        Fit = (rows, a) => Clusterer.Fit(rows, new WardOptions { Clusters = a.Clusters, Threads = a.Threads }, new Seed(a.Seed)),
        Kept = m => ((WardModel)m).Labels,
        Weighted = (rows, weights, centres) => Coterie.Clustering.Ward.Fit(rows, new() { Clusters = centres.Length, Weights = weights }, new Seed(1)),
        Impossible = () => Clusterer.Fit(new Matrix(3, 2), new WardOptions { Clusters = 0, Summary = 1, Weights = [0], Threads = 0 }, new Seed(1)),
        Problems = 4,
    };

    public static readonly Method WardOfASummary = Ward with
    {
        Name = "ward, of a summary",
        Fit = (rows, a) => Clusterer.Fit(rows, new WardOptions { Clusters = a.Clusters, Summary = 40, Threads = a.Threads }, new Seed(a.Seed)),
        Weighted = null,
    };

    public static readonly Method GaussianMixture = Mixture("gmm", Covariance.Full) with { Searched = true };
    public static readonly Method DiagonalMixture = Mixture("gmm, diagonal", Covariance.Diagonal);
    public static readonly Method TiedMixture = Mixture("gmm, tied", Covariance.Tied);
    public static readonly Method SphericalMixture = Mixture("gmm, spherical", Covariance.Spherical);

    static KMeansOptions Options(Asked a) => new() { Clusters = a.Clusters, Starts = a.Starts, Threads = a.Threads, MaxIterations = a.MaxIterations };

    static Method Mixture(string name, Covariance covariance)
    {
        GaussianMixtureOptions Options(Asked a) => new()
        {
            Clusters = a.Clusters, Starts = a.Starts, Threads = a.Threads, MaxIterations = a.MaxIterations, Tolerance = 1e-6, Covariance = covariance,
        };
        return new(name)
        {
            Fit = (rows, a) => Clusterer.Fit(rows, Options(a), new Seed(a.Seed)),
            Objective = m => -((GaussianMixtureModel)m).LogLikelihood,
            Iterative = true,
            Exactly = (m, rows) => -LogLikelihood((GaussianMixtureModel)m, rows),
            Again = (rows, m) => Coterie.Clustering.GaussianMixture.Fit(rows, Options(new(m.Clusters)) with { WarmStart = (GaussianMixtureModel)m, Seeded = false }, new Seed(1)),
            Impossible = () => Clusterer.Fit(new Matrix(3, 2), new GaussianMixtureOptions { Clusters = 0, Starts = 0, MaxIterations = 0, Threads = 0, Regularisation = 0 }, new Seed(1)),
            Problems = 5,
        };
    }

    // Sum over rows of log sum of weight times density, by Gaussian elimination of each covariance.
    static double LogLikelihood(GaussianMixtureModel m, Matrix rows)
    {
        var d = rows.Columns;
        var inverses = new MathNet.Numerics.LinearAlgebra.Matrix<double>[m.Clusters];
        var constants = new double[m.Clusters];
        for (var c = 0; c < m.Clusters; c++)
        {
            var covariance = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(d, d, (i, j) => m.Covariance is Covariance.Full or Covariance.Tied
                ? m.Covariances[c][i * d + j] : i == j ? m.Covariances[c][m.Covariance == Covariance.Spherical ? 0 : i] : 0);
            inverses[c] = covariance.Inverse();
            constants[c] = Math.Log(m.Weights[c]) - 0.5 * (d * Math.Log(2 * Math.PI) + Math.Log(covariance.Determinant()));
        }

        var sum = 0.0;
        for (var i = 0; i < rows.Rows; i++)
        {
            var logs = Enumerable.Range(0, m.Clusters).Select(c =>
            {
                var x = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(d, j => rows[i, j] - m.Means[c][j]);
                return constants[c] - 0.5 * x.DotProduct(inverses[c] * x);
            }).ToArray();
            var most = logs.Max();
            sum += most + Math.Log(logs.Sum(l => Math.Exp(l - most)));
        }

        return sum;
    }
}
