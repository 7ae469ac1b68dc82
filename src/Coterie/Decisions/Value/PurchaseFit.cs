using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>A family fitted to histories.</summary>
/// <param name="Model">The family.</param>
/// <param name="Parameters">d, times in weeks.</param>
/// <param name="Optimum">How the optimum was reached.</param>
internal sealed record FittedPurchases(PurchaseModel Model, double[] Parameters, LikelihoodOptimum Optimum);

/// <summary>Fits families by maximum likelihood.</summary>
internal static class PurchaseFit
{
    // Where there are more distinct rows, starts run on so many customers; all take the last steps.
    const int SampleCustomers = 10_000;

    /// <returns>Null when the likelihood was finite nowhere.</returns>
    internal static FittedPurchases? Fit(PurchaseModel model, PurchaseRows rows, IReadOnlyList<double[]> starts, int threads)
    {
        var part = rows.Thinned(SampleCustomers);
        var optimum = MaximumLikelihood.Maximise(model.Likelihood(rows, threads), ReferenceEquals(part, rows) ? null : model.Likelihood(part, threads),
            part.Customers / rows.Customers, starts);
        return optimum is null ? null : new FittedPurchases(model, optimum.Parameters, optimum);
    }
}
