namespace Coterie.Evaluation;

/// <summary>One class of a classifier.</summary>
/// <param name="Class">0 .. K-1.</param>
/// <param name="Support">Customers truly in it.</param>
/// <param name="Predicted">Customers put into it.</param>
/// <param name="Precision">0 where nobody was put into it.</param>
/// <param name="Recall">0 where nobody is in it.</param>
/// <param name="F1">Harmonic mean of both; 0 where both are.</param>
public sealed record ClassifierClass(int Class, int Support, int Predicted, double Precision, double Recall, double F1);

/// <summary>Customers of about the same confidence: how often the classifier was right about them.</summary>
/// <param name="Low">Smallest confidence among them.</param>
/// <param name="High">Largest confidence among them.</param>
/// <param name="Count">Customers.</param>
/// <param name="Confidence">Their mean confidence.</param>
/// <param name="Accuracy">Share that was classified correctly, with its 95 % interval (Wilson 1927).</param>
public sealed record ReliabilityBin(double Low, double High, int Count, double Confidence, Estimate Accuracy);

/// <summary>Whether confidences can be taken at their word.</summary>
/// <param name="ExpectedError">Mean distance of confidence and accuracy over customers (ECE), with bins of equal mass.</param>
/// <param name="LargestError">The same of the worst bin.</param>
/// <param name="Bins">From the least to the most confident.</param>
public sealed record CalibrationReport(double ExpectedError, double LargestError, IReadOnlyList<ReliabilityBin> Bins);

/// <summary>A classifier on customers it did not learn from. Averages are over the classes that occur, as truth or as prediction.</summary>
public sealed record ClassifierReport
{
    public required int Count { get; init; }
    public required double Accuracy { get; init; }
    public required double MacroPrecision { get; init; }
    public required double MacroRecall { get; init; }
    public required double MacroF1 { get; init; }
    /// <summary>Averages weighted by support.</summary>
    public required double WeightedPrecision { get; init; }
    public required double WeightedRecall { get; init; }
    public required double WeightedF1 { get; init; }
    public required IReadOnlyList<ClassifierClass> PerClass { get; init; }
    /// <summary>K x K: true class by predicted class.</summary>
    public required int[][] Confusion { get; init; }
    /// <summary>Mean -log p of the true class, in nats; probabilities below 2^-23 count as that.</summary>
    public required double LogLoss { get; init; }
    /// <summary>Mean over customers of the summed squared errors of all classes (Brier 1950): 0 to 2.</summary>
    public required double Brier { get; init; }
    public required CalibrationReport Calibration { get; init; }
}
