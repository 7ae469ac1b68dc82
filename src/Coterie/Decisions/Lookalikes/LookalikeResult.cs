using Coterie.Profiles;

namespace Coterie.Decisions.Lookalikes;

/// <summary>What <see cref="LookalikeDecision"/> came to.</summary>
public sealed record LookalikeResult
{
    public required bool Answered { get; init; }
    public required Bilingual Verdict { get; init; }
    public required DateTime AsOf { get; init; }
    /// <summary>embedding or features.</summary>
    public required string Space { get; init; }
    /// <summary>nearest or linear: what found more of the halves that chose.</summary>
    public string Way { get; init; } = "";
    public int Seeds { get; init; }
    /// <summary>Ids of the list that no customer has.</summary>
    public int Unknown { get; init; }
    /// <summary>Customers outside the seed, all of them ranked.</summary>
    public int Others { get; init; }
    public IReadOnlyList<LookalikeRecall> Judged { get; init; } = [];
    /// <summary>Reach against similarity, over all customers outside the seed.</summary>
    public IReadOnlyList<ReachStep> Reach { get; init; } = [];
    public IReadOnlyList<Lookalike> Listed { get; init; } = [];
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>How alike the first so many are.</summary>
/// <param name="Customers">Reached, the likest first.</param>
/// <param name="Similarity">Of the last of them.</param>
/// <param name="Mean">Of all of them.</param>
public sealed record ReachStep(int Customers, double Similarity, double Mean);

/// <summary>One customer like the seed.</summary>
/// <param name="Rank">From 1.</param>
/// <param name="Customer">Who.</param>
/// <param name="Segment">Place of the segment, or -1.</param>
/// <param name="Similarity">What ranks: the mean similarity to the nearest seeds, or the probability of being a seed among the customers compared.</param>
public sealed record Lookalike(int Rank, string Customer, int Segment, double Similarity);
