using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>A family of models of when customers buy: while a customer is one, purchases come at random at a rate of their own, and every customer may
/// leave for good without telling. Parameters are positive; times are in weeks.</summary>
internal abstract class PurchaseModel
{
    /// <summary>All families, in the order of their age.</summary>
    internal static IReadOnlyList<PurchaseModel> All { get; } = [new Nbd(), new ParetoNbd(), new BgNbd(), new MbgNbd()];

    /// <summary>As in the literature.</summary>
    internal abstract string Name { get; }
    internal abstract IReadOnlyList<string> ParameterNames { get; }
    /// <summary>Whether the chance of being a customer still says something about those with one purchase.</summary>
    internal virtual bool KnowsOneTimeBuyers => true;
    /// <summary>Whether customers can leave in this family.</summary>
    internal virtual bool CanLeave => true;
    internal int Size => ParameterNames.Count;

    /// <summary>What depends on the parameters and on x only.</summary>
    /// <param name="parameters">d.</param>
    /// <param name="most">Largest x.</param>
    internal abstract PurchaseTables Prepare(double[] parameters, int most);

    /// <summary>Log-likelihood of the rows [from, to), and its gradient (d) with respect to the parameters, which is added to.</summary>
    internal abstract double Add(PurchaseRows rows, int from, int to, PurchaseTables tables, Span<double> gradient);

    /// <summary>P(still a customer at T | x, t_x, T).</summary>
    internal abstract double Alive(double[] parameters, int x, double recency, double age);

    /// <summary>E(purchases in (T, T + t] | still a customer at T, x, T).</summary>
    internal abstract double ExpectedIfAlive(double[] parameters, int x, double age, double t);

    /// <summary>P(at least 1, 2, … purchases in (T, T + t] | still a customer at T, x, T), until that is below <paramref name="least"/>.</summary>
    internal abstract void AtLeast(double[] parameters, int x, double age, double t, double least, List<double> tail);

    /// <summary>The times after T, within t, before which a share of <paramref name="shares"/> of next purchases falls, given that there is one.</summary>
    internal virtual void NextPurchase(double[] parameters, int x, double age, double t, ReadOnlySpan<double> shares, Span<double> times)
    {
        // Leaving follows a purchase in these families, so the next one comes at a gamma-mixed rate: F(u) = 1 - (A / (A + u))^k.
        var (k, a) = (parameters[0] + x, parameters[1] + age);
        var within = -Special.Expm1(-k * Special.Log1p(t / a));
        for (var i = 0; i < times.Length; i++) times[i] = a * Special.Expm1(-Special.Log1p(-shares[i] * within) / k);
    }

    /// <summary>P(at least one purchase in (T, T + t] | still a customer at T): leaving follows a purchase, so it cannot prevent the first.</summary>
    internal virtual double FirstPurchase(double[] parameters, int x, double age, double t) =>
        -Special.Expm1(-(parameters[0] + x) * Special.Log1p(t / (parameters[1] + age)));

    internal double Expected(double[] parameters, int x, double recency, double age, double t) =>
        Alive(parameters, x, recency, age) * ExpectedIfAlive(parameters, x, age, t);

    /// <summary>The log-likelihood of all rows and its gradient with respect to the logarithms of the parameters; the same bytes for any threads.</summary>
    internal LogLikelihood Likelihood(PurchaseRows rows, int threads) => (logs, gradient) =>
    {
        var d = Size;
        var parameters = new double[d];
        for (var j = 0; j < d; j++) parameters[j] = Math.Exp(logs[j]);
        var tables = Prepare(parameters, rows.MostRepeats);
        var parts = new double[Chunks.Count(rows.Count)][];
        Chunks.For(rows.Count, threads, (chunk, from, to) =>
        {
            var part = new double[d + 1];
            part[d] = Add(rows, from, to, tables, part.AsSpan(0, d));
            parts[chunk] = part;
        });
        var sums = new double[d + 1];
        foreach (var part in parts)
            for (var j = 0; j <= d; j++) sums[j] += part[j];
        for (var j = 0; j < d; j++) gradient[j] = sums[j] * parameters[j];
        return sums[d];
    };
}

/// <summary>Terms of a likelihood that depend on x only, for x = 0 … most.</summary>
/// <param name="Parameters">d.</param>
/// <param name="Rising">ln Γ(r + x) − ln Γ(r).</param>
/// <param name="RisingSlope">Its derivative by r.</param>
internal record PurchaseTables(double[] Parameters, double[] Rising, double[] RisingSlope)
{
    internal static PurchaseTables Of(double[] parameters, int most)
    {
        double[] rising = new double[most + 1], slope = new double[most + 1];
        for (var x = 0; x < most; x++)
        {
            rising[x + 1] = rising[x] + Math.Log(parameters[0] + x);
            slope[x + 1] = slope[x] + 1 / (parameters[0] + x);
        }

        return new(parameters, rising, slope);
    }
}
