using Coterie.Server.Access;
using Coterie.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>A schedule to make.</summary>
/// <param name="Cron">Six fields: seconds minutes hours day month weekday, in the workspace's time zone.</param>
sealed record ScheduleRequest(string Kind, string Cron, Dictionary<string, string>? Arguments = null);

/// <summary>What to change of a schedule; what is left out stays.</summary>
sealed record ScheduleChange(string? Cron = null, Dictionary<string, string>? Arguments = null, bool? Enabled = null);

/// <summary>Schedules: jobs that come again and again.</summary>
static class ScheduleRoutes
{
    public static void MapSchedules(this RouteGroupBuilder api)
    {
        api.MapGet("/schedules", (Schedules all) => new Page<Schedule>(all.All, null)).Says("List schedules");
        api.MapGet("/schedules/{id:int}", (HttpContext http, Schedules all, int id) => all.Of(id) is { } s ? http.Tagged(s) : Nothing(id)).Gives<Schedule>().Says("A schedule, and when it fires next");
        api.MapPost("/schedules", async (HttpContext http, Schedules all, Audit audit, ScheduleRequest request) =>
        {
            var made = await all.Add(request.Kind, JobRoutes.Whole(request.Arguments), request.Cron, http.RequestAborted);
            audit.Write(http.Caller(), "schedule.add", $"schedule:{made.Id}", new { made.Kind, made.Cron });
            return Results.Created($"/api/v1/schedules/{made.Id}", made);
        }).RequireAuthorization(SignIn.Operator).Gives<Schedule>(201).Says("Let a job come again and again", "A fire that was missed while the server was off is made up for once.", """{"kind": "segment", "cron": "0 0 3 * * ?"}""");
        api.MapPatch("/schedules/{id:int}", async (HttpContext http, Schedules all, Audit audit, int id, ScheduleChange change) =>
        {
            if (all.Of(id) is not { } now) return Nothing(id);
            if (http.Raced(now) is { } raced) return raced;
            var changed = await all.Set(id, change.Arguments is null ? null : JobRoutes.Whole(change.Arguments), change.Cron, change.Enabled, http.RequestAborted);
            audit.Write(http.Caller(), "schedule.change", $"schedule:{id}", change);
            return http.Tagged(changed);
        }).RequireAuthorization(SignIn.Operator).Gives<Schedule>().Says("Change a schedule, or switch it on or off", null, """{"enabled": false}""");
        api.MapDelete("/schedules/{id:int}", async (HttpContext http, Schedules all, Audit audit, int id) =>
        {
            if (!await all.Remove(id, http.RequestAborted)) return Nothing(id);
            audit.Write(http.Caller(), "schedule.remove", $"schedule:{id}");
            return Results.NoContent();
        }).RequireAuthorization(SignIn.Operator).Produces(204).Says("Remove a schedule");
    }

    static IResult Nothing(int id) => Problems.NotFound($"There is no schedule {id}.");
}
