using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>What the covariance of a component may be.</summary>
public enum Covariance
{
    /// <summary>Each component its own matrix.</summary>
    Full,
    /// <summary>One matrix for all components.</summary>
    Tied,
    /// <summary>Each component its own variances, no correlations.</summary>
    Diagonal,
    /// <summary>Each component one variance.</summary>
    Spherical,
}

/// <summary>Fits a mixture of Gaussians by expectation and maximisation.</summary>
public sealed record GaussianMixtureOptions : ClusterOptions
{
    public GaussianMixtureOptions()
    {
        // A start of EM costs far more than one of k-means, which already had its own choice of seeds.
        Starts = 2;
        MaxIterations = 200;
    }

    public Covariance Covariance { get; init; } = Covariance.Full;
    /// <summary>Added to variances, in units of the column's variance, so that no component collapses on a point.</summary>
    public double Regularisation { get; init; } = 1e-6;
    /// <summary>Stops when the mean log-likelihood of a row gains less than this.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>A mixture fitted earlier with the same covariance kind and number of components: one more start.</summary>
    public GaussianMixtureModel? WarmStart { get; init; }

    private protected override IEnumerable<string> Problems()
    {
        if (WarmStart is null && !Seeded) yield return NoStart("gmm");
        if (WarmStart is { } warm && (warm.Clusters != Clusters || warm.Covariance != Covariance))
            yield return $"gmm: the warm start has {warm.Clusters} {warm.Covariance} components; expected {Clusters} {Covariance}.";
        if (!(Regularisation > 0)) yield return $"gmm: regularisation is {Regularisation}; expected more than 0.";
        if (!(Tolerance >= 0)) yield return $"gmm: tolerance is {Tolerance}; expected 0 or more.";
        if (!Enum.IsDefined(Covariance)) yield return $"gmm: covariance is {Covariance}; expected full, tied, diagonal or spherical.";
    }
}

/// <summary>Gaussian mixture by EM (Dempster, Laird and Rubin 1977; McLachlan and Peel 2000), started from k-means.</summary>
public static class GaussianMixture
{
    /// <summary>Fits rows (n x d, finite). With fewer distinct rows than clusters there are fewer components; with no rows none.
    /// When the limit is met, the best of the starts so far is kept, the last one as far as it came; the first start is always begun.</summary>
    public static GaussianMixtureModel Fit(Matrix rows, GaussianMixtureOptions options, Seed seed, FitLimit? limit = null)
    {
        options.Validate("gmm");
        Check.Finite(rows);
        return FitOrdered(rows, options.Seeded ? RowOrder.Canonical(rows) : [], options, seed, limit);
    }

    // Validated; the order is canonical.
    internal static GaussianMixtureModel FitOrdered(Matrix rows, int[] order, GaussianMixtureOptions options, Seed seed, FitLimit? limit = null)
    {
        GaussianMixtureModel? best = null;
        if (options.WarmStart is { } warm && rows.Rows > 0)
        {
            Check.SameColumns(rows, warm.Columns);
            best = Run(rows, GaussianDensity.Of(warm), options, limit);
        }

        var seen = new HashSet<double>();
        for (var start = 0; options.Seeded && start < options.Starts; start++)
        {
            if (best is not null && limit?.Ends() == true) break;
            var kmeans = KMeans.FitOrdered(rows, order,
                new() { Clusters = options.Clusters, Starts = 1, MaxIterations = 100, Threads = options.Threads }, seed.Child((ulong)start), limit);
            // The same k-means solution would lead EM to the same mixture.
            if (!seen.Add(Math.Round(kmeans.Objective, 6))) continue;
            var model = kmeans.Clusters == 0 ? Empty(rows.Columns, options) : Run(rows, FromKMeans(rows, kmeans, options), options, limit);
            if (best is null || model.LogLikelihood > best.LogLikelihood) best = model;
        }

        return best!;
    }

    static GaussianMixtureModel Empty(int columns, GaussianMixtureOptions options) => new()
    {
        Covariance = options.Covariance, Weights = [], Means = [], Covariances = [], Columns = columns,
        LogLikelihood = 0, Bic = 0, Aic = 0, Iterations = 0,
    };

    static GaussianDensity FromKMeans(Matrix rows, KMeansModel kmeans, GaussianMixtureOptions options)
    {
        var means = kmeans.Centres.Select(c => Array.ConvertAll(c, x => (double)x)).ToArray();
        var labels = kmeans.Assign(rows, options.Threads).Labels;
        return GaussianDensity.Maximised(GaussianKernel.Hard(rows, means, labels, options), means, null, Ridge(rows, options), options.Covariance);
    }

    static GaussianMixtureModel Run(Matrix rows, GaussianDensity density, GaussianMixtureOptions options, FitLimit? limit)
    {
        int n = rows.Rows, d = rows.Columns, k = density.Means.Length;
        var ridge = Ridge(rows, options);
        var previous = double.NegativeInfinity;
        var iterations = 0;
        GaussianStatistics statistics;
        while (true)
        {
            statistics = GaussianKernel.Expect(rows, density, options);
            if (iterations == options.MaxIterations || statistics.LogLikelihood - previous < options.Tolerance * n || limit?.Ends() == true) break;
            previous = statistics.LogLikelihood;
            density = GaussianDensity.Maximised(statistics, density.Means, density, ridge, options.Covariance);
            iterations++;
        }

        var parameters = Parameters(options.Covariance, k, d);
        return new()
        {
            Covariance = options.Covariance,
            Weights = density.Weights,
            Means = density.Means,
            Covariances = density.Covariances,
            Columns = d,
            LogLikelihood = statistics.LogLikelihood,
            Bic = -2 * statistics.LogLikelihood + parameters * Math.Log(n),
            Aic = -2 * statistics.LogLikelihood + 2 * parameters,
            Iterations = iterations,
        };
    }

    static double Parameters(Covariance covariance, int k, int d) => k * d + k - 1 + covariance switch
    {
        Covariance.Full => k * d * (d + 1) / 2.0,
        Covariance.Tied => d * (d + 1) / 2.0,
        Covariance.Diagonal => (double)k * d,
        _ => k,
    };

    // Regularisation of each column: a share of its variance; a constant column gets a constant, which no component sees.
    static double[] Ridge(Matrix rows, GaussianMixtureOptions options)
    {
        int n = rows.Rows, d = rows.Columns;
        double[] mean = new double[d], variance = new double[d];
        for (var i = 0; i < n; i++) Lloyd.Add(mean, rows.Row(i), 1.0 / n);
        for (var i = 0; i < n; i++)
        {
            var row = rows.Row(i);
            for (var j = 0; j < d; j++) variance[j] += (row[j] - mean[j]) * (row[j] - mean[j]) / n;
        }

        // Below this a variance is rounding of a constant in single precision.
        for (var j = 0; j < d; j++) variance[j] = options.Regularisation * (variance[j] > 1e-12 * (1 + mean[j] * mean[j]) ? variance[j] : 1);
        return variance;
    }
}
