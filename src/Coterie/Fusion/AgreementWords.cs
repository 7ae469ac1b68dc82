namespace Coterie.Fusion;

/// <summary>The plain sentence about agreement, in both languages.</summary>
static class AgreementWords
{
    // Bands of Landis and Koch (1977) for kappa; conventions, not laws.
    static readonly (double From, string English, string Chinese)[] Bands =
    [
        (0.8, "almost fully", "几乎完全一致"), (0.6, "to a large part", "大部分一致"), (0.4, "moderately", "中等程度一致"),
        (0.2, "somewhat", "略有一致"), (double.NegativeInfinity, "slightly", "仅有轻微一致"),
    ];

    internal static string English(AgreementReport r)
    {
        var numbers = $"adjusted Rand index {Range(r.Ari)}, adjusted mutual information {Range(r.Ami)}, kappa {Range(r.Kappa)} "
            + $"where random pairings give {r.Kappa.ChanceMean:0.000}; p = {r.Ari.PValue:0.000}";
        var who = $"{r.First} ({r.FirstClusters} groups) and {r.Second} ({r.SecondClusters} groups)";
        var text = r.BetterThanChance
            ? $"{who} agree {Band(r).English}, and better than chance: {numbers}."
            : $"{who} agree no better than chance ({numbers}), so they are not fused.";
        return text + (r.LeftOut == 0 ? "" : $" {r.LeftOut} customers are in no group of one of them and were not compared.");
    }

    internal static string Chinese(AgreementReport r)
    {
        var numbers = $"调整兰德指数 {Between(r.Ari)}，调整互信息 {Between(r.Ami)}，kappa {Between(r.Kappa)}，随机配对的 kappa 为 {r.Kappa.ChanceMean:0.000}；p = {r.Ari.PValue:0.000}";
        var who = $"{r.First}（{r.FirstClusters} 群）与 {r.Second}（{r.SecondClusters} 群）";
        var text = r.BetterThanChance
            ? $"{who}{Band(r).Chinese}，且优于随机：{numbers}。"
            : $"{who}的一致程度不优于随机（{numbers}），因此不融合。";
        return text + (r.LeftOut == 0 ? "" : $"有 {r.LeftOut} 位客户在其中一方未归入任何群，未参与比较。");
    }

    static (double From, string English, string Chinese) Band(AgreementReport r) => Bands.First(b => r.Kappa.Value.Value >= b.From);

    static string Range(AgreementIndex i) => $"{i.Value.Value:0.000} ({i.Value.Low:0.000} to {i.Value.High:0.000})";

    static string Between(AgreementIndex i) => $"{i.Value.Value:0.000}（{i.Value.Low:0.000} 至 {i.Value.High:0.000}）";
}
