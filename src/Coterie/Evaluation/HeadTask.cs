using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>What heads are asked: one or several targets of some of the customers.</summary>
/// <param name="Name">churn, next_category, spend.</param>
/// <param name="Metric">auc or r2_log_spend.</param>
/// <param name="Learn">Customers to learn from, by their place among those of the period.</param>
/// <param name="Judge">Customers to judge on.</param>
/// <param name="LearnTargets">Heads x learners: 0 and 1 for auc, any number for R².</param>
/// <param name="JudgeTargets">Heads x judged.</param>
sealed record HeadTask(string Name, string Metric, int[] Learn, int[] Judge, double[][] LearnTargets, double[][] JudgeTargets)
{
    public bool Ranks => Metric == "auc";
}

/// <summary>Predictions of one task from one representation, ready to be judged under any case weights.</summary>
sealed class HeadJudgement
{
    readonly HeadTask task;
    readonly double[][] predictions;
    // Of each head: place of the prediction among its distinct ones, ascending, because every resample ranks by them again.
    readonly int[][] places;
    readonly int[] distinct;

    public HeadJudgement(HeadTask task, double[][] predictions)
    {
        this.task = task;
        this.predictions = predictions;
        var sorted = predictions.Select(p => p.Distinct().Order().ToArray()).ToArray();
        distinct = [.. sorted.Select(s => s.Length)];
        places = [.. predictions.Select((p, h) => Array.ConvertAll(p, x => Array.BinarySearch(sorted[h], x)))];
    }

    /// <summary>Mean over heads; weights are of all customers of the judged period, or empty for ones.</summary>
    public double Score(double[] weights)
    {
        double sum = 0;
        for (var h = 0; h < predictions.Length; h++) sum += task.Ranks ? Auc(h, weights) : R2(h, weights);
        return sum / predictions.Length;
    }

    double Weight(int i, double[] weights) => weights.Length == 0 ? 1 : weights[task.Judge[i]];

    double Auc(int head, double[] weights)
    {
        double[] positive = new double[distinct[head]], negative = new double[distinct[head]];
        for (var i = 0; i < task.Judge.Length; i++)
            (task.JudgeTargets[head][i] > 0 ? positive : negative)[places[head][i]] += Weight(i, weights);
        return Statistics.Auc(positive, negative);
    }

    double R2(int head, double[] weights)
    {
        var truth = task.JudgeTargets[head];
        double total = 0, mean = 0, error = 0, variance = 0;
        for (var i = 0; i < truth.Length; i++)
        {
            var w = Weight(i, weights);
            total += w;
            mean += w * truth[i];
        }

        mean /= total;
        for (var i = 0; i < truth.Length; i++)
        {
            var w = Weight(i, weights);
            error += w * (truth[i] - predictions[head][i]) * (truth[i] - predictions[head][i]);
            variance += w * (truth[i] - mean) * (truth[i] - mean);
        }

        return variance > 0 ? 1 - error / variance : 0;
    }
}
