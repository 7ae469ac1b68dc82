using System.Text.Json.Serialization;
using Coterie.Numerics;

namespace Coterie.Features;

/// <summary>Standard: mean and standard deviation. Robust: median and interquartile range. MinMax: to 0..1.</summary>
public enum Scaling { Standard, Robust, MinMax }

/// <summary>How a feature table becomes a matrix of comparable columns.</summary>
public sealed record PreparationOptions
{
    public Scaling Scaling { get; init; } = Scaling.Standard;
    /// <summary>Values beyond these quantiles are pulled to them before scaling.</summary>
    public double WinsoriseLow { get; init; } = 0.001;
    public double WinsoriseHigh { get; init; } = 0.999;
    /// <summary>Features whose most common value covers at least this share are dropped as near constant.</summary>
    public double NearConstant { get; init; } = 0.99;
    /// <summary>Of two features with an absolute correlation above this, the later in the catalogue is dropped.</summary>
    public double Redundant { get; init; } = 0.95;
    /// <summary>Keeps this share of variance by principal components; null uses the scaled features as they are.</summary>
    public double? PcaVariance { get; init; }
    /// <summary>Absolute skewness up to which a feature with the automatic transform is left as it is.</summary>
    public double Skewed { get; init; } = 1;
    /// <summary>Customers that are learned from; of more, this many at even distances. A quantile of so many is off by a few ten-thousandths.</summary>
    public int MaxRows { get; init; } = 50_000;
    /// <summary>Threads to use; the result does not depend on it, so a saved model does not hold it.</summary>
    [JsonIgnore]
    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>What preparation learned of one feature.</summary>
public sealed record PreparedFeature
{
    public required string Name { get; init; }
    public required Transform Transform { get; init; }
    /// <summary>Replaces NaN, on the raw scale.</summary>
    public required double Impute { get; init; }
    public required double Low { get; init; }
    public required double High { get; init; }
    public required double Centre { get; init; }
    public required double Spread { get; init; }
    /// <summary>Sorted knots of the rank transform, empty otherwise.</summary>
    public double[] Knots { get; init; } = [];
    /// <summary>Multiplies the scaled column (1 is neutral).</summary>
    public double Weight { get; init; } = 1;
}

/// <summary>Columns that were not used, with the reason: near_constant, redundant with X, all_missing.</summary>
public sealed record DroppedFeature(string Name, string Reason);

/// <summary>Principal components of the scaled columns.</summary>
/// <param name="Means">d, of the scaled columns.</param>
/// <param name="Loadings">Components x d, unit length, in order of variance; the sign makes the largest loading positive.</param>
/// <param name="Variances">Of the components.</param>
/// <param name="Explained">Share of the variance that the kept components carry.</param>
public sealed record PrincipalComponents(double[] Means, double[][] Loadings, double[] Variances, double Explained);

/// <summary>The prepared matrix, customers x prepared columns.</summary>
public sealed record PreparedTable(Matrix Rows, IReadOnlyList<string> Columns)
{
    /// <summary>Feature to the number of customers whose missing value was replaced; features without any are not listed.</summary>
    public IReadOnlyDictionary<string, int> Imputed { get; init; } = new Dictionary<string, int>();
    /// <summary>Features that the table lacks and that were replaced for everybody, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
