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

        double below = 0, area = 0, positives = 0;
        for (var i = 0; i < order.Length;)
        {
            double tiePositive = 0, tieNegative = 0;
            var value = keys[i];
            for (; i < order.Length && keys[i] == value; i++)
            {
                var weight = weights.IsEmpty ? 1 : weights[order[i]];
                if (positive[order[i]]) tiePositive += weight;
                else tieNegative += weight;
            }

            area += tiePositive * (below + tieNegative / 2);
            below += tieNegative;
            positives += tiePositive;
        }

        return positives == 0 || below == 0 ? 0.5 : area / (positives * below);
    }
}
