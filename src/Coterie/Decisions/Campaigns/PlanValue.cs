using Coterie.Evaluation;
using MathNet.Numerics.Distributions;

namespace Coterie.Decisions.Campaigns;

/// <summary>One offer of a plan.</summary>
/// <param name="Contacts">By cell of customers.</param>
/// <param name="Expected">By cell: the shrunken effects that the plan was made by.</param>
/// <param name="Plain">By cell: the unshrunken effects and their errors.</param>
/// <param name="Value">Of a unit of the goal.</param>
/// <param name="Cost">Of a contact.</param>
internal sealed record PlanPart(double[] Contacts, CellEffect[] Expected, CellEffect[] Plain, double Value, double Cost);

/// <summary>What the plan shown brings, with an interval that allows for its having been chosen by the same history.</summary>
/// <remarks>The value is the sum over cells of contacts · (value · effect - cost) by shrunken effects. The interval stands around the same sum by plain
/// effects and holds for every plan over these cells at once, so for the chosen one too. Two such bounds share the 5 %: Bonferroni over the k cells, z(1 - 0.025/2k) · sum of
/// |w| · error (short for plans of few cells), and Scheffé (1953), sqrt(chi²(k; 0.975)) · error of the sum (short for plans of many). The smaller half-width
/// is taken. Offers share control customers, so their errors are added as if they went together.</remarks>
internal static class PlanValue
{
    const double Miss = 0.05;

    public static Estimate Of(IReadOnlyList<PlanPart> parts)
    {
        double expected = 0, plain = 0, sum = 0, joint = 0;
        var cells = 0;
        foreach (var part in parts)
        {
            var square = 0.0;
            for (var c = 0; c < part.Contacts.Length; c++)
            {
                var weight = part.Contacts[c] * part.Value;
                expected += weight * part.Expected[c].Effect - part.Contacts[c] * part.Cost;
                plain += weight * part.Plain[c].Effect - part.Contacts[c] * part.Cost;
                sum += Math.Abs(weight) * Math.Sqrt(part.Plain[c].Variance);
                square += weight * weight * part.Plain[c].Variance;
            }

            joint += Math.Sqrt(square);
            cells += part.Contacts.Length;
        }

        if (cells == 0) return new(0, 0, 0);
        var half = Math.Min(Normal.InvCDF(0, 1, 1 - Miss / 4 / cells) * sum, Math.Sqrt(ChiSquared.InvCDF(cells, 1 - Miss / 2)) * joint);
        // Shrinkage can lead out of the interval where cells are few and small; it is then lengthened, never moved.
        return new(expected, Math.Min(expected, plain - half), Math.Max(expected, plain + half));
    }
}
