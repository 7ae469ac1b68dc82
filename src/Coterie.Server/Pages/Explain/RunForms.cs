using System.Globalization;
using Coterie.Profiles;
using Coterie.Server.Access;
using Coterie.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Pages.Explain;

/// <summary>Starts a run with what a form asks.</summary>
static class RunForms
{
    public static readonly string[] Methods = ["auto", "kmeans", "gmm", "genie"], Switches = ["auto", "on", "off"];

    public static void MapRunForms(this RouteGroupBuilder forms)
    {
        forms.MapPost("/runs", async (HttpContext http, JobQueue queue, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            var arguments = Arguments(name => form[name].ToString().Trim(), out var problems);
            if (problems.Count > 0) return PageRoutes.Back("/runs", problems);
            var job = queue.Add("segment", arguments, http.Caller());
            audit.Write(http.Caller(), "job.request", $"job:{job.Id}", new { job.Kind, arguments });
            return Results.LocalRedirect($"/runs?job={job.Id.ToString(CultureInfo.InvariantCulture)}");
        }).RequireAuthorization(SignIn.Operator);
    }

    /// <summary>The options that differ from the command's own; what is wrong is said here, before a job waits its turn and fails.</summary>
    internal static SortedDictionary<string, string> Arguments(Func<string, string> field, out IReadOnlyList<Bilingual> problems)
    {
        var arguments = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var wrong = new ProblemList();
        Number("k", "分群数", 1, 64);
        Number("horizon", "留出天数", 1, 366);
        Choice("method", "方法", Methods);
        Choice("deep", "序列视角", Switches);
        Choice("decisions", "决策", Switches);
        if (field("seed") is { Length: > 0 } seed)
        {
            if (ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) arguments["seed"] = number.ToString(CultureInfo.InvariantCulture);
            else wrong.Add($"seed: '{ShortText.Of(seed)}' is no whole number from 0 on.", $"种子“{ShortText.Of(seed)}”不是非负整数。");
        }

        if (field("as-of") is { Length: > 0 } day)
        {
            if (DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) arguments["as-of"] = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            else wrong.Add($"as of: '{ShortText.Of(day)}' is no day such as 2025-12-31.", $"截至日期“{ShortText.Of(day)}”应为日期，例如 2025-12-31。");
        }

        problems = wrong.All;
        return arguments;

        void Number(string name, string zh, int least, int most)
        {
            if (field(name) is not { Length: > 0 } text) return;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most) arguments[name] = n.ToString(CultureInfo.InvariantCulture);
            else wrong.Add($"{name}: '{ShortText.Of(text)}' is not a whole number from {least} to {most}.", $"{zh}“{ShortText.Of(text)}”不是 {least} 到 {most} 之间的整数。");
        }

        void Choice(string name, string zh, string[] choices)
        {
            if (field(name) is not { Length: > 0 } text) return;
            if (!choices.Contains(text)) wrong.Add($"{name}: '{ShortText.Of(text)}' is none of {string.Join(", ", choices)}.", $"{zh}“{ShortText.Of(text)}”应为 {string.Join("、", choices)} 之一。");
            else if (text != "auto") arguments[name] = text;
        }
    }
}
