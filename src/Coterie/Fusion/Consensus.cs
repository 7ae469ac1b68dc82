using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>Fuses the opinions of several views of the same customers into one segmentation, or says why it does not.</summary>
public static class Consensus
{
    /// <summary>Fuses two or more views (each of the same n customers in the same order). Views that agree with no other better than chance are
    /// left out; when fewer than two remain, the view that predicts the future best (else the most stable, else the first) is kept as it is.</summary>
    /// <exception cref="ConfigurationException">Options are impossible; every problem is listed.</exception>
    /// <exception cref="InputException">Views do not fit together, or hold numbers that are no probabilities.</exception>
    public static FusionResult Fuse(IReadOnlyList<FusionView> views, ConsensusOptions options, Seed seed, IProgress<string>? progress = null)
    {
        options.Validate(views.Count);
        FusionView.Validate(views);
        if (views[0].Count == 0) throw new InputException("there are no customers to fuse; the views are empty.");
        var notes = new List<string>();
        progress?.Report("comparing the views");
        var agreements = Compare(views, options, seed, notes);
        var weights = ViewWeights.Of(views, agreements, options, notes);
        int[] counted = [.. Enumerable.Range(0, views.Count).Where(v => weights[v].Weight > 0)];
        if (counted.Length < 2) return KeepOne(views, weights, agreements, FusionWords.Why(agreements), notes);

        progress?.Report("looking for the segments behind the views");
        var table = CellTable.Of([.. counted.Select(v => views[v])]);
        var used = table;
        if (table.Cells > options.MaxCells)
        {
            used = table.With([.. table.Counts.Select((c, i) => i < options.MaxCells ? c : 0)]);
            notes.Add($"The views' labels make {table.Cells} combinations. Segments were made from the {options.MaxCells} most frequent, "
                + $"which hold {used.Counts.Sum()} of {table.Counts.Sum()} customers; the others were placed afterwards.");
        }

        var found = ConsensusSearch.Run(used, [.. counted.Select(v => weights[v].Weight)], options, seed.Child(20), notes);
        if (found is null) return KeepOne(views, weights, agreements, FusionWords.NothingInCommon, notes);
        if (!found.Stable)
            notes.Add("No number of segments is stable under resampling with segments of the size asked for; the one that refits agree on most is used. Read its segments with care.");
        if (options.Clusters is { } asked && found.Fit.Clusters < asked)
            notes.Add($"{asked} segments were asked for; the views' labels tell only {found.Fit.Clusters} apart.");
        var model = found.Fit.Model(used, [.. views.Select(v => v.Name)], [.. weights.Select(w => w.Weight)], counted, [.. views.Select(v => v.Clusters)]);
        var customers = model.Place(views, options.Threads);
        if (customers.Segments.Count(s => s < 0) is > 0 and var silent) notes.Add($"{silent} customers have no opinion of any view and are in no segment.");
        weights = [.. weights.Select((w, v) => w.Weight > 0 ? w with { Noise = model.Noise[v] } : w)];
        return new()
        {
            Fused = true,
            Kept = null,
            Model = model,
            Customers = customers,
            Clusters = model.Clusters,
            Views = weights,
            Agreements = agreements,
            Candidates = found.Candidates,
            Sentence = FusionWords.English(weights, model.Clusters, customers),
            SentenceZh = FusionWords.Chinese(weights, model.Clusters, customers),
            Notes = notes,
        };
    }

    // Every pair. Two views without a customer in common have nothing to compare, which is no agreement.
    static List<AgreementReport> Compare(IReadOnlyList<FusionView> views, ConsensusOptions options, Seed seed, List<string> notes)
    {
        var all = new List<AgreementReport>();
        for (var a = 0; a < views.Count; a++)
        {
            for (var b = a + 1; b < views.Count; b++)
            {
                var (first, second) = (views[a], views[b]);
                if (!first.Labels.Zip(second.Labels).Any(l => l.First >= 0 && l.Second >= 0))
                {
                    notes.Add($"No customer is in a group of both {first.Name} and {second.Name}; they were not compared.");
                    continue;
                }

                all.Add(ViewAgreement.Measure(first.Name, first.Labels, second.Name, second.Labels, options.Agreement with { Threads = options.Threads },
                    seed.Child((ulong)(a * views.Count + b))));
            }
        }

        return all;
    }

    static FusionResult KeepOne(IReadOnlyList<FusionView> views, ViewWeight[] weights, List<AgreementReport> agreements, Reason reason, List<string> notes)
    {
        var all = Enumerable.Range(0, views.Count).ToArray();
        var by = Array.TrueForAll(all, v => views[v].Validity is not null) ? "validity" : Array.TrueForAll(all, v => views[v].Stability is not null) ? "stability" : "order";
        var kept = all.MaxBy(v => weights.Any(w => w.Weight > 0) && weights[v].Weight == 0 ? double.NegativeInfinity
            : by == "validity" ? views[v].Validity : by == "stability" ? views[v].Stability : 0);
        var view = views[kept];
        return new()
        {
            Fused = false,
            Kept = view.Name,
            Model = null,
            Customers = AsTheyAre(views, kept),
            Clusters = view.Clusters,
            Views = weights,
            Agreements = agreements,
            Candidates = [],
            Sentence = FusionWords.KeptEnglish(views, kept, by, reason),
            SentenceZh = FusionWords.KeptChinese(views, kept, by, reason),
            Notes = notes,
        };
    }

    static FusedCustomers AsTheyAre(IReadOnlyList<FusionView> views, int kept)
    {
        var view = views[kept];
        var n = view.Count;
        var silent = new int[n];
        Array.Fill(silent, -1);
        var second = new int[n];
        var probability = new float[n];
        for (var i = 0; i < n; i++)
        {
            second[i] = -1;
            if (view.Labels[i] < 0) continue;
            var row = view.Opinions.Row(i);
            probability[i] = row[view.Labels[i]];
            for (var k = 0; k < row.Length; k++)
                if (k != view.Labels[i] && row[k] > 0 && (second[i] < 0 || row[k] > row[second[i]])) second[i] = k;
        }

        return new()
        {
            Segments = [.. view.Labels],
            Probability = probability,
            Second = second,
            Opinions = [.. views.Select((_, v) => v == kept ? [.. view.Labels] : silent)],
            Disputed = new bool[n],
            Probabilities = view.Opinions,
        };
    }
}
