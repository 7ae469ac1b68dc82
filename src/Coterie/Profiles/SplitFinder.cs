namespace Coterie.Profiles;

/// <summary>A split and the decrease of Gini impurity that it brings, in customers.</summary>
sealed record FoundSplit(RuleSplit Split, double Gain);

/// <summary>Finds the best cut of a node over presorted features.</summary>
sealed class SplitFinder(double[][] columns, int[] labels, int clusters, int minLeaf, int threads)
{
    readonly bool[] goesLeft = new bool[labels.Length];
    readonly ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Max(1, threads) };

    public GrowingNode Root()
    {
        var members = Enumerable.Range(0, labels.Length).ToArray();
        var sorted = new int[columns.Length][];
        Parallel.For(0, columns.Length, parallel, f =>
        {
            var rows = Array.FindAll(members, i => !double.IsNaN(columns[f][i]));
            var keys = Array.ConvertAll(rows, i => columns[f][i]);
            Array.Sort(keys, rows);
            sorted[f] = rows;
        });
        return Node(0, members, sorted);
    }

    /// <summary>The cut of largest gain, or null where none separates anything; with <paramref name="against"/>, of one segment
    /// against the rest.</summary>
    public FoundSplit? Best(GrowingNode node, int against = -1)
    {
        if (node.Errors == 0) return null;
        var found = new FoundSplit?[columns.Length];
        Parallel.For(0, columns.Length, parallel, f => found[f] = BestOf(node, f, against));
        FoundSplit? best = null;
        foreach (var candidate in found)
            if (candidate is not null && (best is null || candidate.Gain > best.Gain)) best = candidate;
        return best;
    }

    /// <summary>Carries out the split that was found.</summary>
    public void Cut(GrowingNode node)
    {
        var split = node.Found!.Split;
        foreach (var i in node.Members) goesLeft[i] = split.GoesLeft(columns[split.Feature][i]);
        node.Split = split;
        int[] Side(int[] rows, bool left) => Array.FindAll(rows, i => goesLeft[i] == left);
        node.Left = Node(node.Depth + 1, Side(node.Members, true), Array.ConvertAll(node.Sorted, s => Side(s, true)));
        node.Right = Node(node.Depth + 1, Side(node.Members, false), Array.ConvertAll(node.Sorted, s => Side(s, false)));
        node.Sorted = [];
    }

    GrowingNode Node(int depth, int[] members, int[][] sorted)
    {
        var counts = new int[clusters];
        foreach (var i in members) counts[labels[i]]++;
        var label = 0;
        for (var k = 1; k < clusters; k++)
            if (counts[k] > counts[label]) label = k;
        return new GrowingNode { Depth = depth, Members = members, Sorted = sorted, Counts = counts, Label = label };
    }

    int Class(int row, int against) => against < 0 ? labels[row] : labels[row] == against ? 1 : 0;

    FoundSplit? BestOf(GrowingNode node, int f, int against)
    {
        var classes = against < 0 ? clusters : 2;
        var sorted = node.Sorted[f];
        int[] all = new int[classes], missing = new int[classes];
        foreach (var i in node.Members) all[Class(i, against)]++;
        all.CopyTo(missing, 0);
        foreach (var i in sorted) missing[Class(i, against)]--;
        var absent = node.Members.Length - sorted.Length;
        var best = absent == 0 ? Scan(sorted, f, against, all, new int[classes], null) : Better(
            Scan(sorted, f, against, all, missing, missingLeft: true),
            Scan(sorted, f, against, all, new int[classes], missingLeft: false));
        if (absent < minLeaf || sorted.Length < minLeaf) return best;
        double whole = Squares(all) / (double)node.Members.Length;
        var present = all.Zip(missing, (a, m) => a - m).ToArray();
        var gain = Squares(present) / (double)sorted.Length + Squares(missing) / (double)absent - whole;
        return Better(best, gain > Least ? new FoundSplit(new RuleSplit(f, 0, OnMissing: true, MissingLeft: false), gain) : null);
    }

    // Less than this is rounding of the ratios of whole numbers, not a gain.
    const double Least = 1e-9;

    // n - sum of squared class counts / n is a side's impurity in customers; moving one customer of class k changes its sum of
    // squares by 2 c + 1. Without missing values in the node, a customer who will lack the value goes with the larger side.
    FoundSplit? Scan(int[] sorted, int f, int against, int[] all, int[] startLeft, bool? missingLeft)
    {
        var column = columns[f];
        var left = (int[])startLeft.Clone();
        var right = all.Zip(startLeft, (a, l) => a - l).ToArray();
        long squaresLeft = Squares(left), squaresRight = Squares(right);
        int inLeft = left.Sum(), inRight = right.Sum();
        var whole = Squares(all) / (double)(inLeft + inRight);
        var bestGain = Least;
        int bestAt = -1, bestLeft = 0;
        for (var p = 0; p < sorted.Length - 1; p++)
        {
            var k = Class(sorted[p], against);
            squaresLeft += 2L * left[k]++ + 1;
            squaresRight -= 2L * right[k]-- - 1;
            inLeft++;
            inRight--;
            if (inLeft < minLeaf) continue;
            if (inRight < minLeaf) break;
            if (column[sorted[p]] == column[sorted[p + 1]]) continue;
            var gain = squaresLeft / (double)inLeft + squaresRight / (double)inRight - whole;
            if (gain > bestGain) (bestGain, bestAt, bestLeft) = (gain, p, inLeft);
        }

        if (bestAt < 0) return null;
        var threshold = HumanNumbers.Between(column[sorted[bestAt]], column[sorted[bestAt + 1]]);
        return new FoundSplit(new RuleSplit(f, threshold, false, missingLeft ?? 2 * bestLeft >= inLeft + inRight), bestGain);
    }

    static FoundSplit? Better(FoundSplit? a, FoundSplit? b) => a is null || (b is not null && b.Gain > a.Gain) ? b : a;

    static long Squares(int[] counts)
    {
        long sum = 0;
        foreach (var c in counts) sum += (long)c * c;
        return sum;
    }
}
