using Coterie.Features;

namespace Coterie.Profiles;

/// <summary>Which contrasts are worth telling of a segment, and in which words.</summary>
static class FactFinder
{
    // Fewer values than this make a median a story about individuals.
    const int MinValues = 5;
    // A fact about less than half of a segment is not a fact about the segment.
    const double MinCoverage = 0.5;
    // Two features that move together this closely tell the same fact twice.
    const double SameFact = 0.8;
    const int CorrelationRows = 5_000;

    /// <summary>Every fact of one cluster whose interval excludes zero, surest difference first; ties in the catalogue's order.</summary>
    public static List<Fact> All(FeatureContrast[] contrasts, int cluster, int size, double minDifference, string? currency)
    {
        var facts = new List<Fact>();
        foreach (var contrast in contrasts)
            if (Tell(contrast, cluster, size, minDifference, currency) is { } fact) facts.Add(fact);
        return [.. facts.OrderByDescending(Certain)];
    }

    /// <summary>The facts that are listed: at most so many, few of a family, none that repeats an earlier one.</summary>
    public static List<Fact> Listed(IReadOnlyList<Fact> facts, FeatureTable table, int most, int mostOfFamily)
    {
        var listed = new List<Fact>();
        var families = new Dictionary<string, int>();
        foreach (var fact in facts)
        {
            if (listed.Count == most) break;
            var family = table.Features.First(f => f.Name == fact.Feature).Family;
            if (families.GetValueOrDefault(family) >= mostOfFamily) continue;
            if (listed.Any(earlier => Math.Abs(Correlation(table, earlier.Feature, fact.Feature)) > SameFact)) continue;
            families[family] = families.GetValueOrDefault(family) + 1;
            listed.Add(fact);
        }

        return listed;
    }

    /// <summary>The part of a difference that the interval leaves certain.</summary>
    public static double Certain(Fact fact) => Math.Min(Math.Abs(fact.Difference.Low), Math.Abs(fact.Difference.High));

    static Fact? Tell(FeatureContrast contrast, int k, int size, double minDifference, string? currency)
    {
        if (contrast.Difference[k] is not { } difference || difference.Low <= 0 && difference.High >= 0) return null;
        if (Math.Abs(difference.Value) < minDifference || contrast.Count[k] < Math.Max(MinValues, MinCoverage * size)) return null;
        var feature = contrast.Feature;
        foreach (var (statistic, inside, outside) in new[]
        {
            ("median", contrast.MedianInside[k], contrast.MedianOutside[k]),
            ("mean", contrast.MeanInside[k], contrast.MeanOutside[k]),
        })
        {
            // The reader must see the difference, and see it in the direction that was measured.
            Bilingual a = Wording.Amount(inside, feature, currency), b = Wording.Amount(outside, feature, currency);
            if (a.En == b.En || Math.Sign(inside - outside) != Math.Sign(difference.Value)) continue;
            var word = difference.Value > 0 ? new Bilingual(feature.High, feature.HighZh) : new Bilingual(feature.Low, feature.LowZh);
            return new Fact
            {
                Feature = feature.Name,
                Label = new Bilingual(feature.Label, feature.LabelZh),
                Unit = feature.Unit,
                Inside = inside,
                Outside = outside,
                Difference = difference,
                Scale = contrast.Scale.Name(),
                Statistic = statistic,
                Word = word,
                Sentence = FactSentences.Of(feature, word, a, b, statistic == "mean"),
            };
        }

        return null;
    }

    // Pearson on the transformed scale over a fixed stride of customers; 0 where either has no spread.
    static double Correlation(FeatureTable table, string a, string b)
    {
        double[] x = table.Column(a)!, y = table.Column(b)!;
        var scaleX = FeatureScales.For(table.Features.First(f => f.Name == a), x);
        var scaleY = FeatureScales.For(table.Features.First(f => f.Name == b), y);
        var stride = Math.Max(1, table.Count / CorrelationRows);
        double n = 0, meanX = 0, meanY = 0, xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < table.Count; i += stride)
        {
            if (double.IsNaN(x[i]) || double.IsNaN(y[i])) continue;
            double u = scaleX.Apply(x[i]), v = scaleY.Apply(y[i]), du = u - meanX, dv = v - meanY;
            n++;
            meanX += du / n;
            meanY += dv / n;
            xx += du * (u - meanX);
            yy += dv * (v - meanY);
            xy += du * (v - meanY);
        }

        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : 0;
    }
}
