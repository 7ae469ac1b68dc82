using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>An API key, by its public head.</summary>
/// <param name="Expires">Null: it has no end.</param>
/// <param name="PerSecond">Requests a second in the long run; twice as many at once.</param>
sealed record KeyAnswer(string Id, string Name, Role Role, DateTime Created, DateTime? Expires, DateTime? LastUsed, bool Revoked, int PerSecond);

/// <summary>An API key to make.</summary>
sealed record KeyRequest(string Name, Role Role, DateTime? Expires = null, int PerSecond = 50);

/// <summary>An API key just made; it is shown this once.</summary>
sealed record KeyMade(string Id, string Name, Role Role, string Key);

/// <summary>API keys: list, make, end.</summary>
static class KeyRoutes
{
    public static void MapKeys(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/keys").RequireAuthorization(SignIn.Admin);
        keys.MapGet("", (ApiKeys all) => new Page<KeyAnswer>([.. all.All.Select(Of)], null)).Says("List API keys", "Heads only: the keys themselves are not kept.");
        keys.MapPost("", (HttpContext http, ApiKeys all, Audit audit, KeyRequest request) =>
        {
            var made = all.Add(request.Name, request.Role, request.Expires?.ToUniversalTime(), request.PerSecond);
            audit.Write(http.Caller(), "key.add", $"key:{made.Id}", new { made.Name, made.Role });
            return Results.Created($"/api/v1/keys/{made.Id}", new KeyMade(made.Id, made.Name, made.Role, made.Key));
        }).Gives<KeyMade>(201).Says("Make an API key", "The answer holds the key, which is shown this once.", """{"name": "Warehouse sync", "role": "analyst", "per_second": 20}""");
        keys.MapDelete("/{id}", (HttpContext http, ApiKeys all, Audit audit, string id) =>
        {
            if (all.All.FirstOrDefault(k => k.Id == id) is not { } key) return Problems.NotFound($"There is no API key '{Asked.Short(id)}'.");
            if (!key.Revoked)
            {
                all.Revoke(id);
                audit.Write(http.Caller(), "key.revoke", $"key:{id}");
            }

            return Results.NoContent();
        }).Produces(204).Says("End an API key", "At once in this server; twice is the same as once.");
    }

    static KeyAnswer Of(ApiKeyRow k) => new(k.Id, k.Name, k.Role, k.Created, k.Expires, k.LastUsed, k.Revoked, k.PerSecond);
}
