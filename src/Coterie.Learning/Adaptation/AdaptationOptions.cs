using System.Text.Json.Serialization;

namespace Coterie.Learning;

/// <summary>How a trained encoder follows new labels: which of its numbers move, or what is added to it while they rest.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(FullTuning), "full")]
[JsonDerivedType(typeof(FrozenEncoder), "frozen")]
[JsonDerivedType(typeof(LoraOptions), "lora")]
[JsonDerivedType(typeof(AdaLoraOptions), "adalora")]
[JsonDerivedType(typeof(BottleneckOptions), "bottleneck")]
public abstract record AdaptationOptions
{
    internal virtual IEnumerable<string> Problems() => [];
}

/// <summary>All numbers of the encoder are trained.</summary>
public sealed record FullTuning : AdaptationOptions;

/// <summary>None of them is: only the layers behind the encoder learn. The floor that the other ways must beat.</summary>
public sealed record FrozenEncoder : AdaptationOptions;

/// <summary>Adaptation that adds something small to some layers of an encoder at rest.</summary>
public abstract record LayerAdaptation : AdaptationOptions
{
    /// <summary>Parts of the encoder: <c>queryKeyValue</c>, <c>output</c>, <c>widen</c>, <c>narrow</c>, <c>before</c> of a Transformer, <c>filters</c> of a CNN. Empty
    /// takes all that there are (bottlenecks: those that end a half of a block).</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];
}

/// <summary>A change of low rank beside a layer's weights: W + alpha / rank * B A, B zero at the start (Hu et al. 2022, "LoRA", arXiv 2106.09685).</summary>
public sealed record LoraOptions : LayerAdaptation
{
    public int Rank { get; init; } = 8;
    public double Alpha { get; init; } = 16;

    internal override IEnumerable<string> Problems()
    {
        if (Rank < 1) yield return $"adaptation: rank is {Rank}; expected 1 or more.";
        if (!(Alpha > 0 && double.IsFinite(Alpha))) yield return $"adaptation: alpha is {Alpha}; expected more than 0.";
    }
}

/// <summary>A change P diag(L) Q whose ranks are shared out among the layers by importance while it is trained (Zhang et al. 2023, "AdaLoRA", arXiv 2303.10512).</summary>
public sealed record AdaLoraOptions : LayerAdaptation
{
    /// <summary>Ranks of every layer at the start.</summary>
    public int Rank { get; init; } = 12;
    /// <summary>Ranks of a layer at the end, on average.</summary>
    public double Budget { get; init; } = 6;
    public double Alpha { get; init; } = 24;
    /// <summary>Weight of |P'P - I|² + |QQ' - I|² (equation 4 there).</summary>
    public double Orthogonality { get; init; } = 0.1;
    /// <summary>Share of the steps before pruning begins, and after it has ended; between them the budget falls along a cubic (equation 12 there).</summary>
    public double WarmUp { get; init; } = 0.1;
    public double Settle { get; init; } = 0.4;
    /// <summary>Steps between two prunings.</summary>
    public int Every { get; init; } = 10;
    /// <summary>How much of the former average is kept: of the sensitivity (equation 9) and of its uncertainty (equation 10).</summary>
    public double SensitivityDecay { get; init; } = 0.85;
    public double UncertaintyDecay { get; init; } = 0.85;

    internal override IEnumerable<string> Problems()
    {
        if (Rank < 1) yield return $"adaptation: rank is {Rank}; expected 1 or more.";
        if (!(Budget > 0 && Budget <= Rank)) yield return $"adaptation: budget is {Budget}; expected more than 0, at most rank, {Rank}.";
        if (!(Alpha > 0 && double.IsFinite(Alpha))) yield return $"adaptation: alpha is {Alpha}; expected more than 0.";
        if (!(Orthogonality >= 0 && double.IsFinite(Orthogonality))) yield return $"adaptation: orthogonality is {Orthogonality}; expected 0 or more.";
        if (!(WarmUp >= 0 && Settle >= 0 && WarmUp + Settle < 1))
            yield return $"adaptation: warm-up and settle are {WarmUp} and {Settle}; expected 0 or more, together below 1.";
        if (Every < 1) yield return $"adaptation: every is {Every}; expected 1 or more.";
        if (!(SensitivityDecay is >= 0 and < 1 && UncertaintyDecay is >= 0 and < 1))
            yield return $"adaptation: decays are {SensitivityDecay} and {UncertaintyDecay}; expected 0 or more and below 1.";
    }
}

/// <summary>A narrow network behind each half of a block, added to what comes out of it, zero at the start (Houlsby et al. 2019, "Parameter-efficient transfer
/// learning for NLP", arXiv 1902.00751).</summary>
public sealed record BottleneckOptions : LayerAdaptation
{
    public int Width { get; init; } = 16;

    internal override IEnumerable<string> Problems()
    {
        if (Width < 1) yield return $"adaptation: width is {Width}; expected 1 or more.";
    }
}
