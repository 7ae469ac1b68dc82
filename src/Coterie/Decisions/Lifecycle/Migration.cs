namespace Coterie.Decisions;

/// <summary>How many customers went from one group to another.</summary>
public sealed record MigrationFlow(string From, string To, int Customers);

/// <summary>What became of the members of segments between two runs.</summary>
/// <param name="Before">Segments of the earlier run.</param>
/// <param name="After">Segments of the later run.</param>
/// <param name="Flows">In the order of segments; "new" and "gone" are customers that only one run knows.</param>
/// <param name="Moved">Share of the customers of both runs whose segment id differs.</param>
public sealed record SegmentMigration(IReadOnlyList<SegmentRef> Before, IReadOnlyList<SegmentRef> After, IReadOnlyList<MigrationFlow> Flows, double Moved)
{
    public const string New = "new", Gone = "gone";

    public static SegmentMigration Of(Membership before, Membership after)
    {
        var counts = new int[before.Segments.Count + 1, after.Segments.Count + 1];
        int both = 0, moved = 0;
        foreach (var (customer, to) in after.OfCustomer)
        {
            var from = before.Of(customer);
            counts[from < 0 ? before.Segments.Count : from, to]++;
            if (from < 0) continue;
            both++;
            if (before.Segments[from].Id != after.Segments[to].Id) moved++;
        }

        foreach (var (customer, from) in before.OfCustomer)
            if (after.Of(customer) < 0) counts[from, after.Segments.Count]++;
        var flows = new List<MigrationFlow>();
        for (var i = 0; i <= before.Segments.Count; i++)
        {
            for (var j = 0; j <= after.Segments.Count; j++)
            {
                if (counts[i, j] > 0)
                    flows.Add(new(i < before.Segments.Count ? before.Segments[i].Id : New, j < after.Segments.Count ? after.Segments[j].Id : Gone, counts[i, j]));
            }
        }

        return new(before.Segments, after.Segments, flows, both > 0 ? (double)moved / both : double.NaN);
    }
}
