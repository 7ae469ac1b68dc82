using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>Judges class probabilities against the truth. Conventions as in scikit-learn 1.2 with zero_division = 0.</summary>
public static class ClassifierMetrics
{
    // Single precision's epsilon, as scikit-learn clips single-precision probabilities.
    const double LeastProbability = 1.0 / (1 << 23);
    const double Slack = 1e-3;

    /// <summary>Accuracy, precision, recall, F1, confusion, log loss, Brier score and calibration of probabilities (n x K). The prediction is the
    /// likeliest class, the first of equals.</summary>
    /// <param name="probabilities">n x K, rows add up to 1.</param>
    /// <param name="truth">n, 0 .. K-1.</param>
    /// <param name="bins">Bins of the reliability table.</param>
    /// <exception cref="InputException">No customers, labels beyond the classes, or rows that are no probabilities: with the first place.</exception>
    public static ClassifierReport Judge(Matrix probabilities, int[] truth, int bins = 10)
    {
        if (bins < 1) throw new ConfigurationException($"calibration: bins is {bins}; expected 1 or more.");
        Validate(probabilities, truth);
        int n = probabilities.Rows, k = probabilities.Columns;
        var confusion = new int[k][];
        for (var c = 0; c < k; c++) confusion[c] = new int[k];
        var confidence = new double[n];
        var right = new bool[n];
        double loss = 0, brier = 0;
        for (var i = 0; i < n; i++)
        {
            var row = probabilities.Row(i);
            double sum = 0, square = 0;
            var best = 0;
            for (var c = 0; c < k; c++)
            {
                if (row[c] > row[best]) best = c;
                sum += Math.Clamp(row[c], LeastProbability, 1 - LeastProbability);
                var error = row[c] - (c == truth[i] ? 1.0 : 0);
                square += error * error;
            }

            confusion[truth[i]][best]++;
            confidence[i] = row[best];
            right[i] = best == truth[i];
            loss -= Math.Log(Math.Clamp(row[truth[i]], LeastProbability, 1 - LeastProbability) / sum) / n;
            brier += square / n;
        }

        var classes = Scores(confusion);
        var occurring = classes.Where(c => c.Support > 0 || c.Predicted > 0).ToArray();
        double Weighted(Func<ClassifierClass, double> of) => classes.Sum(c => of(c) * c.Support) / n;
        return new()
        {
            Count = n,
            Accuracy = (double)right.Count(r => r) / n,
            MacroPrecision = occurring.Average(c => c.Precision),
            MacroRecall = occurring.Average(c => c.Recall),
            MacroF1 = occurring.Average(c => c.F1),
            WeightedPrecision = Weighted(c => c.Precision),
            WeightedRecall = Weighted(c => c.Recall),
            WeightedF1 = Weighted(c => c.F1),
            PerClass = classes,
            Confusion = confusion,
            LogLoss = loss,
            Brier = brier,
            Calibration = Calibration.Of(confidence, right, bins),
        };
    }

    static void Validate(Matrix probabilities, int[] truth)
    {
        if (probabilities.Rows != truth.Length)
            throw new InputException($"there are {probabilities.Rows} rows of probabilities and {truth.Length} true labels; expected as many.");
        if (truth.Length == 0) throw new InputException("there is nobody to judge the classifier on; hold some customers out.");
        for (var i = 0; i < truth.Length; i++)
        {
            if (truth[i] < 0 || truth[i] >= probabilities.Columns)
                throw new InputException($"the true label of row {i} is {truth[i]}; the classifier knows the classes 0 to {probabilities.Columns - 1}.");
            double sum = 0;
            foreach (var p in probabilities.Row(i))
            {
                if (!(p is >= 0 and <= 1.001f)) throw new InputException($"row {i} has a probability of {p}; expected 0 to 1.");
                sum += p;
            }

            if (Math.Abs(sum - 1) > Slack) throw new InputException($"the probabilities of row {i} add up to {sum:0.####}; expected 1. Apply the softmax first.");
        }
    }

    // Validated. Confusion: true class by predicted class.
    static ClassifierClass[] Scores(int[][] confusion) =>
    [
        .. confusion.Select((row, c) =>
        {
            int support = row.Sum(), predicted = confusion.Sum(r => r[c]);
            double hit = row[c], precision = predicted > 0 ? hit / predicted : 0, recall = support > 0 ? hit / support : 0;
            return new ClassifierClass(c, support, predicted, precision, recall, hit > 0 ? 2 * precision * recall / (precision + recall) : 0);
        }),
    ];
}
