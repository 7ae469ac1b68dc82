namespace Coterie.Fusion;

/// <summary>Whether features were joined to a view, in a sentence of each language.</summary>
static class JointWords
{
    internal static string English(JointMixtureModel model) => Best(model) is not { } best
        ? "The features were not joined to the view: it has one group, or there are too few customers."
        : model.Used
            ? $"The features were joined to the view: they make what it sees of customers held out likelier by {best.Gain:0.000} nats each (±{2 * best.Error:0.000})."
            : $"The features were not joined to the view: of customers held out they foretell no more than the groups' sizes do ({best.Gain:+0.000;-0.000} nats each, ±{2 * best.Error:0.000}).";

    internal static string Chinese(JointMixtureModel model) => Best(model) is not { } best
        ? "特征未与该视角结合：该视角只有一个分群，或客户太少。"
        : model.Used
            ? $"特征已与该视角结合：对留出的客户，特征使该视角所见的似然平均每人提高 {best.Gain:0.000} 奈特（±{2 * best.Error:0.000}）。"
            : $"特征未与该视角结合：对留出的客户，特征并不比各分群的大小预示更多（平均每人 {best.Gain:+0.000;-0.000} 奈特，±{2 * best.Error:0.000}）。";

    static JointCandidate? Best(JointMixtureModel model) => model.Candidates.MaxBy(c => c.Gain);
}
