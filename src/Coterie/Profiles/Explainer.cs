using Coterie.Clustering;
using Coterie.Features;
using Coterie.Numerics;

namespace Coterie.Profiles;

/// <summary>What is known of a run when one of its customers asks why.</summary>
public sealed record ExplainRequest
{
    public required FeatureTable Table { get; init; }
    /// <summary>The space that was clustered; rows in the order of the table. Columns that bear a feature's name are explained by it,
    /// any others (principal components, embeddings) together as one entry.</summary>
    public required PreparedTable Prepared { get; init; }
    public required Assignment Assignment { get; init; }
    /// <summary>The model's centres, or <see cref="SegmentCentres.Of"/> where it has none.</summary>
    public required SegmentCentres Centres { get; init; }
    public required IReadOnlyList<SegmentProfile> Profiles { get; init; }
    /// <summary>Typical values; null computes them from table and labels.</summary>
    public SegmentMedians? Medians { get; init; }
    public string? Currency { get; init; }
    /// <summary>Where linear images of the prepared columns were clustered (a x d), distances are taken there and parts are told for
    /// the columns; null where the columns themselves were clustered.</summary>
    public Matrix? Loadings { get; init; }
    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>Why a customer is in a segment and not in the second-best.</summary>
public static class Explainer
{
    /// <summary>Name of the entry for columns that are no feature of the catalogue.</summary>
    public const string OtherColumns = "(combined)";

    /// <summary>The parts of |x - b|² - |x - a|² by column: (x - b)² - (x - a)². They add up to it, and a positive part pulls
    /// towards a. x, a, b and the result have length d; for cosine all three are brought to length 1 first.</summary>
    public static double[] Decompose(ReadOnlySpan<float> row, ReadOnlySpan<float> own, ReadOnlySpan<float> second, Distance distance)
    {
        double[] x = new double[row.Length], a = new double[row.Length], b = new double[row.Length];
        SegmentCentres.Place(row, distance, x);
        SegmentCentres.Place(own, distance, a);
        SegmentCentres.Place(second, distance, b);
        var parts = new double[row.Length];
        for (var j = 0; j < parts.Length; j++)
            parts[j] = (x[j] - b[j]) * (x[j] - b[j]) - (x[j] - a[j]) * (x[j] - a[j]);
        return parts;
    }

    /// <summary>The parts of |L(x - b)|² - |L(x - a)|² by column of x: 2 Σ over axes of (L(a - b)) L_j (x_j - (a_j + b_j)/2). They add up to
    /// it exactly. x, a, b and the result have length d, the loadings L are axes x d.</summary>
    public static double[] Decompose(ReadOnlySpan<float> row, ReadOnlySpan<float> own, ReadOnlySpan<float> second, Matrix loadings)
    {
        var parts = new double[row.Length];
        for (var axis = 0; axis < loadings.Rows; axis++)
        {
            var weights = loadings.Row(axis);
            double between = 0;
            for (var j = 0; j < parts.Length; j++) between += weights[j] * ((double)own[j] - second[j]);
            for (var j = 0; j < parts.Length; j++) parts[j] += 2 * between * weights[j] * (row[j] - ((double)own[j] + second[j]) / 2);
        }

        return parts;
    }

    /// <summary>Explains one customer.</summary>
    /// <exception cref="InputException">The table has no such customer, or the customer is in no segment.</exception>
    public static Explanation Explain(ExplainRequest request, string customer)
    {
        var at = Array.BinarySearch(request.Table.Customers, customer, StringComparer.Ordinal);
        if (at < 0)
            throw new InputException($"There is no customer '{customer}' among the {request.Table.Count} that were segmented. "
                + "Ids are compared letter by letter; look the id up in segments.csv.");
        var label = request.Assignment.Labels[at];
        var profile = request.Profiles.FirstOrDefault(p => p.Label == label)
            ?? throw new InputException($"Customer '{customer}' is in no segment (label {label}), so there is nothing to explain.");
        var row = request.Prepared.Rows.Row(at);
        var second = request.Assignment.Second[at];
        var other = second == label ? null : request.Profiles.FirstOrDefault(p => p.Label == second);
        var explanation = new Explanation
        {
            Customer = customer,
            Segment = profile.Id,
            SegmentName = profile.Name,
            Confidence = request.Assignment.Confidence[at],
            Second = other?.Id,
            SecondName = other?.Name,
            For = [],
            Against = [],
            Basis = Basis(request, other is not null),
        };
        if (other is null) return explanation;

        var centres = request.Centres.Centres;
        var columns = request.Loadings is { } loadings
            ? Decompose(row, centres.Row(label), centres.Row(second), loadings)
            : Decompose(row, centres.Row(label), centres.Row(second), request.Centres.Distance);
        var parts = ByFeature(request, columns);
        var pull = parts.Sum(p => Math.Abs(p.Part));
        if (pull == 0) return explanation;
        var medians = request.Medians ?? SegmentMedians.Of(request.Table, request.Assignment.Labels, request.Centres.Clusters, request.Threads);
        var facts = parts.Where(p => p.Part != 0)
            .Select(p => Fact(request, medians, p.Feature, p.Part / pull, at, label, second)).ToArray();
        return explanation with
        {
            For = [.. facts.Where(f => f.Weight > 0).OrderByDescending(f => f.Weight)],
            Against = [.. facts.Where(f => f.Weight < 0).OrderBy(f => f.Weight)],
            Difference = columns.Sum(),
            Margin = parts.Sum(p => p.Part) / pull,
        };
    }

    /// <summary>What the columns of one feature pull together; the feature's place in the table, or -1 for other columns.</summary>
    sealed record Pull(int Feature, double Part);

    static List<Pull> ByFeature(ExplainRequest request, double[] columns)
    {
        var features = request.Table.Features;
        var sums = new SortedDictionary<int, double>();
        for (var j = 0; j < columns.Length; j++)
        {
            var feature = -1;
            for (var f = 0; f < features.Count && feature < 0; f++)
                if (features[f].Name == request.Prepared.Columns[j]) feature = f;
            sums[feature] = sums.GetValueOrDefault(feature) + columns[j];
        }

        return [.. sums.Select(s => new Pull(s.Key, s.Value))];
    }

    static ExplainedFact Fact(ExplainRequest request, SegmentMedians medians, int feature, double weight, int row, int own, int second)
    {
        if (feature < 0)
            return new ExplainedFact(OtherColumns, new("Overall pattern of behaviour", "整体行为模式"), "", double.NaN, double.NaN, double.NaN, weight,
                weight > 0
                    ? new("behaves on the whole more like this segment than like the second-best", "整体行为更接近本群，而非次优群")
                    : new("behaves on the whole more like the second-best segment", "整体行为更接近次优群"));
        var definition = request.Table.Features[feature];
        double value = request.Table.Columns[feature][row], typical = medians.Values[feature][own], elsewhere = medians.Values[feature][second];
        Bilingual v = Wording.Amount(value, definition, request.Currency), t = Wording.Amount(typical, definition, request.Currency),
            e = Wording.Amount(elsewhere, definition, request.Currency);
        var sentence = new Bilingual(
            $"{Wording.LabelInText(definition)} {v.En}; this segment typically {t.En}, the second-best {e.En}",
            $"{definition.LabelZh} {v.Zh}；本群通常 {t.Zh}，次优群 {e.Zh}");
        return new ExplainedFact(definition.Name, new(definition.Label, definition.LabelZh), definition.Unit, value, typical, elsewhere, weight, sentence);
    }

    static Bilingual Basis(ExplainRequest request, bool hasSecond) => !hasSecond
        ? new("There is no second segment to compare with.", "没有可比较的第二个群体。")
        : request.Loadings is not null
        ? new("Parts of the difference of squared distances to the two segments, told for the features of which the clustered outlook is a weighted sum.",
            "按到两个群体的平方距离之差分解到各特征；聚类所用的前景分值是这些特征的加权和。")
        : request.Centres.AreModel
            ? new("Parts of the difference of squared distances to the centres of the two segments, which is how the model assigns customers.",
                "按到两个群体中心的平方距离之差分解，与模型的归类方式一致。")
            : new("Parts of the difference of squared distances to the means of the two segments; the model itself assigns in another way, so this approximates it.",
                "按到两个群体均值的平方距离之差分解；模型本身以其他方式归类，此处为近似解释。");
}
