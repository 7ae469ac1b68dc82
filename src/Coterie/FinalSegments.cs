using Coterie.Clustering;
using Coterie.Fusion;
using Coterie.Numerics;

namespace Coterie;

/// <summary>The segments that everything after the search speaks of: those of the features view, of the sequence view, or of both fused.</summary>
internal sealed record FinalSegments
{
    /// <summary>features, sequences or fused.</summary>
    internal required string Kept { get; init; }
    internal required Assignment Assignment { get; init; }
    internal required int Groups { get; init; }
    /// <summary>n x Groups: how likely each segment is.</summary>
    internal required Matrix Probabilities { get; init; }
    /// <summary>Groups: how far each comes back on refits of everything that made it.</summary>
    internal required IReadOnlyList<double> Stability { get; init; }
    /// <summary>n: overlap of what the two views say of a customer, 0 to 1; null with one view.</summary>
    internal float[]? Agreement { get; init; }
    /// <summary>n: the segment that the features alone, and the order of events alone, point to; null with one view.</summary>
    internal int[]? FeaturesOpinion { get; init; }
    internal int[]? SequencesOpinion { get; init; }
    /// <summary>What people's feedback made of them; null where nobody asked for anything.</summary>
    internal FeedbackResult? Feedback { get; init; }

    internal static FinalSegments Of(SegmentChoice choice) => new()
    {
        Kept = "features",
        Assignment = choice.Assignment,
        Groups = choice.Groups,
        Probabilities = Shares(choice),
        Stability = choice.Search.Chosen?.Jaccard ?? [],
    };

    // Features say how much nearer the own segment is than the second; that is about as likely as the mixture they are the limit of has it.
    static Matrix Shares(SegmentChoice choice) => choice.Search.Model switch
    {
        KMeansModel kmeans => FusionView.OfKMeans("features", kmeans, choice.Prepared.Rows, 1).Opinions,
        _ => FusionView.OfAssignment("features", choice.Assignment, choice.Groups, margins: false).Opinions,
    };

    internal bool Disputed(int customer) => FeaturesOpinion is { } f && SequencesOpinion is { } s && f[customer] != s[customer];
}
