namespace Coterie.Sequences;

/// <summary>Whose events to read, as of when, and how many of them.</summary>
public sealed record SequenceRequest
{
    /// <summary>Only events at or before this instant are seen, UTC.</summary>
    public required DateTime AsOf { get; init; }
    /// <summary>Event columns that carry information; fields of the others are <see cref="SequenceField.Unknown"/> throughout.</summary>
    public required IReadOnlySet<string> Present { get; init; }
    /// <summary>False where times are dates: then there is no hour.</summary>
    public bool HasTimeOfDay { get; init; } = true;
    /// <summary>The relation that holds the events.</summary>
    public string Events { get; init; } = "events";
    /// <summary>Only these customers; null is everybody.</summary>
    public IReadOnlyCollection<string>? Customers { get; init; }
    /// <summary>L, the most events of one sequence.</summary>
    public int Length { get; init; } = 64;
    /// <summary>S, the most sequences of one customer: the last L events, the L before them, and so on. They stand one after the other,
    /// oldest first, each under the customer's id; only the oldest may be shorter than L.</summary>
    public int Segments { get; init; } = 1;
    /// <summary>Events before the first one of the oldest sequence that are read only to relate what follows to them.</summary>
    public int Context { get; init; } = 64;
    /// <summary>The most events that are held at once; a customer's are never split.</summary>
    public int ChunkEvents { get; init; } = 400_000;

    /// <summary>True where the events are of few customers, whose categories may all be new to the schema although the shop is the same: then a schema that knows
    /// none of them is not refused.</summary>
    public bool AnyCatalogue { get; init; }

    /// <summary>Events of one customer that count.</summary>
    internal long Window => (long)Length * Segments + Context;

    internal void Validate()
    {
        var problems = new List<string>();
        void AtLeast(string name, int value, int least)
        {
            if (value < least) problems.Add($"sequences: {name} is {value}; expected {least} or more.");
        }

        AtLeast("length", Length, 1);
        AtLeast("segments", Segments, 1);
        AtLeast("context", Context, 0);
        if (ChunkEvents < Window)
        {
            problems.Add($"sequences: chunk-events is {ChunkEvents}; expected at least {Window}, the events of one customer "
                + "(length x segments + context).");
        }

        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}
