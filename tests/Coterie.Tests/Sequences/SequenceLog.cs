using Coterie.Sequences;
using Coterie.Tests.Features;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests.Sequences;

/// <summary>Small logs as sequences.</summary>
static class SequenceLog
{
    public static SequenceRequest Request(bool sessions = true) => new()
    {
        AsOf = EventLog.AsOf,
        Present = Events.Columns.Select(c => c.Name).Where(n => sessions || n != "session_id").ToHashSet(),
    };

    public static CustomerSequences Read(DuckDbWarehouse warehouse, IReadOnlyList<LogEvent> log, SequenceRequest request, SequenceSchema? schema = null)
    {
        EventLog.Put(warehouse, log);
        return Glued(SequenceReader.Read(warehouse, request, schema));
    }

    /// <summary>All chunks as one.</summary>
    public static CustomerSequences Glued(IEnumerable<CustomerSequences> chunks)
    {
        var all = chunks.ToList();
        var offsets = new List<int> { 0 };
        foreach (var chunk in all)
            for (var i = 0; i < chunk.Count; i++) offsets.Add(offsets[^1] + chunk.Offsets[i + 1] - chunk.Offsets[i]);
        return new CustomerSequences
        {
            Fields = all.Count == 0 ? [] : all[0].Fields,
            Customers = [.. all.SelectMany(c => c.Customers)],
            Offsets = [.. offsets],
            Codes = all.Count == 0 ? [] : [.. Enumerable.Range(0, all[0].Fields.Count).Select(f => all.SelectMany(c => c.Codes[f]).ToArray())],
            Seconds = [.. all.SelectMany(c => c.Seconds)],
        };
    }

    public static bool Same(CustomerSequences a, CustomerSequences b, params IReadOnlyList<string> but) =>
        a.Customers.SequenceEqual(b.Customers) && a.Offsets.SequenceEqual(b.Offsets) && a.Seconds.SequenceEqual(b.Seconds)
        && a.Fields.Select(f => f.Name).SequenceEqual(b.Fields.Select(f => f.Name))
        && Enumerable.Range(0, a.Codes.Length).All(f => but.Contains(a.Fields[f].Name) || a.Codes[f].SequenceEqual(b.Codes[f]));

    /// <summary>What a code says, or null for unknown.</summary>
    public static string? Word(this CustomerSequences sequences, string field, int at)
    {
        var place = sequences.Place(field);
        var code = sequences.Codes[place][at];
        return code == SequenceField.Unknown ? null : sequences.Fields[place].Words[code - SequenceField.First];
    }
}
