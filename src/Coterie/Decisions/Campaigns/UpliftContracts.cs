using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Campaigns;

/// <summary>How the effect on each customer is learned; the first of equals is preferred.</summary>
public enum UpliftLearner
{
    /// <summary>One model of the outcome with the treatment and its interactions as columns.</summary>
    SLearner,
    /// <summary>One model of the outcome in each arm.</summary>
    TLearner,
    /// <summary>Models of imputed effects, weighted by the propensity (Künzel et al. 2019).</summary>
    XLearner,
    /// <summary>Does the outcome agree with the arm? For outcomes of yes or no and arms of equal size (Jaskowski and Jaroszewicz 2012).</summary>
    ClassTransformation,
    /// <summary>Regression of doubly robust scores (Kennedy 2023).</summary>
    DoublyRobust,
    /// <summary>Bagged honest uplift trees (Rzepakowski and Jaroszewicz 2012; honest estimates as in Athey and Imbens 2016).</summary>
    UpliftTrees,
}

/// <summary>Customers of one arm and of control: what was known of them, what they did, and whether they were treated.</summary>
/// <param name="Rows">n x d, standardised.</param>
/// <param name="Outcome">n.</param>
/// <param name="Treated">n.</param>
/// <param name="Propensity">n: the chance of treatment that the design gave.</param>
internal sealed record UpliftSample(Matrix Rows, double[] Outcome, bool[] Treated, double[] Propensity)
{
    public int Count => Outcome.Length;

    public bool Binary { get; } = Array.TrueForAll(Outcome, y => y is 0 or 1);

    public UpliftSample Take(int[] places) => new(Rows.Take(places), [.. places.Select(i => Outcome[i])], [.. places.Select(i => Treated[i])], [.. places.Select(i => Propensity[i])]);

    /// <summary>The customers of one arm.</summary>
    public UpliftSample Arm(bool treated) => Take([.. Enumerable.Range(0, Count).Where(i => Treated[i] == treated)]);
}

/// <summary>A learned effect.</summary>
/// <param name="Predict">Effects of rows prepared as those that it learned from.</param>
internal sealed record UpliftModel(UpliftLearner Learner, Func<Matrix, double[]> Predict);

/// <summary>A learner's cross-validated Qini.</summary>
public sealed record LearnerScore(UpliftLearner Learner, double Qini);

/// <summary>One bin of customers with like predictions.</summary>
/// <param name="Customers">In the bin.</param>
/// <param name="Predicted">Mean predicted effect.</param>
/// <param name="Measured">Doubly robust effect with its interval.</param>
public sealed record UpliftBin(int Customers, double Predicted, Estimate Measured);

/// <summary>What contacting the best share of customers brings, on customers who were held out.</summary>
/// <param name="Share">Of all customers.</param>
/// <param name="Gain">Incremental outcome per customer of the whole base, doubly robust.</param>
/// <param name="OverRandom">Gain minus that of contacting the same share at random.</param>
public sealed record PolicyValue(double Share, Estimate Gain, Estimate OverRandom);

/// <summary>Whether customers differ in what a campaign does to them, and how well it is foretold.</summary>
public sealed record UpliftFinding
{
    public required string Arm { get; init; }
    public required string Outcome { get; init; }
    /// <summary>Chosen on all customers by cross-validated Qini.</summary>
    public required UpliftLearner Learner { get; init; }
    public required IReadOnlyList<LearnerScore> Learners { get; init; }
    /// <summary>Of held-out predictions; the learner is chosen anew without the customers who judge it.</summary>
    public required Estimate Qini { get; init; }
    public required double Auuc { get; init; }
    /// <summary>Permutation p of "one rule for all is as good".</summary>
    public required double P { get; init; }
    /// <summary>Holm-adjusted over the comparisons of the same measurement.</summary>
    public required double AdjustedP { get; init; }
    /// <summary>Adjusted p at most 0.05 and an interval of the Qini above zero.</summary>
    public required bool Usable { get; init; }
    public required PolicyValue Policy { get; init; }
    public required IReadOnlyList<UpliftBin> Bins { get; init; }
    /// <summary>Intercept and slope of measured effects on predicted ones; 0 and 1 are perfect.</summary>
    public required Estimate CalibrationSlope { get; init; }
    /// <summary>[share contacted, incremental outcome per customer of the base].</summary>
    public required IReadOnlyList<double[]> Curve { get; init; }
}
