namespace Coterie.Sequences;

/// <summary>Lays coded events out field by field, and cuts a customer's events into sequences of at most so many.</summary>
sealed class SequenceBuilder(IReadOnlyList<SequenceField> fields, int length)
{
    readonly List<string> customers = [];
    readonly List<int> offsets = [0];
    readonly List<ushort>[] codes = [.. fields.Select(_ => new List<ushort>())];
    readonly List<long> seconds = [];

    /// <summary>The customer's next event, of which <paramref name="after"/> follow.</summary>
    public void Add(string customer, long second, ReadOnlySpan<ushort> code, long after)
    {
        seconds.Add(second);
        for (var f = 0; f < codes.Length; f++) codes[f].Add(code[f]);
        // Sequences are counted from the end, so that the newest one is full.
        if (after % length != 0) return;
        customers.Add(customer);
        offsets.Add(seconds.Count);
    }

    public CustomerSequences Build() => new()
    {
        Fields = fields,
        Customers = [.. customers],
        Offsets = [.. offsets],
        Codes = [.. codes.Select(c => c.ToArray())],
        Seconds = [.. seconds],
    };
}
