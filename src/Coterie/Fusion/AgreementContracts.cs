using Coterie.Evaluation;

namespace Coterie.Fusion;

/// <summary>How the agreement of two labelings is measured and tested.</summary>
public sealed record AgreementOptions
{
    /// <summary>Bootstrap resamples of customers behind each interval (percentiles 2.5 and 97.5).</summary>
    public int Resamples { get; init; } = 200;
    /// <summary>Random pairings of the two labelings behind each test; the smallest p-value is 1 / (Permutations + 1).</summary>
    public int Permutations { get; init; } = 499;
    /// <summary>A p-value above this is "no better than chance".</summary>
    public double Level { get; init; } = 0.01;
    /// <summary>Threads to use; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal IEnumerable<string> Problems()
    {
        if (Resamples < 20) yield return $"agreement: resamples is {Resamples}; expected 20 or more.";
        if (Permutations < 99) yield return $"agreement: permutations is {Permutations}; expected 99 or more.";
        if (Level is not (> 0 and < 0.5)) yield return $"agreement: level is {Level}; expected above 0 and below 0.5.";
        else if (Level * (Permutations + 1) < 1) yield return $"agreement: {Permutations} permutations cannot reach a p-value of {Level}; expected {Math.Ceiling(1 / Level) - 1:0} or more.";
        if (Threads < 1) yield return $"agreement: threads is {Threads}; expected 1 or more.";
    }
}

/// <summary>One index of agreement.</summary>
/// <param name="Value">With its bootstrap interval; 1 is full agreement.</param>
/// <param name="ChanceMean">Mean over random pairings of the same cluster sizes. Above 0 for kappa, because the matching is chosen after
/// the fact.</param>
/// <param name="ChanceHigh">What 95 % of random pairings do not exceed.</param>
/// <param name="PValue">Share of random pairings that agree as well, the data themselves counted in (Phipson and Smyth 2010).</param>
public sealed record AgreementIndex(Estimate Value, double ChanceMean, double ChanceHigh, double PValue);

/// <summary>A cluster of the first labeling and the one of the second it was matched with.</summary>
/// <param name="First">Label in the first labeling.</param>
/// <param name="Second">Label in the second, or null when there was none left with a customer in common.</param>
/// <param name="Shared">Customers in both.</param>
/// <param name="FirstSize">Customers in the cluster of the first labeling.</param>
/// <param name="SecondSize">Customers in its partner; 0 without one.</param>
public sealed record MatchedClusters(int First, int? Second, int Shared, int FirstSize, int SecondSize);

/// <summary>Agreement of two labelings of the same customers.</summary>
public sealed record AgreementReport
{
    public required string First { get; init; }
    public required string Second { get; init; }
    /// <summary>Customers that both labelings place.</summary>
    public required int Customers { get; init; }
    /// <summary>Customers that at least one of them puts in no cluster; they are not compared.</summary>
    public required int LeftOut { get; init; }
    public required int FirstClusters { get; init; }
    public required int SecondClusters { get; init; }
    /// <summary>Adjusted Rand index (Hubert and Arabie 1985).</summary>
    public required AgreementIndex Ari { get; init; }
    /// <summary>Adjusted mutual information, arithmetic mean of entropies (Vinh, Epps and Bailey 2010).</summary>
    public required AgreementIndex Ami { get; init; }
    /// <summary>Cohen's kappa (1960) after clusters are matched one to one so that the most customers agree.</summary>
    public required AgreementIndex Kappa { get; init; }
    public required IReadOnlyList<MatchedClusters> Matching { get; init; }
    /// <summary>The rule of fusion: the adjusted Rand index is above 0 with its whole interval, and random pairings seldom reach it.</summary>
    public required bool BetterThanChance { get; init; }
    public required string Sentence { get; init; }
    public required string SentenceZh { get; init; }
}
