namespace Coterie.Fusion;

/// <summary>A latent segment z behind the views' labels. Segment z has one label m_v(z) in view v; a customer's label in view v either
/// speaks of the segment (probability 1 - ε_v) or is drawn from the view's background u_v and says nothing (ε_v). So a view that merges two
/// segments has the same m_v for both, which Dawid and Skene's (1979) free confusion matrices cannot tell from noise, and a view of pure
/// noise gets ε_v = 1. It is the latent class model with a modal label and a dispersion (Celeux and Govaert 1991). Uncertain labels enter
/// as virtual evidence (Pearl 1988): with q the view's probabilities, the likelihood ratio is e_v(z) = (1 - ε_v) q(m_v(z)) / u_v(m_v(z)) + ε_v.
/// Views count by weights w_v: p(z | customer) ∝ π_z Π_v e_v(z)^w_v.</summary>
static class ConsensusMixture
{
    const int MostIterations = 200;
    const double FirstNoise = 0.2, LeastNoise = 1e-4;
    // Nats per customer: below it the fit has come to rest.
    const double Rest = 1e-7;

    /// <summary>A fit to cells.</summary>
    /// <param name="Shares">K.</param>
    /// <param name="Modes">views x K of canonical labels.</param>
    /// <param name="Noise">One for each view.</param>
    /// <param name="LogLikelihood">In nats, as a ratio to background alone.</param>
    /// <param name="OfCell">C: the same for one customer of each cell.</param>
    /// <param name="Responsibilities">C x K.</param>
    internal sealed record Fit(double[] Shares, int[][] Modes, double[] Noise, double LogLikelihood, double[] OfCell, double[] Responsibilities);

    /// <summary>The maximum-likelihood fit that EM reaches from a partition of the cells into k parts; parts that turn out to have the same
    /// labels in every view become one.</summary>
    public static Fit FromPartition(CellTable table, double[] weights, double[][] background, int[] part, int k)
    {
        var start = new double[table.Cells * k];
        for (var c = 0; c < table.Cells; c++) start[c * k + part[c]] = 1;
        double[] noise = [.. weights.Select(_ => FirstNoise)];
        var evidence = Evidence(table, weights, background, noise);
        return Run(table, weights, background, Modes(table, start, evidence, k), Shares(table, start, k), noise);
    }

    /// <summary>From the k most frequent combinations.</summary>
    public static Fit FromLargest(CellTable table, double[] weights, double[][] background, int k)
    {
        int[] cells = [.. Enumerable.Range(0, table.Cells).Where(c => table.Labels.All(l => l[c] >= 0)).Take(k)];
        double total = cells.Sum(c => table.Counts[c]);
        return Run(table, weights, background, [.. table.Labels.Select(l => cells.Select(c => l[c]).ToArray())],
            [.. cells.Select(c => table.Counts[c] / total)], [.. weights.Select(_ => FirstNoise)]);
    }

    /// <summary>From a fit, with the combination as one segment more that would gain the most if its customers were explained by it alone.</summary>
    public static Fit Grown(CellTable table, double[] weights, double[][] background, Fit from)
    {
        var evidence = Evidence(table, weights, background, from.Noise);
        double total = table.Counts.Sum(), most = 0;
        var chosen = -1;
        for (var c = 0; c < table.Cells; c++)
        {
            if (table.Labels.Any(l => l[c] < 0)) continue;
            var alone = Math.Log(table.Counts[c] / total);
            for (var v = 0; v < table.Views; v++) alone += evidence[v][c * table.Clusters(v) + table.Labels[v][c]];
            var gain = table.Counts[c] * (alone - from.OfCell[c]);
            if (gain > most) (most, chosen) = (gain, c);
        }

        if (chosen < 0) return from;
        var share = table.Counts[chosen] / total;
        return Run(table, weights, background, [.. from.Modes.Select((m, v) => m.Append(table.Labels[v][chosen]).ToArray())],
            [.. from.Shares.Select(s => s * (1 - share)), share], from.Noise);
    }

    static Fit Run(CellTable table, double[] weights, double[][] background, int[][] modes, double[] shares, double[] noise)
    {
        double customers = table.Counts.Sum(), before = double.NegativeInfinity;
        for (var iteration = 0; ; iteration++)
        {
            (modes, shares) = Distinct(modes, shares);
            var k = shares.Length;
            var evidence = Evidence(table, weights, background, noise);
            var responsibilities = new double[table.Cells * k];
            var ofCell = Expect(table, evidence, modes, shares, responsibilities);
            var logLikelihood = Total(table, ofCell);
            // The tied noise makes it a penalised fit, whose likelihood may fall by a little on the way.
            if (iteration == MostIterations || Math.Abs(logLikelihood - before) < Rest * customers)
                return new(shares, modes, noise, logLikelihood, ofCell, responsibilities);
            before = logLikelihood;
            shares = Shares(table, responsibilities, k);
            noise = Noise(table, background, responsibilities, modes, noise, k);
            modes = Modes(table, responsibilities, Evidence(table, weights, background, noise), k);
        }
    }

    /// <summary>Per view C x K_v: w_v log((1 - ε_v) q / u + ε_v); zeros where the view says nothing.</summary>
    public static double[][] Evidence(CellTable table, double[] weights, double[][] background, double[] noise) =>
    [
        .. table.Means.Select((means, v) =>
        {
            var k = table.Clusters(v);
            var evidence = new double[means.Length];
            for (var c = 0; c < table.Cells; c++)
            {
                if (table.Labels[v][c] < 0) continue;
                for (var l = 0; l < k; l++)
                    if (background[v][l] > 0) evidence[c * k + l] = weights[v] * Math.Log((1 - noise[v]) * means[c * k + l] / background[v][l] + noise[v]);
            }

            return evidence;
        }),
    ];

    /// <summary>u_v: mean opinions over the customers that the view speaks of, views x K_v.</summary>
    public static double[][] Background(CellTable table) =>
    [
        .. table.Means.Select((means, v) =>
        {
            var k = table.Clusters(v);
            var sums = new double[k];
            double total = 0;
            for (var c = 0; c < table.Cells; c++)
            {
                if (table.Labels[v][c] < 0) continue;
                total += table.Counts[c];
                for (var l = 0; l < k; l++) sums[l] += table.Counts[c] * means[c * k + l];
            }

            return sums.Select(s => total > 0 ? s / total : 0).ToArray();
        }),
    ];

    static double Total(CellTable table, double[] ofCell)
    {
        double total = 0;
        for (var c = 0; c < ofCell.Length; c++) total += table.Counts[c] * ofCell[c];
        return total;
    }

    // E step: responsibilities C x K, and the log-likelihood ratio of a customer of each cell to background alone.
    static double[] Expect(CellTable table, double[][] evidence, int[][] modes, double[] shares, double[] responsibilities)
    {
        var k = shares.Length;
        double[] prior = [.. shares.Select(s => Math.Log(s))];
        var logs = new double[k];
        var ofCell = new double[table.Cells];
        for (var c = 0; c < table.Cells; c++)
        {
            var most = double.NegativeInfinity;
            for (var z = 0; z < k; z++)
            {
                logs[z] = prior[z];
                for (var v = 0; v < modes.Length; v++) logs[z] += evidence[v][c * table.Clusters(v) + modes[v][z]];
                most = Math.Max(most, logs[z]);
            }

            double sum = 0;
            for (var z = 0; z < k; z++) sum += responsibilities[c * k + z] = Math.Exp(logs[z] - most);
            for (var z = 0; z < k; z++) responsibilities[c * k + z] /= sum;
            ofCell[c] = most + Math.Log(sum);
        }

        return ofCell;
    }

    static double[] Shares(CellTable table, double[] responsibilities, int k)
    {
        var shares = new double[k];
        double total = table.Counts.Sum();
        for (var c = 0; c < table.Cells; c++)
            for (var z = 0; z < k; z++) shares[z] += table.Counts[c] * responsibilities[c * k + z] / total;
        return shares;
    }

    // One inner EM step: the share of opinions that are better explained by background. Where two views contradict each other the labels
    // hardly say which of them errs, and the likelihood is as high with one faultless view as with two good ones. So each share is drawn
    // halfway to the mean of all (a Beta prior around it that counts for as many customers as there are).
    static double[] Noise(CellTable table, double[][] background, double[] responsibilities, int[][] modes, double[] noise, int k)
    {
        var next = new double[noise.Length];
        for (var v = 0; v < noise.Length; v++)
        {
            double silent = 0, total = 0;
            var clusters = table.Clusters(v);
            for (var c = 0; c < table.Cells; c++)
            {
                if (table.Labels[v][c] < 0) continue;
                for (var z = 0; z < k; z++)
                {
                    var r = table.Counts[c] * responsibilities[c * k + z];
                    var m = modes[v][z];
                    var spoken = background[v][m] > 0 ? (1 - noise[v]) * table.Means[v][c * clusters + m] / background[v][m] : 0;
                    silent += r * noise[v] / (spoken + noise[v]);
                    total += r;
                }
            }

            next[v] = total > 0 ? silent / total : noise[v];
        }

        var mean = next.Average();
        return [.. next.Select(e => Math.Clamp((e + mean) / 2, LeastNoise, 1))];
    }

    // For every view and segment the label of most expected evidence; the first of equals.
    static int[][] Modes(CellTable table, double[] responsibilities, double[][] evidence, int k)
    {
        var modes = new int[table.Views][];
        for (var v = 0; v < modes.Length; v++)
        {
            var clusters = table.Clusters(v);
            modes[v] = new int[k];
            for (var z = 0; z < k; z++)
            {
                var sums = new double[clusters];
                for (var c = 0; c < table.Cells; c++)
                {
                    var r = table.Counts[c] * responsibilities[c * k + z];
                    if (r == 0) continue;
                    for (var l = 0; l < clusters; l++) sums[l] += r * evidence[v][c * clusters + l];
                }

                for (var l = 1; l < clusters; l++)
                    if (sums[l] > sums[modes[v][z]]) modes[v][z] = l;
            }
        }

        return modes;
    }

    static (int[][] Modes, double[] Shares) Distinct(int[][] modes, double[] shares)
    {
        var kept = new List<int>();
        var sums = new List<double>();
        for (var z = 0; z < shares.Length; z++)
        {
            if (!(shares[z] > 0)) continue;
            var same = kept.FindIndex(y => Array.TrueForAll(modes, m => m[y] == m[z]));
            if (same >= 0) sums[same] += shares[z];
            else
            {
                kept.Add(z);
                sums.Add(shares[z]);
            }
        }

        return kept.Count == shares.Length ? (modes, shares) : ([.. modes.Select(m => kept.Select(z => m[z]).ToArray())], [.. sums]);
    }

    /// <summary>Nats to write the labels down: the fit's misfit, half a log n for each share and noise, and the choice of each label
    /// (two-part code, Rissanen 1978).</summary>
    public static double DescriptionLength(CellTable table, Fit fit) =>
        -fit.LogLikelihood + 0.5 * (fit.Shares.Length - 1 + table.Views) * Math.Log(table.Counts.Sum())
        + fit.Shares.Length * Enumerable.Range(0, table.Views).Sum(v => Math.Log(table.Clusters(v)));

    /// <summary>The noise, and the likelihood, of segments that another method made: modal labels and shares of the partition.</summary>
    public static Fit OfPartition(CellTable table, double[] weights, double[][] background, int[] part, int k)
    {
        var start = new double[table.Cells * k];
        for (var c = 0; c < table.Cells; c++) start[c * k + part[c]] = 1;
        double[] noise = [.. weights.Select(_ => FirstNoise)], shares = Shares(table, start, k);
        int[][] modes = [];
        for (var step = 0; step < 50; step++)
        {
            modes = Modes(table, start, Evidence(table, weights, background, noise), k);
            noise = Noise(table, background, start, modes, noise, k);
        }

        var responsibilities = new double[start.Length];
        var ofCell = Expect(table, Evidence(table, weights, background, noise), modes, shares, responsibilities);
        return new(shares, modes, noise, Total(table, ofCell), ofCell, start);
    }
}
