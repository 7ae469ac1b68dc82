using Coterie.Decisions;
using Coterie.Learning.Training;

namespace Coterie.Learning;

/// <summary>A Transformer that guesses the next product of a catalogue, and how it is trained.</summary>
public sealed record NextItemOptions
{
    /// <summary>Numbers for each product.</summary>
    public int Dim { get; init; } = 64;
    /// <summary>Events that are read at once: in training a longer history is cut into pieces, later its newest events are read.</summary>
    public int Length { get; init; } = 50;
    public int Blocks { get; init; } = 2;
    public int Heads { get; init; } = 2;
    /// <summary>Width inside a block's second half.</summary>
    public int FeedForward { get; init; } = 256;
    /// <summary>Share of numbers left out in training, after the embedding and after each half of a block.</summary>
    public double Dropout { get; init; } = 0.2;
    /// <summary>Standard deviation of the first embeddings.</summary>
    public double Spread { get; init; } = 0.02;
    /// <summary>Begins with vectors from counts of what is taken soon after what (<see cref="ItemVectors"/>) instead of random ones: learning takes a tenth of the time.</summary>
    public bool Counted { get; init; } = true;
    /// <summary>Products, drawn anew for each batch, that stand for the whole catalogue in the loss; 0 takes the whole catalogue.</summary>
    public int Sampled { get; init; }
    /// <summary>What is guessed in training is drawn from so many events ahead, the one d ahead with a chance in proportion to 1 / d; 1 is always the next.
    /// Where each pair of neighbours was seen once, what comes soon says more than what came next.</summary>
    public int Ahead { get; init; } = 1;
    /// <summary>Share of events that are hidden from those after them in training.</summary>
    public double Hidden { get; init; }
    public TrainingOptions Training { get; init; } = new() { Epochs = 30, Batch = 64, ValidationShare = 0.05, TestShare = 0, LearningRate = 2e-3 };

    internal IEnumerable<string> Problems()
    {
        if (Dim is < 1 or > 4096) yield return $"next-item: dim is {Dim}; expected 1 to 4096.";
        if (Length is < 1 or > 4096) yield return $"next-item: length is {Length}; expected 1 to 4096.";
        if (Blocks < 1) yield return $"next-item: blocks is {Blocks}; expected 1 or more.";
        if (Heads < 1 || Dim % Math.Max(1, Heads) != 0) yield return $"next-item: heads is {Heads}; expected a divisor of dim, {Dim}.";
        if (FeedForward < 1) yield return $"next-item: feed-forward is {FeedForward}; expected 1 or more.";
        if (!(Dropout is >= 0 and < 1)) yield return $"next-item: dropout is {Dropout}; expected 0 or more and below 1.";
        if (!(Spread > 0 && double.IsFinite(Spread))) yield return $"next-item: spread is {Spread}; expected more than 0.";
        if (Sampled < 0) yield return $"next-item: sampled is {Sampled}; expected 0 or more.";
        if (Ahead < 1) yield return $"next-item: ahead is {Ahead}; expected 1 or more.";
        if (!(Hidden is >= 0 and < 1)) yield return $"next-item: hidden is {Hidden}; expected 0 or more and below 1.";
        foreach (var problem in Training.Problems()) yield return problem;
    }
}
