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

    /// <summary>Back to a page of ours, with problems in its address.</summary>
    public static IResult Back(string path, params IEnumerable<string> problems) =>
        Results.LocalRedirect(problems.Aggregate(path, (p, problem) => p + (p.Contains('?') ? '&' : '?') + "problem=" + Uri.EscapeDataString(problem)));

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
                return Back("/signin" + (string.IsNullOrEmpty(then) ? "" : "?then=" + Uri.EscapeDataString(then)), result.LockedUntil is null ? "wrong" : "locked");
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
        forms.MapPost("/setup", async (HttpContext http, SetupLink setup, Audit audit, [FromForm] string code, [FromForm] string name, [FromForm] string email, [FromForm] string password) =>
        {
            try
            {
                if (setup.Use(code, email, name, password) is not { } person) return Results.LocalRedirect("/setup");
                await SignIn.Begin(http, person);
                audit.Write(new($"person:{person.Id}", person.Name, person.Role), "setup");
                return Results.LocalRedirect("/");
            }
            catch (ConfigurationException e)
            {
                return Back("/setup?code=" + Uri.EscapeDataString(code), e.Message.Split('\n'));
            }
        }).AllowAnonymous();
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
