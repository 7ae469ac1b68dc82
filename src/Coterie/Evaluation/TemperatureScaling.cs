using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>Divides a classifier's logits by one number, so that confidences fit the accuracy; no prediction changes (Guo et al. 2017).</summary>
/// <param name="Temperature">Above 1 makes confidences smaller.</param>
/// <param name="LogLossBefore">On the customers it was fitted on, at temperature 1, in nats.</param>
/// <param name="LogLossAfter">On the same, at the temperature.</param>
/// <param name="AtBound">Whether the fit ran into the bounds: the customers are all classified right, or no better than chance.</param>
public sealed record TemperatureScaling(double Temperature, double LogLossBefore, double LogLossAfter, bool AtBound)
{
    /// <summary>Temperatures outside make confidences 1 or uniform in all practical cases.</summary>
    const double Least = 0.02, Most = 50;
    const int Halvings = 60;

    /// <summary>The temperature of least log loss on validation customers. The loss is convex in 1 / T, so that its slope is bisected.</summary>
    /// <param name="logits">n x K: logits, or logarithms of probabilities.</param>
    /// <param name="truth">n, 0 .. K-1.</param>
    /// <param name="threads">Threads that sum; the result does not depend on it.</param>
    /// <exception cref="InputException">No customers, labels beyond the classes, or logits that are not finite.</exception>
    public static TemperatureScaling Fit(Matrix logits, int[] truth, int threads = 1)
    {
        if (logits.Rows != truth.Length) throw new InputException($"there are {logits.Rows} rows of logits and {truth.Length} true labels; expected as many.");
        if (truth.Length == 0) throw new InputException("there is nobody to fit a temperature on; hold some customers out for validation.");
        Check.Finite(logits);
        var beyond = Array.FindIndex(truth, t => t < 0 || t >= logits.Columns);
        if (beyond >= 0) throw new InputException($"the true label of row {beyond} is {truth[beyond]}; the classifier knows the classes 0 to {logits.Columns - 1}.");

        double low = 1 / Most, high = 1 / Least;
        bool rises = Slope(logits, truth, low, threads).Slope >= 0, falls = Slope(logits, truth, high, threads).Slope <= 0;
        for (var step = 0; step < Halvings && !rises && !falls; step++)
        {
            var middle = Math.Sqrt(low * high);
            if (Slope(logits, truth, middle, threads).Slope > 0) high = middle;
            else low = middle;
        }

        var inverse = rises ? low : falls ? high : Math.Sqrt(low * high);
        return new(1 / inverse, Slope(logits, truth, 1, threads).Loss, Slope(logits, truth, inverse, threads).Loss, rises || falls);
    }

    /// <summary>Probabilities (n x K) of logits (n x K) at this temperature.</summary>
    public Matrix Apply(Matrix logits, int threads = 1)
    {
        var probabilities = new Matrix(logits.Rows, logits.Columns);
        Chunks.For(logits.Rows, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i++) Softmax(logits.Row(i), 1 / Temperature, probabilities.Row(i));
        });
        return probabilities;
    }

    /// <summary>Of probabilities instead of logits; a probability of 0 stays 0.</summary>
    public Matrix ApplyToProbabilities(Matrix probabilities, int threads = 1)
    {
        var logs = new Matrix(probabilities.Rows, probabilities.Columns);
        for (var i = 0; i < logs.Values.Length; i++) logs.Values[i] = (float)Math.Log(probabilities.Values[i]);
        return Apply(logs, threads);
    }

    static void Softmax(ReadOnlySpan<float> logits, double inverse, Span<float> probabilities)
    {
        double most = double.NegativeInfinity, sum = 0;
        foreach (var z in logits) most = Math.Max(most, z);
        foreach (var z in logits) sum += Math.Exp(inverse * (z - most));
        for (var c = 0; c < logits.Length; c++) probabilities[c] = (float)(Math.Exp(inverse * (logits[c] - most)) / sum);
    }

    readonly record struct Point(double Loss, double Slope);

    // Mean of log sum exp(b z) - b z_y, and its derivative E_p[z] - z_y, at b = 1 / T.
    static Point Slope(Matrix logits, int[] truth, double inverse, int threads)
    {
        var parts = new Point[Chunks.Count(logits.Rows)];
        Chunks.For(logits.Rows, threads, (chunk, start, end) =>
        {
            double loss = 0, slope = 0;
            for (var i = start; i < end; i++)
            {
                var row = logits.Row(i);
                double most = double.NegativeInfinity, sum = 0, mean = 0;
                foreach (var z in row) most = Math.Max(most, z);
                foreach (var z in row)
                {
                    var e = Math.Exp(inverse * (z - most));
                    sum += e;
                    mean += e * z;
                }

                loss += Math.Log(sum) - inverse * (row[truth[i]] - most);
                slope += mean / sum - row[truth[i]];
            }

            parts[chunk] = new(loss, slope);
        });
        double total = 0, slopes = 0;
        foreach (var part in parts)
        {
            total += part.Loss;
            slopes += part.Slope;
        }

        return new(total / logits.Rows, slopes / logits.Rows);
    }
}
