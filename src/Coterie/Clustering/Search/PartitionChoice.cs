using Coterie.Clustering.Metrics;
using Coterie.Numerics;

namespace Coterie.Clustering.Search;

/// <summary>Ranks partitions: the one that other methods find too is taken, with some credit for being stable and for borders that run
/// through valleys. Weights from docs/decisions/0007.</summary>
static class PartitionChoice
{
    const double OfStability = 0.2, OfValidity = 0.1, OfCut = 0.3;

    /// <summary>Sets agreement and score of every partition. Agreement is the mean, over the settings of the other methods, of the largest
    /// adjusted Rand index with one of the setting's partitions, whatever its number of clusters.</summary>
    public static void Score(List<Partition> all, List<Partition> witnesses, int threads)
    {
        List<Partition> compared = [.. all, .. witnesses];
        var makers = compared.Select(p => p.Maker).Distinct().ToArray();
        var places = compared.Select(p => Array.IndexOf(makers, p.Maker)).ToArray();
        Chunks.Each(all.Count, threads, i =>
        {
            var best = new double[makers.Length];
            Array.Fill(best, double.NegativeInfinity);
            for (var j = 0; j < compared.Count; j++)
            {
                if (compared[j].Maker.Method == all[i].Maker.Method) continue;
                best[places[j]] = Math.Max(best[places[j]], Agreement.AdjustedRand(all[i].Labels, compared[j].Labels));
            }

            all[i].Agreement = best.Where(b => !double.IsNegativeInfinity(b)).DefaultIfEmpty(0).Average();
        });
        foreach (var p in all)
            p.Score = p.Agreement + OfStability * p.Stability + OfValidity * p.Signs.Validity - OfCut * Math.Sqrt(p.Signs.Cut);
    }
}
