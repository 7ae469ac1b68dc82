using Coterie.Clean;
using Coterie.Privacy;
using Coterie.Server.Access;
using Coterie.Server.Collector;
using Coterie.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Server.Api;

/// <summary>What came in: the newest run's findings, and what was collected since.</summary>
/// <param name="Events">Events that the workspace has.</param>
/// <param name="Collected">Requests in the server's log.</param>
/// <param name="Loaded">Of them, those that the workspace has.</param>
/// <param name="Run">The run that the findings are of; null before the first.</param>
sealed record QualityAnswer(long Events, long Collected, long Loaded, string? Run, QualityReport? Findings);

/// <summary>The settings of a workspace. Time zone and currency are fixed by its first events.</summary>
sealed record SettingsAnswer(string Timezone, string? Currency, RetentionLimits? Retention);

/// <summary>How long what is kept; what is left out is kept for ever.</summary>
sealed record RetentionRequest(int? EventsMonths = null, int? LogDays = null, int? Runs = null);

/// <summary>Why a customer is to be erased.</summary>
sealed record ErasureRequest(string? Reason = null);

/// <summary>A file that was handed in, for the options of a job.</summary>
sealed record UploadAnswer(string Id);

/// <summary>The workspace itself: data quality, settings, erasures, and files for jobs.</summary>
static class WorkspaceRoutes
{
    public static void MapWorkspace(this RouteGroupBuilder api, IServiceProvider services)
    {
        api.MapGet("/quality", (HttpContext http, Runs runs, CollectedState collected, Collecting collecting, Loading loading) =>
        {
            var run = runs.Latest;
            var findings = run is null ? null : runs.Report(run).Quality;
            // Paths of this machine are nobody's business.
            if (findings is not null) findings = findings with { Files = [.. findings.Files.Select(f => f with { Path = Path.GetFileName(f.Path) })] };
            return new QualityAnswer(collected.Events, collecting.Log.Last, loading.Loaded, run?.Id, findings);
        }).Says("Data quality", "What the newest run's cleaning kept, refused and found, and how far the workspace is behind the collector.");
        api.MapGet("/settings", (HttpContext http, WorkspaceHost host) => http.Tagged(Of(host))).Gives<SettingsAnswer>().Says("Settings of the workspace");
        api.MapPut("/settings/retention", (HttpContext http, WorkspaceHost host, Audit audit, RetentionRequest request) =>
        {
            var limits = new RetentionLimits { EventsMonths = request.EventsMonths, LogDays = request.LogDays, Runs = request.Runs };
            limits.Check();
            return host.Write(w =>
            {
                if (http.Raced(Of(host)) is { } raced) return raced;
                w.Configure(w.Settings with { Retention = limits });
                audit.Write(http.Caller(), "settings.retention", null, request);
                return http.Tagged(Of(host));
            });
        }).RequireAuthorization(SignIn.Admin).Gives<SettingsAnswer>().Says("Set how long what is kept", "The next retention job removes what is older.", """{"events_months": 36, "log_days": 60, "runs": 50}""");
        api.MapGet("/erasures", (WorkspaceHost host) => new Page<ErasureReceipt>([.. ErasureReceipt.All(host.Directory)], null)).RequireAuthorization(SignIn.Admin)
            .Says("Receipts of erasures", "What was removed from where, for each customer that was erased. They hold no id in clear.");
        // Only where this server can: a route that could not do it must not be there.
        if (services.GetServices<OwnJob>().Any(j => j.Kind == "erase"))
            api.MapPost("/customers/{id}/erasure", (HttpContext http, JobQueue queue, Audit audit, string id, ErasureRequest? request) =>
            {
                var customer = Asked.Customer(id);
                if (customer.Length > 500 || customer.Any(char.IsControl)) throw new ConfigurationException("The id is no id of a customer.");
                if (request?.Reason is { Length: > 500 } reason) throw new ConfigurationException($"reason has {reason.Length} characters; expected at most 500.");
                var arguments = new Dictionary<string, string> { ["customer"] = customer };
                if (request?.Reason is { } why) arguments["reason"] = why;
                var job = queue.Add("erase", arguments, http.Caller());
                audit.Write(http.Caller(), "customer.erase", audit.Customer(customer), new { job = job.Id });
                return Results.Accepted($"/api/v1/jobs/{job.Id}", JobAnswer.Of(job));
            }).RequireAuthorization(SignIn.Admin).Gives<JobAnswer>(202).Says("Erase a customer", "Everything about the person goes: events, log, features, memberships, exports, stored rows of models. The job's receipt is among /erasures.", """{"reason": "asked on 2026-03-01"}""");
        api.MapPost("/uploads", async (HttpContext http, JobFiles uploads, Audit audit, string name) =>
        {
            if (name.Length > 200) throw new ConfigurationException($"name has {name.Length} characters; expected at most 200.");
            var id = await uploads.Save(name, http.Request.Body, http.RequestAborted);
            audit.Write(http.Caller(), "upload", null, new { name = Path.GetFileName(name) });
            return Results.Created($"/api/v1/uploads/{id}", new UploadAnswer(id));
        }).RequireAuthorization(SignIn.Operator).WithMetadata(new BodyCap(JobFiles.Most + 1), Limits.Long).Gives<UploadAnswer>(201)
            .Says("Hand in a file for a job", "The body is the file itself; name tells its form (.csv, .jsonl, .parquet …). The answer's id is the value of a job's option that takes a file.");
    }

    static SettingsAnswer Of(WorkspaceHost host) => new(host.Settings.Timezone, host.Settings.Currency, host.Settings.Retention);
}
