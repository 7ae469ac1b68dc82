using Coterie.Activation;
using Coterie.Tests.Support;

namespace Coterie.Tests.Activation;

/// <summary>A real PostgreSQL, cut at every step.</summary>
public class PostgresTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    PostgresDestination To(string table, Action<string>? at = null, int tries = 1) => new(new PostgresOptions
    {
        Connection = server.Connection, Table = table, At = at ?? (_ => { }), Retry = new RetryOptions { Tries = tries, Clock = new QuickClock() },
    });

    string Rows(string table) => server.Ask<string>($"SELECT coalesce(string_agg(customer_id || ':' || member || ':' || coalesce(traits ->> 'note', '') || ':' || name, ' ' ORDER BY customer_id), '') FROM {table}");

    [Fact]
    public async Task WhoEntersAndLeaves_StandsInTheTable()
    {
        var destination = To("t1");
        await destination.Deliver(Some.Batch(1, Some.Entered("A", 0.5, "x'\"; DROP TABLE t1; --"), Some.Entered("B", null, "中\n")), Stop);
        Assert.Equal("A:true:x'\"; DROP TABLE t1; --:Loyal B:true:中\n:Loyal", Rows("t1"));
        await destination.Deliver(Some.Batch(2, new AudienceChange(ChangeKind.Exited, "A", []), new AudienceChange(ChangeKind.Changed, "B", [0.1, "y"])) with { Name = new("Renamed", "改名") }, Stop);
        Assert.Equal("A:false::Renamed B:true:y:Renamed", Rows("t1"));
        Assert.Equal(2L, server.Ask<long>("SELECT count(*) FROM t1_ledger"));
        Assert.Equal(new DateTime(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc), server.Ask<DateTime>("SELECT max(changed_at) FROM t1"));
    }

    [Fact]
    public async Task ANewName_IsInAllRows_OthersAudiencesUntouched()
    {
        var destination = To("t2");
        await destination.Deliver(Some.Batch(1, Some.Entered("A", 0.5, null), Some.Entered("B", 0.5, null)), Stop);
        await destination.Deliver(Some.Batch(1, Some.Entered("A", 0.5, null)) with { Audience = "coterie_s2", Key = "cot_other", Name = new("Other", "别的") }, Stop);
        await destination.Deliver(Some.Batch(2, Some.Entered("C", 0.5, null)) with { Name = new("Renamed", "改名") }, Stop);
        Assert.Equal("coterie_s1 A Renamed,coterie_s1 B Renamed,coterie_s1 C Renamed,coterie_s2 A Other",
            server.Ask<string>("SELECT string_agg(audience || ' ' || customer_id || ' ' || name, ',' ORDER BY audience, customer_id) FROM t2"));
    }

    [Fact]
    public async Task AKeyThatIsInTheLedger_IsNotAppliedAgain()
    {
        var destination = To("t3");
        await destination.Deliver(Some.Batch(1, Some.Entered("A", 0.5, "first")), Stop);
        server.Ask<long>("WITH u AS (UPDATE t3 SET traits = '{\"note\": \"later\"}' RETURNING 1) SELECT count(*) FROM u");
        await destination.Deliver(Some.Batch(1, Some.Entered("A", 0.5, "first")), Stop);
        Assert.Equal("A:true:later:Loyal", Rows("t3"));
    }

    [Fact]
    public async Task QuotedAndForeignNames_StayNames()
    {
        server.Ask<long>("SELECT 1::bigint; CREATE SCHEMA IF NOT EXISTS \"Kühl\"");
        var destination = To("Kühl.odd\"name; DROP TABLE x");
        await destination.Deliver(Some.Batch(), Stop);
        Assert.Equal(2L, server.Ask<long>("SELECT count(*) FROM \"Kühl\".\"odd\"\"name; DROP TABLE x\""));
        Assert.Throws<ConfigurationException>(() => To("a.b.c"));
        Assert.Throws<ConfigurationException>(() => To(new string('x', 57)));
    }

    [Theory]
    [InlineData("open")]
    [InlineData("tables")]
    [InlineData("ledger")]
    [InlineData("copy")]
    [InlineData("upsert")]
    [InlineData("commit")]
    [InlineData("committed")]
    public async Task AConnectionCutAtAnyStep_LeavesAllOrNothing_AndTheNextTryFinishes(string step)
    {
        var table = $"cut_{step}";
        var cut = 0;
        var destination = To(table, at =>
        {
            if (at == step && cut++ == 0) server.Ask<long>("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'coterie'");
        }, tries: 3);
        await destination.Deliver(Some.Batch(1, Some.Entered("A", 0.5, "x")), Stop);
        Assert.Equal("A:true:x:Loyal", Rows(table));
        Assert.Equal(1L, server.Ask<long>($"SELECT count(*) FROM {table}_ledger"));
    }

    [Fact]
    public async Task AServerKilledInTheMiddle_LosesNothing_AndTheNextRunGoesOn()
    {
        using var folder = new TemporaryFolder();
        var options = new SyncOptions { State = folder.Path, Minimum = 1, Batch = 10 };
        var audience = Some.Audience(Some.Ids(50));
        await AudienceSync.Run(Some.Audience("C000"), To("killed"), options, Stop);
        var copies = 0;
        var e = await Assert.ThrowsAsync<DeliveryException>(() => AudienceSync.Run(audience, To("killed", at =>
        {
            if (at == "upsert" && ++copies == 3) server.Kill();
        }, tries: 2), options, Stop));
        Assert.Contains("2 batches are confirmed", e.Message, StringComparison.Ordinal);
        server.Start();
        Assert.Equal(21L, server.Ask<long>("SELECT count(*) FROM killed"));
        var outcome = await AudienceSync.Run(audience, To("killed"), options, Stop);
        Assert.Equal((0, 29), (outcome.SentAgain, outcome.Entered));
        Assert.Equal(50L, server.Ask<long>("SELECT count(*) FROM killed WHERE member"));
        Assert.Equal(50L, server.Ask<long>("SELECT sum(changes) FROM killed_ledger"));
    }

    [Fact]
    public async Task AServerKilledAsItCommits_LeavesTheBatchToItsKey()
    {
        using var folder = new TemporaryFolder();
        var options = new SyncOptions { State = folder.Path, Minimum = 1 };
        var e = await Assert.ThrowsAsync<DeliveryException>(() => AudienceSync.Run(Some.Audience("A"), To("committing", at =>
        {
            if (at == "commit") server.Kill();
        }), options, Stop));
        Assert.True(e.MaybeDelivered);
        server.Start();
        Assert.Equal(1, (await AudienceSync.Run(Some.Audience("A"), To("committing"), options, Stop)).SentAgain);
        Assert.Equal(1L, server.Ask<long>("SELECT count(*) FROM committing_ledger"));
    }

    [Fact]
    public async Task Refusals_SayTheCure()
    {
        server.Ask<long>("SELECT 1::bigint; CREATE TABLE odd_shape (x int); CREATE TABLE odd_shape_ledger (x int)");
        var e = await Assert.ThrowsAsync<DeliveryException>(() => To("odd_shape").Deliver(Some.Batch(), Stop));
        Assert.Contains("--table", e.Message, StringComparison.Ordinal);
        Assert.False(e.MaybeDelivered);
        e = await Assert.ThrowsAsync<DeliveryException>(() => To("nul").Deliver(Some.Batch(1, Some.Entered("A\0", 0.5, null)), Stop));
        Assert.Contains("character 0", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<DeliveryException>(() => To("no_such.table").Deliver(Some.Batch(), Stop));
        Assert.Contains("make the schema first", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=h;Database=d;Password=p4ss", "PGPASSWORD")]
    [InlineData("postgresql://u:p4ss@h/d", "PGPASSWORD")]
    [InlineData("Database=d", "no host")]
    [InlineData("Host=h", "no database")]
    [InlineData("Host=h;Nonsense=p4ss", "cannot be read")]
    [InlineData("postgresql://h/d?x=p4ss", "cannot be read")]
    public void AConnectionThatCannotBeUsed_IsRefused_AndNotRepeated(string connection, string because)
    {
        var e = Assert.Throws<ConfigurationException>(() => new PostgresDestination(new PostgresOptions { Connection = connection }));
        Assert.Contains(because, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("p4ss", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APassword_IsInNoMessage()
    {
        var destination = new PostgresDestination(new PostgresOptions { Connection = "postgresql://u@127.0.0.1:1/d", Password = "p4ss", Retry = new RetryOptions { Tries = 1 } });
        var e = await Assert.ThrowsAsync<DeliveryException>(() => destination.Deliver(Some.Batch(), Stop));
        Assert.DoesNotContain("p4ss", e + destination.Facts.ToString(), StringComparison.Ordinal);
        Assert.Contains("could not be reached", e.Message, StringComparison.Ordinal);
        Assert.False(e.MaybeDelivered);
    }

    [Fact]
    public void LimitsThatAreNotGiven_AreOurs() =>
        Assert.Equal((10, 60, 7), (PostgresConnection.Parse("Host=h;Database=d").Timeout, PostgresConnection.Parse("Host=h;Database=d").CommandTimeout, PostgresConnection.Parse("Host=h;Database=d;Timeout=7").Timeout));
}
