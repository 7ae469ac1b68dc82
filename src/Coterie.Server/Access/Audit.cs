using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coterie.Server.Data;
using Microsoft.EntityFrameworkCore;

namespace Coterie.Server.Access;

/// <summary>Who acts.</summary>
/// <param name="Who">person:ID, key:ID, schedule:ID or system.</param>
/// <param name="Name">For people.</param>
/// <param name="Role">What they may do.</param>
public sealed record Caller(string Who, string Name, Role Role)
{
    /// <summary>The server itself.</summary>
    public static readonly Caller System = new("system", "Coterie", Role.Admin);
}

/// <summary>Which entries to read.</summary>
public sealed record AuditQuery
{
    public string? Who { get; init; }
    public string? Action { get; init; }
    public string? Subject { get; init; }
    /// <summary>Only entries before this id: the cursor.</summary>
    public long? Before { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>Every change and every look at personal data, in order. Each entry holds the hash of itself with the one before, so that a change or a gap shows.
/// Customers stand in it under a pseudonym, so that a customer's deletion leaves the chain whole.</summary>
/// <param name="data">The server's database.</param>
/// <param name="folder">The server's folder: the pseudonyms' key is kept there.</param>
public sealed class Audit(ServerData data, string folder)
{
    readonly Lock gate = new();
    readonly byte[] key = SecretFile.Of(Path.Combine(folder, "audit.key"));

    /// <summary>The subject of entries about a customer: the same for the same id, and of no use without the key.</summary>
    public string Customer(string id) => "customer:" + Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(id)))[..32];

    public void Write(Caller caller, string action, string? subject = null, object? detail = null)
    {
        // One at a time: the chain has one end.
        lock (gate)
        {
            using var db = data.Open();
            var before = db.Audit.AsNoTracking().OrderByDescending(a => a.Id).Select(a => a.Hash).FirstOrDefault() ?? "";
            // As exact as every database keeps a time, so that the hash can be made again.
            var now = DateTime.UtcNow;
            var row = new AuditRow
            {
                Time = new DateTime(now.Ticks - now.Ticks % TimeSpan.TicksPerMillisecond, DateTimeKind.Utc),
                Who = caller.Who,
                Name = caller.Name,
                Action = action,
                Subject = subject,
                Detail = detail is null ? null : JsonSerializer.Serialize(detail, JsonSerializerOptions.Web),
                Hash = "",
            };
            row.Hash = Hash(before, row);
            db.Audit.Add(row);
            db.SaveChanges();
        }
    }

    public IReadOnlyList<AuditRow> Read(AuditQuery query)
    {
        using var db = data.Open();
        IQueryable<AuditRow> rows = db.Audit.AsNoTracking();
        if (query.Who is { } who) rows = rows.Where(a => a.Who == who);
        if (query.Action is { } action) rows = rows.Where(a => a.Action == action);
        if (query.Subject is { } subject) rows = rows.Where(a => a.Subject == subject);
        if (query.Before is { } before) rows = rows.Where(a => a.Id < before);
        return [.. rows.OrderByDescending(a => a.Id).Take(Math.Clamp(query.Take, 1, 500))];
    }

    /// <summary>The first entry that does not follow from the one before it; null when the chain is whole.</summary>
    public long? FirstBroken()
    {
        using var db = data.Open();
        var before = "";
        foreach (var row in db.Audit.AsNoTracking().OrderBy(a => a.Id).AsEnumerable())
        {
            if (row.Hash != Hash(before, row)) return row.Id;
            before = row.Hash;
        }

        return null;
    }

    /// <summary>Every action that was ever written.</summary>
    public IReadOnlyList<string> Actions
    {
        get
        {
            using var db = data.Open();
            return [.. db.Audit.AsNoTracking().Select(a => a.Action).Distinct().AsEnumerable().Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>As <see cref="FirstBroken"/>, in the time that a page has: entries that were found whole in the last ten minutes are not read again.</summary>
    public long? State()
    {
        lock (stateGate)
        {
            using var db = data.Open();
            var now = Environment.TickCount64;
            if (checkedAll is null || now - checkedAt > 600_000) (checkedAll, checkedAt) = ((0, ""), now);
            var (last, before) = checkedAll.Value;
            foreach (var row in db.Audit.AsNoTracking().Where(a => a.Id > last).OrderBy(a => a.Id).AsEnumerable())
            {
                if (row.Hash != Hash(before, row)) return row.Id;
                (last, before) = (row.Id, row.Hash);
                checkedAll = (last, before);
            }

            return null;
        }
    }

    readonly Lock stateGate = new();
    (long Last, string Hash)? checkedAll;
    long checkedAt;

    static string Hash(string before, AuditRow row) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(new[] { before, row.Time.ToString("O"), row.Who, row.Name, row.Action, row.Subject, row.Detail }))));
}
