namespace Coterie.Sequences;

/// <summary>How the number of components of a mixture of Markov chains is chosen.</summary>
public sealed record SequenceViewOptions
{
    /// <summary>Fixes K; null searches for it.</summary>
    public int? Components { get; init; }
    public int MinComponents { get; init; } = 2;
    public int MaxComponents { get; init; } = 16;
    /// <summary>Every component found in one half of the customers must overlap its like found in the other half by this Jaccard index on
    /// average over the splits: 0.75 is a valid pattern (Hennig 2007).</summary>
    public double MinJaccard { get; init; } = 0.75;
    /// <summary>Random splits of the customers into halves.</summary>
    public int Splits { get; init; } = 1;
    /// <summary>Every component has at least this share of the customers.</summary>
    public double MinShare { get; init; } = 0.02;
    /// <summary>The search ends when so many numbers in a row after the best one did not come back.</summary>
    public int Patience { get; init; } = 3;
    /// <summary>The mixture; its number of components does not matter here.</summary>
    public MarkovMixtureOptions Mixture { get; init; } = new();

    internal void Validate()
    {
        var problems = new List<string>();
        void Check(string name, object? value, bool fine, string expected)
        {
            if (!fine) problems.Add($"sequence view: {name} is {value}; expected {expected}.");
        }

        Check("components", Components, Components is null or >= 1, "1 or more, or none");
        Check("min-components", MinComponents, MinComponents >= 2, "2 or more");
        Check("max-components", MaxComponents, MaxComponents >= MinComponents, $"{MinComponents} or more");
        Check("min-jaccard", MinJaccard, MinJaccard is > 0 and <= 1, "above 0, at most 1");
        Check("splits", Splits, Splits >= 1, "1 or more");
        Check("min-share", MinShare, MinShare is >= 0 and < 1, "0 or more, below 1");
        Check("patience", Patience, Patience >= 1, "1 or more");
        try
        {
            Mixture.Validate();
        }
        catch (ConfigurationException e)
        {
            problems.Add(e.Message);
        }

        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}

/// <summary>One number of components that was tried.</summary>
/// <param name="Components">K.</param>
/// <param name="MinJaccard">Of the component that came back worst, mean over splits; 1 for the single component.</param>
/// <param name="MeanJaccard">Over components and splits.</param>
/// <param name="MinShare">Of the customers, in the smallest component of any half.</param>
/// <param name="Verdict">Why it was taken or not.</param>
public sealed record SequenceViewCandidate(int Components, double MinJaccard, double MeanJaccard, double MinShare, string Verdict);

/// <summary>A sequence view and how its number of components came about.</summary>
public sealed record SequenceViewResult
{
    /// <summary>Places customers: <see cref="MarkovMixtureModel.Place"/>.</summary>
    public required MarkovMixtureModel Model { get; init; }
    /// <summary>K; 1 when no division of the customers came back.</summary>
    public required int Components { get; init; }
    /// <summary>Mean Jaccard index of the components between halves, 0 to 1; 0 when there is one component only.</summary>
    public required double Stability { get; init; }
    /// <summary>K: the Jaccard index of each component with its like in the models learned from halves, mean over these; 0 when nothing was tried.</summary>
    public required IReadOnlyList<double> ByComponent { get; init; }
    public required IReadOnlyList<SequenceViewCandidate> Candidates { get; init; }
    public required string Sentence { get; init; }
    public required string SentenceZh { get; init; }
}
