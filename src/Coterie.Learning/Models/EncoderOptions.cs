using System.Text.Json.Serialization;

namespace Coterie.Learning.Models;

/// <summary>How the events of a history become one vector.</summary>
public enum Pooling
{
    /// <summary>Mean over the events.</summary>
    Mean,
    /// <summary>The output at a token in front of the events that belongs to no event.</summary>
    Customer,
    /// <summary>Both, one behind the other: twice as wide.</summary>
    Both,
}

/// <summary>Which encoder reads the histories.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(BehaviourTransformerOptions), "transformer")]
[JsonDerivedType(typeof(BehaviourCnnOptions), "cnn")]
public abstract record EncoderOptions
{
    /// <summary>Numbers for each event.</summary>
    public int Dim { get; init; } = 64;
    /// <summary>Events: of a longer history the newest are read.</summary>
    public int Length { get; init; } = 64;
    /// <summary>Share of numbers left out in training, after the embedding and after each half of a block.</summary>
    public double Dropout { get; init; } = 0.1;

    internal virtual IEnumerable<string> Problems()
    {
        if (Dim < 1) yield return $"encoder: dim is {Dim}; expected 1 or more.";
        if (Length is < 1 or > 4096) yield return $"encoder: length is {Length}; expected 1 to 4096.";
        if (!(Dropout is >= 0 and < 1)) yield return $"encoder: dropout is {Dropout}; expected 0 or more and below 1.";
    }
}

/// <summary>A Transformer encoder over events.</summary>
public sealed record BehaviourTransformerOptions : EncoderOptions
{
    public int Blocks { get; init; } = 2;
    public int Heads { get; init; } = 4;
    /// <summary>Width inside a block's second half.</summary>
    public int FeedForward { get; init; } = 256;
    public Pooling Pooling { get; init; } = Pooling.Mean;

    internal override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if (Blocks < 1) yield return $"encoder: blocks is {Blocks}; expected 1 or more.";
        if (Heads < 1 || Dim % Math.Max(1, Heads) != 0) yield return $"encoder: heads is {Heads}; expected a divisor of dim, {Dim}.";
        if (FeedForward < 1) yield return $"encoder: feed-forward is {FeedForward}; expected 1 or more.";
    }
}

/// <summary>A convolutional encoder over events: what a network that sees only neighbours can do.</summary>
public sealed record BehaviourCnnOptions : EncoderOptions
{
    public int Layers { get; init; } = 3;
    /// <summary>Events that a filter sees at once.</summary>
    public int Kernel { get; init; } = 5;

    internal override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if (Layers < 1) yield return $"encoder: layers is {Layers}; expected 1 or more.";
        if (Kernel < 1 || Kernel % 2 == 0) yield return $"encoder: kernel is {Kernel}; expected an odd number of 1 or more.";
    }
}
