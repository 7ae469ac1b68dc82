using Coterie.Warehouse;

namespace Coterie.Sequences;

/// <summary>Reads customers' events from a warehouse as coded sequences, a chunk of customers at a time.</summary>
public static class SequenceReader
{
    // So many categories of which the schema knows none are another catalogue, not a few novelties.
    const int ForeignCategories = 10;

    static int readings;

    /// <summary>Chunks of sequences that together hold every customer with an event at or before the instant, customers in ordinal order.
    /// The warehouse is asked while chunks are taken; a chunk holds at most <see cref="SequenceRequest.ChunkEvents"/> events.</summary>
    /// <param name="w">Holds the relation of events.</param>
    /// <param name="request">Which events.</param>
    /// <param name="schema">Of the model that the sequences are for; null learns one from the same events by the default options
    /// (<see cref="SequenceLearning"/> does so by others, and gives it back).</param>
    /// <exception cref="ConfigurationException">The request contradicts itself.</exception>
    /// <exception cref="InputException">The schema is of another catalogue: it knows none of many categories.</exception>
    public static IEnumerable<CustomerSequences> Read(IWarehouse w, SequenceRequest request, SequenceSchema? schema = null)
    {
        request.Validate();
        if (schema is null) schema = SequenceLearning.Learn(w, request, new());
        else RefuseForeign(w, request, schema);
        return Chunks(w, request, schema);
    }

    /// <summary>How many events each customer of the request has by its instant, in the order of the chunks.</summary>
    public static long[] EventCounts(IWarehouse w, SequenceRequest request) => Array.ConvertAll(Customers(w, request), c => c.Events);

    static void RefuseForeign(IWarehouse w, SequenceRequest request, SequenceSchema schema)
    {
        if (request.AnyCatalogue || !request.Present.Contains("category") || schema.Categories.Count == 0) return;
        var known = schema.Categories.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var seen = w.Rows(SequenceLearningSteps.Top(w.Dialect, request, "category", SequenceLearning.MaxCategories), r => r.GetString(0));
        if (seen.Count < ForeignCategories || seen.Exists(known.Contains)) return;
        throw new InputException($"The model is from another catalogue: it knows none of the {seen.Count:N0} categories of these events (such as "
            + $"'{seen[0]}'; it knows '{schema.Categories[0].Name}'). Use the model of this shop, or train a new one.");
    }

    static IEnumerable<CustomerSequences> Chunks(IWarehouse w, SequenceRequest request, SequenceSchema schema)
    {
        var customers = Customers(w, request);
        // A name of its own, so that one reading may go on while another begins.
        var table = $"sequences_customer_{Interlocked.Increment(ref readings)}";
        try
        {
            w.Execute(SequenceSteps.Numbered(w.Dialect, table));
            if (customers.Length > 0)
            {
                w.Append(table,
                [
                    new NumberColumn([.. Enumerable.Range(0, customers.Length).Select(i => (double)i)]),
                    new TextColumn([.. customers.Select(c => c.Id)]),
                    new NumberColumn([.. customers.Select(c => (double)c.Events)]),
                ]);
            }

            var coder = new SequenceCoder(schema, request.HasTimeOfDay);
            for (var from = 0; from < customers.Length;)
            {
                long events = 0;
                var until = from;
                while (until < customers.Length && events + Math.Min(customers[until].Events, request.Window) <= request.ChunkEvents)
                    events += Math.Min(customers[until++].Events, request.Window);
                yield return Chunk(w, request, schema, coder, table, customers, from, until);
                from = until;
            }
        }
        finally
        {
            w.Execute(new Step("remove a temporary table", $"DROP TABLE IF EXISTS {w.Dialect.Name(table)}"));
        }
    }

    readonly record struct Customer(string Id, long Events);

    // Sorted here: engines sort texts by their UTF-8 bytes, ordinal order is by UTF-16 units.
    static Customer[] Customers(IWarehouse w, SequenceRequest request)
    {
        var wanted = request.Customers?.ToHashSet(StringComparer.Ordinal);
        var customers = w.Rows(SequenceSteps.Customers(w.Dialect, request), r => new Customer(r.GetString(0), r.GetInt64(1)));
        if (wanted is not null) customers.RemoveAll(c => !wanted.Contains(c.Id));
        customers.Sort((a, b) => string.CompareOrdinal(a.Id, b.Id));
        return [.. customers];
    }

    static CustomerSequences Chunk(
        IWarehouse w, SequenceRequest request, SequenceSchema schema, SequenceCoder coder, string table, Customer[] customers, int from, int until)
    {
        var into = new SequenceBuilder(schema.Fields, request.Length);
        var codes = new ushort[SequenceFields.Count];
        var current = -1;
        long kept = (long)request.Length * request.Segments;
        w.Query(SequenceSteps.Events(w.Dialect, request, table, from, until), r =>
        {
            int number = (int)r.GetDouble(0);
            var place = r.GetInt64(1);
            if (number != current) coder.Begin(fromTheStart: place == 1);
            current = number;
            var e = new SequenceEvent(r.GetInt64(2), r.TextOrNull(3) ?? "")
            {
                Product = r.TextOrNull(4),
                Category = r.TextOrNull(5),
                Brand = r.TextOrNull(6),
                Price = r.IsDBNull(7) ? double.NaN : r.GetDouble(7),
                Quantity = r.IsDBNull(8) ? double.NaN : r.GetDouble(8),
                ListPrice = r.IsDBNull(9) ? double.NaN : r.GetDouble(9),
                Order = r.TextOrNull(10),
                Session = r.TextOrNull(11),
                Channel = r.TextOrNull(12),
                Device = r.TextOrNull(13),
            };
            coder.Code(e, codes);
            // How many events of the customer are still to come after this one.
            var after = customers[number].Events - place;
            if (after < kept) into.Add(customers[number].Id, e.Second, codes, after);
        });
        return into.Build();
    }
}
