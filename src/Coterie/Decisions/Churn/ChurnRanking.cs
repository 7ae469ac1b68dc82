namespace Coterie.Decisions.Churn;

/// <summary>Customers in the order of a score, highest first, equal scores together: sorted once, measured under many weights.</summary>
internal sealed class ChurnRanking
{
    readonly int[] order, ends;

    internal ChurnRanking(double[] scores)
    {
        order = [.. Enumerable.Range(0, scores.Length)];
        var keys = Array.ConvertAll(scores, s => -s);
        Array.Sort(keys, order);
        List<int> places = [];
        for (var i = 0; i < keys.Length; i++)
            if (i + 1 == keys.Length || keys[i + 1] != keys[i]) places.Add(i + 1);
        ends = [.. places];
    }

    /// <summary>Area under the ROC curve: the chance that one who churned stands above one who stayed, ties counted half. NaN without both.</summary>
    internal double Auc(bool[] churned, double[] weights)
    {
        double above = 0, area = 0, negatives = 0;
        for (int g = 0, i = 0; g < ends.Length; g++)
        {
            double positive = 0, negative = 0;
            for (; i < ends[g]; i++)
            {
                if (churned[order[i]]) positive += weights[order[i]];
                else negative += weights[order[i]];
            }

            area += negative * (above + positive / 2);
            above += positive;
            negatives += negative;
        }

        return area / (above * negatives);
    }

    /// <summary>How much more of the gain the first share of customers holds than their number: 1 is chance. A tie across the border counts in part.</summary>
    internal double Lift(double share, double[] gain, double[] weights)
    {
        double total = 0, all = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            total += weights[i];
            all += weights[i] * gain[i];
        }

        double border = share * total, seen = 0, held = 0;
        for (int g = 0, i = 0; g < ends.Length && seen < border; g++)
        {
            double weight = 0, own = 0;
            for (; i < ends[g]; i++)
            {
                weight += weights[order[i]];
                own += weights[order[i]] * gain[order[i]];
            }

            if (weight == 0) continue;
            held += own * Math.Min(1, (border - seen) / weight);
            seen += weight;
        }

        return held / all / share;
    }
}
