using Coterie.Clustering.Metrics;
using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>Chooses the number of fused segments. A number is eligible when its segments are large enough and come back under the bootstrap;
/// of the eligible ones the shortest description of the views' labels is taken. Stability is a threshold and not the prize: two segments
/// are nearly always the most stable, and splitting noise is cheap to repeat where the noise is discrete.</summary>
static class ConsensusSearch
{
    // More than the finest view has: views can split each other's clusters.
    const int UsualMost = 12, BeyondFinest = 4;

    /// <summary>What the search found; Fit is the chosen one.</summary>
    internal sealed record Found(ConsensusFit Fit, IReadOnlyList<ConsensusCandidate> Candidates, bool Stable);

    /// <summary>By the method of the options, with a note where auto leaves the mixture; null when no two segments stand behind the labels.</summary>
    public static Found? Run(CellTable table, double[] weights, ConsensusOptions options, Seed seed, List<string> notes)
    {
        if (options.Method != ConsensusMethod.Auto) return Run(table, weights, options, seed);
        var mixture = Run(table, weights, options with { Method = ConsensusMethod.Mixture }, seed);
        if (mixture is not null && mixture.Fit.Mixture.Noise.Average() is var noise && noise <= options.MaxNoise) return mixture;
        notes.Add((mixture is null ? "The mixture found no two segments behind the views' labels" : $"The mixture takes {mixture.Fit.Mixture.Noise.Average():0 %} of the views' labels for noise")
            + "; views that see different things look like that too, so the segments were made by co-association.");
        return Run(table, weights, options with { Method = ConsensusMethod.CoAssociation }, seed);
    }

    // Validated; the table has at least one cell, views that count only.
    static Found? Run(CellTable table, double[] weights, ConsensusOptions options, Seed seed)
    {
        var finest = Enumerable.Range(0, table.Views).Max(table.Clusters);
        var most = Math.Min(options.Clusters ?? options.MaxClusters ?? Math.Max(UsualMost, finest + BeyondFinest), table.Cells);
        var least = Math.Min(options.Clusters ?? options.MinClusters, most);
        var ward = WardCells.Partitions(table, weights, most);
        var numbers = Enumerable.Range(least, most - least + 1).ToArray();
        var fits = ConsensusFit.Path(table, weights, ward, numbers, options.Method);
        // EM may find fewer segments than it was asked for: then the candidate is the smaller one, and listed once.
        int[] own = [.. Enumerable.Range(0, fits.Length).Where(i => fits[i].Clusters == numbers[i])];
        if (own.Length == 0 && options.Clusters is > 1) own = [fits.Length - 1];
        if (own.Length == 0 || (fits[own[^1]].Clusters < 2 && options.Clusters is not 1)) return null;
        fits = [.. own.Select(i => fits[i])];
        var reference = fits.Select(f => f.Assign(table)).ToArray();
        var refits = new int[options.Bootstraps][][];
        Chunks.Each(options.Bootstraps, options.Threads, b => refits[b] = Refit(table, weights, [.. fits.Select(f => f.Clusters)], options.Method, seed.Stream((ulong)b)));

        var candidates = fits.Select((fit, i) => Judge(table, fit, reference[i], [.. refits.Select(r => r[i])])).ToArray();
        var stable = Enumerable.Range(0, fits.Length).Where(i => Eligible(candidates[i], options)).ToArray();
        var chosen = options.Clusters is not null ? 0
            : stable.Length > 0 ? stable.MinBy(i => candidates[i].DescriptionLength)
            : Enumerable.Range(0, fits.Length).MaxBy(i => candidates[i].BootstrapAri);
        return new(fits[chosen], [.. candidates.Select((c, i) => c with { Verdict = Verdict(c, candidates[chosen], options) })],
            options.Clusters is not null || stable.Length > 0);
    }

    static bool Eligible(ConsensusCandidate c, ConsensusOptions options) => c.MinShare >= options.MinShare && c.MinJaccard >= options.MinJaccard;

    // Segments of all cells by fits to as many customers drawn with replacement, for each number of segments.
    static int[][] Refit(CellTable table, double[] weights, int[] numbers, ConsensusMethod method, Rng rng)
    {
        var n = table.Counts.Sum();
        var cellOf = new int[n];
        var next = 0;
        for (var c = 0; c < table.Cells; c++)
            for (var i = 0; i < table.Counts[c]; i++) cellOf[next++] = c;
        var counts = new int[table.Cells];
        for (var i = 0; i < n; i++) counts[cellOf[rng.NextInt(n)]]++;
        var drawn = table.With(counts);
        var ward = WardCells.Partitions(drawn, weights, numbers.Max());
        return [.. ConsensusFit.Path(drawn, weights, ward, numbers, method).Select(f => f.Assign(table))];
    }

    static ConsensusCandidate Judge(CellTable table, ConsensusFit fit, int[] reference, int[][] refits)
    {
        var k = fit.Clusters;
        var sizes = new long[k];
        for (var c = 0; c < reference.Length; c++) sizes[reference[c]] += table.Counts[c];
        var jaccard = new double[k];
        double ari = 0, churn = 0;
        foreach (var labels in refits)
        {
            var counts = new int[k, labels.Max() + 1];
            for (var c = 0; c < labels.Length; c++) counts[reference[c], labels[c]] += table.Counts[c];
            var each = Agreement.Jaccard(counts);
            for (var z = 0; z < k; z++) jaccard[z] += each[z] / refits.Length;
            ari += Agreement.AdjustedRand(counts) / refits.Length;
            churn += Agreement.Churn(counts) / refits.Length;
        }

        return new()
        {
            Clusters = k,
            MinJaccard = jaccard.Min(),
            MeanJaccard = jaccard.Average(),
            BootstrapAri = ari,
            Churn = churn,
            MinShare = (double)sizes.Min() / table.Counts.Sum(),
            DescriptionLength = ConsensusMixture.DescriptionLength(table, fit.Mixture),
        };
    }

    static string Verdict(ConsensusCandidate c, ConsensusCandidate chosen, ConsensusOptions options)
    {
        if (ReferenceEquals(c, chosen)) return "chosen";
        if (c.MinShare < options.MinShare) return $"its smallest segment holds {c.MinShare:0.00 %} of customers; at least {options.MinShare:0.00 %} is asked for";
        if (c.MinJaccard < options.MinJaccard)
            return $"unstable: its weakest segment keeps a Jaccard of {c.MinJaccard:0.00} under resampling; {options.MinJaccard:0.00} is needed";
        return $"stable, but {chosen.Clusters} segments describe the views' labels in fewer words: {chosen.DescriptionLength:0} against {c.DescriptionLength:0} nats";
    }
}
