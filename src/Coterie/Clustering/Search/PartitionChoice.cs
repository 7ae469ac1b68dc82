using Coterie.Clustering.Metrics;
using Coterie.Numerics;

namespace Coterie.Clustering.Search;

/// <summary>Ranks partitions: the one that other methods find too is taken, with some credit for being stable and for borders that run
/// through valleys. Weights from docs/decisions/0007.</summary>
static class PartitionChoice
{
    const double OfStability = 0.2, OfValidity = 0.1, OfCut = 0.3;

    /// <summary>Sets agreement and score of every partition. Agreement is the mean, over the voices of other kin, of the largest adjusted Rand index with
    /// one of the voice's partitions, whatever its number of clusters. Each setting of a method is a voice. Methods that make the sum of squares
    /// small (k-means, k-means of directions, Ward) are kin and one voice, else they would outvote the methods that follow shapes.</summary>
    public static void Score(List<Partition> all, List<Partition> witnesses, int threads)
    {
        List<Partition> compared = [.. all, .. witnesses];
        var voices = compared.Select(p => Voice(p.Maker)).Distinct().ToArray();
        var places = compared.Select(p => Array.IndexOf(voices, Voice(p.Maker))).ToArray();
        Chunks.Each(all.Count, threads, i =>
        {
            var best = new double[voices.Length];
            Array.Fill(best, double.NegativeInfinity);
            for (var j = 0; j < compared.Count; j++)
            {
                if (Kin(compared[j].Maker) == Kin(all[i].Maker)) continue;
                best[places[j]] = Math.Max(best[places[j]], Agreement.AdjustedRand(all[i].Labels, compared[j].Labels));
            }

            all[i].Agreement = best.Where(b => !double.IsNegativeInfinity(b)).DefaultIfEmpty(0).Average();
        });
        foreach (var p in all)
            p.Score = p.Agreement + OfStability * p.Stability + OfValidity * p.Signs.Validity - OfCut * Math.Sqrt(p.Signs.Cut);
    }

    static string Kin(Maker maker) => maker.Method is "kmeans" or "ward" ? "sum of squares" : maker.Method;

    static Maker Voice(Maker maker) => maker.Method is "kmeans" or "ward" ? new(Kin(maker), "") : maker;
}
