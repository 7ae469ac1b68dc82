using Coterie.Numerics;

namespace Coterie.Decisions.Campaigns;

/// <summary>Bagged uplift trees. Splits maximise the gain in squared Euclidean divergence between treated and control, over the normalising value that
/// keeps splits from telling the arms apart (Rzepakowski and Jaroszewicz 2012, equations 10, 15 and 17; the forest as in Guelman, Guillén and
/// Pérez-Marín 2015). Honest: one half of each subsample chooses the splits, the other gives the effects of the leaves (Athey and Imbens 2016).</summary>
internal static class UpliftTrees
{
    const int Trees = 60, Depth = 4, Bins = 32;
    // Customers of each arm that a leaf must have in each half: fewer, and its effect is noise.
    const int LeastInArm = 30;

    sealed record Node(int Feature, byte Bin, int Left, int Right, double Effect);

    sealed record Binned(float[][] Edges, byte[] Cells, int Columns);

    public static Func<Matrix, double[]> Fit(UpliftSample sample, Seed seed)
    {
        var binned = Bin(sample.Rows);
        var forest = new Node[Trees][];
        for (var t = 0; t < Trees; t++) forest[t] = Grow(sample, binned, seed.Stream((ulong)t));
        return rows => Predict(forest, binned.Edges, rows);
    }

    static Node[] Grow(UpliftSample sample, Binned binned, Rng rng)
    {
        var order = Enumerable.Range(0, sample.Count).ToArray();
        rng.Shuffle<int>(order);
        // Two thirds of the customers a tree: half of them for its shape, half for its leaves.
        var third = sample.Count / 3;
        var nodes = new List<Node>();
        Split(sample, binned, rng, order[..third], order[third..(2 * third)], 0, nodes, Effect(sample, order[third..(2 * third)]));
        return [.. nodes];
    }

    static int Split(UpliftSample s, Binned binned, Rng rng, int[] shape, int[] leaf, int depth, List<Node> nodes, double effect)
    {
        var at = nodes.Count;
        nodes.Add(new(-1, 0, 0, 0, effect));
        if (depth == Depth || Best(s, binned, rng, shape) is not { } cut) return at;
        bool Left(int i) => binned.Cells[i * binned.Columns + cut.Feature] <= cut.Bin;
        int[] leftLeaf = [.. leaf.Where(Left)], rightLeaf = [.. leaf.Where(i => !Left(i))];
        if (Few(s, leftLeaf) || Few(s, rightLeaf)) return at;
        var left = Split(s, binned, rng, [.. shape.Where(Left)], leftLeaf, depth + 1, nodes, Effect(s, leftLeaf));
        var right = Split(s, binned, rng, [.. shape.Where(i => !Left(i))], rightLeaf, depth + 1, nodes, Effect(s, rightLeaf));
        nodes[at] = new(cut.Feature, cut.Bin, left, right, effect);
        return at;
    }

    sealed record Cut(int Feature, byte Bin, double Gain);

    // Sums of one side: counts and outcomes of treated and control.
    readonly record struct Sums(double Nt, double Nc, double Yt, double Yc)
    {
        public double N => Nt + Nc;
        public double Effect => Yt / Nt - Yc / Nc;
        public static Sums operator +(Sums a, Sums b) => new(a.Nt + b.Nt, a.Nc + b.Nc, a.Yt + b.Yt, a.Yc + b.Yc);
        public static Sums operator -(Sums a, Sums b) => new(a.Nt - b.Nt, a.Nc - b.Nc, a.Yt - b.Yt, a.Yc - b.Yc);
    }

    static Cut? Best(UpliftSample s, Binned binned, Rng rng, int[] shape)
    {
        var d = binned.Columns;
        var features = Enumerable.Range(0, d).ToArray();
        rng.Shuffle<int>(features);
        var cells = new Sums[Bins];
        Cut? best = null;
        foreach (var j in features.AsSpan(0, Math.Min(d, Math.Max(3, (d + 1) / 2))))
        {
            Array.Clear(cells);
            foreach (var i in shape)
            {
                ref var cell = ref cells[binned.Cells[i * d + j]];
                var y = s.Outcome[i];
                cell += s.Treated[i] ? new Sums(1, 0, y, 0) : new Sums(0, 1, 0, y);
            }

            var all = new Sums();
            foreach (var cell in cells) all += cell;
            if (all.Nt == 0 || all.Nc == 0) return null;
            var left = new Sums();
            for (byte b = 0; b < binned.Edges[j].Length; b++)
            {
                left += cells[b];
                var right = all - left;
                if (Math.Min(Math.Min(left.Nt, left.Nc), Math.Min(right.Nt, right.Nc)) < LeastInArm) continue;
                var gain = Gain(all, left, right);
                if (gain > 0 && (best is null || gain > best.Gain)) best = new(j, b, gain);
            }
        }

        return best;
    }

    // For two classes the squared Euclidean divergence is 2 (p_t - p_c)²; for an amount the squared difference of means takes its place.
    static double Gain(Sums all, Sums left, Sums right)
    {
        double Divergence(Sums x) => 2 * x.Effect * x.Effect;
        var gain = (left.N * Divergence(left) + right.N * Divergence(right)) / all.N - Divergence(all);
        double t = left.Nt / all.Nt, c = left.Nc / all.Nc, treated = all.Nt / all.N;
        double Gini(double p) => 2 * p * (1 - p);
        var norm = Gini(treated) * 2 * (t - c) * (t - c) + Gini(t) * treated + Gini(c) * (1 - treated) + 0.5;
        return gain / norm;
    }

    static bool Few(UpliftSample s, int[] places)
    {
        var treated = places.Count(i => s.Treated[i]);
        return Math.Min(treated, places.Length - treated) < LeastInArm;
    }

    static double Effect(UpliftSample s, int[] places)
    {
        double nt = 0, nc = 0, yt = 0, yc = 0;
        foreach (var i in places)
        {
            if (s.Treated[i]) (nt, yt) = (nt + 1, yt + s.Outcome[i]);
            else (nc, yc) = (nc + 1, yc + s.Outcome[i]);
        }

        return nt > 0 && nc > 0 ? yt / nt - yc / nc : 0;
    }

    // Edges at quantiles; a value falls into the first bin whose edge it does not exceed.
    static Binned Bin(Matrix rows)
    {
        var d = rows.Columns;
        var edges = new float[d][];
        for (var j = 0; j < d; j++)
        {
            var column = new float[rows.Rows];
            for (var i = 0; i < column.Length; i++) column[i] = rows[i, j];
            Array.Sort(column);
            edges[j] = [.. Enumerable.Range(1, Bins - 1).Select(b => column[(int)((long)b * (column.Length - 1) / Bins)]).Distinct().Where(e => e < column[^1])];
        }

        var cells = new byte[rows.Rows * d];
        for (var i = 0; i < rows.Rows; i++)
            for (var j = 0; j < d; j++) cells[i * d + j] = Cell(edges[j], rows[i, j]);
        return new(edges, cells, d);
    }

    static byte Cell(float[] edges, float value)
    {
        var b = 0;
        while (b < edges.Length && value > edges[b]) b++;
        return (byte)b;
    }

    static double[] Predict(Node[][] forest, float[][] edges, Matrix rows)
    {
        var effects = new double[rows.Rows];
        for (var i = 0; i < effects.Length; i++)
        {
            var row = rows.Row(i);
            foreach (var tree in forest)
            {
                var node = tree[0];
                while (node.Feature >= 0) node = tree[row[node.Feature] <= edges[node.Feature][node.Bin] ? node.Left : node.Right];
                effects[i] += node.Effect / forest.Length;
            }
        }

        return effects;
    }
}
