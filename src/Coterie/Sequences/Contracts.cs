namespace Coterie.Sequences;

/// <summary>One field of an event in a sequence: a small code.</summary>
/// <param name="Name">Such as <c>kind</c> or <c>gap</c>.</param>
/// <param name="Sentence">What the code says.</param>
/// <param name="Codes">Number of codes. 0 is padding, 1 is "absent or never seen in training"; what the field says starts at 2.</param>
/// <param name="Words">Words for codes 2 and up where they have any; empty where they do not (hashed products).</param>
public sealed record SequenceField(string Name, string Sentence, int Codes, IReadOnlyList<string> Words)
{
    public const ushort Padding = 0, Unknown = 1, First = 2;
}

/// <summary>Ordered events of n customers, oldest first, coded field by field.</summary>
public sealed record CustomerSequences
{
    public required IReadOnlyList<SequenceField> Fields { get; init; }
    /// <summary>n, in ordinal order.</summary>
    public required string[] Customers { get; init; }
    /// <summary>n + 1: customer i has the events [Offsets[i], Offsets[i + 1]).</summary>
    public required int[] Offsets { get; init; }
    /// <summary>Fields x events.</summary>
    public required ushort[][] Codes { get; init; }
    /// <summary>Events: seconds since 1970, UTC.</summary>
    public required long[] Seconds { get; init; }

    public int Count => Customers.Length;
    public int Events => Offsets[^1];
}
