using System.Globalization;
using System.Text;
using Coterie.Server.Access;
using Coterie.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Pages.Decisions;

/// <summary>What the forms of decisions and campaigns do, and the files they give.</summary>
static class DecisionRoutes
{
    public static void MapDecisionFiles(this IEndpointRouteBuilder server)
    {
        server.MapGet("/files/{kind}/{name}", (HttpContext http, DecisionShelf shelf, Audit audit, string kind, string name) =>
            DecisionShelf.Kinds.Contains(kind) ? Give(http, audit, shelf.Newest(kind), name) : Results.NotFound()).RequireAuthorization(SignIn.Viewer);
        server.MapGet("/campaigns/{id:long}/files/{name}", (HttpContext http, DecisionShelf shelf, JobQueue queue, Audit audit, long id, string name) =>
            queue.Of(id) is { Kind: "campaign-plan" or "campaign-measure" } job ? Give(http, audit, shelf.OfJob(job), name) : Results.NotFound()).RequireAuthorization(SignIn.Viewer);
    }

    // Names are looked up among those that are there; none is made into a path.
    static IResult Give(HttpContext http, Audit audit, ShelvedDecision? made, string name)
    {
        if (made is null || !made.Files.TryGetValue(name, out var path)) return Results.NotFound();
        if (DecisionShelf.IsPersonal(path))
        {
            if (http.Caller().Role < Data.Role.Analyst) return Results.Redirect("/denied");
            audit.Write(http.Caller(), "decision.download", $"{made.Kind}/{name}");
        }

        return Results.File(path, name.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "text/csv; charset=utf-8", name);
    }

    public static void MapDecisionForms(this RouteGroupBuilder forms)
    {
        forms.MapPost("/decide/{kind}", (HttpContext http, JobQueue queue, Audit audit, string kind) =>
        {
            if (!DecisionShelf.Kinds.Contains(kind) || !JobKinds.All.Contains(kind)) return Results.NotFound();
            Ask(http, queue, audit, kind, kind == "recommend" ? new() { ["all"] = "true" } : []);
            return Results.LocalRedirect($"/decisions/{kind}");
        }).RequireAuthorization(SignIn.Analyst);
        forms.MapPost("/campaigns/plan", Plan).RequireAuthorization(SignIn.Operator);
        forms.MapPost("/campaigns/measure", Measure).RequireAuthorization(SignIn.Operator);
    }

    static async Task<IResult> Plan(HttpContext http, JobQueue queue, JobFiles uploads, Audit audit)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var (problems, offers) = (new ProblemList(), new StringBuilder("offer,cost,value,limit\n"));
        for (var i = 0; i < form["offer"].Count; i++)
        {
            string At(string name) => (form[name].ElementAtOrDefault(i) ?? "").Trim();
            var offer = At("offer");
            if (offer.Length == 0) continue;
            if (offer.Length > 60 || offer.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0) problems.Add("An offer's name has 1 to 60 characters, none of them a control character.", "优惠名称应为 1 到 60 个字符，不含控制字符。");
            foreach (var (name, zh, needed) in new[] { ("cost", "单次触达成本", true), ("value", "成功一次的价值", false), ("limit", "最多触达人数", false) })
            {
                if (At(name).Length == 0 ? needed : !double.TryParse(At(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var n) || !double.IsFinite(n) || n < 0)
                    problems.Add($"{offer}: the {name} is '{At(name)}'; expected a number of 0 or more.", $"{offer}：{zh}为“{At(name)}”，应为不小于 0 的数。");
            }

            offers.Append(CultureInfo.InvariantCulture, $"\"{offer.Replace("\"", "\"\"")}\",{At("cost")},{At("value")},{At("limit")}\n");
        }

        if (problems.Count > 0) return PageRoutes.Back("/campaigns", problems.All);
        return await Asked(http, queue, audit, "campaign-plan", async arguments =>
        {
            arguments["offers"] = await uploads.Save("offers.csv", offers.ToString(), http.RequestAborted);
            if (form.Files["history"] is { Length: > 0 } history)
            {
                await using var stream = history.OpenReadStream();
                arguments["history"] = await uploads.Save(history.FileName, stream, http.RequestAborted);
            }

            foreach (var name in new[] { "budget", "goal", "holdout", "horizon" })
                if (form[name].ToString().Trim() is { Length: > 0 } value) arguments[name] = value;
        });
    }

    static async Task<IResult> Measure(HttpContext http, JobQueue queue, JobFiles uploads, Audit audit)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (form.Files["results"] is not { Length: > 0 } results) return PageRoutes.Back("/campaigns", [new("Choose the file of results.", "请选择结果文件。")]);
        return await Asked(http, queue, audit, "campaign-measure", async arguments =>
        {
            await using var stream = results.OpenReadStream();
            arguments["results"] = await uploads.Save(results.FileName, stream, http.RequestAborted);
            foreach (var name in new[] { "treatment", "outcome", "pre", "sequential" })
                if (form[name].ToString().Trim() is { Length: > 0 } value) arguments[name] = value;
        });
    }

    static Task<IResult> Asked(HttpContext http, JobQueue queue, Audit audit, string kind, Func<Dictionary<string, string>, Task> fill) => Forms.Do("/campaigns", async () =>
    {
        var arguments = new Dictionary<string, string>();
        await fill(arguments);
        if (JobKinds.Problems(kind, arguments) is { Count: > 0 } problems) throw new ConfigurationException(problems);
        Ask(http, queue, audit, kind, arguments);
        return "/campaigns";
    });

    static void Ask(HttpContext http, JobQueue queue, Audit audit, string kind, Dictionary<string, string> arguments)
    {
        var job = queue.Add(kind, arguments, http.Caller());
        audit.Write(http.Caller(), "job.request", $"job:{job.Id}", new { kind });
    }
}
