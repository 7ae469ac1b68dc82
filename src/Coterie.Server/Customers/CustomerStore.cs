using Coterie.Clean;
using Coterie.Server.Collector;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server.Customers;

/// <summary>Something that a customer did.</summary>
public sealed record CustomerEvent(
    string Id, DateTime Time, string Kind, string? Product, string? Category, string? Brand, double? Price, double? Quantity, string? Currency, string? Order, string? Session, string? Text, string? Channel, string? Device, string? Country, string? Properties);

/// <summary>A page of a customer's events, newest first.</summary>
/// <param name="Next">The cursor of the page after it; null on the last.</param>
public sealed record CustomerEvents(IReadOnlyList<CustomerEvent> Events, string? Next);

/// <summary>What the workspace's events say of one customer.</summary>
/// <param name="Events">How many.</param>
/// <param name="Kinds">Event kinds with counts, most first.</param>
/// <param name="Ids">Other ids that were merged into this one: former ids and browsers; the first fifty.</param>
/// <param name="MergedInto">The customer whom this id now stands for; null where it is one itself.</param>
public sealed record CustomerFacts(long Events, DateTime? First, DateTime? Last, IReadOnlyList<KeyValuePair<string, long>> Kinds, IReadOnlyList<string> Ids, string? MergedInto);

/// <summary>What the workspace has of one customer.</summary>
/// <param name="Page">A page of their events.</param>
public sealed record CustomerHistory(CustomerFacts Facts, CustomerEvents Page)
{
    public static readonly CustomerHistory None = new(new(0, null, null, [], [], null), new([], null));
}

/// <summary>Reads one customer's events and ids from the workspace, beside the writer.</summary>
public sealed class CustomerStore(WorkspaceHost host)
{
    public const int PageSize = 50;

    /// <param name="customer">Who.</param>
    /// <param name="before">The cursor of the page; null for the newest. One that is none counts as null.</param>
    public CustomerHistory Of(string customer, string? before) => host.Read(w => !StoreQuality.Exists(w, "events") ? CustomerHistory.None
        : OneCustomer.Ask(w, customer, () => new CustomerHistory(Facts(w, customer), Events(w, before is null ? null : EventCursor.Of(before), PageSize))));

    /// <summary>A page of a customer's events alone.</summary>
    /// <param name="customer">Who.</param>
    /// <param name="before">The cursor of the page; null for the newest.</param>
    /// <param name="take">At most so many.</param>
    /// <param name="stop">Nobody waits any more.</param>
    /// <exception cref="ConfigurationException">The cursor is none.</exception>
    public CustomerEvents Events(string customer, string? before, int take, CancellationToken stop)
    {
        EventCursor? at = before is null ? null : EventCursor.Of(before) ?? throw new ConfigurationException("cursor is not one that a page gave; begin again without one.");
        return host.Read(w => !StoreQuality.Exists(w, "events") ? CustomerHistory.None.Page : OneCustomer.Ask(w, customer, () => Events(w, at, take)), stop);
    }

    static CustomerFacts Facts(DuckDbWarehouse w, string customer)
    {
        var who = new Dictionary<string, object?> { ["customer"] = customer };
        var kinds = w.Rows(new Step("count a customer's events", $"""SELECT kind, count(*), min("time"), max("time") FROM {OneCustomer.Events} GROUP BY kind ORDER BY 2 DESC, 1"""),
            r => (Kind: r.GetString(0), Count: r.GetInt64(1), First: Utc(r.GetDateTime(2)), Last: Utc(r.GetDateTime(3))));
        var ids = w.Rows(new Step("find a customer's other ids", """
            SELECT id FROM identity_known WHERE customer = $customer AND id <> $customer UNION SELECT anonymous_id FROM identity_spans WHERE customer = $customer ORDER BY 1 LIMIT 50
            """) { Parameters = who }, r => r.GetString(0));
        var into = w.Rows(new Step("find what an id was merged into", """
            SELECT customer FROM identity_known WHERE id = $customer AND customer <> $customer UNION SELECT customer FROM identity_spans WHERE anonymous_id = $customer LIMIT 1
            """) { Parameters = who }, r => r.GetString(0));
        return new CustomerFacts(kinds.Sum(k => k.Count), kinds.Count == 0 ? null : kinds.Min(k => k.First), kinds.Count == 0 ? null : kinds.Max(k => k.Last),
            [.. kinds.Select(k => KeyValuePair.Create(k.Kind, k.Count))], ids, into.Count == 0 ? null : into[0]);
    }

    static CustomerEvents Events(DuckDbWarehouse w, EventCursor? before, int take)
    {
        var parameters = new Dictionary<string, object?> { ["take"] = take + 1 };
        var older = "";
        if (before is { } at)
        {
            older = """WHERE "time" < $time OR ("time" = $time AND event_id < $id)""";
            (parameters["time"], parameters["id"]) = (at.Time, at.Id);
        }

        var rows = w.Rows(new Step("read a customer's events", $"""
            SELECT event_id, "time", kind, product_id, category, brand, price, quantity, currency, order_id, session_id, "text", channel, device, country, properties
            FROM {OneCustomer.Events} {older} ORDER BY "time" DESC, event_id DESC LIMIT $take
            """)
        { Parameters = parameters },
            r => new CustomerEvent(r.GetString(0), Utc(r.GetDateTime(1)), r.GetString(2), r.TextOrNull(3), r.TextOrNull(4), r.TextOrNull(5), Number(r, 6), Number(r, 7), r.TextOrNull(8), r.TextOrNull(9), r.TextOrNull(10),
                r.TextOrNull(11), r.TextOrNull(12), r.TextOrNull(13), r.TextOrNull(14), r.TextOrNull(15)));
        return rows.Count > take ? new(rows[..take], new EventCursor(rows[take - 1].Time, rows[take - 1].Id).ToString()) : new(rows, null);
    }

    static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    static double? Number(System.Data.Common.DbDataReader r, int column) => r.IsDBNull(column) ? null : r.GetDouble(column);
}
