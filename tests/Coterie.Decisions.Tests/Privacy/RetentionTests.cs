using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Privacy;

public class RetentionTests
{
    sealed class Clock(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    static readonly DateTime Now = new(2026, 7, 15, 12, 0, 0, DateTimeKind.Utc);

    static string Made(TemporaryFolder folder, int runs)
    {
        var (workspace, file) = (folder.File("ws"), folder.File("e.csv"));
        File.WriteAllText(file, "time,event,customer_id,product_id,price\n"
            + string.Concat(Enumerable.Range(0, 40).Select(i => $"{Now.AddDays(-30 * i):yyyy-MM-dd HH:mm:ss},purchase,c{i % 3}-{i:00},P1,{(i % 5 == 0 ? 0 : 5)}\n"))
            + $"{Now.AddDays(-900):yyyy-MM-dd HH:mm:ss},purchase,c0-30,P1,0\n");
        Ingestion.Run(new IngestionOptions { Files = [file], Workspace = workspace });
        for (var i = 1; i <= runs; i++)
        {
            Directory.CreateDirectory(Path.Combine(workspace, "runs", $"{i:0000}"));
            File.WriteAllText(Path.Combine(workspace, "runs", $"{i:0000}", "x"), "x");
        }

        return workspace;
    }

    [Fact]
    public void OldEventsAndRunsGo_TheRestStays_AndADryRunSaysTheSame()
    {
        using var folder = new TemporaryFolder();
        var workspace = Made(folder, 5);
        var database = Path.Combine(workspace, "warehouse.duckdb");
        var options = new RetentionOptions { Workspace = workspace, Limits = new() { EventsMonths = 12, Runs = 2 }, Clock = new Clock(Now) };
        var before = CanaryShop.Rows(database, "(SELECT * FROM event_rows ORDER BY time)");
        var dry = Retention.Run(options with { DryRun = true });
        Assert.Equal(before, CanaryShop.Rows(database, "(SELECT * FROM event_rows ORDER BY time)"));
        Assert.Equal(5, Directory.GetDirectories(Path.Combine(workspace, "runs")).Length);
        Assert.Empty(Retention.Receipts(workspace));

        var receipt = Retention.Run(options);

        Assert.Equal((dry.Events, dry.Refused), (receipt.Events, receipt.Refused));
        Assert.Equal(["0001", "0002", "0003"], receipt.Runs);
        Assert.Equal(["0004", "0005"], Directory.GetDirectories(Path.Combine(workspace, "runs")).Select(Path.GetFileName).Order());
        var after = CanaryShop.Rows(database, "(SELECT * FROM event_rows ORDER BY time)");
        Assert.Equal(before.TakeLast(after.Count), after);
        Assert.Equal(before.Count - receipt.Events, after.Count);
        // 13 of 40 steps of 30 days lie within 12 months.
        Assert.Equal(13, after.Count);
        Assert.Equal(receipt.Text(), Assert.Single(Retention.Receipts(workspace)).Text());
        Assert.Equal(0, Retention.Run(options).Events);
        Assert.Equal(2, Retention.Receipts(workspace).Count);
    }

    [Fact]
    public void TheNewestRun_AlwaysStays() => Gen.Select(Gen.Int[0, 6], Gen.Int[1, 8]).Sample((runs, most) =>
    {
        using var folder = new TemporaryFolder();
        var workspace = folder.File("ws");
        Workspace.Open(workspace, new(), create: true).Dispose();
        for (var i = 1; i <= runs; i++) Directory.CreateDirectory(Path.Combine(workspace, "runs", $"{i:0000}"));
        // What a retention that was killed had put out of sight.
        Directory.CreateDirectory(Path.Combine(workspace, "runs", ".removed-0000"));
        Retention.Run(new RetentionOptions { Workspace = workspace, Limits = new() { Runs = most } });
        Assert.Equal(Enumerable.Range(1, runs).TakeLast(most).Select(i => $"{i:0000}"), Directory.GetDirectories(Path.Combine(workspace, "runs")).Select(d => Path.GetFileName(d)!).Order());
    }, iter: 12, threads: 1);

    [Fact]
    public void LimitsComeFromTheSettings_AndWrongOnesAreListed()
    {
        using var folder = new TemporaryFolder();
        var workspace = folder.File("ws");
        Workspace.Open(workspace, new(), create: true).Dispose();
        Assert.Contains("No limit is set", Assert.Throws<ConfigurationException>(() => Retention.Run(new RetentionOptions { Workspace = workspace })).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(workspace, "coterie.json"), """{"schema":"coterie.workspace/1","retention":{"events_months":0,"log_days":7,"runs":0}}""");
        var message = Assert.Throws<ConfigurationException>(() => Retention.Run(new RetentionOptions { Workspace = workspace })).Message;
        Assert.Equal(3, message.Split('\n').Length);
        File.WriteAllText(Path.Combine(workspace, "coterie.json"), """{"schema":"coterie.workspace/1","retention":{"events_months":24,"log_days":90}}""");
        var asked = new List<int>();
        var receipt = Retention.Run(new RetentionOptions
        {
            Workspace = workspace,
            Log = (days, _, _) =>
            {
                asked.Add(days);
                return new Dictionary<string, long> { ["server/log"] = 5 };
            },
        });
        Assert.Equal(90, Assert.Single(asked));
        Assert.Equal(5, receipt.LogBytes["server/log"]);
    }
}
