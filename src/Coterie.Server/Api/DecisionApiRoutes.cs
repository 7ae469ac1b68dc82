using Coterie.Decisions;
using Coterie.Profiles;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>A decision in a list.</summary>
/// <param name="Made">Null: it was not asked yet.</param>
/// <param name="Answered">False: the data cannot carry the answer, and the verdict says why.</param>
sealed record DecisionListed(string Kind, DateTime? Made, string? Run, long? Job, bool? Answered, Bilingual? Verdict);

/// <summary>The newest decision of a kind: the page that people read, and the names of its files.</summary>
sealed record DecisionAnswer(string Kind, DateTime Made, string? Run, long? Job, string? Currency, DecisionPage Page, IReadOnlyList<string> Files);

/// <summary>Decisions: what there is, the newest of a kind, its result and tables, and asking anew.</summary>
static class DecisionApiRoutes
{
    public static void MapDecisions(this RouteGroupBuilder api)
    {
        api.MapGet("/decisions", (DecisionShelf shelf) => new Page<DecisionListed>([.. DecisionShelf.Kinds.Select(k => shelf.Newest(k) is { } made
            ? new DecisionListed(k, made.Made, made.Run, made.Job, made.Page.Answered, made.Page.Verdict) : new DecisionListed(k, null, null, null, null, null))], null))
            .Says("List decisions", "Every kind, with the newest answer of each.");
        api.MapGet("/decisions/{kind}", (HttpContext http, DecisionShelf shelf, string kind) =>
        {
            if (Made(shelf, kind, out var problem) is not { } made) return problem!;
            return http.Tagged($"{kind}-{made.Made.Ticks:x}", () => new DecisionAnswer(kind, made.Made, made.Run, made.Job, made.Currency, made.Page, [.. made.Files.Keys]));
        }).Gives<DecisionAnswer>().Says("The newest decision of a kind", "What people read: verdict, figures, tables and charts. Its exact results are among the files.");
        api.MapGet("/decisions/{kind}/files/{name}", (HttpContext http, DecisionShelf shelf, Audit audit, string kind, string name) =>
        {
            if (Made(shelf, kind, out var problem) is not { } made) return problem!;
            // Names are looked up among those that are there; none is made into a path.
            if (!made.Files.TryGetValue(name, out var path)) return Problems.NotFound($"The decision has no file '{Asked.Short(name)}'; it has {string.Join(", ", made.Files.Keys)}.");
            if (DecisionShelf.IsPersonal(path))
            {
                if (http.Caller().Role < Role.Analyst) return Problems.Of(403, "forbidden", "This file is about single customers: it takes an analyst.");
                audit.Write(http.Caller(), "decision.download", $"{kind}/{name}");
            }

            return Results.File(path, name.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "text/csv; charset=utf-8", entityTag: new($"\"{made.Made.Ticks:x}\""));
        }).GivesFile("text/csv").Says("A file of a decision", "KIND.json is the exact result; tables are CSV. Files about single customers take an analyst and are written to the audit log.");
        api.MapPost("/decisions/{kind}", (HttpContext http, JobQueue queue, Audit audit, string kind, DecisionRequest? request) =>
        {
            if (!DecisionShelf.Kinds.Contains(kind)) return Unknown(kind);
            if (!JobKinds.All.Contains(kind)) return Problems.Of(409, "comes_with_runs", $"'{kind}' is made by every run; ask for a run with POST /api/v1/jobs.");
            var arguments = request?.Arguments ?? [];
            if (kind == "recommend") arguments.TryAdd("all", "true");
            return JobRoutes.Request(http, queue, audit, kind, arguments);
        }).RequireAuthorization(SignIn.Analyst).Gives<JobAnswer>(202).Says("Ask for a decision", "Answers with the job that makes it; when the job is done, GET gives the decision.", """{"arguments": {"horizon": "90"}}""");
    }

    static ShelvedDecision? Made(DecisionShelf shelf, string kind, out IResult? problem)
    {
        var made = DecisionShelf.Kinds.Contains(kind) ? shelf.Newest(kind) : null;
        problem = made is not null ? null : DecisionShelf.Kinds.Contains(kind) ? Problems.Of(404, "not_made", $"'{kind}' was not asked yet: POST /api/v1/decisions/{kind}.") : Unknown(kind);
        return made;
    }

    static IResult Unknown(string kind) => Problems.NotFound($"There is no decision '{Asked.Short(kind)}'; there are {string.Join(", ", DecisionShelf.Kinds)}.");
}

/// <summary>Options for a decision, as of POST /jobs.</summary>
sealed record DecisionRequest(Dictionary<string, string>? Arguments);
