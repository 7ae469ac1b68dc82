using System.Data.Common;
using Coterie.Server.Data;
using Microsoft.EntityFrameworkCore;

namespace Coterie.Server.Access;

/// <summary>A place that sends events: a website, an app, a shop's server.</summary>
/// <param name="Id">Eight characters, the head of its key.</param>
/// <param name="Name">For people.</param>
/// <param name="KeyHash">SHA-256 of the key in hexadecimal; the key itself is not kept.</param>
/// <param name="Created">When.</param>
/// <param name="Enabled">A source that is not answers 404.</param>
/// <param name="EventsPerSecond">Most events a second in the long run; null: no limit.</param>
public sealed record EventSource(string Id, string Name, string KeyHash, DateTime Created, bool Enabled = true, int? EventsPerSecond = null);

/// <summary>A new source and its key, which is shown once.</summary>
public sealed record NewSource(EventSource Source, string Key);

/// <summary>The sources of a workspace, held in memory: every request of the collector asks.</summary>
public sealed class Sources
{
    readonly ServerData data;
    readonly Lock gate = new();
    IReadOnlyList<EventSource> all = [];
    const int ReadAgain = 10_000, MostReads = 20;
    long read, window;
    int asked;

    public Sources(ServerData data)
    {
        this.data = data;
        Read();
    }

    public IReadOnlyList<EventSource> All => all;

    /// <summary>Makes a source.</summary>
    /// <exception cref="ConfigurationException">The name is empty, too long, or taken.</exception>
    public NewSource Add(string name)
    {
        name = Named(name);
        var id = SecretKey.NewId();
        var key = SecretKey.New(id);
        Change(db =>
        {
            if (Taken(db, name, null)) throw Twice(name);
            db.Sources.Add(new SourceRow { Id = id, Name = name, KeyHash = SecretKey.Hash(key), Created = DateTime.UtcNow });
        });
        return new NewSource(all.First(s => s.Id == id), key);
    }

    /// <summary>Renames a source, switches it on or off, limits it. Null leaves a property as it is; a limit of 0 takes the limit away.</summary>
    /// <exception cref="ConfigurationException">The name is empty, too long, or taken, or the limit is below 0.</exception>
    /// <exception cref="InputException">There is no such source.</exception>
    public EventSource Set(string id, string? name = null, bool? enabled = null, int? eventsPerSecond = null)
    {
        if (eventsPerSecond < 0) throw new ConfigurationException($"The limit of a source is {eventsPerSecond} events a second; expected 1 or more, or 0 for none.", $"来源的上限为每秒 {eventsPerSecond} 个事件；应为 1 或以上，0 表示不限。");
        if (name is not null) name = Named(name);
        Change(db =>
        {
            var row = db.Sources.Find(id) ?? throw new InputException($"There is no source '{id}'.", $"没有来源“{id}”。");
            if (name is not null && Taken(db, name, id)) throw Twice(name);
            row.Name = name ?? row.Name;
            row.Enabled = enabled ?? row.Enabled;
            row.EventsPerSecond = eventsPerSecond is { } limit ? limit == 0 ? null : limit : row.EventsPerSecond;
        });
        return all.First(s => s.Id == id);
    }

    /// <summary>The source of a key, enabled or not; null for a key that nobody has. Takes the same time for every wrong key of a source.</summary>
    public EventSource? Of(string? key)
    {
        if (!SecretKey.HasForm(key)) return null;
        var source = Find(key![..SecretKey.IdLength]);
        return SecretKey.Fits(key, source?.KeyHash) ? source : null;
    }

    // The command line may have made or changed a source since; wrong keys must not make us ask the database all the time.
    EventSource? Find(string id)
    {
        var now = Environment.TickCount64;
        if (all.FirstOrDefault(s => s.Id == id) is { } known && now - Interlocked.Read(ref read) < ReadAgain) return known;
        lock (gate)
        {
            if (now - window >= 1000) (window, asked) = (now, 0);
            try
            {
                if (asked++ < MostReads) Read();
            }
            catch (DbException) when (all.FirstOrDefault(s => s.Id == id) is { } kept)
            {
                // The database is away for a while: a source that is known may go on sending.
                return kept;
            }
        }

        return all.FirstOrDefault(s => s.Id == id);
    }

    static string Named(string name)
    {
        name = name.Trim();
        return name.Length is > 0 and <= 100 ? name : throw new ConfigurationException($"The name of a source has {name.Length} characters; expected 1 to 100.", $"来源名称有 {name.Length} 个字符，应为 1 到 100 个。");
    }

    static bool Taken(ServerDb db, string name, string? but) =>
        db.Sources.AsNoTracking().AsEnumerable().Any(s => s.Id != but && s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    static ConfigurationException Twice(string name) => new($"There is a source '{name}' already; choose another name.", $"来源“{name}”已存在，请换一个名称。");

    void Change(Action<ServerDb> change)
    {
        lock (gate)
        {
            using var db = data.Open();
            change(db);
            db.SaveChanges();
            Read();
        }
    }

    void Read()
    {
        using var db = data.Open();
        all = [.. db.Sources.AsNoTracking().OrderBy(s => s.Created).Select(s => new EventSource(s.Id, s.Name, s.KeyHash, s.Created, s.Enabled, s.EventsPerSecond))];
        Interlocked.Exchange(ref read, Environment.TickCount64);
    }
}
