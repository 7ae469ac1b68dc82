using Coterie.Clean;
using Coterie.Feedback;
using Coterie.Privacy;
using Coterie.Reports;
using Coterie.Tests.Support;

namespace Coterie.Tests.Privacy;

/// <summary>One shop for all tests of the class: made once, copied by whoever changes it.</summary>
public sealed class ErasureShop : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();

    internal string Full { get; private set; } = "";
    internal string Small { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await CanaryShop.Make(Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "full")).FullName), run: true);
        await CanaryShop.Make(Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "small")).FullName), run: false);
        (Full, Small) = (Path.Combine(folder.Path, "full", "ws"), Path.Combine(folder.Path, "small", "ws"));
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

public partial class ErasureTests(ErasureShop shop) : IClassFixture<ErasureShop>
{
    static ErasureOptions Options(string workspace, params string[] customers) =>
        new() { Workspace = workspace, Customers = customers.Length > 0 ? customers : [CanaryShop.Customer], Reason = "request 4711", By = "a test" };

    [Fact]
    public void AfterAnErasure_NoByteOfThePerson_IsAnywhere_AndOthersAreAsBefore()
    {
        using var folder = new TemporaryFolder();
        var workspace = Path.Combine(folder.Path, "ws");
        CanaryShop.Copy(shop.Full, workspace);
        var before = Others(workspace);
        Assert.Contains(CanaryShop.With(workspace, "canary"), f => f.EndsWith("report.html", StringComparison.Ordinal) || f.EndsWith("segments.csv", StringComparison.Ordinal));

        var receipt = Erasure.Run(Options(workspace));

        Assert.Empty(receipt.Left);
        Assert.Empty(CanaryShop.With(workspace, "canary"));
        Assert.Empty(CanaryShop.With(workspace, "44999888777"));
        var after = Others(workspace);
        foreach (var (name, rows) in before) Assert.Equal(rows, after[name]);
        Assert.Equal(1, receipt.Customers);
        Assert.Equal("request 4711", receipt.Reason);
        Assert.Contains(receipt.Removed, r => r is { Store: "warehouse", Name: "event_rows", Removed: >= 31 });
        Assert.Contains(receipt.Removed, r => r is { Store: "warehouse", Name: "quarantine", Removed: >= 6 });
        Assert.Contains(receipt.Removed, r => r is { Store: "run", Name: "runs/0001/segments.csv", Removed: 1 });
        Assert.Contains(receipt.Removed, r => r is { Store: "run", Name: "runs/0001/features.parquet", Removed: 1 });
        Assert.Contains(receipt.Removed, r => r is { Store: "file", Name: "export.jsonl.gz", Removed: 1 });
        Assert.Contains(receipt.Removed, r => r is { Store: "file", Name: "notes.txt", Masked: 1 });
        Assert.Single(receipt.Elsewhere);
        Assert.Single(receipt.Models);
        Assert.True(receipt.Ids.Count >= 3);
        // The run and its model can still be used.
        Assert.NotEmpty(ReportJson.Read(Path.Combine(workspace, "runs", "0001", "report.json")).Segments);
        Assert.Equal(150, SegmentFile.ReadParquet(Path.Combine(workspace, "runs", "0001", "segments.parquet")).Count);
        Assert.NotNull(FormerRun.Open(Path.Combine(workspace, "runs", "0001")).Profile("c0001"));
        Assert.Equal(receipt.Text(), Assert.Single(ErasureReceipt.All(workspace)).Text());
    }

    [System.Text.RegularExpressions.GeneratedRegex("category_share:[^\"]*")]
    private static partial System.Text.RegularExpressions.Regex CategoryShare();

    // Of each table and file the rows that speak of other customers.
    static Dictionary<string, string[]> Others(string workspace)
    {
        var rows = new Dictionary<string, string[]>
        {
            ["warehouse"] = [.. CanaryShop.Database(Path.Combine(workspace, "warehouse.duckdb")).Where(r => !r.Contains("canary", StringComparison.OrdinalIgnoreCase))],
        };
        foreach (var file in Directory.EnumerateFiles(workspace, "*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".csv" or ".parquet"))
        {
            var all = file.EndsWith(".csv", StringComparison.Ordinal) ? File.ReadAllLines(file) : CanaryShop.Rows(null, $"read_parquet('{file}')");
            // A feature is named by a category that only the person bought from; the numbers of others in it stay.
            rows[Path.GetRelativePath(workspace, file)] = [.. all.Select(r => CategoryShare().Replace(r, "share")).Where(r => !r.Contains("canary", StringComparison.OrdinalIgnoreCase))];
        }

        return rows;
    }

    [Fact]
    public void WhatPeopleSaid_OfThePersonGoes_AndOfOthersStays()
    {
        using var folder = new TemporaryFolder();
        var workspace = Path.Combine(folder.Path, "ws");
        CanaryShop.Copy(shop.Small, workspace);
        var said = FeedbackLog.Open(workspace);
        said.Append(new MarkTogether { Who = "Ada", Customers = [CanaryShop.Customer, "c0002"] });
        said.Append(new MarkApart { Who = "Ada", Customers = [CanaryShop.Customer, "c0002", "c0003"] });
        said.Append(new PinCustomer { Who = "Ada", Customer = CanaryShop.Customer, Segment = "S1" });
        said.Append(new PinCustomer { Who = "Ada", Customer = "c0004", Segment = "S1", Note = $"as {CanaryShop.Customer}" });

        var receipt = Erasure.Run(Options(workspace));

        Assert.Contains(receipt.Removed, r => r is { Name: FeedbackLog.FileName, Removed: 4 });
        Assert.Empty(CanaryShop.With(workspace, "canary"));
        var left = FeedbackLog.Open(workspace).All;
        Assert.Equal(2, left.Count);
        Assert.Equal(["c0002", "c0003"], Assert.IsType<MarkApart>(left[0]).Customers);
        Assert.Equal(("c0004", null), (Assert.IsType<PinCustomer>(left[1]).Customer, left[1].Note));
    }

    [Fact]
    public void KilledAtAnyStep_ItIsCompletedByTheNext_WithTheSameCounts()
    {
        using var folder = new TemporaryFolder();
        var steps = new List<string>();
        var whole = Path.Combine(folder.Path, "whole");
        CanaryShop.Copy(shop.Full, whole);
        var expected = Erasure.Run(Options(whole) with { At = steps.Add });
        // Files are many and alike: some of them stand for all.
        var kills = Enumerable.Range(0, steps.Count).Where(s => !steps[s].StartsWith("file ", StringComparison.Ordinal) || s % 2 == 0).ToArray();
        Assert.True(kills.Length >= 20, string.Join(", ", steps));
        foreach (var kill in kills)
        {
            var workspace = Path.Combine(folder.Path, $"kill{kill}");
            CanaryShop.Copy(shop.Full, workspace);
            var left = kill;
            Assert.Throws<Killed>(() => Erasure.Run(Options(workspace) with { At = _ => { if (left-- == 0) throw new Killed(); } }));
            // The last step is behind everything.
            var receipt = steps[kill] == "ended" ? ErasureReceipt.All(workspace)[0] : Erasure.Run(Options(workspace));
            Assert.Equal(Comparable(expected), Comparable(receipt));
            Assert.Empty(receipt.Left);
            if (kill % 8 == 0) Assert.Empty(CanaryShop.With(workspace, "canary"));
            Assert.Single(ErasureReceipt.All(workspace));
            Directory.Delete(workspace, recursive: true);
        }
    }

    // Hashes have a key of their own in every workspace, and only it names the erasure.
    static string Comparable(ErasureReceipt receipt) =>
        (receipt with { Id = "", Begun = default, Done = default, Ids = [.. receipt.Ids.Select(_ => "x")], FilesChecked = 0 }).Text();

    sealed class Killed : Exception;

    [Fact]
    public void LaterEventsOfThePerson_AreRefusedAndNotKept_UntilLifted()
    {
        using var folder = new TemporaryFolder();
        var workspace = Path.Combine(folder.Path, "ws");
        CanaryShop.Copy(shop.Small, workspace);
        Erasure.Run(Options(workspace));
        var file = Path.Combine(folder.Path, "more.csv");
        File.WriteAllText(file, CanaryShop.Events().Split('\n')[0] + "\n" + CanaryShop.Canaries(30, 40) + "m99999,2024-12-20 10:00:00,view,c0001,b0001,,s9,,P01,toys,Brand1,,,GBP,,,email,mobile,GB,x@y.example,\n");

        var quality = Ingestion.Run(new IngestionOptions { Files = [file], Workspace = workspace, Map = CanaryShop.Map }, stop: TestContext.Current.CancellationToken);

        var refused = quality.Rules.Single(r => r.Rule == CleaningRules.Erased.Name);
        Assert.True(refused.Rows >= 11, $"{refused.Rows}");
        Assert.Equal(1, quality.RowsKept);
        Assert.Equal(quality.RowsRead, quality.RowsKept + quality.RowsKnown + quality.Rules.Where(r => r.Refused || r.Rule == "identity").Sum(r => r.Rows));
        Assert.Empty(CanaryShop.With(workspace, "canary"));
        Assert.Throws<InputException>(() => Erasure.Run(Options(workspace)));

        Assert.Equal(1, Erasure.Lift(workspace, [CanaryShop.Customer]));
        Assert.Equal(0, Erasure.Lift(workspace, [CanaryShop.Customer]));
        Assert.True(Ingestion.Run(new IngestionOptions { Files = [file], Workspace = workspace, Map = CanaryShop.Map }, stop: TestContext.Current.CancellationToken).RowsKept == 0, "the anonymous id and the alias are refused still");
        Erasure.Lift(workspace, [CanaryShop.Anonymous, CanaryShop.Former]);
        Assert.True(Ingestion.Run(new IngestionOptions { Files = [file], Workspace = workspace, Map = CanaryShop.Map }, stop: TestContext.Current.CancellationToken).RowsKept > 5);
    }

    [Theory]
    [InlineData(CanaryShop.Former)]
    [InlineData(CanaryShop.Anonymous)]
    public void AnyIdOfThePerson_ErasesThemWhole(string id)
    {
        using var folder = new TemporaryFolder();
        var workspace = Path.Combine(folder.Path, "ws");
        CanaryShop.Copy(shop.Small, workspace);
        Assert.Empty(Erasure.Run(Options(workspace, id)).Left);
        Assert.Empty(CanaryShop.With(workspace, "canary"));
    }

    [Fact]
    public void ASharedTablet_LosesOnlyThePersonsEvents()
    {
        using var folder = new TemporaryFolder();
        var (workspace, file) = (Path.Combine(folder.Path, "ws"), Path.Combine(folder.Path, "e.csv"));
        File.WriteAllText(file, """
            time,event,customer_id,anonymous_id,product_id
            2024-01-01 10:00:00,view,anna-1234,tablet-77,P1
            2024-01-01 11:00:00,view,,tablet-77,P2
            2024-01-02 10:00:00,view,bert-5678,tablet-77,P1
            2024-01-02 11:00:00,view,,tablet-77,P3

            """);
        Ingestion.Run(new IngestionOptions { Files = [file], Workspace = workspace }, stop: TestContext.Current.CancellationToken);
        Assert.Contains("used by 2 customers", Assert.Throws<InputException>(() => Erasure.Run(Options(workspace, "tablet-77"))).Message, StringComparison.Ordinal);
        Erasure.Run(Options(workspace, "anna-1234"));
        Assert.Empty(CanaryShop.With(workspace, "anna-1234"));
        var events = CanaryShop.Rows(Path.Combine(workspace, "warehouse.duckdb"), "(SELECT customer_id, product_id FROM events ORDER BY time)");
        Assert.Equal(["{\"customer_id\":\"bert-5678\",\"product_id\":\"P1\"}", "{\"customer_id\":\"bert-5678\",\"product_id\":\"P3\"}"], events);
    }

    [Fact]
    public void UnknownCustomers_AreRefused_AndNothingChanges()
    {
        using var folder = new TemporaryFolder();
        var workspace = Path.Combine(folder.Path, "ws");
        CanaryShop.Copy(shop.Small, workspace);
        var before = CanaryShop.Database(Path.Combine(workspace, "warehouse.duckdb"));
        Assert.Contains("'nobody'", Assert.Throws<InputException>(() => Erasure.Run(Options(workspace, CanaryShop.Customer, "nobody"))).Message, StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(() => Erasure.Run(Options(workspace, " ")));
        Assert.Equal(before, CanaryShop.Database(Path.Combine(workspace, "warehouse.duckdb")));
        Assert.Empty(ErasureReceipt.All(workspace));
    }

    [Fact]
    public async Task ReceiversWhoKnowThePerson_AreToldToForgetThem_WithTheNextSync()
    {
        using var folder = new TemporaryFolder();
        var workspace = Path.Combine(folder.Path, "ws");
        CanaryShop.Copy(shop.Full, workspace);
        // Files go to a folder whose name is part of who the receiver is.
        Directory.Delete(Path.Combine(workspace, "activation"), recursive: true);
        await CanaryShop.Activate(workspace);
        Erasure.Run(Options(workspace));
        Assert.Empty(CanaryShop.With(Path.Combine(workspace, "activation"), "canary"));
        var again = (Coterie.Activation.ActivationResult)(await CanaryShop.Activate(workspace)).Result;
        Assert.Equal(1, again.Audiences.Sum(a => a.Exited));
        Assert.Equal(0, again.Audiences.Sum(a => a.Entered + a.Changed));
        Assert.Empty(CanaryShop.With(Path.Combine(workspace, "activation"), "canary"));
        Assert.Equal(0, ((Coterie.Activation.ActivationResult)(await CanaryShop.Activate(workspace)).Result).Audiences.Sum(a => a.Exited));
    }
}
