using Coterie.Numerics;

namespace Coterie.Decisions.Lookalikes;

/// <summary>Vectors of customers in which likeness is measured, such as a run's embedding.</summary>
/// <param name="Customers">n ids.</param>
/// <param name="Rows">n x d.</param>
/// <param name="AsOf">The instant they are of.</param>
public sealed record CustomerVectors(string[] Customers, Matrix Rows, DateTime AsOf);

/// <summary>Whom to find the like of, and how many.</summary>
public sealed record LookalikeOptions
{
    /// <summary>Ids of the seed audience; null with <see cref="Segment"/>.</summary>
    public IReadOnlyList<string>? Seeds { get; init; }
    /// <summary>Id of the segment that is the seed audience.</summary>
    public string? Segment { get; init; }
    /// <summary>How many to list; null lists as many as there are seeds.</summary>
    public int? Size { get; init; }
    /// <summary>The embedding of the run; null measures likeness in the prepared features.</summary>
    public CustomerVectors? Embedding { get; init; }
    /// <summary>Halves of the seed that are hidden in turn to judge; a quarter as many again choose the way.</summary>
    public int Halves { get; init; } = 20;
    /// <summary>Nearest seeds that a customer is compared with.</summary>
    public int Nearest { get; init; } = 10;
    /// <summary>Seeds that are compared with and customers that halves are hidden among; samples above.</summary>
    public int MaxSeeds { get; init; } = 500;
    public int MaxOthers { get; init; } = 20_000;

    internal void Check()
    {
        List<string> problems = [];
        if ((Seeds is null) == (Segment is null)) problems.Add("Name the seed audience: a file of customer ids with --seed-list FILE, or a segment with --segment ID (one of the two).");
        if (Size is < 1) problems.Add($"--size: {Size}; expected 1 or more.");
        if (Halves < 4) problems.Add($"halves: {Halves}; expected 4 or more.");
        if (Nearest < 1) problems.Add($"nearest: {Nearest}; expected 1 or more.");
        if (MaxSeeds < 2 * LookalikeDecision.FewestSeeds) problems.Add($"max seeds: {MaxSeeds}; expected {2 * LookalikeDecision.FewestSeeds} or more.");
        if (MaxOthers < 100) problems.Add($"max others: {MaxOthers}; expected 100 or more.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}
