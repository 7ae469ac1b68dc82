using Coterie.Warehouse;

namespace Coterie.Features;

/// <summary>The events of some customers, chosen by a hash of their id, as a temporary relation beside the whole log. What is computed for a
/// sample then costs what the sample holds.</summary>
public sealed class CustomerSample : IDisposable
{
    const string Chosen = "sampled_customer";

    readonly IWarehouse w;
    readonly bool whole;

    CustomerSample(IWarehouse w, bool whole) => (this.w, this.whole) = (w, whole);

    /// <summary>Name of the relation, with the columns of the whole log but the id of the event.</summary>
    public string Relation => whole ? "events" : "sampled_events";

    /// <param name="w">Holds the relation <c>events</c>.</param>
    /// <param name="share">Share of customers, in (0, 1]; 1 is everybody, and nothing is copied.</param>
    /// <param name="seed">Another seed, other customers.</param>
    /// <exception cref="ConfigurationException">The share is not in (0, 1].</exception>
    public static CustomerSample Of(IWarehouse w, double share, ulong seed)
    {
        if (!(share is > 0 and <= 1)) throw new ConfigurationException($"The share of customers is {share}; it must be above 0 and at most 1.");
        var sample = new CustomerSample(w, share == 1);
        if (sample.whole) return sample;
        var d = w.Dialect;
        // In two statements: an engine would move the hash below the DISTINCT and take it of every event.
        w.Execute(new Step("list the customers", $"""
            {d.CreateTemporary("sampled_ids")}
            SELECT DISTINCT "customer_id" FROM "events" WHERE "customer_id" IS NOT NULL
            """));
        w.Execute(new Step("choose customers", $"""
            {d.CreateTemporary(Chosen)}
            SELECT "customer_id" FROM "sampled_ids" WHERE {d.Hash("\"customer_id\" || $seed")} % 1000000 < $millionths
            """)
        {
            Parameters = new Dictionary<string, object?> { ["seed"] = $"{seed}", ["millionths"] = (long)Math.Round(share * 1_000_000) },
        });
        // Without the event's id: it is made of the row's hash when it is asked for, and nothing here asks.
        var columns = Events.Columns.Where(c => c.Name != "event_id").Select(c => $"\"event\".{d.Name(c.Name)}");
        w.Execute(new Step("see the chosen customers' events", $"""
            {d.CreateTemporary(sample.Relation)}
            SELECT {string.Join(", ", columns)} FROM "events" AS "event" JOIN "{Chosen}" AS "chosen" ON "event"."customer_id" = "chosen"."customer_id"
            """));
        return sample;
    }

    public void Dispose()
    {
        if (whole) return;
        foreach (var table in new[] { "sampled_ids", Chosen, Relation })
            w.Execute(new Step("remove a temporary table", $"DROP TABLE IF EXISTS {w.Dialect.Name(table)}"));
    }
}
