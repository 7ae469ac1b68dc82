using Coterie.Reports;
using Coterie.Reports.Html;
using Coterie.Server.Access;
using Coterie.Server.Api;
using Coterie.Server.Insight;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Pages.Explain;

/// <summary>Files of runs: a segment's members as CSV, and the report as a page of its own.</summary>
static class ExplainRoutes
{
    public static void MapExplain(this IEndpointRouteBuilder server)
    {
        // Both show customers by their ids.
        server.MapGet("/segments/{id}/members.csv", Members).RequireAuthorization(SignIn.Analyst);
        server.MapGet("/runs/{id}/report", Report).RequireAuthorization(SignIn.Analyst);
    }

    static IResult Members(HttpContext http, Runs runs, RunInsight insight, RunMembers members, Audit audit, string id, string? run)
    {
        if ((string.IsNullOrEmpty(run) ? runs.Latest : runs.Of(run)) is not { } entry || insight.Summary(entry).Segments.All(s => s.Id != id)) return Results.NotFound();
        audit.Write(http.Caller(), "segment.export", $"segment:{id}", new { run = entry.Id });
        // Ids of segments are S and a number, those of runs are digits.
        return Results.Stream(to => members.Export(entry, id, Languages.Of(http), to, http.RequestAborted), "text/csv; charset=utf-8", $"segment-{id}-run-{entry.Id}.csv");
    }

    /// <summary>The report, drawn from report.json by this version: its policy allows the two scripts of ours by their hashes, no network, and no sight of the dashboard's
    /// cookies or storage.</summary>
    static IResult Report(HttpContext http, Runs runs, Audit audit, string id)
    {
        if (runs.Of(id) is not { } run) return Results.NotFound();
        audit.Write(http.Caller(), "run.report", $"run:{run.Id}");
        http.Response.Headers.ContentSecurityPolicy = PageShell.Policy() + "; frame-ancestors 'none'; sandbox allow-scripts allow-modals";
        return Results.Text(ReportHtml.Page(runs.Report(run), Languages.Of(http)), "text/html; charset=utf-8");
    }
}
