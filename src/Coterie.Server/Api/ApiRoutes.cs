using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>Everything under /api/v1. Each group of routes is a file of its own; every route has a policy.</summary>
static class ApiRoutes
{
    public static void MapApi(this IEndpointRouteBuilder server)
    {
        var api = server.MapGroup("/api/v1").RequireAuthorization(SignIn.Viewer);
        api.WithRequestTimeout(TimeSpan.FromSeconds(30));
        api.MapPeople();
        api.MapRuns();
        api.MapSegments();
        api.MapCustomers();
        api.MapAudiences();
        api.MapDecisions();
        api.MapFeedback();
        api.MapJobs();
        api.MapSchedules();
        api.MapSources();
        api.MapInbox();
        api.MapDestinations();
        api.MapKeys();
        api.MapWorkspace(server.ServiceProvider);
        api.MapAudit();
        server.MapApiDocument();
    }
}

/// <summary>A job as the API shows it.</summary>
sealed record JobAnswer(long Id, string Kind, IReadOnlyDictionary<string, string> Arguments, JobState State, string? Stage, IReadOnlyList<string> Log, string? Error, string? Result,
    DateTime Created, DateTime? Started, DateTime? Ended, string RequestedBy)
{
    public static JobAnswer Of(JobRow j) => new(j.Id, j.Kind, JobKinds.Shown(j), j.State, j.Stage,
        j.Log?.Split('\n') ?? [], j.Error, j.Result, j.Created, j.Started, j.Ended, j.RequestedBy);
}

/// <summary>What a caller asks to be done.</summary>
sealed record JobRequest(string Kind, Dictionary<string, string>? Arguments);

/// <summary>One page of a list; <c>next</c> is the cursor of the page after it, null on the last.</summary>
sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Jobs: ask for a run or a decision, watch it, stop it.</summary>
static class JobRoutes
{
    public static void MapJobs(this RouteGroupBuilder api)
    {
        api.MapGet("/jobs", (JobQueue queue, string? kind, string? state, long? cursor, int? limit) =>
        {
            var take = Limits.Of(limit, 499);
            var jobs = queue.All(new JobQuery { Kind = kind, State = Asked.Word<JobState>("state", state), Before = cursor, Take = take + 1 });
            return new Page<JobAnswer>([.. jobs.Take(take).Select(JobAnswer.Of)], jobs.Count > take ? $"{jobs[take - 1].Id}" : null);
        }).Says("List jobs, newest first");
        api.MapGet("/jobs/{id:long}", (JobQueue queue, long id) => queue.Of(id) is { } job ? Results.Ok(JobAnswer.Of(job)) : Problems.NotFound($"There is no job {id}.")).Gives<JobAnswer>().Says("A job: state, stage, its last lines, and where its results are");
        api.MapPost("/jobs", (HttpContext http, JobQueue queue, Audit audit, JobRequest request) => Request(http, queue, audit, request.Kind, request.Arguments ?? []))
            .RequireAuthorization(SignIn.Operator).Gives<JobAnswer>(202).Says("Ask for a run or a decision", "kind: a command, such as segment, value or campaign-plan; arguments: its options without the dashes, all as text.", """{"kind": "segment", "arguments": {"seed": "7"}}""");
        api.MapPost("/jobs/{id:long}/cancel", (JobQueue queue, Audit audit, HttpContext http, long id) =>
        {
            if (queue.Of(id) is null) return Problems.NotFound($"There is no job {id}.");
            if (!queue.Cancel(id)) return Problems.Of(409, "ended", "The job had ended.");
            audit.Write(http.Caller(), "job.cancel", $"job:{id}");
            return Results.Ok(JobAnswer.Of(queue.Of(id)!));
        }).RequireAuthorization(SignIn.Operator).Gives<JobAnswer>().Says("Stop a job");
    }

    /// <summary>Options whose values are all there: JSON may say null for a text.</summary>
    /// <exception cref="ConfigurationException">A value is null.</exception>
    public static Dictionary<string, string> Whole(Dictionary<string, string>? options) =>
        options?.FirstOrDefault(o => o.Value is null) is { Key: { } nothing } ? throw new ConfigurationException($"The value of '{Asked.Short(nothing)}' is null; expected a text.") : options ?? [];

    /// <exception cref="ConfigurationException">Every problem with kind and options.</exception>
    public static IResult Request(HttpContext http, JobQueue queue, Audit audit, string kind, Dictionary<string, string> arguments)
    {
        if (JobKinds.Problems(kind, Whole(arguments)) is { Count: > 0 } problems) throw new ConfigurationException(problems);
        var job = queue.Add(kind, arguments, http.Caller());
        audit.Write(http.Caller(), "job.request", $"job:{job.Id}", new { job.Kind, arguments });
        return Results.Accepted($"/api/v1/jobs/{job.Id}", JobAnswer.Of(job));
    }
}

/// <summary>How many items a page of a list has, and how long a file may take.</summary>
static class Limits
{
    /// <summary>How long a route may take that a slow connection sends or takes a file through.</summary>
    public static readonly Microsoft.AspNetCore.Http.Timeouts.RequestTimeoutPolicy Long = new() { Timeout = TimeSpan.FromMinutes(10) };

    public static int Of(int? asked, int most = 500) => asked switch
    {
        null => 50,
        >= 1 when asked <= most => asked.Value,
        _ => throw new ConfigurationException($"limit is {asked}; expected 1 to {most}."),
    };
}
