using Coterie.Numerics;
using MathNet.Numerics.Integration;

namespace Coterie.Decisions;

/// <summary>Pareto/NBD: purchases at gamma distributed rates (r, α); customers leave at gamma distributed rates (s, β), at any time. Schmittlein,
/// Morrison and Colombo 1987, "Counting your customers", Management Science 33(1); Fader and Hardie 2005, "A note on deriving the Pareto/NBD model".</summary>
/// <remarks>The likelihood's second part is written as the integral over the instant of leaving that the pair of hypergeometric functions stands for:
/// s ∫ (α+u)^-(r+x) (β+u)^-(s+1) du over (t_x, T). It is positive throughout, so nothing cancels and nothing overflows; its derivatives
/// are means under the same integrand.</remarks>
internal sealed class ParetoNbd : PurchaseModel
{
    // Eight points are exact to 1e-11 where the integrand falls by e^5 or less across them; below e^-45 of its start it does not count.
    const int Points = 8;
    const double Fall = 5, Deep = 45;

    // Customers who leave later than e^-36 of them stay do not count.
    const double Spent = 36;
    const int OutcomePoints = 20, NextCells = 16;

    static readonly double[] At = Nodes(Points), Share = Weights(Points), OutcomeAt = Nodes(OutcomePoints), OutcomeShare = Weights(OutcomePoints);

    internal override string Name => "Pareto/NBD";
    internal override IReadOnlyList<string> ParameterNames { get; } = ["r", "alpha", "s", "beta"];

    internal override PurchaseTables Prepare(double[] parameters, int most) => PurchaseTables.Of(parameters, most);

    internal override double Add(PurchaseRows rows, int from, int to, PurchaseTables tables, Span<double> gradient)
    {
        double r = tables.Parameters[0], alpha = tables.Parameters[1], s = tables.Parameters[2], beta = tables.Parameters[3];
        double logAlpha = Math.Log(alpha), logBeta = Math.Log(beta), sum = 0;
        for (var i = from; i < to; i++)
        {
            var (x, age, w) = (rows.Repeats[i], rows.Age[i], rows.Weight[i]);
            double logEndA = Math.Log(alpha + age), logEndB = Math.Log(beta + age);
            var value = tables.Rising[x] + r * logAlpha + s * logBeta - (r + x) * logEndA - s * logEndB;
            double byR = tables.RisingSlope[x] + logAlpha - logEndA, byAlpha = r / alpha - (r + x) / (alpha + age);
            double byS = logBeta - logEndB, byBeta = s / beta - s / (beta + age);
            if (age > rows.Recency[i])
            {
                var gone = Gone(tables.Parameters, x, rows.Recency[i], age);
                var left = Special.Sigmoid(gone.LogOdds);
                value += Special.Softplus(gone.LogOdds);
                byR += left * (logEndA - gone.LogA);
                byAlpha += left * (r + x) * (1 / (alpha + age) - gone.InverseA);
                byS += left * (1 / s + logEndB - gone.LogB);
                byBeta += left * (s / (beta + age) - (s + 1) * gone.InverseB);
            }

            sum += w * value;
            gradient[0] += w * byR;
            gradient[1] += w * byAlpha;
            gradient[2] += w * byS;
            gradient[3] += w * byBeta;
        }

        return sum;
    }

    internal override double Alive(double[] parameters, int x, double recency, double age) =>
        age > recency ? Special.Sigmoid(-Gone(parameters, x, recency, age).LogOdds) : 1;

    // (r+x)(β+T) / ((α+T)(s−1)) (1 − ((β+T)/(β+T+t))^(s−1)), with its limit at s = 1.
    internal override double ExpectedIfAlive(double[] parameters, int x, double age, double t)
    {
        var end = parameters[3] + age;
        return (parameters[0] + x) / (parameters[1] + age) * end * Special.PowerDeficit(end / (end + t), parameters[2] - 1);
    }

    internal override double FirstPurchase(double[] parameters, int x, double age, double t)
    {
        double k = parameters[0] + x, a = parameters[1] + age, s = parameters[2], end = parameters[3] + age;
        double last = Special.Log1p(t / end), width = Math.Min(last, Spent / s), sum = 0;
        for (var i = 0; i < OutcomePoints; i++)
        {
            var v = width * OutcomeAt[i];
            sum -= OutcomeShare[i] * width * s * Math.Exp(-s * v) * Special.Expm1(-k * Special.Log1p(end * Special.Expm1(v) / a));
        }

        return sum - Math.Exp(-s * last) * Special.Expm1(-k * Special.Log1p(t / a));
    }

    // Given the instant u of leaving, purchases are negative binomial within min(u, t). With v = ln(1 + u/(β+T)) the density of leaving is s e^-sv.
    internal override void AtLeast(double[] parameters, int x, double age, double t, double least, List<double> tail)
    {
        tail.Clear();
        double k = parameters[0] + x, a = parameters[1] + age, s = parameters[2], end = parameters[3] + age;
        var last = Special.Log1p(t / end);
        var width = Math.Min(last, Spent / s);
        Span<NegativeBinomialTail> walks = stackalloc NegativeBinomialTail[OutcomePoints + 1];
        Span<double> shares = stackalloc double[OutcomePoints + 1];
        for (var i = 0; i < OutcomePoints; i++)
        {
            var v = width * OutcomeAt[i];
            walks[i] = new(k, a, end * Special.Expm1(v));
            shares[i] = OutcomeShare[i] * width * s * Math.Exp(-s * v);
        }

        walks[OutcomePoints] = new(k, a, t);
        shares[OutcomePoints] = Math.Exp(-s * last);
        while (true)
        {
            double sum = 0;
            for (var i = 0; i <= OutcomePoints; i++) sum += shares[i] * walks[i].Next();
            if (!(sum >= least)) return;
            tail.Add(sum);
        }
    }

    // F(u) = ∫ P(still there at v) dG(v), G the time of the next purchase of one who stays: cells of equal G, within which F is all but linear in G.
    internal override void NextPurchase(double[] parameters, int x, double age, double t, ReadOnlySpan<double> shares, Span<double> times)
    {
        double k = parameters[0] + x, a = parameters[1] + age, s = parameters[2], end = parameters[3] + age;
        var all = -Special.Expm1(-k * Special.Log1p(t / a));
        double TimeOf(double y) => a * Special.Expm1(-Special.Log1p(-y) / k);
        Span<double> total = stackalloc double[NextCells + 1];
        total[0] = 0;
        for (var c = 0; c < NextCells; c++) total[c + 1] = total[c] + Math.Exp(-s * Special.Log1p(TimeOf(all * (c + 0.5) / NextCells) / end));
        var cell = 0;
        for (var i = 0; i < shares.Length; i++)
        {
            var wanted = shares[i] * total[NextCells];
            while (cell < NextCells - 1 && total[cell + 1] < wanted) cell++;
            times[i] = TimeOf(all * (cell + (wanted - total[cell]) / (total[cell + 1] - total[cell])) / NextCells);
        }
    }

    /// <param name="LogOdds">ln(P(left before T) / P(still there)).</param>
    /// <param name="LogA">Mean of ln(α + u) over the instant u of leaving.</param>
    /// <param name="LogB">Of ln(β + u).</param>
    /// <param name="InverseA">Of 1 / (α + u).</param>
    /// <param name="InverseB">Of 1 / (β + u).</param>
    readonly record struct Leaving(double LogOdds, double LogA, double LogB, double InverseA, double InverseB);

    // Gauss-Legendre over w = ln((c+u)/(c+t_x)), c the smaller of α and β: there the integrand has no singularity within π of the real axis.
    static Leaving Gone(double[] parameters, int x, double recency, double age)
    {
        double alpha = parameters[1], s = parameters[2], beta = parameters[3], k = parameters[0] + x, c = Math.Min(alpha, beta);
        double startA = alpha + recency, startB = beta + recency, start = c + recency;
        double logStartA = Math.Log(startA), logStartB = Math.Log(startB), logStart = alpha < beta ? logStartA : logStartB;
        var last = Math.Min(age, startA * Math.Exp(Math.Min(700, Deep / k)) - alpha);
        var width = Math.Log((c + last) / start);
        var steepest = k * (c + last) / (alpha + last) + s * (c + last) / (beta + last) + 1;
        var panels = (int)Math.Ceiling(Math.Max(width * steepest / Fall, width / 2));
        double mass = 0, logA = 0, logB = 0, inverseA = 0, inverseB = 0, panel = width / panels;
        for (var p = 0; p < panels; p++)
        {
            for (var i = 0; i < Points; i++)
            {
                var w = panel * (p + At[i]);
                double shifted = start * Math.Exp(w), u = shifted - c, atA = alpha + u, atB = beta + u;
                double lnA = alpha < beta ? logStart + w : Math.Log(atA), lnB = alpha < beta ? Math.Log(atB) : logStart + w;
                var h = Share[i] * Math.Exp(-k * (lnA - logStartA) - s * (lnB - logStartB)) * shifted / atB;
                mass += h;
                logA += h * lnA;
                logB += h * lnB;
                inverseA += h / atA;
                inverseB += h / atB;
            }
        }

        var odds = Math.Log(s * mass * panel) + k * (Math.Log(alpha + age) - logStartA) + s * (Math.Log(beta + age) - logStartB);
        return new(odds, logA / mass, logB / mass, inverseA / mass, inverseB / mass);
    }

    static double[] Nodes(int points)
    {
        var rule = new GaussLegendreRule(0, 1, points);
        return [.. Enumerable.Range(0, points).Select(rule.GetAbscissa)];
    }

    static double[] Weights(int points)
    {
        var rule = new GaussLegendreRule(0, 1, points);
        return [.. Enumerable.Range(0, points).Select(rule.GetWeight)];
    }
}
