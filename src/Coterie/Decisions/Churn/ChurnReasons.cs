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
    /// <param name="explained">Rows to explain.</param>
    /// <param name="currency">For money.</param>
    /// <param name="threads">To use.</param>
    internal ChurnReasons(ChurnModel model, ChurnFreeze freeze, int[] explained, string? currency, int threads)
    {
        features = freeze.Features;
        this.currency = currency;
        string[] names = [.. features.Select(f => f.Family).Distinct()];
        family = [.. features.Select(f => Array.IndexOf(names, f.Family))];
        families = names.Length;
        rows = freeze.Rows.Take(explained);
        values = TreeShap.PathDependent(model.Trees, rows, threads);
        medians = [.. Enumerable.Range(0, features.Count).Select(j => Median(freeze.Rows, j))];
    }

    /// <summary>The strongest first, for the i-th of the rows explained.</summary>
    internal IReadOnlyList<ChurnReason> Of(int i, int most)
    {
        var d = features.Count;
        var sums = new double[families];
        for (var j = 0; j < d; j++) sums[family[j]] += values[i * d + j];
        List<ChurnReason> reasons = [];
        foreach (var f in Enumerable.Range(0, families).OrderByDescending(f => Math.Abs(sums[f])).Take(most))
        {
            if (sums[f] == 0) break;
            var lead = Enumerable.Range(0, d).Where(j => family[j] == f).MaxBy(j => values[i * d + j] * Math.Sign(sums[f]));
            reasons.Add(new(features[lead].Name, sums[f], Sentence(lead, rows[i, lead], sums[f] > 0)));
        }

        return reasons;
    }

    Bilingual Sentence(int j, double value, bool raises)
    {
        Bilingual own = Wording.Amount(value, features[j], currency), usual = Wording.Amount(medians[j], features[j], currency);
        return new($"{features[j].Label}: {own.En} (median {usual.En}) {(raises ? "raises" : "lowers")} the risk",
            $"{features[j].LabelZh}：{own.Zh}（中位数 {usual.Zh}），风险{(raises ? "升高" : "降低")}");
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
