using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Coterie.Tests.Activation;

namespace Coterie.Tests.Server.Access;

/// <summary>The audit log, keys, sources and jobs, on SQLite and on PostgreSQL.</summary>
public class AuditTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    static readonly Caller Ann = new("person:1", "Ann", Role.Admin);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheChain_IsWhole_UntilARowIsChanged_OrTaken(bool real)
    {
        using var database = new Database(postgres, real);
        var audit = new Audit(database.Data, database.Folder);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => audit.Write(Ann, "customer.read", audit.Customer($"c{i % 5}"), new { i, text = "é 中文 \"'" }))));
        Assert.Null(audit.FirstBroken());
        Assert.Equal(40, audit.Read(new AuditQuery { Take = 500 }).Count);
        Assert.Equal(8, audit.Read(new AuditQuery { Subject = audit.Customer("c3"), Take = 500 }).Count);
        Assert.DoesNotContain(audit.Read(new AuditQuery { Take = 500 }), a => a.Subject!.Contains("c3", StringComparison.Ordinal) && a.Subject.Length < 30);
        void Change(long id, Action<ServerDb, AuditRow> change)
        {
            using var db = database.Data.Open();
            change(db, db.Audit.Find(id)!);
            db.SaveChanges();
        }

        foreach (var change in new Action<ServerDb, AuditRow>[]
        {
            (_, r) => r.Who = "person:2", (_, r) => r.Name = "Eve", (_, r) => r.Action = "nothing", (_, r) => r.Subject = null, (_, r) => r.Detail = "{}", (_, r) => r.Time = r.Time.AddMilliseconds(1), (_, r) => r.Hash = new string('0', 64),
        })
        {
            AuditRow was = null!;
            Change(20, (db, r) => { was = (AuditRow)db.Entry(r).CurrentValues.ToObject(); change(db, r); });
            Assert.Equal(20, audit.FirstBroken());
            Change(20, (db, r) => db.Entry(r).CurrentValues.SetValues(was));
            Assert.Null(audit.FirstBroken());
        }

        Change(20, (db, r) => db.Audit.Remove(r));
        Assert.Equal(21, audit.FirstBroken());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AKey_OpensUntilItIsRevoked_AndItsTextIsNowhere(bool real)
    {
        using var database = new Database(postgres, real);
        var keys = new ApiKeys(database.Data);
        var key = keys.Add("shop", Role.Analyst);
        Assert.Equal(Role.Analyst, keys.Of(key.Key)!.Role);
        Assert.Null(keys.Of(key.Key[..^1] + (key.Key[^1] == 'a' ? 'b' : 'a')));
        Assert.Null(keys.Of(null));
        using (var db = database.Data.Open()) Assert.DoesNotContain(db.ApiKeys.ToList(), k => k.Hash.Contains(key.Key, StringComparison.Ordinal));
        if (!real) Assert.DoesNotContain(key.Key[8..], System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(database.Folder, "server.db"))), StringComparison.Ordinal);
        keys.Revoke(key.Id);
        Assert.Null(keys.Of(key.Key));
        Assert.Throws<ConfigurationException>(() => keys.Add("old", Role.Viewer, DateTime.UtcNow.AddDays(-1)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sources_AreKept(bool real)
    {
        using var database = new Database(postgres, real);
        var made = new Sources(database.Data).Add("shop");
        var again = new Sources(database.Data);
        Assert.Equal("shop", again.Of(made.Key)!.Name);
        Assert.False(again.Set(made.Source.Id, enabled: false, eventsPerSecond: 5).Enabled);
        Assert.Throws<ConfigurationException>(() => again.Add("SHOP"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Jobs_SurviveTheServer(bool real)
    {
        using var database = new Database(postgres, real);
        var queue = new JobQueue(database.Data);
        var first = queue.Add("segment", new Dictionary<string, string> { ["k"] = "4", ["deep"] = "off" }, Ann);
        Assert.Equal(first.Id, queue.Add("segment", new Dictionary<string, string> { ["deep"] = "off", ["k"] = "4" }, Ann).Id);
        var second = queue.Add("value", new Dictionary<string, string>(), Ann);
        Assert.Equal(first.Id, (await queue.Next(CancellationToken.None)).Id);
        // Asked to stop, it waits again, however often.
        for (var i = 0; i < 5; i++)
        {
            queue.PutBack(first.Id);
            Assert.Equal((JobState.Queued, null), (queue.Of(first.Id)!.State, queue.Of(first.Id)!.Log));
            Assert.Equal(first.Id, (await queue.Next(CancellationToken.None)).Id);
        }

        // Killed, it waits again twice; the third time it is given up.
        for (var i = 0; i < 2; i++)
        {
            var restarted = new JobQueue(database.Data);
            restarted.Recover();
            Assert.Equal(JobState.Queued, restarted.Of(first.Id)!.State);
            Assert.Equal(first.Id, (await restarted.Next(CancellationToken.None)).Id);
            // What it says of its work does not make anybody forget how often it was cut off.
            restarted.Says(first.Id, "features", ["clean", "features"]);
            Assert.EndsWith("clean\nfeatures", restarted.Of(first.Id)!.Log, StringComparison.Ordinal);
        }

        var last = new JobQueue(database.Data);
        last.Recover();
        Assert.Equal(JobState.Failed, last.Of(first.Id)!.State);
        Assert.True(last.Cancel(second.Id));
        Assert.False(last.Cancel(second.Id));
        Assert.Equal([second.Id, first.Id], last.All(new JobQuery()).Select(j => j.Id));
    }
}
