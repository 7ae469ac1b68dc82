using Coterie.Profiles;
using Coterie.Server.Access;
using Coterie.Server.Jobs;
using Coterie.Server.Pages.Audiences;
using Coterie.Server.Pages.Decisions;
using Coterie.Server.Pages.Explain;
using Coterie.Server.Pages.Quality;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Pages;

/// <summary>Pages, their scripts and styles, and what their forms do: each form posts under /do, is checked against forgery, and leads back to a page.</summary>
static class PageRoutes
{
    /// <summary>Names in an address: a problem in English, and beside it the same in Chinese; empty where there is no Chinese text.</summary>
    public const string Problem = "problem", ProblemZh = "problem-zh";

    // The server takes a first line of a request up to 8 KB, and a letter of Chinese takes nine bytes of it.
    const int LongestAddress = 7_500, LongestProblem = 300;

    public static void MapPages(this WebApplication server)
    {
        server.MapGet("/assets/{name}", (HttpContext http, string name) => AssetFiles.Serve(http, name)).AllowAnonymous();
        server.Use((http, next) =>
        {
            // A language that was asked for in the address is remembered, without scripts too.
            if (Languages.Known(http.Request.Query["lang"]) is { } lang)
                http.Response.Cookies.Append(Languages.Cookie, lang, new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps });
            return next(http);
        });
        server.MapRazorComponents<App>();
        server.MapExplain();
        var forms = server.MapGroup("/do").AddEndpointFilter(Checked);
        forms.MapSignIn();
        forms.MapJobs();
        forms.MapDecisionForms();
        forms.MapAudienceForms();
        server.MapAudienceFiles();
        server.MapDecisionFiles();
        forms.MapRunForms();
        server.MapUpload();
        forms.MapWork();
    }

    // Forms are bound by hand, so the framework does not see that they need it.
    static async ValueTask<object?> Checked(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var forgery = (Microsoft.AspNetCore.Antiforgery.IAntiforgery)context.HttpContext.RequestServices.GetService(typeof(Microsoft.AspNetCore.Antiforgery.IAntiforgery))!;
        if (!await forgery.IsRequestValidAsync(context.HttpContext)) return Results.Redirect("/signin");
        return await next(context);
    }

    /// <summary>Back to a page of ours, with problems in its address, in both languages: the page may be read in the other one next. Those that would make it too long are
    /// told when the ones before them are mended.</summary>
    public static IResult Back(string path, IEnumerable<Bilingual> problems)
    {
        var address = path;
        foreach (var problem in problems)
        {
            var longer = With(With(address, Problem, ShortText.Of(problem.En, LongestProblem)), ProblemZh, problem.Zh == problem.En ? "" : ShortText.Of(problem.Zh, LongestProblem));
            if (address != path && longer.Length > LongestAddress) break;
            address = longer;
        }

        return Results.LocalRedirect(address);
    }

    static string With(string address, string name, string value) => $"{address}{(address.Contains('?') ? '&' : '?')}{name}={Uri.EscapeDataString(value)}";

    /// <summary>An address of a page of ours; null for any other.</summary>
    public static string? Ours(string? path) => Microsoft.AspNetCore.Http.HttpResults.RedirectHttpResult.IsLocalUrl(path) && path!.StartsWith('/') ? path : null;

    static void MapSignIn(this RouteGroupBuilder forms)
    {
        forms.MapPost("/signin", async (HttpContext http, People people, Audit audit, [FromForm] string email, [FromForm] string password, [FromForm] string? then) =>
        {
            var result = people.SignIn(email, password);
            if (result.Person is not { } person)
            {
                audit.Write(Caller.System, result.LockedUntil is null ? "signin.refused" : "signin.locked");
                return Results.LocalRedirect(With("/signin" + (string.IsNullOrEmpty(then) ? "" : "?then=" + Uri.EscapeDataString(then)), Problem, result.LockedUntil is null ? "wrong" : "locked"));
            }

            await SignIn.Begin(http, person);
            audit.Write(new($"person:{person.Id}", person.Name, person.Role), "signin");
            return Results.LocalRedirect(Ours(then) ?? "/");
        }).AllowAnonymous();
        forms.MapPost("/signout", async (HttpContext http, People people, Audit audit) =>
        {
            if (SignIn.CallerOf(http.User) is { } caller)
            {
                // The cookie is worth nothing any more, wherever it was copied to.
                if (caller.Who.StartsWith("person:", StringComparison.Ordinal)) people.Set(int.Parse(caller.Who[7..]), endSessions: true);
                audit.Write(caller, "signout");
            }

            await http.SignOutAsync(SignIn.Cookie);
            return Results.LocalRedirect("/signin");
        }).AllowAnonymous();
        forms.MapPost("/setup", (HttpContext http, SetupLink setup, Audit audit, [FromForm] string code, [FromForm] string name, [FromForm] string email, [FromForm] string password) =>
            Forms.Do("/setup?code=" + Uri.EscapeDataString(code), async () =>
            {
                if (setup.Use(code, email, name, password) is not { } person) return "/setup";
                await SignIn.Begin(http, person);
                audit.Write(new($"person:{person.Id}", person.Name, person.Role), "setup");
                return "/";
            })).AllowAnonymous();
    }

    static void MapJobs(this RouteGroupBuilder forms)
    {
        forms.MapPost("/jobs/{id:long}/cancel", (HttpContext http, JobQueue queue, Audit audit, long id, [FromForm] string? then) =>
        {
            if (queue.Of(id) is not null && queue.Cancel(id)) audit.Write(http.Caller(), "job.cancel", $"job:{id}");
            return Results.LocalRedirect(Ours(then) ?? "/runs");
        }).RequireAuthorization(SignIn.Operator);
    }
}
