using System.Text;
using Coterie.Activation.Rules;
using Coterie.Server.Access;
using Coterie.Server.Audiences;
using Coterie.Server.Jobs;
using Coterie.Server.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Pages.Audiences;

/// <summary>What the forms of audiences do.</summary>
static class AudienceRoutes
{
    public static void MapAudienceForms(this RouteGroupBuilder forms)
    {
        forms.MapPost("/audiences/edit", async (HttpContext http) =>
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            var draft = RuleDraft.Edit(RuleDraft.Read(form["rule"]), form, form["action"].ToString());
            return Results.LocalRedirect($"/audiences/new?rule={Uri.EscapeDataString(draft.ToJsonString())}" + (form["name"].ToString() is { Length: > 0 and <= 100 } name ? "&name=" + Uri.EscapeDataString(name) : ""));
        }).RequireAuthorization(SignIn.Analyst);
        forms.MapPost("/audiences/save", (HttpContext http, WorkspaceHost host, Audit audit, [FromForm] string rule, [FromForm] string name) =>
            Forms.Do($"/audiences/new?rule={Uri.EscapeDataString(rule.Length < 16_000 ? rule : "")}", () =>
            {
                SavedAudience saved;
                lock (AudienceDesk.Saving) saved = SavedAudiences.Open(host.Directory).Save(name, RuleJson.Read(rule), DateTime.UtcNow);
                audit.Write(http.Caller(), "audience.save", saved.Id, new { saved.Name });
                return $"/audiences/{saved.Id}";
            })).RequireAuthorization(SignIn.Operator);
        forms.MapPost("/audiences/{id}/send", (HttpContext http, WorkspaceHost host, Runs runs, Destinations destinations, JobQueue queue, Audit audit, string id, [FromForm] string destination) =>
        {
            var arguments = new Dictionary<string, string> { ["audience"] = id, ["destination"] = destination };
            if (SyncJob.Problems(host, runs, destinations, arguments) is { Count: > 0 } problems) return PageRoutes.Back($"/audiences/{Uri.EscapeDataString(id)}", problems);
            var job = queue.Add(SyncJob.Kind, arguments, http.Caller());
            audit.Write(http.Caller(), "audience.send", id, new { destination, job = job.Id });
            return Results.LocalRedirect($"/audiences/{id}");
        }).RequireAuthorization(SignIn.Operator);
        forms.MapPost("/audiences/{id}/remove", (HttpContext http, WorkspaceHost host, Audit audit, string id) =>
        {
            lock (AudienceDesk.Saving)
            {
                var audiences = SavedAudiences.Open(host.Directory);
                if (audiences.All.Any(a => a.Id == id))
                {
                    audiences.Remove(id);
                    audit.Write(http.Caller(), "audience.remove", id);
                }
            }

            return Results.LocalRedirect("/audiences");
        }).RequireAuthorization(SignIn.Operator);
    }

    public static void MapAudienceFiles(this IEndpointRouteBuilder server) =>
        server.MapGet("/audiences/{id}/members.csv", (HttpContext http, WorkspaceHost host, AudienceDesk desk, Audit audit, string id) =>
        {
            if (SavedAudiences.Open(host.Directory).All.FirstOrDefault(a => a.Id == id) is not { } audience) return Results.NotFound();
            var members = desk.AskIfAny(scope => RuleMembers.All(scope, audience.Rule), http.RequestAborted) ?? [];
            audit.Write(http.Caller(), "audience.export", id, new { members.Count });
            var csv = new StringBuilder("customer_id\n");
            foreach (var m in members) csv.Append('"').Append(SpreadsheetText.Guard(m).Replace("\"", "\"\"", StringComparison.Ordinal)).Append("\"\n");
            return Results.File(Encoding.UTF8.GetBytes(csv.ToString()), "text/csv; charset=utf-8", $"audience-{audience.Id}.csv");
        }).RequireAuthorization(SignIn.Analyst);
}
