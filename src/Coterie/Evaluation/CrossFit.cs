using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>Scores a grouping by what it says of customers it did not learn from: group means are taken on one random half and
/// judged on the other, both ways, over several splits. Case weights (bootstrap counts) enter the judging only, so one set of
/// predictions serves every resample. Protocol: share of out-of-sample variance explained by segment means, and the area under
/// the ROC curve of the segment's order rate.</summary>
internal sealed class CrossFit
{
    readonly Fold[] folds;
    readonly double[] spend;
    readonly double[] logSpend;
    readonly bool[] ordered;

    CrossFit(Fold[] folds, double[] spend, double[] logSpend, bool[] ordered)
    {
        this.folds = folds;
        this.spend = spend;
        this.logSpend = logSpend;
        this.ordered = ordered;
    }

    // One judged half: the customers in it, and each one's predictions; of the order rate its place among the distinct ones, ascending,
    // because a grouping has few and every resample ranks by them again.
    sealed record Fold(int[] Judged, double[] Spend, double[] LogSpend, int[] OrderPlace, int OrderPlaces);

    internal static CrossFit Fit(Grouping grouping, double[] spend, bool[] ordered, int splits, Seed seed)
    {
        var n = spend.Length;
        var logSpend = spend.Select(s => Math.Log(1 + Math.Max(s, 0))).ToArray();
        var rates = ordered.Select(o => o ? 1.0 : 0.0).ToArray();
        var folds = new List<Fold>();
        for (var split = 0; split < splits; split++)
        {
            var order = Enumerable.Range(0, n).ToArray();
            seed.Stream((ulong)split).Shuffle<int>(order);
            int[] first = order[..(n / 2)], second = order[(n / 2)..];
            foreach (var (teach, judge) in new[] { (first, second), (second, first) })
            {
                var rate = Predict(grouping, teach, judge, rates);
                var distinct = rate.Distinct().Order().ToArray();
                folds.Add(new Fold(judge,
                    Predict(grouping, teach, judge, spend),
                    Predict(grouping, teach, judge, logSpend),
                    Array.ConvertAll(rate, r => Array.BinarySearch(distinct, r)), distinct.Length));
            }
        }

        return new CrossFit([.. folds], spend, logSpend, ordered);
    }

    internal double R2Spend(ReadOnlySpan<double> weights) => MeanR2(weights, spend, f => f.Spend);

    internal double R2LogSpend(ReadOnlySpan<double> weights) => MeanR2(weights, logSpend, f => f.LogSpend);

    internal double Auc(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        foreach (var fold in folds)
        {
            double[] positive = new double[fold.OrderPlaces], negative = new double[fold.OrderPlaces];
            for (var i = 0; i < fold.Judged.Length; i++)
            {
                var customer = fold.Judged[i];
                (ordered[customer] ? positive : negative)[fold.OrderPlace[i]] += weights.IsEmpty ? 1 : weights[customer];
            }

            sum += Statistics.Auc(positive, negative);
        }

        return sum / folds.Length;
    }

    double MeanR2(ReadOnlySpan<double> weights, double[] truth, Func<Fold, double[]> prediction)
    {
        double sum = 0;
        foreach (var fold in folds) sum += R2(weights, truth, fold.Judged, prediction(fold));
        return sum / folds.Length;
    }

    static double R2(ReadOnlySpan<double> weights, double[] truth, int[] judged, double[] predicted)
    {
        double total = 0, mean = 0;
        for (var i = 0; i < judged.Length; i++)
        {
            var w = weights.IsEmpty ? 1 : weights[judged[i]];
            total += w;
            mean += w * truth[judged[i]];
        }

        mean /= total;
        double error = 0, variance = 0;
        for (var i = 0; i < judged.Length; i++)
        {
            var w = weights.IsEmpty ? 1 : weights[judged[i]];
            var y = truth[judged[i]];
            error += w * (y - predicted[i]) * (y - predicted[i]);
            variance += w * (y - mean) * (y - mean);
        }

        return variance > 0 ? 1 - error / variance : 0;
    }

    static double[] Predict(Grouping grouping, int[] teach, int[] judge, double[] values)
    {
        var sums = new double[grouping.Groups];
        var counts = new int[grouping.Groups];
        double all = 0;
        foreach (var i in teach)
        {
            sums[grouping.Labels[i]] += values[i];
            counts[grouping.Labels[i]]++;
            all += values[i];
        }

        // A group that the teaching half has never seen is predicted by the overall mean.
        var overall = all / Math.Max(teach.Length, 1);
        return [.. judge.Select(i => counts[grouping.Labels[i]] > 0 ? sums[grouping.Labels[i]] / counts[grouping.Labels[i]] : overall)];
    }
}
