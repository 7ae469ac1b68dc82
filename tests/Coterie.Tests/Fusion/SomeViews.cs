using Coterie.Fusion;
using Coterie.Numerics;

namespace Coterie.Tests.Fusion;

/// <summary>Customers with a true segment, and views that each see a part of the structure.</summary>
static class SomeViews
{
    // Eight segments; each view merges three pairs, and no two segments look the same in both.
    public static readonly int[] FirstSees = [0, 0, 1, 1, 2, 2, 3, 4], SecondSees = [0, 1, 1, 2, 3, 4, 4, 0];

    internal sealed record Planted(int[] Truth, int[] First, int[] Second);

    /// <summary>Labels of both views; a share of each is drawn at random.</summary>
    public static Planted Halves(int n, double noise, ulong seed, int segments = 8)
    {
        var rng = new Rng(seed, 1);
        int[] truth = new int[n], first = new int[n], second = new int[n];
        for (var i = 0; i < n; i++)
        {
            truth[i] = rng.NextInt(segments);
            first[i] = rng.NextDouble() < noise ? rng.NextInt(5) : FirstSees[truth[i]];
            second[i] = rng.NextDouble() < noise ? rng.NextInt(5) : SecondSees[truth[i]];
        }

        return new(truth, first, second);
    }

    /// <summary>Labels that know nothing.</summary>
    public static int[] Noise(int n, int clusters, ulong seed)
    {
        var rng = new Rng(seed, 2);
        return [.. Enumerable.Range(0, n).Select(_ => rng.NextInt(clusters))];
    }

    public static FusionView View(string name, int[] labels) => FusionView.OfLabels(name, labels);

    /// <summary>Few resamples: laws need the same answer, not a fine p-value.</summary>
    public static readonly ConsensusOptions Quick = new() { Bootstraps = 6, Agreement = new() { Resamples = 20, Permutations = 99, Level = 0.01 }, Threads = 1 };

    public static int[] Order(int n, ulong seed)
    {
        var order = Enumerable.Range(0, n).ToArray();
        new Rng(seed, 3).Shuffle(order.AsSpan());
        return order;
    }

    public static FusionView Taken(FusionView view, int[] order) =>
        view with { Labels = [.. order.Select(i => view.Labels[i])], Opinions = view.Opinions.Take(order) };

    /// <summary>The same view with other numbers for its clusters.</summary>
    public static FusionView Renamed(FusionView view, ulong seed)
    {
        var to = Order(view.Clusters, seed);
        var opinions = new Matrix(view.Count, view.Clusters);
        for (var i = 0; i < view.Count; i++)
            for (var k = 0; k < to.Length; k++) opinions[i, to[k]] = view.Opinions[i, k];
        return view with { Labels = [.. view.Labels.Select(l => l < 0 ? l : to[l])], Opinions = opinions };
    }

    /// <summary>Opinions that are unsure to different degrees, around given labels.</summary>
    public static FusionView Unsure(string name, int[] labels, int clusters, ulong seed)
    {
        var rng = new Rng(seed, 4);
        var opinions = new Matrix(labels.Length, clusters);
        for (var i = 0; i < labels.Length; i++)
        {
            var row = opinions.Row(i);
            double sum = 0;
            for (var k = 0; k < clusters; k++) sum += row[k] = (float)(0.02 + 0.1 * rng.NextDouble() + (k == labels[i] ? 1 + rng.NextDouble() : 0));
            for (var k = 0; k < clusters; k++) row[k] = (float)(row[k] / sum);
        }

        return FusionView.OfProbabilities(name, opinions);
    }
}
