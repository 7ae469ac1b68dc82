using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>A mixture of K Gaussians in d dimensions. A row belongs to the component of greatest responsibility.</summary>
public sealed record GaussianMixtureModel : ClusterModel
{
    public required Covariance Covariance { get; init; }
    /// <summary>K, sums to 1.</summary>
    public required double[] Weights { get; init; }
    /// <summary>K x d.</summary>
    public required double[][] Means { get; init; }
    /// <summary>For each component: d x d row-major (full, tied), d (diagonal), or one variance (spherical).</summary>
    public required double[][] Covariances { get; init; }
    public required int Columns { get; init; }
    /// <summary>Of the fitted rows, in nats.</summary>
    public required double LogLikelihood { get; init; }
    /// <summary>Bayesian information criterion; smaller is better.</summary>
    public required double Bic { get; init; }
    /// <summary>Akaike information criterion; smaller is better.</summary>
    public required double Aic { get; init; }
    public required int Iterations { get; init; }

    public override int Clusters => Means.Length;
    public override int Dimensions => Columns;

    /// <summary>Confidence is the responsibility (posterior probability) of the assigned component. A model of no components gives
    /// the label -1.</summary>
    public override Assignment Assign(Matrix rows, int threads)
    {
        Check.SameColumns(rows, Columns);
        Check.Finite(rows);
        var n = rows.Rows;
        var result = new Assignment(new int[n], new int[n], new float[n]);
        Array.Fill(result.Second, -1);
        if (Clusters == 0)
        {
            Array.Fill(result.Labels, -1);
            return result;
        }

        var density = GaussianDensity.Of(this);
        Chunks.For(n, threads, (_, start, end) => GaussianKernel.Assign(rows, start, end, density, result));
        return result;
    }
}
