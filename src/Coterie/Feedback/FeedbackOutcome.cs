using System.Text.Json.Serialization;
using Coterie.Profiles;

namespace Coterie.Feedback;

/// <summary>Whether a run could keep an entry.</summary>
public enum FeedbackKept
{
    Kept,
    /// <summary>In part; the reason says which part not.</summary>
    Partly,
    NotKept,
}

/// <summary>One entry and what a run made of it.</summary>
public sealed record FeedbackOutcome
{
    public required string Id { get; init; }
    public required string Kind { get; init; }
    public required string Who { get; init; }
    public required DateTime Time { get; init; }
    /// <summary>What was asked.</summary>
    public required Bilingual Asked { get; init; }
    public required FeedbackKept Kept { get; init; }
    /// <summary>What came of it: why it was not kept, or how it was.</summary>
    public required Bilingual Why { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}

/// <summary>Customers who are in another segment than without feedback.</summary>
/// <param name="From">Id of the segment they would be in.</param>
/// <param name="To">Id of the segment they are in.</param>
public sealed record FeedbackMove(string From, string To, int Customers);

/// <summary>How people's feedback changed a run: a section of the report.</summary>
public sealed record FeedbackReport
{
    /// <summary>How customers were placed under the constraints.</summary>
    public required Bilingual Method { get; init; }
    /// <summary>In the order of time.</summary>
    public required IReadOnlyList<FeedbackOutcome> Entries { get; init; }
    /// <summary>Customers who are in another segment than without feedback, by id.</summary>
    public required int Moved { get; init; }
    public required int Customers { get; init; }
    /// <summary>Of those moved, the ones whom a person's word about that very customer moved.</summary>
    public required int MovedByWord { get; init; }
    /// <summary>Most customers first.</summary>
    public required IReadOnlyList<FeedbackMove> Moves { get; init; }
    /// <summary>How the proof on the horizon takes feedback into account.</summary>
    public required Bilingual Proof { get; init; }
    /// <summary>What an operator should know besides.</summary>
    public IReadOnlyList<Bilingual> Findings { get; init; } = [];
    public required ReviewAgreement Agreement { get; init; }
}
