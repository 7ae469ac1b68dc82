using Coterie.Evaluation;
using Coterie.Fusion;
using Coterie.Profiles;

namespace Coterie.Reports;

/// <summary>One number of groups that the sequence view or the fusion was tried with.</summary>
/// <param name="Groups">K.</param>
/// <param name="MeanJaccard">Mean over groups of the overlap with their like in refits on resampled customers.</param>
/// <param name="MinJaccard">The weakest group's.</param>
/// <param name="PairAri">Mean adjusted Rand index of two refits.</param>
/// <param name="MinShare">Share of customers in the smallest group.</param>
/// <param name="Verdict">Why it was not chosen, or "chosen".</param>
public sealed record ReportGroups(int Groups, double MeanJaccard, double MinJaccard, double PairAri, double MinShare, string Verdict);

/// <summary>What the fused segments say more of the horizon than one view alone, with paired intervals.</summary>
/// <param name="Over">features or sequences.</param>
public sealed record ReportGain(string Over, Estimate R2Spend, Estimate Auc);

/// <summary>A view's segments against known classes.</summary>
/// <param name="View">features, sequences, fused, classifier, or kmeans_rfm for comparison.</param>
public sealed record ReportTruth(string View, int Groups, double Ari, double Accuracy, double MacroF1);

/// <summary>Customers of one final segment whom the two views would put into different segments.</summary>
/// <param name="Segment">Final segment id.</param>
/// <param name="Features">Segment id that the features alone point to.</param>
/// <param name="Sequences">Segment id that the order of events alone points to.</param>
public sealed record ReportDispute(string Segment, string Features, string Sequences, int Customers);

/// <summary>A classifier that places customers into the final segments.</summary>
public sealed record ReportClassifier
{
    /// <summary>On customers held out of its training.</summary>
    public required ClassifierReport HeldOut { get; init; }
    /// <summary>Segment id of each class of <see cref="HeldOut"/>.</summary>
    public required IReadOnlyList<string> Segments { get; init; }
    public required IReadOnlyList<AccuracyByEvents> ByEvents { get; init; }
}

/// <summary>The second view, its agreement with the features view, what became of both, and what learned from them.</summary>
public sealed record ReportDeep
{
    /// <summary>Whether the order of events was looked at.</summary>
    public required bool On { get; init; }
    /// <summary>Why, or why not.</summary>
    public required Bilingual Why { get; init; }
    public int Customers { get; init; }
    public long Events { get; init; }
    /// <summary>Events of a customer: deciles 0, 10 .. 100 %.</summary>
    public IReadOnlyList<double> EventDeciles { get; init; } = [];
    /// <summary>What the sequence view is, such as "mixture of 9 Markov chains".</summary>
    public Bilingual? Model { get; init; }
    public IReadOnlyList<ReportGroups> SequenceCandidates { get; init; } = [];
    public IReadOnlyList<ReportGroups> FusedCandidates { get; init; } = [];
    /// <summary>Of the features view with the sequence view.</summary>
    public AgreementReport? Agreement { get; init; }
    /// <summary>Customers by the features view's group (rows) and the sequence view's (columns).</summary>
    public IReadOnlyList<int[]> Crossing { get; init; } = [];
    /// <summary>features, sequences or fused: whose segments these are.</summary>
    public string Kept { get; init; } = "features";
    /// <summary>Why those.</summary>
    public Bilingual? Verdict { get; init; }
    public IReadOnlyList<ReportGain> Gains { get; init; } = [];
    /// <summary>Customers whom the views would put into different final segments.</summary>
    public int Disputed { get; init; }
    /// <summary>The most frequent disputes.</summary>
    public IReadOnlyList<ReportDispute> Disputes { get; init; } = [];
    /// <summary>Against the truth file, when one was given, over the same customers.</summary>
    public IReadOnlyList<ReportTruth> Truth { get; init; } = [];
    public ReportClassifier? Classifier { get; init; }
    public IReadOnlyList<LearningRun> Trainings { get; init; } = [];
    /// <summary>Small heads on the features, the embedding and both.</summary>
    public SmallHeadsReport? Heads { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];
}
