using Coterie.Evaluation;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;

namespace Coterie.Learning.Classification;

/// <summary>Judges a classifier on the customers that it was not trained on. The truth of an uncertain label is its likeliest segment.</summary>
sealed class ClassifierJudge(
    SequencePool pool, SegmentLabels labels, LabelledRow[] rows, FeatureRows? features, CustomerSplit split, int threads, CancellationToken stop)
{
    /// <summary>Fitted on the customers of early stopping; null when there are none.</summary>
    public TemperatureScaling? Temperature(SegmentClassifier model, List<string> findings)
    {
        if (split.Validation.Length == 0 || labels.Segments < 2)
        {
            if (labels.Segments > 1) findings.Add("No customers were kept for validation: confidences are as training left them, not calibrated.");
            return null;
        }

        var scaling = TemperatureScaling.Fit(model.Logits(pool, Whole(split.Validation), features, threads, stop), Truth(split.Validation));
        if (!scaling.AtBound) return scaling;
        findings.Add($"Confidences are not calibrated: {split.Validation.Length} customers of validation do not tell a temperature.");
        return null;
    }

    /// <summary>Null when no customer was kept for the test.</summary>
    public ClassifierReport? HeldOut(SegmentClassifier model, int bins, List<string> findings)
    {
        if (split.Test.Length > 0) return ClassifierMetrics.Judge(Placed(model, Whole(split.Test), features), Truth(split.Test), bins);
        findings.Add("No customers were kept for the test: what the classifier is worth on new customers is not known.");
        return null;
    }

    /// <summary>By the first events of those that have so many, without features, which would know the rest; by the whole history with all there is.</summary>
    public IReadOnlyList<AccuracyByEvents> ByEvents(SegmentClassifier model, IReadOnlyList<int> events)
    {
        if (split.Test.Length == 0) return [];
        var whole = Whole(split.Test);
        var truth = Truth(split.Test);
        var all = Placed(model, whole, features);
        var lines = new List<AccuracyByEvents>();
        // Features columns of nobody: the classifier knows that they are not known.
        var none = model.Rows(null);
        foreach (var n in events.Distinct().Order())
        {
            var enough = Enumerable.Range(0, whole.Length).Where(i => whole[i].Length >= n).ToArray();
            if (enough.Length == 0) continue;
            var first = Placed(model, [.. enough.Select(i => whole[i] with { End = whole[i].Begin + n })], none);
            lines.Add(Line(n, first, all.Take(enough), [.. enough.Select(i => truth[i])]));
        }

        lines.Add(Line(null, all, all, truth));
        return lines;
    }

    static AccuracyByEvents Line(int? events, Matrix seen, Matrix all, int[] truth)
    {
        var report = ClassifierMetrics.Judge(seen, truth);
        var accuracy = Calibration.Wilson((int)Math.Round(report.Accuracy * truth.Length), truth.Length);
        return new(events, truth.Length, accuracy, report.MacroF1, ClassifierMetrics.Judge(all, truth).Accuracy);
    }

    Matrix Placed(SegmentClassifier model, EventSpan[] spans, FeatureRows? side) => model.Probabilities(model.Logits(pool, spans, side, threads, stop));

    EventSpan[] Whole(int[] chosen) => [.. chosen.Select(r => pool.Whole(rows[r].Row))];

    int[] Truth(int[] chosen) => [.. chosen.Select(r => labels.Label(rows[r].Label))];
}
