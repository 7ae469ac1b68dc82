using Coterie.Clustering;
using Coterie.Profiles;

namespace Coterie;

/// <summary>The segments that everything after the search speaks of: those of the features view, of the sequence view, or of both fused.</summary>
internal sealed record FinalSegments
{
    /// <summary>features, sequences or fused.</summary>
    internal required string Kept { get; init; }
    internal required Assignment Assignment { get; init; }
    internal required int Groups { get; init; }
    /// <summary>Groups: how far each comes back on refits of everything that made it.</summary>
    internal required IReadOnlyList<double> Stability { get; init; }
    /// <summary>n: overlap of what the two views say of a customer, 0 to 1; null with one view.</summary>
    internal float[]? Agreement { get; init; }
    /// <summary>n: the segment that the features alone, and the order of events alone, point to; null with one view.</summary>
    internal int[]? FeaturesOpinion { get; init; }
    internal int[]? SequencesOpinion { get; init; }

    internal static FinalSegments Of(SegmentChoice choice) => new()
    {
        Kept = "features",
        Assignment = choice.Assignment,
        Groups = choice.Groups,
        Stability = choice.Search.Chosen?.Jaccard ?? [],
    };

    internal bool Disputed(int customer) => FeaturesOpinion is { } f && SequencesOpinion is { } s && f[customer] != s[customer];
}
