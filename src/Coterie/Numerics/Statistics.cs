namespace Coterie.Numerics;

/// <summary>Statistics that several stages use.</summary>
public static class Statistics
{
    /// <summary>Area under the ROC curve with ties counted half (Hanley and McNeil 1982); 0.5 when one class is absent.</summary>
    /// <param name="scores">n, any scale.</param>
    /// <param name="positive">n.</param>
    /// <param name="weights">n case weights, or empty for ones.</param>
    public static double Auc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive, ReadOnlySpan<double> weights = default)
    {
        var order = new int[scores.Length];
        var keys = scores.ToArray();
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(keys, order);

        double[] tiedPositive = new double[order.Length], tiedNegative = new double[order.Length];
        var places = 0;
        for (var i = 0; i < order.Length; places++)
        {
            var value = keys[i];
            for (; i < order.Length && keys[i] == value; i++)
                (positive[order[i]] ? tiedPositive : tiedNegative)[places] += weights.IsEmpty ? 1 : weights[order[i]];
        }

        return Auc(tiedPositive.AsSpan(0, places), tiedNegative.AsSpan(0, places));
    }

    /// <summary>The same from the weight of positives and of negatives at each distinct score, ascending.</summary>
    public static double Auc(ReadOnlySpan<double> positive, ReadOnlySpan<double> negative)
    {
        double below = 0, area = 0, positives = 0;
        for (var i = 0; i < positive.Length; i++)
        {
            area += positive[i] * (below + negative[i] / 2);
            below += negative[i];
            positives += positive[i];
        }

        return positives == 0 || below == 0 ? 0.5 : area / (positives * below);
    }
}
