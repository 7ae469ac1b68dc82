using Coterie.Evaluation;
using Coterie.Reports;

namespace Coterie;

/// <summary>The second view as the report tells it.</summary>
internal static class DeepReport
{
    const int MostDisputes = 10;

    internal static ReportDeep Of(RunParts parts, IReadOnlyList<ModelSegment> segments)
    {
        var second = parts.Second;
        if (!second.On) return new ReportDeep { On = false, Why = second.Why };
        var final = second.Final;
        return new ReportDeep
        {
            On = true,
            Why = second.Why,
            Customers = parts.Table.Count,
            Events = second.Events.Sum(),
            EventDeciles = Deciles(second.Events),
            Model = new($"mixture of {second.Sequences!.Groups} Markov chains over what each event is to the customer's own past", $"{second.Sequences.Groups} 条马尔可夫链的混合，描述每个事件与客户自身过往的关系"),
            SequenceCandidates = second.Sequences!.Candidates,
            FusedCandidates = second.Fused?.Candidates ?? [],
            Agreement = second.Agreement,
            Crossing = Crossing(parts.Choice, second),
            Kept = final.Kept,
            Verdict = second.Verdict,
            Gains = second.Gains,
            Disputed = Enumerable.Range(0, parts.Table.Count).Count(final.Disputed),
            Disputes = Disputes(final, segments),
            Truth = parts.Options.Truth is { } truth ? Truth(truth, parts) : [],
            Classifier = parts.Networks is { } n ? Classifier(n, segments) : null,
            Trainings = parts.Networks?.Trainings ?? [],
            Heads = parts.Networks?.Heads,
            Notes = second.Notes,
        };
    }

    static ReportClassifier Classifier(Networks networks, IReadOnlyList<ModelSegment> segments) => new()
    {
        HeldOut = networks.Classifier.HeldOut,
        Segments = [.. segments.OrderBy(s => s.Label).Select(s => s.Id)],
        ByEvents = networks.Classifier.ByEvents,
    };

    static double[] Deciles(long[] values)
    {
        double[] sorted = [.. values.Select(v => (double)v).Order()];
        return sorted.Length == 0 ? [] : [.. Enumerable.Range(0, 11).Select(d => sorted[(int)Math.Round(d * (sorted.Length - 1) / 10.0)])];
    }

    static int[][] Crossing(SegmentChoice choice, SecondView second)
    {
        var sequences = second.Sequences!;
        int[][] table = [.. Enumerable.Range(0, choice.Groups).Select(_ => new int[sequences.Groups])];
        for (var i = 0; i < choice.Assignment.Labels.Length; i++)
            if (choice.Assignment.Labels[i] >= 0 && sequences.Assignment.Labels[i] >= 0) table[choice.Assignment.Labels[i]][sequences.Assignment.Labels[i]]++;
        return table;
    }

    static ReportDispute[] Disputes(FinalSegments final, IReadOnlyList<ModelSegment> segments)
    {
        if (final.FeaturesOpinion is not { } features || final.SequencesOpinion is not { } sequences) return [];
        var ids = segments.ToDictionary(s => s.Label, s => s.Id);
        return
        [
            .. Enumerable.Range(0, features.Length).Where(final.Disputed)
                .GroupBy(i => (Segment: final.Assignment.Labels[i], Features: features[i], Sequences: sequences[i]))
                .Select(g => new ReportDispute(ids[g.Key.Segment], ids[g.Key.Features], ids[g.Key.Sequences], g.Count()))
                .OrderByDescending(d => d.Customers).ThenBy(d => d.Segment, StringComparer.Ordinal).ThenBy(d => d.Features, StringComparer.Ordinal).Take(MostDisputes),
        ];
    }

    static List<ReportTruth> Truth(string path, RunParts parts)
    {
        var truth = LabelFiles.Read(path);
        var second = parts.Second;
        var found = new List<ReportTruth>();
        void Add(string view, int[] labels, int groups)
        {
            var ours = new LabelFile { Path = view, Ids = parts.Table.Customers, Labels = [.. labels.Select(l => $"{l}")] };
            var pairs = LabelFiles.Pair(truth, ours);
            var report = LabelMetrics.Compare(pairs.Truth, pairs.Predicted);
            found.Add(new(view, groups, report.Ari, report.Accuracy, report.MacroF1));
        }

        Add("features", parts.Choice.Assignment.Labels, parts.Choice.Groups);
        if (second.Sequences is { } s) Add("sequences", s.Assignment.Labels, s.Groups);
        if (second.Fused is { } f) Add("fused", f.Assignment.Labels, f.Groups);
        if (parts.Networks is { } n) Add("classifier", n.Labels, second.Final.Groups);
        if (parts.Table.Column("recency_days") is not null)
        {
            var rfm = Baselines.KMeansRfm(Baselines.Measures(parts.Table), second.Final.Groups, parts.Options.Seed.Child(54), parts.Options.Threads);
            Add("kmeans_rfm", rfm.Labels, rfm.Groups);
        }

        return found;
    }
}
