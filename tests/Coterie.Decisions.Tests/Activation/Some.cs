using Coterie.Activation;

namespace Coterie.Tests.Activation;

/// <summary>Small audiences and batches.</summary>
static class Some
{
    internal static readonly DateTime AsOf = new(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Members without traits.</summary>
    internal static Audience Audience(params IEnumerable<string> ids) => new()
    {
        Key = "coterie_s1", Segment = "S1", Name = new("Loyal", "忠诚"), AsOf = AsOf,
        Members = [.. ids.Select(id => new AudienceMember(id, []))],
    };

    /// <summary>Members with one compared trait.</summary>
    internal static Audience Valued(IEnumerable<KeyValuePair<string, int>> members) => Audience() with
    {
        Traits = [new AudienceTrait("confidence", Compared: false), new AudienceTrait("value")],
        Members = [.. members.Select(m => new AudienceMember(m.Key, [0.5, (double)m.Value]))],
    };

    internal static AudienceBatch Batch(long number = 1, params IReadOnlyList<AudienceChange> changes) => BatchText.Keyed(new AudienceBatch
    {
        Key = "", Number = number, Audience = "coterie_s1", Segment = "S1", Name = new("Loyal", "忠诚"), AsOf = AsOf,
        Traits = [new AudienceTrait("confidence", Compared: false), new AudienceTrait("note")],
        Changes = changes.Count > 0 ? changes : [Entered("A", 0.5, "=1+1"), new AudienceChange(ChangeKind.Exited, "B", [])],
    }, "somewhere", 0);

    internal static AudienceChange Entered(string id, params object?[] traits) => new(ChangeKind.Entered, id, traits);

    internal static IEnumerable<string> Ids(int count) => Enumerable.Range(0, count).Select(i => $"C{i:000}");
}

/// <summary>A destination in memory that fails as it is told to.</summary>
sealed class Told(Func<AudienceBatch, Fate> fate) : IDestination
{
    /// <summary>Every delivery that arrived, repeats too.</summary>
    internal List<AudienceBatch> Arrived { get; } = [];
    internal int Asked { get; private set; }

    public DestinationFacts Facts { get; init; } = new("told", "told", "told", Batch: 3);

    public Task Deliver(AudienceBatch batch, CancellationToken stop)
    {
        Asked++;
        var what = fate(batch);
        if (what is Fate.Arrives or Fate.ArrivesUnconfirmed) Arrived.Add(batch);
        return what switch
        {
            Fate.Arrives => Task.CompletedTask,
            Fate.Refused => throw new DeliveryException("answered 400", maybe: false),
            _ => throw new DeliveryException("did not answer", maybe: true),
        };
    }
}

enum Fate
{
    Arrives,
    /// <summary>It arrived, and the answer was lost.</summary>
    ArrivesUnconfirmed,
    /// <summary>It was lost, and nobody knows.</summary>
    Lost,
    Refused,
}

/// <summary>Time that passes only by waiting, and at once.</summary>
sealed class QuickClock : TimeProvider
{
    DateTimeOffset now = new(2024, 3, 1, 12, 0, 0, TimeSpan.Zero);

    internal List<TimeSpan> Waits { get; } = [];

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            Waits.Add(dueTime);
            now += dueTime;
        }

        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>A folder for one test, in memory where there is such a place: what is put on the disk a thousand times need not wait for one.</summary>
sealed class QuickFolder : IDisposable
{
    internal string Path { get; } = Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory($"/dev/shm/coterie-test-{Guid.NewGuid():N}").FullName
        : Directory.CreateTempSubdirectory("coterie-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
