using Coterie.Server.Data;
using Microsoft.EntityFrameworkCore;

namespace Coterie.Server.Access;

/// <summary>A new API key, which is shown once.</summary>
public sealed record NewApiKey(string Id, string Name, Role Role, string Key);

/// <summary>Keys for the API: hashed, each with a role, an end if wanted, and a rate.</summary>
public sealed class ApiKeys(ServerData data)
{
    readonly System.Collections.Concurrent.ConcurrentDictionary<string, Kept> kept = new(StringComparer.Ordinal);

    sealed record Kept(ApiKeyRow? Row, long Read);

    /// <exception cref="ConfigurationException">The name is empty or too long, or the end has passed.</exception>
    public NewApiKey Add(string name, Role role, DateTime? expires = null, int perSecond = 50)
    {
        name = name.Trim();
        var problems = new ProblemList();
        if (name.Length is 0 or > 100) problems.Add($"The name of a key has {name.Length} characters; expected 1 to 100.", $"密钥名称有 {name.Length} 个字符，应为 1 到 100 个。");
        if (!Enum.IsDefined(role)) problems.Add([People.NoRole(role)]);
        if (expires <= DateTime.UtcNow) problems.Add($"The key would end at {expires:u}, which has passed.", $"到期时间 {expires:u} 已过。");
        if (perSecond is < 1 or > 100_000) problems.Add($"The key would make {perSecond} requests a second; expected 1 to 100,000.", $"每秒请求数为 {perSecond}，应为 1 到 100,000。");
        problems.Refuse();
        var id = SecretKey.NewId();
        var key = SecretKey.New(id);
        using var db = data.Open();
        db.ApiKeys.Add(new ApiKeyRow { Id = id, Name = name, Hash = SecretKey.Hash(key), Role = role, Created = DateTime.UtcNow, Expires = expires, PerSecond = perSecond });
        db.SaveChanges();
        return new NewApiKey(id, name, role, key);
    }

    public IReadOnlyList<ApiKeyRow> All
    {
        get
        {
            using var db = data.Open();
            return [.. db.ApiKeys.AsNoTracking().OrderBy(k => k.Created)];
        }
    }

    /// <summary>Ends a key, at once in this server.</summary>
    /// <exception cref="InputException">There is no such key.</exception>
    public void Revoke(string id)
    {
        using var db = data.Open();
        var row = db.ApiKeys.Find(id) ?? throw new InputException($"There is no API key '{id}'.", $"没有 API 密钥“{id}”。");
        row.Revoked = true;
        db.SaveChanges();
        kept.TryRemove(id, out _);
    }

    /// <summary>The row of a key that is right and in force; null otherwise. Right and wrong secrets take the same time.</summary>
    public ApiKeyRow? Of(string? key)
    {
        if (!SecretKey.HasForm(key)) return null;
        var id = key![..SecretKey.IdLength];
        var row = Find(id);
        return SecretKey.Fits(key, row?.Hash) && row is { Revoked: false } && !(row.Expires <= DateTime.UtcNow) ? row : null;
    }

    // Five seconds old at most, so that a key which another process revoked ends soon; unknown ids are remembered too, up to a number.
    ApiKeyRow? Find(string id)
    {
        var now = Environment.TickCount64;
        if (kept.TryGetValue(id, out var known) && now - known.Read < 5_000) return known.Row;
        using var db = data.Open();
        var row = db.ApiKeys.Find(id);
        if (row is not null && (row.LastUsed is not { } used || used < DateTime.UtcNow.AddMinutes(-5)))
        {
            row.LastUsed = DateTime.UtcNow;
            db.SaveChanges();
        }

        if (kept.Count > 10_000) kept.Clear();
        kept[id] = new(row, now);
        return row;
    }
}
