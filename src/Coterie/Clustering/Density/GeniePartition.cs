using Coterie.Clustering.Trees;

namespace Coterie.Clustering.Density;

/// <summary>The merging of Genie. Validated.</summary>
static class GeniePartition
{
    /// <summary>Merges the sets of rows that are not noise along the tree's edges until as many are left as asked for.</summary>
    public static void Merge(SpanningTree tree, DisjointSets sets, bool[] noise, int clusters, double threshold)
    {
        var n = noise.Length;
        var sizes = new int[n];
        for (var row = 0; row < n; row++)
            if (!noise[row]) sizes[sets.Find(row)]++;
        var spread = new SizeSpread(sizes);
        // Edges still to be taken, as a linked list in ascending order; n - 1 is its end.
        var next = new int[n];
        var first = Link(tree, noise, next);
        int smallest = 0, before = -1;
        while (spread.Count > clusters && first < n - 1)
        {
            int edge, previous;
            if (spread.Gini() <= threshold)
            {
                (previous, edge) = (-1, first);
            }
            else
            {
                // Edges passed over while the smallest size was the same have no end at a cluster of that size now either.
                if (spread.Smallest != smallest || before < 0) (smallest, before) = (spread.Smallest, -1);
                previous = before;
                edge = previous < 0 ? first : next[previous];
                while (sizes[sets.Find(tree.From[edge])] != smallest && sizes[sets.Find(tree.To[edge])] != smallest)
                    (previous, edge) = (edge, next[edge]);
                before = previous;
            }

            if (previous < 0) first = next[edge];
            else next[previous] = next[edge];
            if (before == edge) before = -1;
            int a = sets.Find(tree.From[edge]), b = sets.Find(tree.To[edge]);
            if (a == b) continue;
            sets.Union(a, b);
            var joined = sizes[a] + sizes[b];
            spread.Join(sizes[a], sizes[b]);
            sizes[sets.Find(a)] = joined;
        }
    }

    /// <summary>Sets of rows with the equal ones joined: what the merging of plain distances begins with.</summary>
    public static DisjointSets Distinct(SpanningTree tree)
    {
        var sets = new DisjointSets(tree.From.Length + 1);
        for (var i = 0; i < tree.Weights.Length && tree.Weights[i] == 0; i++) sets.Union(tree.From[i], tree.To[i]);
        return sets;
    }

    /// <summary>Numbers the sets by their first row, -1 for noise.</summary>
    public static int[] Labels(DisjointSets sets, bool[] noise, out int clusters)
    {
        var numbers = new int[noise.Length];
        var labels = new int[noise.Length];
        Array.Fill(numbers, -1);
        clusters = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            ref var number = ref numbers[sets.Find(row)];
            if (number < 0 && !noise[row]) number = clusters++;
            labels[row] = noise[row] ? -1 : number;
        }

        return labels;
    }

    static int Link(SpanningTree tree, bool[] noise, int[] next)
    {
        var edges = tree.From.Length;
        var first = edges;
        for (var i = edges - 1; i >= 0; i--)
        {
            if (noise[tree.From[i]] || noise[tree.To[i]]) continue;
            next[i] = first;
            first = i;
        }

        return first;
    }

    /// <summary>How many clusters there are of each size: there are at most about sqrt(2n) different sizes.</summary>
    sealed class SizeSpread
    {
        readonly int[] counts;
        readonly SortedSet<int> present = [];
        readonly long rows;

        public int Count { get; private set; }

        public SizeSpread(int[] sizes)
        {
            counts = new int[sizes.Length + 1];
            foreach (var size in sizes)
                if (size > 0) Add(size);
            rows = sizes.Sum(s => (long)s);
        }

        public int Smallest => present.Min;

        public void Join(int a, int b)
        {
            Remove(a);
            Remove(b);
            Add(a + b);
        }

        /// <summary>Sum of |a - b| over all pairs of clusters over (clusters - 1) x rows: 0 for equal sizes, near 1 for one giant.</summary>
        public double Gini()
        {
            if (Count < 2) return 0;
            double sum = 0;
            long clusters = 0, members = 0;
            foreach (var size in present)
            {
                sum += counts[size] * ((double)size * clusters - members);
                clusters += counts[size];
                members += (long)counts[size] * size;
            }

            return sum / ((Count - 1.0) * rows);
        }

        void Add(int size)
        {
            if (counts[size]++ == 0) present.Add(size);
            Count++;
        }

        void Remove(int size)
        {
            if (--counts[size] == 0) present.Remove(size);
            Count--;
        }
    }
}
