using Coterie.Numerics;

namespace Coterie.Clustering;

public sealed record KMeansModel : ClusterModel
{
    public override int Clusters => 0;
    public override int Dimensions => 0;
    public override Assignment Assign(Matrix rows, int threads) => throw new NotImplementedException();
}

public sealed record GaussianMixtureModel : ClusterModel
{
    public override int Clusters => 0;
    public override int Dimensions => 0;
    public override Assignment Assign(Matrix rows, int threads) => throw new NotImplementedException();
}
