namespace Coterie.Fusion;

/// <summary>One fit of fused segments to cells, by either method, in canonical labels.</summary>
/// <param name="Mixture">Shares, modes and noise; for co-association those that describe its partition.</param>
/// <param name="Centres">views x (K x K_v): mean opinions of each segment.</param>
/// <param name="Background">views x K_v.</param>
sealed record ConsensusFit(ConsensusMethod Method, ConsensusMixture.Fit Mixture, double[][] Centres, double[][] Background, double[] Weights)
{
    public int Clusters => Mixture.Shares.Length;

    /// <summary>Fits each number of segments (ascending). The mixture starts from Ward's partition, from the most frequent combinations, and from
    /// the smaller fit before it with one combination more; it may end with fewer segments than asked for.</summary>
    /// <param name="ward">For each k of 1 .. the partition of the table's cells.</param>
    public static ConsensusFit[] Path(CellTable table, double[] weights, int[][] ward, int[] numbers, ConsensusMethod method)
    {
        var background = ConsensusMixture.Background(table);
        var fits = new ConsensusFit[numbers.Length];
        ConsensusMixture.Fit? before = null;
        for (var i = 0; i < numbers.Length; i++)
        {
            var k = Math.Min(numbers[i], ward.Length);
            var fit = method == ConsensusMethod.CoAssociation
                ? ConsensusMixture.OfPartition(table, weights, background, ward[k - 1], k)
                : Best(
                [
                    ConsensusMixture.FromPartition(table, weights, background, ward[k - 1], k),
                    ConsensusMixture.FromLargest(table, weights, background, k),
                    .. before is null ? [] : new[] { ConsensusMixture.Grown(table, weights, background, before) },
                ]);
            before = fit;
            fits[i] = new(method, fit, CentresOf(table, fit.Responsibilities, fit.Shares.Length), background, weights);
        }

        return fits;
    }

    // The likeliest of those with most segments: another start must not pass for a smaller number.
    static ConsensusMixture.Fit Best(ConsensusMixture.Fit[] fits)
    {
        var most = fits.Max(f => f.Shares.Length);
        return fits.Where(f => f.Shares.Length == most).MaxBy(f => f.LogLikelihood)!;
    }

    static double[][] CentresOf(CellTable table, double[] responsibilities, int k) =>
    [
        .. table.Means.Select((means, v) =>
        {
            var clusters = table.Clusters(v);
            var sums = new double[k * clusters];
            for (var z = 0; z < k; z++)
            {
                double total = 0;
                for (var c = 0; c < table.Cells; c++)
                {
                    if (table.Labels[v][c] < 0) continue;
                    var r = table.Counts[c] * responsibilities[c * k + z];
                    total += r;
                    for (var l = 0; l < clusters; l++) sums[z * clusters + l] += r * means[c * clusters + l];
                }

                for (var l = 0; l < clusters && total > 0; l++) sums[z * clusters + l] /= total;
            }

            return sums;
        }),
    ];

    /// <summary>The segment of each cell of a table with the same labels; the first of equals.</summary>
    public int[] Assign(CellTable table)
    {
        var k = Clusters;
        var labels = new int[table.Cells];
        var evidence = Method == ConsensusMethod.Mixture ? ConsensusMixture.Evidence(table, Weights, Background, Mixture.Noise) : [];
        var scores = new double[k];
        for (var c = 0; c < labels.Length; c++)
        {
            for (var z = 0; z < k; z++)
            {
                scores[z] = Method == ConsensusMethod.Mixture ? Math.Log(Mixture.Shares[z]) : 0;
                for (var v = 0; v < table.Views; v++)
                {
                    var clusters = table.Clusters(v);
                    if (Method == ConsensusMethod.Mixture) scores[z] += evidence[v][c * clusters + Mixture.Modes[v][z]];
                    else
                        for (var l = 0; l < clusters; l++) scores[z] += Weights[v] * table.Means[v][c * clusters + l] * Centres[v][z * clusters + l];
                }

                if (scores[z] > scores[labels[c]]) labels[c] = z;
            }
        }

        return labels;
    }

    /// <summary>The model in the views' own labels, segments by size, without those that nobody is in.</summary>
    public ConsensusModel Model(CellTable table, IReadOnlyList<string> views, double[] weights, int[] fusedView, int[] clusters)
    {
        var labels = Assign(table);
        var sizes = new long[Clusters];
        for (var c = 0; c < labels.Length; c++) sizes[labels[c]] += table.Counts[c];
        int[] order = [.. Enumerable.Range(0, Clusters).Where(z => sizes[z] > 0).OrderByDescending(z => sizes[z])];
        var rank = new int[Clusters];
        for (var z = 0; z < order.Length; z++) rank[order[z]] = z;
        var share = order.Sum(z => Mixture.Shares[z]);

        // A view that was left out keeps its place, with nothing in it.
        T[] Each<T>(Func<int, T> fused, Func<int, T> left) =>
            [.. views.Select((_, v) => Array.IndexOf(fusedView, v) is >= 0 and var at ? fused(at) : left(v))];
        return new()
        {
            Method = Method,
            Views = views,
            Weights = weights,
            Shares = [.. order.Select(z => Mixture.Shares[z] / share)],
            Modes = Each(v => order.Select(z => table.Original[v][Mixture.Modes[v][z]]).ToArray(), _ => [.. order.Select(_ => -1)]),
            Noise = Each(v => Mixture.Noise[v], _ => 1.0),
            Background = Each(v => Own(table, v, l => Background[v][l]), v => new double[clusters[v]]),
            Centres = Each(v => order.SelectMany(z => Own(table, v, l => Centres[v][z * table.Clusters(v) + l])).ToArray(),
                v => new double[order.Length * clusters[v]]),
            Homes = Each(v => Own(table, v, l => Home(table, labels, rank, order.Length, v, l)), v => [.. Enumerable.Repeat(-1, clusters[v])]),
        };
    }

    // K_v values of canonical labels, in the view's own order.
    static T[] Own<T>(CellTable table, int view, Func<int, T> value)
    {
        var own = new T[table.Clusters(view)];
        for (var l = 0; l < own.Length; l++) own[table.Original[view][l]] = value(l);
        return own;
    }

    static int Home(CellTable table, int[] segments, int[] rank, int k, int view, int label)
    {
        var customers = new long[k];
        for (var c = 0; c < segments.Length; c++)
            if (table.Labels[view][c] == label) customers[rank[segments[c]]] += table.Counts[c];
        return customers.Length > 0 && customers.Max() is > 0 and var most ? Array.IndexOf(customers, most) : -1;
    }
}
