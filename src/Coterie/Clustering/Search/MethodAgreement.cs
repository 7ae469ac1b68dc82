using Coterie.Clustering.Metrics;
using Coterie.Numerics;

namespace Coterie.Clustering.Search;

/// <summary>Agreement between methods: what one method finds by its own idea of a group and others find by theirs is there. Over reference sets the
/// mean agreement of methods goes with their true agreement by a correlation of .88 (docs/decisions/0007).</summary>
static class MethodAgreement
{
    /// <summary>Gives each contender its mean adjusted Rand index with those of other methods or distances on its view and at its number.</summary>
    public static void Between(IReadOnlyList<Contender> contenders, int threads)
    {
        var agreements = new double[contenders.Count];
        Chunks.Each(contenders.Count, threads, i =>
        {
            var own = contenders[i];
            agreements[i] = contenders
                .Where(o => o.View == own.View && o.Clusters == own.Clusters && (o.Method, o.Distance) != (own.Method, own.Distance))
                .Select(o => Agreement.AdjustedRand(own.Labels, o.Labels)).DefaultIfEmpty(double.NaN).Average();
        });
        for (var i = 0; i < agreements.Length; i++) contenders[i].Agree(agreements[i]);
    }
}
