using Coterie.Profiles;
using Coterie.Server.Access;
using Coterie.Server.Jobs;
using Coterie.Server.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>A receiver of audiences to set up; settings are text, and what they are called depends on the kind.</summary>
sealed record DestinationRequest(string Name, string Kind, Dictionary<string, string> Settings);

/// <summary>What to send: an audience or a segment of the newest run, by its id (one of the two).</summary>
sealed record SyncRequest(string? Audience = null, string? Segment = null);

/// <summary>A kind of receiver and what it must be told.</summary>
sealed record DestinationKindAnswer(string Kind, Bilingual Name, Bilingual Does, IReadOnlyList<DestinationField> Settings);

/// <summary>Destinations: receivers of audiences. Their secrets are encrypted and never given out again.</summary>
static class DestinationRoutes
{
    public static void MapDestinations(this RouteGroupBuilder api)
    {
        api.MapGet("/destinations", (Destinations all) => new Page<SavedDestination>(all.All, null)).RequireAuthorization(SignIn.Operator).Says("List destinations", "Without their secrets.");
        api.MapGet("/destinations/kinds", () => new Page<DestinationKindAnswer>([.. DestinationKind.All.Select(k => new DestinationKindAnswer(k.Word, k.Name, k.Does, k.Fields))], null)).RequireAuthorization(SignIn.Operator)
            .Says("Kinds of destinations and their settings");
        api.MapGet("/destinations/{id:int}", (Destinations all, int id) => Find(all, id) is { } d ? Results.Ok(d) : Nothing(id)).RequireAuthorization(SignIn.Operator).Gives<SavedDestination>().Says("A destination");
        api.MapPost("/destinations", (HttpContext http, Destinations all, Audit audit, DestinationRequest request) =>
        {
            var made = all.Add(request.Name, request.Kind, JobRoutes.Whole(request.Settings));
            audit.Write(http.Caller(), "destination.add", $"destination:{made.Id}", new { made.Name, made.Kind });
            return Results.Created($"/api/v1/destinations/{made.Id}", made);
        }).RequireAuthorization(SignIn.Admin).Gives<SavedDestination>(201).Says("Set up a destination", "Settings that cannot be used are refused now; addresses are looked up and checked each time something is sent.",
            """{"name": "CRM", "kind": "file", "settings": {"folder": "crm", "format": "csv"}}""");
        api.MapPost("/destinations/{id:int}/test", async (HttpContext http, Destinations all, Audit audit, int id) =>
        {
            if (Find(all, id) is null) return Nothing(id);
            var result = await all.Test(id, http.RequestAborted);
            audit.Write(http.Caller(), "destination.test", $"destination:{id}", new { result.Works });
            return Results.Ok(result);
        }).RequireAuthorization(SignIn.Admin).Gives<DestinationTest>().Says("Try a destination without sending customers to it");
        api.MapPost("/destinations/{id:int}/sync", (HttpContext http, WorkspaceHost host, Runs runs, Destinations all, JobQueue queue, Audit audit, int id, SyncRequest request) =>
        {
            if (Find(all, id) is null) return Nothing(id);
            var arguments = new Dictionary<string, string> { ["destination"] = $"{id}" };
            if (request.Segment is { } segment) arguments["segment"] = segment;
            if (request.Audience is { } audience) arguments["audience"] = audience;
            if (SyncJob.Problems(host, runs, all, arguments) is { Count: > 0 } problems) throw new ConfigurationException(problems);
            var job = queue.Add(SyncJob.Kind, arguments, http.Caller());
            audit.Write(http.Caller(), "audience.send", $"destination:{id}", new { job = job.Id, request.Segment, request.Audience });
            return Results.Accepted($"/api/v1/jobs/{job.Id}", JobAnswer.Of(job));
        }).RequireAuthorization(SignIn.Operator).Gives<JobAnswer>(202).Says("Send an audience or a segment to a destination", "Everybody at first, then only what changed. Those who refused marketing are left out, and lists of fewer than 50 customers are not sent.",
            """{"audience": "A1"}""");
        api.MapDelete("/destinations/{id:int}", (HttpContext http, Destinations all, Audit audit, int id) =>
        {
            if (Find(all, id) is null) return Nothing(id);
            audit.Write(http.Caller(), "destination.remove", $"destination:{id}", new { all.Remove(id).Name });
            return Results.NoContent();
        }).RequireAuthorization(SignIn.Admin).Produces(204).Says("Remove a destination", "The receiver keeps whom it knows of.");
    }

    static SavedDestination? Find(Destinations all, int id) => all.All.FirstOrDefault(d => d.Id == id);

    static IResult Nothing(int id) => Problems.NotFound($"There is no destination {id}.");
}
