using System.Text.Json;
using Coterie.Profiles;
using Coterie.Server.Access;
using Coterie.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>A run in a list.</summary>
/// <param name="Id">0001, 0002 …</param>
/// <param name="Finished">When its report was written.</param>
sealed record RunListed(string Id, DateTime Finished);

/// <summary>What a run found, in short.</summary>
/// <param name="AsOf">The instant that its segments are as of.</param>
/// <param name="Segments">How many segments.</param>
/// <param name="NoStructure">True when the data have no groups and none were invented.</param>
/// <param name="Method">The clusterer that was chosen; null when there is one segment for everybody.</param>
/// <param name="Validity">Whether the segments tell of the later period better than RFM does; null when the history is too short to ask.</param>
/// <param name="EventsSeen">Events that it has seen.</param>
sealed record RunAnswer(string Id, DateTime Finished, DateTime AsOf, int Customers, int Segments, bool NoStructure, string? Method, Bilingual? Validity, string? Currency, ulong Seed, string Version,
    long EventsSeen, IReadOnlyDictionary<string, string> Settings, IReadOnlyList<string> Notes, IReadOnlyList<LineageEvent> Lineage);

/// <summary>The newest run and what has happened since.</summary>
/// <param name="Freshness">Its age, the events since, the drift, and what to make of it.</param>
sealed record LatestRun(RunAnswer Run, Freshness Freshness);

/// <summary>Runs: list, one, the newest, and its report.</summary>
static class RunRoutes
{
    public static void MapRuns(this RouteGroupBuilder api)
    {
        api.MapGet("/runs", (Runs runs, string? cursor, int? limit) =>
        {
            var take = Limits.Of(limit);
            if (cursor is not null && runs.Of(cursor) is null) throw new ConfigurationException("cursor is not one that a page gave; begin again without one.");
            var some = runs.All.Reverse().Where(r => cursor is null || string.CompareOrdinal(r.Id, cursor) < 0).Take(take + 1).ToArray();
            return new Page<RunListed>([.. some.Take(take).Select(r => new RunListed(r.Id, r.Finished))], some.Length > take ? some[take - 1].Id : null);
        }).Says("List runs, newest first");
        api.MapGet("/runs/latest", (HttpContext http, Runs runs, FreshnessOf freshness) =>
        {
            if (runs.Latest is not { } run) return Asked.NoRun();
            var now = freshness.Now();
            // The age counts by itself and is no change.
            return http.Tagged($"{Tag(run)}-{Etags.Of(now with { Age = null })}", () => new LatestRun(Of(runs, run), now));
        }).Gives<LatestRun>().Says("The newest run, its age, and the events since", "A segment is as old as its run: freshness says what it has not seen, and whether that matters.");
        api.MapGet("/runs/{id}", (HttpContext http, Runs runs, string id) =>
            runs.Of(id) is { } run ? http.Tagged(Tag(run), () => Of(runs, run)) : Problems.NotFound($"There is no run '{Asked.Short(id)}'.")).Gives<RunAnswer>().Says("A run in short");
        api.MapGet("/runs/{id}/report", (HttpContext http, Runs runs, Audit audit, string id) =>
        {
            if (runs.Of(id) is not { } run) return Problems.NotFound($"There is no run '{Asked.Short(id)}'.");
            // It names typical customers.
            audit.Write(http.Caller(), "report.read", $"run:{run.Id}");
            return Results.File(Path.Combine(run.Directory, "report.json"), "application/json", lastModified: run.Finished, entityTag: new($"\"{Tag(run)}\""));
        }).RequireAuthorization(SignIn.Analyst).GivesFile("application/json").Says("The whole report of a run", "report.json as the command line writes it. It names typical customers, so reading it is written to the audit log.");
    }

    /// <summary>A run never changes under its id, except when a customer is erased from it.</summary>
    public static string Tag(RunEntry run) => $"{run.Id}-{run.Finished.Ticks:x}";

    static RunAnswer Of(Runs runs, RunEntry run)
    {
        var r = runs.Report(run);
        return new(run.Id, run.Finished, r.AsOf, r.Customers, r.Segments.Count, r.Search.NoStructure, r.Search.Chosen?.Method, r.Validity?.Verdict, r.Currency, r.Seed, r.Version,
            r.Input.RowsKept, r.Settings, r.Notes, r.Lineage);
    }
}

/// <summary>Words for what several routes are asked.</summary>
static class Asked
{
    public static IResult NoRun() => Problems.Of(404, "no_run", "There is no run yet: ask for one with POST /api/v1/jobs and the kind 'segment'.");

    /// <summary>The run that is asked about: by its id, else the newest.</summary>
    public static RunEntry? Run(this Runs runs, string? id, out IResult? problem)
    {
        var run = id is null ? runs.Latest : runs.Of(id);
        problem = run is not null ? null : id is null ? NoRun() : Problems.NotFound($"There is no run '{Short(id)}'.");
        return run;
    }

    /// <summary>One of a few words of a query, as the API writes them; numbers are none.</summary>
    /// <exception cref="ConfigurationException">It is another word.</exception>
    public static T? Word<T>(string name, string? word) where T : struct, Enum
    {
        if (word is null) return null;
        foreach (var value in Enum.GetValues<T>())
            if (JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()) == word) return value;
        throw new ConfigurationException($"{name} is '{Short(word)}'; expected {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}.");
    }

    /// <summary>Text of a caller for a message of ours: not long, and nothing that a terminal obeys.</summary>
    public static string Short(string text) => new([.. text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(40)]);

    /// <summary>A customer's id from an address: a slash in it is sent as %2F, which the server leaves as it is.</summary>
    public static string Customer(string id) => id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
