namespace Coterie.Sequences;

/// <summary>Small changes of shape of coded sequences.</summary>
public static class SequenceShapes
{
    /// <summary>Place of a field by its name.</summary>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public static int Place(this CustomerSequences sequences, string field)
    {
        for (var f = 0; f < sequences.Fields.Count; f++)
            if (sequences.Fields[f].Name == field) return f;
        throw new ArgumentException($"There is no field '{field}'; there are {string.Join(", ", sequences.Fields.Select(f => f.Name))}.", nameof(field));
    }

    /// <summary>The same events with the sequences of one customer joined to one.</summary>
    public static CustomerSequences Joined(this CustomerSequences sequences)
    {
        var customers = new List<string>();
        var offsets = new List<int> { 0 };
        for (var i = 0; i < sequences.Count; i++)
        {
            if (i + 1 < sequences.Count && sequences.Customers[i + 1] == sequences.Customers[i]) continue;
            customers.Add(sequences.Customers[i]);
            offsets.Add(sequences.Offsets[i + 1]);
        }

        return sequences with { Customers = [.. customers], Offsets = [.. offsets] };
    }

    /// <summary>The same sequences without events of some kinds; the gap of what follows one that left spans it too.</summary>
    internal static CustomerSequences Without(this CustomerSequences sequences, IReadOnlyCollection<string> kinds)
    {
        if (kinds.Count == 0) return sequences;
        var left = SequenceFields.Kinds.Select((name, k) => (name, Code: (ushort)(SequenceField.First + k))).Where(k => kinds.Contains(k.name)).Select(k => k.Code).ToHashSet();
        int kind = sequences.Place("kind"), gap = sequences.Place("gap");
        var kept = new List<int>();
        var offsets = new int[sequences.Count + 1];
        for (var i = 0; i < sequences.Count; i++)
        {
            for (var e = sequences.Offsets[i]; e < sequences.Offsets[i + 1]; e++)
                if (!left.Contains(sequences.Codes[kind][e])) kept.Add(e);
            offsets[i + 1] = kept.Count;
        }

        if (kept.Count == sequences.Events) return sequences;
        ushort[][] codes = [.. sequences.Codes.Select(field => kept.Select(e => field[e]).ToArray())];
        long[] seconds = [.. kept.Select(e => sequences.Seconds[e])];
        for (var i = 0; i < sequences.Count; i++)
        {
            for (var e = offsets[i]; e < offsets[i + 1]; e++)
            {
                // What comes first keeps what was said of the first: the start of the history, or that it is not known.
                codes[gap][e] = e == offsets[i] ? sequences.Codes[gap][sequences.Offsets[i]]
                    : (ushort)(SequenceField.First + SequenceFields.Bucket(seconds[e] - seconds[e - 1], SequenceFields.GapEdges));
            }
        }

        return sequences with { Offsets = offsets, Codes = codes, Seconds = seconds };
    }
}
