using System.Globalization;
using System.Text;
using Coterie.Server.Collector;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Coterie.Simulation;
using Coterie.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Jobs;

/// <summary>A small shop with one run: the same events have not drifted, a wave of orders has, and asks for one run.</summary>
public class DriftTests
{
    [Fact]
    public async Task TheSameEvents_HaveNotDrifted_AndAWaveOfOrdersHas()
    {
        using var folder = new TemporaryFolder();
        var shop = Simulator.Write(new SimulationOptions { Customers = 350, Days = 200, Seed = 3 }, folder.File("shop"), null, CancellationToken.None);
        await using var server = await RunningServer.Start();
        server.Host.Write(w => Ingestion.Add(w, [shop.EventsFile]));
        var (drift, queue, data, freshness) = (server.Services.GetRequiredService<DriftTrigger>(), server.Services.GetRequiredService<JobQueue>(), server.Services.GetRequiredService<ServerData>(), server.Services.GetRequiredService<FreshnessOf>());
        // The test measures; the server itself would too, some time later.
        new DriftSettings { Enabled = false }.Save(data);
        Assert.Null(drift.Measure());
        Assert.Equal(FreshnessState.None, freshness.Now().State);

        // A run, as a job makes it: of a copy.
        var (copy, output) = (folder.File("copy"), folder.File("out"));
        server.Host.Snapshot(copy);
        var result = Segmentation.Run(new SegmentationOptions { Workspace = copy, Out = output, Deep = "off", Decisions = "off" });
        server.Host.Adopt(output, result.Report.Segments.Select(s => s.Id));
        Assert.True(result.Report.Segments.Count > 1, "the shop has no groups to drift between");

        var still = drift.Measure()!;
        Assert.Equal(0, still.Index, 1e-9);
        Assert.Null(still.Job);
        Assert.Equal(result.Report.Customers, still.Customers);
        Assert.Equal((FreshnessState.Fresh, 0L), (freshness.Now().State, freshness.Now().EventsSince));

        // Half of the customers come every day of a week, and many who were never there.
        var last = result.Report.AsOf;
        var events = new StringBuilder("customer_id,time,kind,product_id,category,price,quantity,order_id\n");
        var rows = 0;
        var regulars = File.ReadLines(shop.TruthFile).Skip(1).Select(l => l.Split(',')[0]).Where((_, i) => i % 2 == 0).ToArray();
        foreach (var customer in regulars.Concat(Enumerable.Range(0, 300).Select(i => $"new{i}")))
            for (var day = 1; day <= 7; day++, rows++)
                events.Append(CultureInfo.InvariantCulture, $"{customer},{last.AddDays(day):yyyy-MM-ddTHH:mm:ss}Z,purchase,p1,garden/chairs,80,3,o{rows}\n");
        await File.WriteAllTextAsync(folder.File("wave.csv"), events.ToString());
        server.Host.Write(w => Ingestion.Add(w, [folder.File("wave.csv")]));
        var moved = drift.Measure()!;
        Assert.True(moved.Index > moved.Threshold && moved.Index > moved.Chance, $"the index is {moved.Index}");
        var shares = DriftTrigger.Shares(moved);
        Assert.Equal(1, shares.Sum(s => s.Then), 1e-9);
        Assert.Equal(1, shares.Sum(s => s.Now), 1e-9);
        var job = queue.Of(moved.Job!.Value)!;
        Assert.Equal(("segment", "drift"), (job.Kind, job.RequestedBy));

        // One run is asked for, however often it is measured.
        Assert.Null(drift.Measure()!.Job);
        Assert.Equal(3, drift.All().Count);
        Assert.Single(queue.All(new JobQuery()), j => j.RequestedBy == "drift");
        await Task.Delay(CollectedState.AskedEvery);
        var now = freshness.Now();
        Assert.Equal(FreshnessState.Stale, now.State);
        Assert.Equal(rows, now.EventsSince);

        // Another threshold, and it is kept.
        new DriftSettings { Threshold = 9 }.Save(data);
        Assert.Equal(9, DriftSettings.Of(data).Threshold);
        Assert.Throws<ConfigurationException>(() => new DriftSettings { Threshold = double.NaN, EveryMinutes = 0 }.Save(data));
    }
}
