namespace Coterie.Fusion;

/// <summary>Customers by their combination of labels. Fusion works on these cells, a few dozen to a few hundred, never on pairs of
/// customers. Sums of probabilities are kept as whole numbers, so they do not depend on the order of customers; cells and labels stand in
/// an order of their own, so nothing depends on the numbers that the views gave their clusters.</summary>
/// <param name="OfCustomer">n: cell of each customer; -1 where no view says anything.</param>
/// <param name="Counts">Customers in each of the C cells, largest first.</param>
/// <param name="Labels">views x C: canonical label, or -1.</param>
/// <param name="Means">views x (C x K_v): mean probability of each canonical label in the cell; zeros where the view says nothing.</param>
/// <param name="Original">views x K_v: the view's own number of a canonical label.</param>
sealed record CellTable(int[] OfCustomer, int[] Counts, int[][] Labels, double[][] Means, int[][] Original)
{
    // 2^-20 is exact in single precision on [0, 1], and 2^43 of them fit a long.
    const double Unit = 1 << 20;

    public int Cells => Counts.Length;
    public int Views => Labels.Length;
    public int Clusters(int view) => Original[view].Length;

    // Validated: as many customers in each view.
    public static CellTable Of(IReadOnlyList<FusionView> views)
    {
        var n = views[0].Count;
        var raw = Dense(views, n);
        var counts = new int[raw.Length == 0 ? 0 : raw.Max() + 1];
        var example = new int[counts.Length];
        for (var i = 0; i < n; i++)
        {
            if (raw[i] < 0) continue;
            counts[raw[i]]++;
            example[raw[i]] = i;
        }

        var ranks = views.Select(v => Ranks(v, counts, example)).ToArray();
        var order = Enumerable.Range(0, counts.Length).ToArray();
        int Label(int view, int cell) => views[view].Labels[example[cell]] is >= 0 and var label ? ranks[view][label] : -1;
        Array.Sort(order, (a, b) =>
        {
            var difference = counts[b].CompareTo(counts[a]);
            for (var v = 0; difference == 0 && v < views.Count; v++) difference = Label(v, a).CompareTo(Label(v, b));
            return difference;
        });
        var place = new int[order.Length];
        for (var c = 0; c < order.Length; c++) place[order[c]] = c;
        int[] of = [.. raw.Select(c => c < 0 ? -1 : place[c])];
        return new(of, [.. order.Select(c => counts[c])],
            [.. views.Select((_, v) => order.Select(c => Label(v, c)).ToArray())],
            [.. views.Select((view, v) => Average(view, of, [.. order.Select(c => counts[c])], ranks[v]))],
            [.. ranks.Select(Inverse)]);
    }

    // A number for each combination of labels, view by view, so that many views cannot overflow a key; -1 for no label at all.
    static int[] Dense(IReadOnlyList<FusionView> views, int n)
    {
        var cells = new int[n];
        foreach (var view in views)
        {
            var numbers = new Dictionary<long, int>();
            for (var i = 0; i < n; i++)
            {
                var key = cells[i] * (view.Clusters + 1L) + view.Labels[i] + 1;
                if (!numbers.TryGetValue(key, out var number)) numbers.Add(key, number = numbers.Count);
                cells[i] = number;
            }
        }

        var silent = new HashSet<int>();
        for (var i = 0; i < n; i++)
            if (views.All(v => v.Labels[i] < 0)) silent.Add(cells[i]);
        if (silent.Count == 0) return cells;
        var gap = silent.Single();
        return [.. cells.Select(c => c == gap ? -1 : c > gap ? c - 1 : c)];
    }

    // Labels by customers and then by the sizes of their cells, largest first.
    static int[] Ranks(FusionView view, int[] counts, int[] example)
    {
        var sizes = new long[view.Clusters];
        var parts = new List<int>[view.Clusters];
        for (var k = 0; k < parts.Length; k++) parts[k] = [];
        for (var c = 0; c < counts.Length; c++)
        {
            var label = view.Labels[example[c]];
            if (label < 0) continue;
            sizes[label] += counts[c];
            parts[label].Add(counts[c]);
        }

        foreach (var part in parts) part.Sort((a, b) => b.CompareTo(a));
        var order = Enumerable.Range(0, view.Clusters).ToArray();
        Array.Sort(order, (a, b) =>
        {
            var difference = sizes[b].CompareTo(sizes[a]);
            for (var p = 0; difference == 0 && p < Math.Min(parts[a].Count, parts[b].Count); p++) difference = parts[b][p].CompareTo(parts[a][p]);
            return difference != 0 ? difference : a.CompareTo(b);
        });
        return Inverse(order);
    }

    static int[] Inverse(int[] order)
    {
        var ranks = new int[order.Length];
        for (var r = 0; r < order.Length; r++) ranks[order[r]] = r;
        return ranks;
    }

    // C x K_v.
    static double[] Average(FusionView view, int[] cells, int[] counts, int[] ranks)
    {
        var k = view.Clusters;
        var sums = new long[counts.Length * k];
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i] < 0) continue;
            var row = view.Opinions.Row(i);
            for (var l = 0; l < k; l++) sums[cells[i] * k + ranks[l]] += (long)Math.Round(row[l] * Unit);
        }

        var means = new double[sums.Length];
        for (var c = 0; c < counts.Length; c++)
        {
            long total = 0;
            for (var l = 0; l < k; l++) total += sums[c * k + l];
            for (var l = 0; l < k && total > 0; l++) means[c * k + l] = (double)sums[c * k + l] / total;
        }

        return means;
    }

    /// <summary>The same cells with other numbers of customers, those without any left out.</summary>
    public CellTable With(int[] counts)
    {
        int[] kept = [.. Enumerable.Range(0, Cells).Where(c => counts[c] > 0)];
        return new([], [.. kept.Select(c => counts[c])], [.. Labels.Select(l => kept.Select(c => l[c]).ToArray())],
            [.. Means.Select((m, v) => kept.SelectMany(c => m[(c * Clusters(v))..((c + 1) * Clusters(v))]).ToArray())], Original);
    }
}
