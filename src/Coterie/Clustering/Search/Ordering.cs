namespace Coterie.Clustering.Search;

/// <summary>Numbers clusters by size, the largest first, so that numbers do not depend on the order in which seeds were drawn.</summary>
static class Ordering
{
    public static ClusterModel BySize(ClusterModel model, int[] labels)
    {
        var sizes = new int[model.Clusters];
        foreach (var label in labels) sizes[label]++;
        var order = Enumerable.Range(0, sizes.Length).OrderByDescending(c => sizes[c]).ToArray();
        return model switch
        {
            KMeansModel k => k with { Centres = [.. order.Select(c => k.Centres[c])] },
            GaussianMixtureModel g => g with
            {
                Weights = [.. order.Select(c => g.Weights[c])],
                Means = [.. order.Select(c => g.Means[c])],
                Covariances = [.. order.Select(c => g.Covariances[c])],
            },
            // A new record and not a copy, which would go on with the trees that a first assignment made of the old labels.
            GenieModel g => new GenieModel
            {
                Rows = g.Rows,
                Columns = g.Columns,
                Distance = g.Distance,
                Count = g.Count,
                Labels = Array.ConvertAll(g.Labels, l => l < 0 ? l : Array.IndexOf(order, l)),
            },
            _ => model,
        };
    }
}
