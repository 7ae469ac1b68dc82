using System.Text.Json;
using Coterie.Activation.Rules;
using Coterie.Profiles;
using Coterie.Server.Access;
using Coterie.Server.Audiences;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>An audience: a rule that was given a name.</summary>
/// <param name="Words">The rule as a sentence.</param>
/// <param name="Rule">The rule; GET /audiences/schema says its form.</param>
sealed record AudienceAnswer(string Id, string Name, DateTime Created, Bilingual Words, JsonElement Rule)
{
    public static AudienceAnswer Of(SavedAudience a) => new(a.Id, a.Name, a.Created, RuleText.Of(a.Rule), JsonElement.Parse(RuleJson.Write(a.Rule)));
}

/// <summary>An audience to save; one of the same name gets the new rule and keeps its id.</summary>
sealed record AudienceRequest(string Name, JsonElement Rule);

/// <summary>A rule to count.</summary>
sealed record RuleRequest(JsonElement Rule, int Sample = 0);

/// <summary>A page of an audience's customers; those who refused marketing are left out.</summary>
sealed record AudienceMembers(DateTime AsOf, IReadOnlyList<string> Items, string? Next);

/// <summary>Audiences by rule: count, save, list, members, remove.</summary>
static class AudienceRoutes
{
    public static void MapAudiences(this RouteGroupBuilder api)
    {
        var audiences = api.MapGroup("/audiences").RequireAuthorization(SignIn.Analyst);
        audiences.MapGet("", (WorkspaceHost host) => new Page<AudienceAnswer>([.. SavedAudiences.Open(host.Directory).All.Select(AudienceAnswer.Of)], null)).Says("List audiences");
        audiences.MapGet("/schema", () => Results.Text(RuleJson.Schema, "application/schema+json")).GivesFile("application/schema+json").Says("The JSON schema of rules");
        audiences.MapPost("/count", (HttpContext http, AudienceDesk desk, Audit audit, RuleRequest request) =>
        {
            var rule = RuleJson.Read(request.Rule);
            var count = desk.Ask(s => RuleCount.Of(s, rule, request.Sample), http.RequestAborted);
            if (count.Sample.Count > 0) audit.Write(http.Caller(), "audience.sample", null, new { rows = count.Sample.Count });
            return Results.Ok(count);
        }).Gives<RuleCount>().Says("How many customers a rule keeps", "Of the whole rule and of each clause, by its JSON path. sample: customers to show.",
            """{"rule": {"kind": "did", "event": "purchase", "times": {"at_least": 2}, "within_days": 90}}""");
        audiences.MapPost("", (HttpContext http, WorkspaceHost host, Audit audit, AudienceRequest request) =>
        {
            var rule = RuleJson.Read(request.Rule);
            SavedAudience saved;
            lock (AudienceDesk.Saving) saved = SavedAudiences.Open(host.Directory).Save(request.Name, rule, DateTime.UtcNow);
            audit.Write(http.Caller(), "audience.save", $"audience:{saved.Id}", new { saved.Name });
            return Results.Created($"/api/v1/audiences/{saved.Id}", AudienceAnswer.Of(saved));
        }).RequireAuthorization(SignIn.Operator).Gives<AudienceAnswer>(201).Says("Save a rule under a name", null, """{"name": "Regulars", "rule": {"kind": "segment", "in": ["S1"]}}""");
        audiences.MapGet("/{id}", (HttpContext http, WorkspaceHost host, string id) => Find(host, id) is { } a ? http.Tagged(AudienceAnswer.Of(a)) : Nothing(id)).Gives<AudienceAnswer>().Says("An audience");
        audiences.MapPut("/{id}", (HttpContext http, WorkspaceHost host, Audit audit, string id, AudienceRequest request) =>
        {
            var rule = RuleJson.Read(request.Rule);
            lock (AudienceDesk.Saving)
            {
                if (Find(host, id) is not { } now) return Nothing(id);
                if (http.Raced(AudienceAnswer.Of(now)) is { } raced) return raced;
                if (!string.Equals(now.Name, request.Name.Trim(), StringComparison.OrdinalIgnoreCase)) return Problems.Of(409, "other_name", $"Audience {now.Id} is called '{now.Name}': receivers know it by that. Save the rule under another name as an audience of its own.");
                var saved = SavedAudiences.Open(host.Directory).Save(request.Name, rule, DateTime.UtcNow);
                audit.Write(http.Caller(), "audience.save", $"audience:{saved.Id}", new { saved.Name });
                return http.Tagged(AudienceAnswer.Of(saved));
            }
        }).RequireAuthorization(SignIn.Operator).Gives<AudienceAnswer>().Says("Change an audience's rule", "Its name and id stay, because receivers know it by them.", """{"name": "Regulars", "rule": {"kind": "segment", "in": ["S1", "S2"]}}""");
        audiences.MapDelete("/{id}", (HttpContext http, WorkspaceHost host, Audit audit, string id) =>
        {
            lock (AudienceDesk.Saving)
            {
                if (Find(host, id) is not { } now) return Nothing(id);
                if (http.Raced(AudienceAnswer.Of(now)) is { } raced) return raced;
                SavedAudiences.Open(host.Directory).Remove(now.Id);
                audit.Write(http.Caller(), "audience.remove", $"audience:{now.Id}", new { now.Name });
                return Results.NoContent();
            }
        }).RequireAuthorization(SignIn.Operator).Produces(204).Says("Remove an audience", "Receivers keep whom they know of it.");
        audiences.MapGet("/{id}/count", (HttpContext http, WorkspaceHost host, AudienceDesk desk, string id) => Find(host, id) is { } a ? Results.Ok(desk.Ask(s => RuleCount.Of(s, a.Rule, 0), http.RequestAborted)) : Nothing(id))
            .Gives<RuleCount>().Says("How many customers an audience has now");
        audiences.MapGet("/{id}/members", (HttpContext http, WorkspaceHost host, AudienceDesk desk, Audit audit, string id, string? cursor, int? limit) =>
        {
            if (Find(host, id) is not { } a) return Nothing(id);
            if (cursor?.Length > 1_000) throw new ConfigurationException("cursor is not one that a page gave; begin again without one.");
            var take = Limits.Of(limit, 10_000);
            var page = desk.Ask(s => new AudienceMembers(s.AsOf, RuleMembers.Page(s, a.Rule, take, cursor), null), http.RequestAborted);
            audit.Write(http.Caller(), "members.read", $"audience:{a.Id}", new { rows = page.Items.Count });
            return Results.Ok(page with { Next = page.Items.Count == take ? page.Items[^1] : null });
        }).Gives<AudienceMembers>().Says("Customers of an audience, by id", "Those who refused marketing are left out. The cursor is the last id of the page before.");
    }

    static SavedAudience? Find(WorkspaceHost host, string id) => SavedAudiences.Open(host.Directory).All.FirstOrDefault(a => a.Id == id);

    static IResult Nothing(string id) => Problems.NotFound($"There is no audience '{Asked.Short(id)}'.");
}
