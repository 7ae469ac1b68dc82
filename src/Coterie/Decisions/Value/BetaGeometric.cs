using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>What BG/NBD and MBG/NBD share: after each purchase a customer leaves with a probability that is beta distributed (a, b); they differ in
/// whether the first purchase, at time 0, is already followed by such a toss.</summary>
internal abstract class BetaGeometric : PurchaseModel
{
    /// <summary>1 when the first purchase is followed by a toss, else 0.</summary>
    protected abstract int FirstToss { get; }

    internal override IReadOnlyList<string> ParameterNames { get; } = ["r", "alpha", "a", "b"];

    /// <param name="Kept">ln B(a, b + tosses) − ln B(a, b) after x purchases.</param>
    /// <param name="KeptByA">Derivative by a.</param>
    /// <param name="KeptByB">Derivative by b.</param>
    sealed record Tables(PurchaseTables Base, double[] Kept, double[] KeptByA, double[] KeptByB) : PurchaseTables(Base);

    internal override PurchaseTables Prepare(double[] parameters, int most)
    {
        double a = parameters[2], b = parameters[3], log = 0, byA = 0, byB = 0;
        double[] kept = new double[most + 1], keptByA = new double[most + 1], keptByB = new double[most + 1];
        var toss = 0;
        for (var x = 0; x <= most; x++)
        {
            for (; toss < x + FirstToss; toss++)
            {
                log += Math.Log((b + toss) / (a + b + toss));
                byA -= 1 / (a + b + toss);
                byB += 1 / (b + toss) - 1 / (a + b + toss);
            }

            (kept[x], keptByA[x], keptByB[x]) = (log, byA, byB);
        }

        return new Tables(PurchaseTables.Of(parameters, most), kept, keptByA, keptByB);
    }

    // ln L = ln Γ(r+x)/Γ(r) + r ln α + ln B(a,b+m)/B(a,b) − (r+x) ln(α+T) + ln(1 + e^z), where m tosses were survived by one who stays and
    // e^z = a/(b+m−1) ((α+T)/(α+t_x))^(r+x) are the odds of having left at the last purchase; without a toss nobody can have left.
    internal override double Add(PurchaseRows rows, int from, int to, PurchaseTables prepared, Span<double> gradient)
    {
        var tables = (Tables)prepared;
        double r = tables.Parameters[0], alpha = tables.Parameters[1], a = tables.Parameters[2], b = tables.Parameters[3];
        double logAlpha = Math.Log(alpha), sum = 0;
        for (var i = from; i < to; i++)
        {
            var (x, w) = (rows.Repeats[i], rows.Weight[i]);
            double end = alpha + rows.Age[i], logEnd = Math.Log(end);
            var value = tables.Rising[x] + r * logAlpha + tables.Kept[x] - (r + x) * logEnd;
            double byR = tables.RisingSlope[x] + logAlpha - logEnd, byAlpha = r / alpha - (r + x) / end, byA = tables.KeptByA[x], byB = tables.KeptByB[x];
            if (x + FirstToss > 0)
            {
                double last = alpha + rows.Recency[i], gap = logEnd - Math.Log(last), stayed = b + x + FirstToss - 1;
                var z = Math.Log(a / stayed) + (r + x) * gap;
                var left = Special.Sigmoid(z);
                value += Special.Softplus(z);
                byR += left * gap;
                byAlpha += left * (r + x) * (1 / end - 1 / last);
                byA += left / a;
                byB -= left / stayed;
            }

            sum += w * value;
            gradient[0] += w * byR;
            gradient[1] += w * byAlpha;
            gradient[2] += w * byA;
            gradient[3] += w * byB;
        }

        return sum;
    }

    internal override double Alive(double[] parameters, int x, double recency, double age)
    {
        if (x + FirstToss == 0) return 1;
        var z = Math.Log(parameters[2] / (parameters[3] + x + FirstToss - 1)) + (parameters[0] + x) * Math.Log((parameters[1] + age) / (parameters[1] + recency));
        return Special.Sigmoid(-z);
    }

    // Staying through n − 1 tosses and buying n times within t are independent given that the customer is one at T, so
    // P(X ≥ n) = B(a, b' + n − 1)/B(a, b') P(N ≥ n) with N negative binomial; E(X) is the sum. No hypergeometric function, no pole at a = 1.
    internal override double ExpectedIfAlive(double[] parameters, int x, double age, double t)
    {
        var walk = new NegativeBinomialTail(parameters[0] + x, parameters[1] + age, t);
        double a = parameters[2], b = parameters[3] + x + FirstToss, kept = 1, sum = 0;
        for (var n = 1; ; n++)
        {
            var term = kept * walk.Next();
            sum += term;
            if (term < 1e-14 * (1 + sum)) return sum;
            kept *= (b + n - 1) / (a + b + n - 1);
        }
    }

    internal override void AtLeast(double[] parameters, int x, double age, double t, double least, List<double> tail)
    {
        tail.Clear();
        var walk = new NegativeBinomialTail(parameters[0] + x, parameters[1] + age, t);
        double a = parameters[2], b = parameters[3] + x + FirstToss, kept = 1;
        for (var n = 1; ; n++)
        {
            var term = kept * walk.Next();
            if (!(term >= least)) return;
            tail.Add(term);
            kept *= (b + n - 1) / (a + b + n - 1);
        }
    }
}
