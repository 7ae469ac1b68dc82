using Coterie.Clean;
using Coterie.Collect;
using Coterie.Profiles;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>Which customers to place at once.</summary>
public sealed record CustomerScoringRequest
{
    /// <summary>Places them.</summary>
    public required SegmentationModel Model { get; init; }
    /// <summary>Holds the events that were loaded; null where nothing was.</summary>
    public required IWarehouse? Store { get; init; }
    /// <summary>Ids as events carry them: of customers, or anonymous ones.</summary>
    public required IReadOnlyCollection<string> Ids { get; init; }
    /// <summary>Gives the events of some ids that the store does not have yet, as lines of JSON; nothing where there are none.</summary>
    public Func<IReadOnlyCollection<string>, ReadOnlyMemory<byte>>? Fresh { get; init; }
    /// <summary>The instant of the features.</summary>
    public required DateTime AsOf { get; init; }
    /// <summary>Zone of times without an offset, as the workspace has it.</summary>
    public string Timezone { get; init; } = "UTC";
    /// <summary>A place for files of the moment.</summary>
    public required string TemporaryDirectory { get; init; }
    /// <summary>Stored rows that may be read; a shared browser may have very many.</summary>
    public long MostRows { get; init; } = 200_000;
    /// <summary>Told each step in the small warehouse when it ends, and how long it took.</summary>
    public Action<Step, TimeSpan>? Trace { get; init; }
}

/// <summary>Where one customer belongs.</summary>
/// <param name="Customer">The resolved id.</param>
/// <param name="Segment">Id of the segment.</param>
/// <param name="Name">Its name.</param>
/// <param name="Second">Id of the second-best segment; null when there is only one.</param>
/// <param name="Confidence">In [0, 1].</param>
/// <param name="Agreement">In [0, 1]: agreement of the two views; null with one view.</param>
/// <param name="Events">How many of the customer's events were looked at.</param>
/// <param name="Since">How many of these happened after the model's instant.</param>
public sealed record CustomerPlace(string Customer, string Segment, Bilingual Name, string? Second, double Confidence, double? Agreement, long Events, long Since);

/// <summary>The answer for some ids.</summary>
/// <param name="AsOf">The instant.</param>
/// <param name="Places">By customer, in ordinal order: everybody to whom one of the ids belongs and who has an event that cleaning keeps.</param>
/// <param name="Owners">Who an id belongs to, for ids that are not a customer of their own (any more).</param>
/// <param name="Rows">Stored rows that were read; more than allowed means that nobody was placed.</param>
public sealed record CustomerPlaces(DateTime AsOf, IReadOnlyList<CustomerPlace> Places, IReadOnlyDictionary<string, string> Owners, long Rows)
{
    /// <summary>Whether there were more stored rows than allowed.</summary>
    public bool TooMany { get; init; }
}

/// <summary>Places a few customers of a large shop: their rows are taken out into a small warehouse, where the same cleaning, identities, features and model as
/// in <see cref="Scoring"/> are asked, so the answer is the one that scoring everybody's events would give.</summary>
public static class CustomerScoring
{
    /// <summary>What stands before an anonymous id that belongs to nobody: it is a customer of its own.</summary>
    public const string Anonymous = People.Nobody;

    /// <exception cref="WarehouseException">The store refused.</exception>
    public static CustomerPlaces Score(CustomerScoringRequest request)
    {
        using var small = new DuckDbWarehouse(new DuckDbOptions { Threads = 1, MemoryLimit = 500_000_000, TemporaryDirectory = request.TemporaryDirectory, Trace = request.Trace });
        string[] ids = [.. request.Ids.Concat(request.Ids.Select(People.IdOf)).Distinct(StringComparer.Ordinal)];
        var related = request.Store is { } store ? StoredCustomers.Related(store, ids) : ids;
        var rows = request.Store is null ? 0 : StoredCustomers.Copy(request.Store, related, small, request.MostRows);
        var fresh = request.Fresh?.Invoke(related) ?? default;
        if (rows > request.MostRows) return new(request.AsOf, [], new Dictionary<string, string>(), rows) { TooMany = true };
        if (rows == 0 && fresh.IsEmpty) return new(request.AsOf, [], new Dictionary<string, string>(), rows);
        Load(small, fresh, request);
        // Others have rows here because they share a browser; not all of theirs.
        var asked = ids.Concat(ids.Select(i => Anonymous + i)).ToHashSet(StringComparer.Ordinal);
        var owners = Owners(small, ids, asked);
        var table = Scoring.Features(small, request.Model, request.AsOf);
        var placed = Scoring.Place(small, request.Model, table, threads: 1, anyCatalogue: true);
        var counts = small.Rows(new Step("count the events of each customer", """SELECT "customer_id", count(*), count(*) FILTER ("time" > $since) FROM events WHERE "time" <= $as_of GROUP BY "customer_id" """)
        { Parameters = new Dictionary<string, object?> { ["as_of"] = request.AsOf, ["since"] = request.Model.AsOf } },
            r => KeyValuePair.Create(r.GetString(0), (Events: r.GetInt64(1), Since: r.GetInt64(2)))).ToDictionary(StringComparer.Ordinal);
        var segments = request.Model.Segments.ToDictionary(s => s.Label);
        var places = new List<CustomerPlace>();
        for (var i = 0; i < table.Count; i++)
        {
            if (!asked.Contains(table.Customers[i])) continue;
            var segment = segments[placed.Assignment.Labels[i]];
            var (events, since) = counts[table.Customers[i]];
            places.Add(new(table.Customers[i], segment.Id, segment.Name, segments.GetValueOrDefault(placed.Assignment.Second[i])?.Id, placed.Assignment.Confidence[i],
                placed.Agreement?[i], events, since));
        }

        return new(request.AsOf, places, owners, rows);
    }

    /// <summary>The ids of everybody to whom some ids belong in a store, the given ones among them.</summary>
    public static IReadOnlyCollection<string> Related(IWarehouse store, IReadOnlyCollection<string> ids) => StoredCustomers.Related(store, ids);

    /// <summary>When the newest event of a warehouse happened; null where it has none.</summary>
    public static DateTime? NewestEvent(IWarehouse store) => StoredCustomers.Newest(store);

    static void Load(DuckDbWarehouse small, ReadOnlyMemory<byte> fresh, CustomerScoringRequest request)
    {
        if (fresh.IsEmpty)
        {
            Cleaning.Add(small, [], new CleanOptions());
            return;
        }

        Directory.CreateDirectory(request.TemporaryDirectory);
        var file = Path.Combine(request.TemporaryDirectory, $"fresh-{Guid.NewGuid():N}.jsonl");
        try
        {
            using (var to = File.Create(file)) to.Write(fresh.Span);
            var relations = new FileSource(new CollectOptions { Files = [file], Timezone = request.Timezone, TemporaryDirectory = request.TemporaryDirectory }).Open(small);
            // Which column came from where is for people who look at a workspace.
            Cleaning.Add(small, [.. relations.Select(r => r with { Mapping = [] })], new CleanOptions());
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Every owner of an anonymous id is placed, the newest one is who it belongs to now.
    static Dictionary<string, string> Owners(DuckDbWarehouse small, IReadOnlyCollection<string> ids, HashSet<string> asked)
    {
        var wanted = ids.ToHashSet(StringComparer.Ordinal);
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        small.Query(new Step("read who is who", """
            SELECT id, customer FROM (
                SELECT anonymous_id AS id, customer, since, 0 AS known FROM identity_spans
                UNION ALL SELECT id, customer, CAST('-infinity' AS TIMESTAMP), 1 FROM identity_known) ORDER BY known, since
            """), r =>
        {
            if (!wanted.Contains(r.GetString(0))) return;
            owners[r.GetString(0)] = r.GetString(1);
            asked.Add(r.GetString(1));
        });
        return owners;
    }
}
