using Coterie.Decisions.Trees;
using Coterie.Features;
using Coterie.Numerics;
using Coterie.Profiles;

namespace Coterie.Decisions.Churn;

/// <summary>Shapley values of the trees as sentences. Features of one family say nearly the same, so their values are added (Shapley values add) and the
/// one that says most speaks for them.</summary>
internal sealed class ChurnReasons
{
    readonly IReadOnlyList<Feature> features;
    readonly int[] family;
    readonly int families;
    readonly double[] medians;
    readonly Matrix rows;
    readonly double[] values;
    readonly string? currency;

    /// <param name="model">Whose trees.</param>
    /// <param name="freeze">Their customers.</param>
    /// <param name="safe">Customers at low risk: what others are compared with.</param>
    /// <param name="explained">Rows to explain.</param>
    /// <param name="currency">For money.</param>
    /// <param name="threads">To use.</param>
    internal ChurnReasons(ChurnModel model, ChurnFreeze freeze, int[] safe, int[] explained, string? currency, int threads)
    {
        features = freeze.Features;
        this.currency = currency;
        string[] names = [.. features.Select(f => f.Family).Distinct()];
        family = [.. features.Select(f => Array.IndexOf(names, f.Family))];
        families = names.Length;
        rows = freeze.Rows.Take(explained);
        values = TreeShap.PathDependent(model.Trees, rows, threads);
        var safeRows = freeze.Rows.Take(safe);
        medians = [.. Enumerable.Range(0, features.Count).Select(j => Median(safeRows, j))];
    }

    /// <summary>For the i-th of the rows explained, the strongest first; what raises the risk before what lowers it where the risk is high.</summary>
    internal IReadOnlyList<ChurnReason> Of(int i, int most, bool high)
    {
        var d = features.Count;
        var sums = new double[families];
        for (var j = 0; j < d; j++) sums[family[j]] += values[i * d + j];
        List<ChurnReason> reasons = [];
        foreach (var f in Enumerable.Range(0, families).OrderByDescending(f => high && sums[f] > 0).ThenByDescending(f => Math.Abs(sums[f])).Take(most))
        {
            if (sums[f] == 0) break;
            var own = Enumerable.Range(0, d).Where(j => family[j] == f && values[i * d + j] * sums[f] > 0).OrderByDescending(j => Math.Abs(values[i * d + j])).ToArray();
            // A value that reads like everybody's explains nothing to a reader; the next one of the family may.
            var lead = own.FirstOrDefault(j => !Usual(i, j), own[0]);
            reasons.Add(new(features[lead].Name, sums[f], Sentence(i, lead, sums[f] > 0)));
        }

        return reasons;
    }

    bool Usual(int i, int j) => Wording.Amount(rows[i, j], features[j], currency) == Wording.Amount(medians[j], features[j], currency);

    Bilingual Sentence(int i, int j, bool raises)
    {
        Bilingual own = Wording.Amount(rows[i, j], features[j], currency), usual = Wording.Amount(medians[j], features[j], currency);
        if (own == usual) return new($"{features[j].Label}: {own.En} {(raises ? "raises" : "lowers")} the risk", $"{features[j].LabelZh}：{own.Zh}，风险{(raises ? "升高" : "降低")}");
        return new($"{features[j].Label}: {own.En} (low-risk customers: {usual.En}) {(raises ? "raises" : "lowers")} the risk",
            $"{features[j].LabelZh}：{own.Zh}（低风险客户：{usual.Zh}），风险{(raises ? "升高" : "降低")}");
    }

    /// <summary>Mean size of each feature's value, largest first.</summary>
    internal IReadOnlyList<ChurnDriver> Drivers(int most)
    {
        var d = features.Count;
        var sizes = new double[d];
        for (var i = 0; i < rows.Rows; i++)
        {
            for (var j = 0; j < d; j++) sizes[j] += Math.Abs(values[i * d + j]);
        }

        return [.. Enumerable.Range(0, d).OrderByDescending(j => sizes[j]).Take(most).Where(j => sizes[j] > 0)
            .Select(j => new ChurnDriver(features[j].Name, new(features[j].Label, features[j].LabelZh), sizes[j] / rows.Rows))];
    }

    static double Median(Matrix rows, int column)
    {
        List<float> known = [];
        for (var i = 0; i < rows.Rows; i++)
            if (!float.IsNaN(rows[i, column])) known.Add(rows[i, column]);
        known.Sort();
        return known.Count == 0 ? double.NaN : known[(known.Count - 1) / 2];
    }
}
