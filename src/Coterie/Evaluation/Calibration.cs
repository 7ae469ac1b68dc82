namespace Coterie.Evaluation;

/// <summary>Compares confidence with accuracy in bins of equal mass: with bins of equal width, most customers of a good classifier would share
/// the last one (Nixon et al. 2019).</summary>
public static class Calibration
{
    /// <summary>Two-sided 95 % of the normal distribution.</summary>
    const double Normal = 1.959963984540054;

    /// <summary>Expected calibration error (Naeini, Cooper and Hauskrecht 2015) and the table behind it. Equal confidences share a bin, so bins
    /// are only as equal as ties allow, and the order of customers does not matter.</summary>
    /// <param name="confidence">n, probability of the predicted class.</param>
    /// <param name="right">n, whether it was the true one.</param>
    /// <param name="bins">At most so many.</param>
    public static CalibrationReport Of(ReadOnlySpan<double> confidence, ReadOnlySpan<bool> right, int bins)
    {
        var n = confidence.Length;
        if (n != right.Length) throw new ArgumentException($"{n} confidences and {right.Length} outcomes must be as many.", nameof(right));
        if (bins < 1) throw new ConfigurationException($"calibration: bins is {bins}; expected 1 or more.");
        var keys = confidence.ToArray();
        var hits = right.ToArray();
        Array.Sort(keys, hits);
        var table = new List<ReliabilityBin>();
        double expected = 0, largest = 0;
        for (int start = 0, bin = 1; start < n; bin++)
        {
            var end = Math.Max(start + 1, (int)((long)bin * n / bins));
            if (bin >= bins) end = n;
            while (end < n && keys[end] == keys[end - 1]) end++;
            double sum = 0;
            var hit = 0;
            for (var i = start; i < end; i++)
            {
                sum += keys[i];
                if (hits[i]) hit++;
            }

            var count = end - start;
            var row = new ReliabilityBin(keys[start], keys[end - 1], count, sum / count, Wilson(hit, count));
            var error = Math.Abs(row.Confidence - row.Accuracy.Value);
            expected += error * count / n;
            largest = Math.Max(largest, error);
            table.Add(row);
            start = end;
        }

        return new(expected, largest, table);
    }

    /// <summary>A share with its 95 % score interval (Wilson 1927), which stays within 0 and 1 for few customers.</summary>
    public static Estimate Wilson(int hits, int count)
    {
        double p = (double)hits / count, square = Normal * Normal / count;
        double centre = (p + square / 2) / (1 + square), half = Normal / (1 + square) * Math.Sqrt(p * (1 - p) / count + square / (4 * count));
        return new(p, Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
