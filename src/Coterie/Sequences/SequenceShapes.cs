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
}
