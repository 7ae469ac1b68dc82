using Coterie.Feedback;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Simulation;
using Coterie.Tests.Support;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests.Cli;

/// <summary>A workspace with a run that looks at the order of events.</summary>
public sealed class OrderedShop : IDisposable
{
    readonly TemporaryFolder folder = new();

    public OrderedShop()
    {
        Simulator.Write(new SimulationOptions { Customers = 300, Days = 200, Seed = 7 }, folder.File("shop"));
        Segmentation.Run(Options with { Files = [Path.Combine(folder.File("shop"), "events.csv")] });
    }

    public string Directory => folder.File("workspace");

    public SegmentationOptions Options => new() { Workspace = Directory, Deep = "on", Decisions = "off", Seed = new Seed(3), Threads = 2 };

    public FormerRun Former => FormerRun.Open(Workspace.LatestRunOf(Directory)!);

    public Workspace Open() => Workspace.Open(Directory, new DuckDbOptions { Threads = 2 }, create: false);

    public void Dispose() => folder.Dispose();
}

/// <summary>What single events do to a customer's segment.</summary>
public class EventReasonTests(OrderedShop shop) : IClassFixture<OrderedShop>
{
    // The plain twin: everybody's features prepared, the events of the view.
    static double Odds(FormerRun former, IWarehouse warehouse, string customer)
    {
        var (model, table, at) = (former.Model, former.Table, Array.IndexOf(former.Table.Customers, customer));
        var chunks = SequenceReader.Read(warehouse, Histories.Request(model.Present, model.HasTimeOfDay, model.AsOf) with { Customers = [customer] }, model.Second!.Codes);
        var found = model.Second.Place([customer], model.Representation.Preparation.Apply(table).Rows.Take([at]), chunks, model.AsOf).Probabilities;
        return Math.Log(found[0, former.Placed.Labels[at]]) - Math.Log(found[0, former.Placed.Second[at]]);
    }

    [Fact]
    public void TheNewestEvent_WeighsWhatItsRemovalChanges()
    {
        var former = shop.Former;
        using var workspace = shop.Open();
        var w = workspace.Warehouse;
        var compared = 0;
        foreach (var customer in former.Table.Customers.Where((_, i) => i % 12 == 0))
        {
            var reasons = former.MovingEvents(customer, w, EventReasons.Newest);
            var newest = reasons.MaxBy(r => r.Time)!;
            // Of several at one instant nobody knows which was last.
            if (reasons.Count < 2 || reasons.Count(r => r.Time == newest.Time) > 1) continue;
            var whole = Odds(former, w, customer);
            w.Execute(new Step("begin", "BEGIN TRANSACTION"));
            w.Execute(new Step("remove the newest event", "DELETE FROM event_rows WHERE rule = 0 AND format('{:016x}', row_hash) = $id") { Parameters = new Dictionary<string, object?> { ["id"] = newest.Id } });
            var without = Odds(former, w, customer);
            w.Execute(new Step("roll back", "ROLLBACK"));
            Assert.True(Math.Abs(whole - without - newest.Weight) < 1e-3, $"{customer}: {whole} and {without}, but {newest}");
            compared++;
        }

        Assert.True(compared > 10, $"{compared} customers");
    }

    [Fact]
    public void EachEventIsNamed_ByTheIdThatItHas()
    {
        var former = shop.Former;
        using var workspace = shop.Open();
        foreach (var customer in former.Table.Customers.Where((_, i) => i % 15 == 0))
        {
            var times = workspace.Warehouse.Rows(new Step("their events", """SELECT event_id, date_trunc('second', "time") FROM events WHERE customer_id = $c AND "time" <= $t""")
            { Parameters = new Dictionary<string, object?> { ["c"] = customer, ["t"] = former.Model.AsOf } }, r => KeyValuePair.Create(r.GetString(0), r.GetDateTime(1))).ToDictionary();
            var reasons = former.MovingEvents(customer, workspace.Warehouse, EventReasons.Newest);
            Assert.Equal(Math.Min(times.Count, EventReasons.Newest), reasons.Select(r => r.Id).Distinct().Count());
            Assert.All(reasons, r => Assert.Equal(r.Time, times[r.Id]));
        }
    }

    [Fact]
    public void WhomAPersonPutIntoTheSecondBest_HasTheSameReasons_WithTheOtherSign()
    {
        var former = shop.Former;
        var at = Enumerable.Range(0, former.Table.Count).First(i => former.Placed.Confidence[i] is > 0.6f and < 0.95f);
        var (customer, second) = (former.Table.Customers[at], former.Model.Segments.First(s => s.Label == former.Placed.Second[at]).Id);
        IReadOnlyList<EventReason> before, after;
        using (var workspace = shop.Open()) before = former.MovingEvents(customer, workspace.Warehouse, EventReasons.Newest);
        FeedbackLog.Open(shop.Directory).Append(new MoveCustomer { Who = "ann", Customer = customer, Segment = second });
        Segmentation.Run(shop.Options, stop: TestContext.Current.CancellationToken);
        var moved = shop.Former;
        Assert.Equal(second, moved.Explain(customer).Segment);
        using (var workspace = shop.Open()) after = moved.MovingEvents(customer, workspace.Warehouse, EventReasons.Newest);
        Assert.Contains(before, r => Math.Abs(r.Weight) > 0.1);
        var weights = after.ToDictionary(r => r.Id, r => r.Weight);
        Assert.All(before, r => Assert.Equal(-r.Weight, weights[r.Id], 3));
    }
}
