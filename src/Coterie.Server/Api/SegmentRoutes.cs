using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Server.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>A segment in a list.</summary>
/// <param name="Id">Stable over runs.</param>
/// <param name="Share">Of customers.</param>
/// <param name="RevenueShare">Of revenue.</param>
sealed record SegmentListed(string Id, Bilingual Name, int Customers, double Share, double RevenueShare, double Stability, Bilingual Action);

/// <summary>The segments of a run.</summary>
sealed record SegmentList(string Run, DateTime AsOf, IReadOnlyList<SegmentListed> Segments);

/// <summary>Everything known of a segment. Typical customers are named only for those who may see customers.</summary>
sealed record SegmentAnswer(string Run, DateTime AsOf, SegmentProfile Segment);

/// <summary>A trait of segments side by side: the median where the trait sets one of them apart, null where it does not.</summary>
sealed record ComparedTrait(string Feature, Bilingual Label, string Unit, IReadOnlyList<double?> Medians, IReadOnlyList<double?> Differences);

/// <summary>Segments side by side; medians and differences are in the order of the segments.</summary>
sealed record Comparison(string Run, DateTime AsOf, IReadOnlyList<SegmentListed> Segments, IReadOnlyList<ComparedTrait> Traits);

/// <summary>A page of members.</summary>
/// <param name="Count">On all pages together.</param>
sealed record MembersAnswer(string Run, DateTime AsOf, int Count, IReadOnlyList<Member> Items, string? Next);

/// <summary>Segments of a run: list, one, side by side, members, and their export.</summary>
static class SegmentRoutes
{
    public static void MapSegments(this RouteGroupBuilder api)
    {
        api.MapGet("/segments", (HttpContext http, Runs runs, string? run) => runs.Run(run, out var problem) is { } r
            ? http.Tagged(RunRoutes.Tag(r), () => List(r.Id, runs.Report(r))) : problem!).Gives<SegmentList>().Says("List the segments", "Of the newest run, or of the run that is named.");
        api.MapGet("/segments/compare", (HttpContext http, Runs runs, string? run, string? ids) =>
        {
            if (runs.Run(run, out var problem) is not { } r) return problem!;
            var report = runs.Report(r);
            var wanted = ids?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [.. report.Segments.Select(s => s.Id)];
            var strange = wanted.Where(w => report.Segments.All(s => s.Id != w)).ToArray();
            if (strange.Length > 0) return Problems.NotFound($"Run {r.Id} has no segment '{Asked.Short(strange[0])}'; it has {string.Join(", ", report.Segments.Select(s => s.Id))}.");
            return http.Tagged($"{RunRoutes.Tag(r)}-{Etags.Of(wanted)}", () => Compare(r.Id, report, [.. report.Segments.Where(s => wanted.Contains(s.Id))]));
        }).Gives<Comparison>().Says("Segments side by side", "ids: segments, with commas between; without it all of them.");
        api.MapGet("/segments/{id}", (HttpContext http, Runs runs, string id, string? run) =>
        {
            if (runs.Run(run, out var problem) is not { } r) return problem!;
            var report = runs.Report(r);
            if (report.Segments.FirstOrDefault(s => s.Id == id) is not { } segment) return Nothing(r, id);
            var named = http.Caller().Role >= Role.Analyst;
            return http.Tagged($"{RunRoutes.Tag(r)}{(named ? "" : "-v")}", () => new SegmentAnswer(r.Id, report.AsOf, named ? segment : segment with { Examples = [] }));
        }).Gives<SegmentAnswer>().Says("Everything known of a segment", "Facts that set it apart, its rule in words and SQL, habits, stability, and what to do. Typical customers are named for analysts and above only.");
        api.MapGet("/segments/{id}/members", (HttpContext http, Runs runs, RunMembers members, Audit audit, string id, string? run, string? order, bool? descending, string? prefix, string? cursor, int? limit) =>
        {
            if (runs.Run(run, out var problem) is not { } r) return problem!;
            if (!members.Has(r, id)) return Nothing(r, id);
            var page = members.Page(r, id, order, descending, prefix, cursor, limit);
            audit.Write(http.Caller(), "members.read", $"segment:{id}", new { run = r.Id, rows = page.Items.Count });
            return Results.Ok(page);
        }).RequireAuthorization(SignIn.Analyst).Gives<MembersAnswer>().Says("Members of a segment, a page at a time", "order: customer, confidence, spend or recency. The cursor names a place, not a number of rows, so pages do not shift when a newer run comes.");
        api.MapGet("/segments/{id}/members.csv", (HttpContext http, Runs runs, RunMembers members, Audit audit, string id, string? run, string? lang) =>
        {
            if (lang is not (null or "en" or "zh")) throw new ConfigurationException($"lang is '{Asked.Short(lang)}'; expected en or zh.");
            if (runs.Run(run, out var problem) is not { } r) return problem!;
            if (!members.Has(r, id)) return Nothing(r, id);
            audit.Write(http.Caller(), "members.export", $"segment:{id}", new { run = r.Id });
            return Results.Stream(to => members.Export(r, id, lang ?? "en", to, http.RequestAborted), "text/csv; charset=utf-8", $"{id}-{r.Id}.csv");
        }).RequireAuthorization(SignIn.Analyst).WithMetadata(Limits.Long).GivesFile("text/csv").Says("All members of a segment as CSV", "The columns of segments.csv; text that a spreadsheet would compute is guarded by an apostrophe.");
    }

    static IResult Nothing(RunEntry run, string id) => Problems.NotFound($"Run {run.Id} has no segment '{Asked.Short(id)}'.");

    static SegmentListed Of(SegmentProfile s) => new(s.Id, s.Name, s.Size, s.Share, s.RevenueShare, s.Stability, s.Action);

    static SegmentList List(string run, RunReport report) => new(run, report.AsOf, [.. report.Segments.Select(Of)]);

    static Comparison Compare(string run, RunReport report, IReadOnlyList<SegmentProfile> segments) => new(run, report.AsOf, [.. segments.Select(Of)],
    [
        .. segments.SelectMany(s => s.Facts).GroupBy(f => f.Feature, StringComparer.Ordinal).Select(g =>
        {
            var (first, facts) = (g.First(), segments.Select(s => s.Facts.FirstOrDefault(f => f.Feature == g.Key)).ToArray());
            return new ComparedTrait(g.Key, first.Label, first.Unit, [.. facts.Select(f => f?.Inside)], [.. facts.Select(f => f?.Difference.Value)]);
        }),
    ]);
}
