using Coterie.Sequences;

namespace Coterie.Learning.Models;

/// <summary>Chunks of sequences with one numbering of their rows.</summary>
sealed class SequencePool
{
    readonly IReadOnlyList<CustomerSequences> chunks;
    readonly int[] chunkOf;
    readonly int[] placeOf;

    /// <exception cref="InputException">The chunks do not have the same fields.</exception>
    public SequencePool(IReadOnlyList<CustomerSequences> chunks)
    {
        this.chunks = chunks;
        foreach (var chunk in chunks) FieldsOf.Same(chunks[0].Fields, chunk.Fields, "an earlier part of the sequences");
        Count = chunks.Sum(c => c.Count);
        chunkOf = new int[Count];
        placeOf = new int[Count];
        var row = 0;
        for (var c = 0; c < chunks.Count; c++)
        {
            for (var i = 0; i < chunks[c].Count; i++, row++)
            {
                chunkOf[row] = c;
                placeOf[row] = i;
            }
        }
    }

    public int Count { get; }

    public CustomerSequences Chunk(int row) => chunks[chunkOf[row]];

    public string Customer(int row) => Chunk(row).Customers[placeOf[row]];

    /// <summary>The row's first event in its chunk's arrays.</summary>
    public int First(int row) => Chunk(row).Offsets[placeOf[row]];

    public EventSpan Whole(int row) => new(row, First(row), Chunk(row).Offsets[placeOf[row] + 1]);
}

/// <summary>Whether sequences speak the language that a model was trained in.</summary>
static class FieldsOf
{
    /// <exception cref="InputException">A field is missing, has another place, or another number of codes.</exception>
    public static void Same(IReadOnlyList<SequenceField> expected, IReadOnlyList<SequenceField> found, string source)
    {
        if (ReferenceEquals(expected, found)) return;
        var problems = new List<string>();
        for (var f = 0; f < Math.Max(expected.Count, found.Count); f++)
        {
            var want = f < expected.Count ? $"{expected[f].Name} with {expected[f].Codes} codes" : "no field";
            var got = f < found.Count ? $"{found[f].Name} with {found[f].Codes} codes" : "no field";
            if (want != got) problems.Add($"field {f + 1} is {got}; {source} has {want}");
            else if (!expected[f].Words.SequenceEqual(found[f].Words)) problems.Add($"field {f + 1} ({found[f].Name}) has other words than in {source}");
        }

        if (problems.Count > 0)
            throw new InputException($"The sequences do not fit, they come from another catalogue:\n  {string.Join("\n  ", problems)}\nCode them with the schema that was saved with the model.");
    }
}
