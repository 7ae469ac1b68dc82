namespace Coterie.Server.Data;

/// <summary>What a person or key may do; each may do what the ones before it may.</summary>
#pragma warning disable CA1008 // There is no role of value zero: whoever may do nothing is not let in.
public enum Role
#pragma warning restore CA1008
{
    /// <summary>Sees segments and figures, but nobody by name.</summary>
    Viewer = 1,
    /// <summary>Sees customers too, and asks for decisions.</summary>
    Analyst = 2,
    /// <summary>Starts runs, gives feedback, makes audiences and sends them.</summary>
    Operator = 3,
    /// <summary>Sources, keys, people, privacy, deletion.</summary>
    Admin = 4,
}

/// <summary>Someone who signs in.</summary>
public sealed class PersonRow
{
    public int Id { get; set; }
    /// <summary>In lower case; unique.</summary>
    public required string Email { get; set; }
    public required string Name { get; set; }
    /// <summary>By the framework's hasher; null for people who come by OpenID Connect only.</summary>
    public string? PasswordHash { get; set; }
    /// <summary>Issuer and subject of the identity provider by which they came; null before they did.</summary>
    public string? OpenId { get; set; }
    /// <summary>They have a password or an identity provider.</summary>
    public bool ComesIn => PasswordHash is not null || OpenId is not null;
    public Role Role { get; set; }
    public DateTime Created { get; set; }
    public bool Disabled { get; set; }
    /// <summary>Wrong passwords since the last right one.</summary>
    public int FailedSignIns { get; set; }
    public DateTime? LockedUntil { get; set; }
    /// <summary>In every session's cookie; a new one ends them all.</summary>
    public required string Stamp { get; set; }
    /// <summary>One-shot code of an invitation, hashed; null when it was used.</summary>
    public string? InvitationHash { get; set; }
    public DateTime? InvitedUntil { get; set; }
}

/// <summary>A key for the API. The key itself is not kept.</summary>
public sealed class ApiKeyRow
{
    /// <summary>The public head of the key.</summary>
    public required string Id { get; set; }
    public required string Name { get; set; }
    /// <summary>SHA-256 of the key, hexadecimal.</summary>
    public required string Hash { get; set; }
    public Role Role { get; set; }
    public DateTime Created { get; set; }
    public DateTime? Expires { get; set; }
    public DateTime? LastUsed { get; set; }
    public bool Revoked { get; set; }
    /// <summary>Requests a second that it may make in the long run.</summary>
    public int PerSecond { get; set; } = 50;
}

/// <summary>A place that sends events.</summary>
public sealed class SourceRow
{
    public required string Id { get; set; }
    public required string Name { get; set; }
    public required string KeyHash { get; set; }
    public DateTime Created { get; set; }
    public bool Enabled { get; set; } = true;
    /// <summary>Events a second that it may send in the long run; null: no limit.</summary>
    public int? EventsPerSecond { get; set; }
}

/// <summary>Something that was done, or personal data that was looked at. Rows are only ever added; each holds the hash of the one before.</summary>
public sealed class AuditRow
{
    public long Id { get; set; }
    public DateTime Time { get; set; }
    /// <summary>person:ID, key:ID or system.</summary>
    public required string Who { get; set; }
    /// <summary>Their name at that time.</summary>
    public required string Name { get; set; }
    /// <summary>A dotted word: customer.read, segment.rename …</summary>
    public required string Action { get; set; }
    /// <summary>What it was done to.</summary>
    public string? Subject { get; set; }
    public string? Detail { get; set; }
    public required string Hash { get; set; }
}

/// <summary>Where a job is.</summary>
public enum JobState { Queued, Running, Done, Failed, Cancelled }

/// <summary>Long work: a run, a decision, a deletion, a backup.</summary>
public sealed class JobRow
{
    public long Id { get; set; }
    /// <summary>segment, value, churn … (a command of the command line), or a word of the server's own.</summary>
    public required string Kind { get; set; }
    /// <summary>Option to value, as JSON.</summary>
    public required string Arguments { get; set; }
    public JobState State { get; set; }
    /// <summary>What it is doing.</summary>
    public string? Stage { get; set; }
    /// <summary>Its last lines of progress.</summary>
    public string? Log { get; set; }
    public string? Error { get; set; }
    /// <summary>Where its results are, relative to the workspace.</summary>
    public string? Result { get; set; }
    public DateTime Created { get; set; }
    public DateTime? Started { get; set; }
    public DateTime? Ended { get; set; }
    /// <summary>person:ID, key:ID, schedule:ID or drift.</summary>
    public required string RequestedBy { get; set; }
}

/// <summary>A job that comes again and again.</summary>
public sealed class ScheduleRow
{
    public int Id { get; set; }
    public required string Kind { get; set; }
    public required string Arguments { get; set; }
    /// <summary>Six fields of Quartz: seconds minutes hours day month weekday.</summary>
    public required string Cron { get; set; }
    public bool Enabled { get; set; } = true;
    public DateTime? LastRun { get; set; }
    /// <summary>When it was made or last changed: what came due before is not made up for.</summary>
    public DateTime Since { get; set; }
}

/// <summary>A setting of the server, as JSON.</summary>
public sealed class SettingRow
{
    public required string Key { get; set; }
    public required string Value { get; set; }
}

/// <summary>A receiver of audiences.</summary>
public sealed class DestinationRow
{
    public int Id { get; set; }
    public required string Name { get; set; }
    /// <summary>webhook, file, segment, postgres, ads.</summary>
    public required string Kind { get; set; }
    /// <summary>Its settings as JSON, encrypted, because they hold secrets.</summary>
    public required string Settings { get; set; }
    public DateTime Created { get; set; }
}

/// <summary>The answer that was given to a request with an idempotency key.</summary>
public sealed class IdempotencyRow
{
    /// <summary>SHA-256 of caller, route and key.</summary>
    public required string Id { get; set; }
    /// <summary>SHA-256 of the request's body: another body under the same key is refused.</summary>
    public required string Body { get; set; }
    public int Status { get; set; }
    public string? Answer { get; set; }
    public string? Location { get; set; }
    public DateTime Created { get; set; }
}

/// <summary>What became of a refused event of the inbox. Those that wait have no row.</summary>
public sealed class InboxMarkRow
{
    /// <summary>Number of its frame and place in it.</summary>
    public required string Id { get; set; }
    public Collector.InboxState State { get; set; }
    public DateTime Time { get; set; }
    public required string Who { get; set; }
}
