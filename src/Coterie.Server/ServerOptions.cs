using Coterie.Server.Access;
using Coterie.Server.Log;
using Coterie.Server.Operations;

namespace Coterie.Server;

/// <summary>How a server runs.</summary>
public sealed record ServerOptions
{
    /// <summary>Its workspace; made when the directory is new or empty.</summary>
    public required string Workspace { get; init; }
    /// <summary>Where it listens.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";
    /// <summary>How often the workspace takes what was collected.</summary>
    public TimeSpan LoadEvery { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>With less free space the server stops taking events (503), long before the disk is full.</summary>
    public long LeastFreeBytes { get; init; } = 512L << 20;
    /// <summary>Connection string of a PostgreSQL database for people, keys, jobs and audit; null: SQLite in the workspace.</summary>
    public string? Database { get; init; }
    /// <summary>Program and first words of the command line: jobs are its commands, each a process of its own. Empty: such jobs fail and say so.</summary>
    public IReadOnlyList<string> Program { get; init; } = [];
    /// <summary>How the log on standard output is written.</summary>
    public LogFormat Log { get; init; }
    /// <summary>Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; of others they are not.</summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];
    /// <summary>An identity provider by which people may sign in too; null: by password only.</summary>
    public OpenIdOptions? OpenId { get; init; }
    /// <summary>Where the log and the inbox keep their files; tests put one in its place that fails.</summary>
    internal Func<string, LogStorage> Storage { get; init; } = d => new DiskStorage(d);
    /// <summary>Bytes that the embedded database may hold in memory.</summary>
    public long MemoryLimit { get; init; } = 1_500_000_000;
}
