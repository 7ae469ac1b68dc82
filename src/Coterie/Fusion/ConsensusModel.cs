using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>Fused segments in terms of the views' labels; places any customer that the same views have an opinion of.</summary>
public sealed record ConsensusModel
{
    public required ConsensusMethod Method { get; init; }
    /// <summary>Names of the views, in the order in which they must be given.</summary>
    public required IReadOnlyList<string> Views { get; init; }
    /// <summary>One for each view, the strongest at 1; 0 is not asked.</summary>
    public required double[] Weights { get; init; }
    /// <summary>K: share of customers in each segment.</summary>
    public required double[] Shares { get; init; }
    /// <summary>views x K: the view's label that stands for the segment.</summary>
    public required int[][] Modes { get; init; }
    /// <summary>views: share of customers about whom the view's label says nothing.</summary>
    public required double[] Noise { get; init; }
    /// <summary>views x K_v: share of customers with each label.</summary>
    public required double[][] Background { get; init; }
    /// <summary>views x (K x K_v): mean opinions of each segment's customers, row by row.</summary>
    public required double[][] Centres { get; init; }
    /// <summary>views x K_v: the segment that holds most customers of a label that stands for none; -1 for labels without customers.</summary>
    public required int[][] Homes { get; init; }

    public int Clusters => Shares.Length;

    /// <summary>Everybody's segment. Customers without an opinion of any view get -1.</summary>
    /// <exception cref="InputException">The views are not those that the segments were made from.</exception>
    public FusedCustomers Place(IReadOnlyList<FusionView> views, int threads)
    {
        if (!views.Select(v => v.Name).SequenceEqual(Views))
            throw new InputException($"the segments were made from the views {string.Join(", ", Views)}; got {string.Join(", ", views.Select(v => v.Name))}.");
        for (var v = 0; v < views.Count; v++)
            if (views[v].Clusters != Background[v].Length)
                throw new InputException($"{Views[v]} has {views[v].Clusters} clusters; the segments were made from {Background[v].Length} of them.");
        FusionView.Validate(views);
        int n = views[0].Count, k = Clusters;
        var placed = new FusedCustomers
        {
            Segments = new int[n],
            Probability = new float[n],
            Second = new int[n],
            Opinions = [.. views.Select(_ => new int[n])],
            Disputed = new bool[n],
            Probabilities = new Matrix(n, k),
        };
        Chunks.For(n, threads, (_, start, end) =>
        {
            var p = new double[k];
            for (var i = start; i < end; i++) PlaceOne(views, i, p, placed);
        });
        return placed;
    }

    void PlaceOne(IReadOnlyList<FusionView> views, int i, double[] p, FusedCustomers placed)
    {
        int best = -1, second = -1;
        if (Posterior(views, i, p))
        {
            for (var z = 0; z < p.Length; z++)
            {
                placed.Probabilities[i, z] = (float)p[z];
                if (best < 0 || p[z] > p[best]) (best, second) = (z, best);
                else if (second < 0 || p[z] > p[second]) second = z;
            }
        }

        placed.Segments[i] = best;
        placed.Second[i] = second;
        placed.Probability[i] = best < 0 ? 0 : (float)p[best];
        var spoken = -1;
        for (var v = 0; v < views.Count; v++)
        {
            var opinion = placed.Opinions[v][i] = best < 0 ? -1 : Opinion(v, views[v].Labels[i], p);
            if (opinion < 0 || Weights[v] == 0) continue;
            if (spoken >= 0 && opinion != spoken) placed.Disputed[i] = true;
            spoken = opinion;
        }
    }

    // p: K, sums to 1. False when no view that counts has an opinion.
    bool Posterior(IReadOnlyList<FusionView> views, int i, double[] p)
    {
        var heard = false;
        for (var z = 0; z < p.Length; z++) p[z] = Method == ConsensusMethod.Mixture ? Math.Log(Shares[z]) : 0;
        for (var v = 0; v < views.Count; v++)
        {
            if (Weights[v] == 0 || views[v].Labels[i] < 0) continue;
            heard = true;
            var q = views[v].Opinions.Row(i);
            for (var z = 0; z < p.Length; z++) p[z] += Method == ConsensusMethod.Mixture ? LogEvidence(v, q, z) : Together(v, q, z);
        }

        if (!heard) return false;
        if (Method == ConsensusMethod.Mixture)
        {
            var most = p.Max();
            for (var z = 0; z < p.Length; z++) p[z] = Math.Exp(p[z] - most);
        }

        var sum = p.Sum();
        for (var z = 0; z < p.Length; z++) p[z] = sum > 0 ? p[z] / sum : Shares[z];
        return true;
    }

    double LogEvidence(int view, ReadOnlySpan<float> q, int z)
    {
        var m = Modes[view][z];
        return Background[view][m] > 0 ? Weights[view] * Math.Log((1 - Noise[view]) * q[m] / Background[view][m] + Noise[view]) : 0;
    }

    // Mean weighted co-association with the segment's customers.
    double Together(int view, ReadOnlySpan<float> q, int z)
    {
        double sum = 0;
        for (var l = 0; l < q.Length; l++) sum += q[l] * Centres[view][z * q.Length + l];
        return Weights[view] * sum;
    }

    // The likeliest of the segments that the label stands for.
    int Opinion(int view, int label, double[] p)
    {
        if (label < 0) return -1;
        var best = -1;
        for (var z = 0; z < p.Length; z++)
            if (Modes[view][z] == label && (best < 0 || p[z] > p[best])) best = z;
        return best >= 0 ? best : Homes[view][label];
    }
}
