using Coterie.Features;

namespace Coterie.Profiles;

/// <summary>A name for every segment of a run, no two alike in either language.</summary>
static class Naming
{
    const int FactsInName = 3;
    // A difference this far beyond zero, and so many times surer than any of recency, frequency and money, belongs in the name.
    const double Striking = 1.5, Dominating = 2;

    /// <summary>What one segment brings to the naming.</summary>
    /// <param name="Id">Tells apart what nothing else does.</param>
    /// <param name="Naming">Its row of the table, or null to be named by facts.</param>
    /// <param name="Listed">Facts as listed in the profile.</param>
    /// <param name="All">All facts, for telling like-named segments apart.</param>
    /// <param name="Dominant">The fact that an RFM word alone would hide, or null.</param>
    internal sealed record Candidate(string Id, SegmentNaming? Naming, IReadOnlyList<Fact> Listed, IReadOnlyList<Fact> All, Fact? Dominant);

    /// <summary>The surest fact of another family than recency, frequency and money, where it outweighs theirs by far.</summary>
    public static Fact? Dominant(IReadOnlyList<Fact> facts, FeatureTable table)
    {
        var rfm = facts.ToLookup(f => table.Features.First(x => x.Name == f.Feature).Family is "recency" or "frequency" or "money");
        var known = rfm[true].Select(FactFinder.Certain).DefaultIfEmpty(0).Max();
        return rfm[false].FirstOrDefault() is { } fact && FactFinder.Certain(fact) >= Math.Max(Striking, Dominating * known) ? fact : null;
    }

    /// <summary>Positions of every segment's medians among all customers.</summary>
    public static RfmPosition[] Positions(FeatureTable table, RfmColumns rfm, int[] labels, int[] sizes)
    {
        var clusters = sizes.Length;
        var recency = Ranked(table, rfm.Recency, labels, clusters);
        var frequency = Ranked(table, rfm.Frequency, labels, clusters);
        var money = Ranked(table, rfm.Money, labels, clusters) ?? frequency;
        int[] once = new int[clusters], never = new int[clusters];
        if (rfm.Frequency is not null && table.Column(rfm.Frequency) is { } orders)
            for (var i = 0; i < orders.Length; i++)
            {
                if (labels[i] < 0) continue;
                if (orders[i] == 1) once[labels[i]]++;
                if (!(orders[i] > 0)) never[labels[i]]++;
            }

        return [.. Enumerable.Range(0, clusters).Select(k => new RfmPosition(
            1 - (recency?[k] ?? double.NaN), frequency?[k] ?? double.NaN, money?[k] ?? double.NaN,
            once[k] / (double)Math.Max(1, sizes[k]), never[k] / (double)Math.Max(1, sizes[k])))];
    }

    /// <summary>Names and rows of the table, in the order of the candidates.</summary>
    public static (Bilingual Name, SegmentNaming Naming)[] Name(IReadOnlyList<Candidate> segments)
    {
        var rows = segments.Select(s => s.Naming ?? (s.Listed.Count == 0 ? SegmentNames.Average : SegmentNames.Distinct)).ToArray();
        var names = new Bilingual[segments.Count];
        for (var s = 0; s < segments.Count; s++)
        {
            var alike = segments.Where((_, o) => o != s && rows[o] == rows[s]).ToArray();
            names[s] = rows[s] == SegmentNames.Distinct ? ByFacts(segments[s].Listed)
                : (alike.Length == 0 ? segments[s].Dominant?.Word : Apart(segments[s], alike)) is { } word ? new($"{rows[s].Name.En}, {word.En}", $"{rows[s].Name.Zh}·{word.Zh}")
                : rows[s].Name;
        }

        // What facts cannot tell apart in both languages, the id does.
        var repeatedEn = Repeated(names.Select(n => n.En));
        var repeatedZh = Repeated(names.Select(n => n.Zh));
        return [.. names.Select((name, s) => (
            repeatedEn.Contains(name.En) || repeatedZh.Contains(name.Zh)
                ? new Bilingual($"{name.En} ({segments[s].Id})", $"{name.Zh}（{segments[s].Id}）") : name,
            rows[s]))];
    }

    static Bilingual ByFacts(IReadOnlyList<Fact> facts)
    {
        var words = facts.Select(f => f.Word).DistinctBy(w => w.En).Take(FactsInName).ToArray();
        return new(Wording.Capitalise(string.Join(", ", words.Select(w => w.En))), string.Join("·", words.Select(w => w.Zh)));
    }

    // The fact in which the segment goes further, in its direction, than every segment of the same word.
    static Bilingual? Apart(Candidate segment, IReadOnlyList<Candidate> alike)
    {
        Fact? best = null;
        double lead = 0;
        foreach (var fact in segment.All)
        {
            var sign = Math.Sign(fact.Difference.Value);
            var ahead = alike.Min(other => sign * (fact.Difference.Value - Difference(other, fact.Feature)));
            if (ahead > lead) (best, lead) = (fact, ahead);
        }

        return best?.Word;
    }

    static double Difference(Candidate segment, string feature) =>
        segment.All.FirstOrDefault(f => f.Feature == feature)?.Difference.Value ?? 0;

    static HashSet<string> Repeated(IEnumerable<string> names) =>
        [.. names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key)];

    // Mid-rank position of each segment's median among all values; null where the table has no such feature.
    static double[]? Ranked(FeatureTable table, string? feature, int[] labels, int clusters)
    {
        if (feature is null || table.Column(feature) is not { } column) return null;
        var medians = GroupMedians.Of(column, labels, clusters).Inside;
        var below = new long[clusters];
        var equal = new long[clusters];
        long n = 0;
        foreach (var x in column)
        {
            if (double.IsNaN(x)) continue;
            n++;
            for (var k = 0; k < clusters; k++)
                if (x < medians[k]) below[k]++;
                else if (x == medians[k]) equal[k]++;
        }

        return [.. Enumerable.Range(0, clusters).Select(k => double.IsNaN(medians[k]) ? double.NaN : (below[k] + 0.5 * equal[k]) / n)];
    }
}
