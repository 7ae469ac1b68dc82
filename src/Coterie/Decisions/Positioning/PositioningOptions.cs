namespace Coterie.Decisions.Positioning;

/// <summary>What positioning is asked.</summary>
public sealed record PositioningOptions
{
    /// <summary>category, brand, word or product; null takes the first of them that the log carries.</summary>
    public ProductGrouping? By { get; init; }
    /// <summary>Groups that the map is computed from: those bought most.</summary>
    public int MostGroups { get; init; } = 60;
    /// <summary>Groups named on the map.</summary>
    public int MostNamed { get; init; } = 24;
    /// <summary>A group needs to be in so many orders.</summary>
    public int FewestOrders { get; init; } = 20;
    /// <summary>Groups in the switching matrix; the others are one.</summary>
    public int MostSwitching { get; init; } = 12;
    /// <summary>Resamples of customers for intervals, and reshuffles of their segments for the test.</summary>
    public int Resamples { get; init; } = 499;
    /// <summary>A set of products needs this share of a segment's baskets, and <see cref="FewestBaskets"/>.</summary>
    public double LeastSupport { get; init; } = 0.01;
    public int FewestBaskets { get; init; } = 15;
    /// <summary>Expected share of false rules among those reported.</summary>
    public double FalseShare { get; init; } = 0.05;
    /// <summary>Rules kept of each segment, the highest lift first.</summary>
    public int RulesEach { get; init; } = 30;

    internal void Check()
    {
        List<string> problems = [];
        if (MostGroups < 2) problems.Add($"MostGroups is {MostGroups}; expected 2 or more.");
        if (MostNamed < 1) problems.Add($"MostNamed is {MostNamed}; expected 1 or more.");
        if (FewestOrders < 1) problems.Add($"FewestOrders is {FewestOrders}; expected 1 or more.");
        if (MostSwitching < 2) problems.Add($"MostSwitching is {MostSwitching}; expected 2 or more.");
        if (Resamples < 99) problems.Add($"Resamples is {Resamples}; expected 99 or more.");
        if (!(LeastSupport is > 0 and < 1)) problems.Add($"LeastSupport is {LeastSupport}; expected a share between 0 and 1.");
        if (FewestBaskets < 2) problems.Add($"FewestBaskets is {FewestBaskets}; expected 2 or more.");
        if (!(FalseShare is > 0 and < 1)) problems.Add($"FalseShare is {FalseShare}; expected a share between 0 and 1.");
        if (RulesEach < 1) problems.Add($"RulesEach is {RulesEach}; expected 1 or more.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}
