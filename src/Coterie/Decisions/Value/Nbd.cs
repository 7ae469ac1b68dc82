namespace Coterie.Decisions;

/// <summary>NBD: purchases come at a constant rate, rates are gamma distributed (r, α), nobody ever leaves. Ehrenberg 1959, "The pattern of consumer
/// purchases". The bar that a model with leaving has to clear.</summary>
internal sealed class Nbd : PurchaseModel
{
    internal override string Name => "NBD";
    internal override IReadOnlyList<string> ParameterNames { get; } = ["r", "alpha"];
    internal override bool CanLeave => false;

    internal override PurchaseTables Prepare(double[] parameters, int most) => PurchaseTables.Of(parameters, most);

    // ln L = ln Γ(r+x)/Γ(r) + r ln α − (r+x) ln(α+T): the density of when they bought, which has no x ln T term.
    internal override double Add(PurchaseRows rows, int from, int to, PurchaseTables tables, Span<double> gradient)
    {
        double r = tables.Parameters[0], alpha = tables.Parameters[1], logAlpha = Math.Log(alpha), sum = 0;
        for (var i = from; i < to; i++)
        {
            var (x, w) = (rows.Repeats[i], rows.Weight[i]);
            double end = alpha + rows.Age[i], logEnd = Math.Log(end);
            sum += w * (tables.Rising[x] + r * logAlpha - (r + x) * logEnd);
            gradient[0] += w * (tables.RisingSlope[x] + logAlpha - logEnd);
            gradient[1] += w * (r / alpha - (r + x) / end);
        }

        return sum;
    }

    internal override double Alive(double[] parameters, int x, double recency, double age) => 1;

    internal override double ExpectedIfAlive(double[] parameters, int x, double age, double t) => (parameters[0] + x) / (parameters[1] + age) * t;

    internal override void AtLeast(double[] parameters, int x, double age, double t, double least, List<double> tail)
    {
        tail.Clear();
        var walk = new NegativeBinomialTail(parameters[0] + x, parameters[1] + age, t);
        for (var at = walk.Next(); at >= least; at = walk.Next()) tail.Add(at);
    }
}
