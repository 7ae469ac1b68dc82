using Coterie.Profiles;
using Coterie.Reports.Html;
using Coterie.Server.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;

namespace Coterie.Server.Pages;

/// <summary>What every page of one request knows: who looks, in which language, and which run is shown.</summary>
sealed class PageState(IHttpContextAccessor accessor, Runs runs)
{
    RunEntry? run;

    public HttpContext Http => accessor.HttpContext ?? throw new InvalidOperationException("Pages are rendered within a request.");

    /// <summary>Null on the pages that are there for everybody: sign-in, first start.</summary>
    public Caller? Caller => SignIn.CallerOf(Http.User);

    public bool May(Data.Role role) => Caller?.Role >= role;

    /// <summary>en or zh: asked for in the address, remembered in a cookie, else as the browser prefers.</summary>
    public string Lang => Languages.Of(Http);

    /// <summary>The run that is looked at: ?run=ID, else the newest; null before the first.</summary>
    public RunEntry? Run => run ??= Http.Request.Query["run"].ToString() is { Length: > 0 } asked ? runs.Of(asked) : runs.Latest;

    /// <summary>What the address asks for and is not there, where a page can say it.</summary>
    public Bilingual? Missing { get; set; }

    /// <summary>The page says what there is not, and its status does too. Set when the answer begins: an earlier 404 would be answered without a page.</summary>
    public void NotThere() => Http.Response.OnStarting(() =>
    {
        Http.Response.StatusCode = 404;
        return Task.CompletedTask;
    });

    public string Query(string name) => Http.Request.Query[name].ToString();
}

/// <summary>Which of the two languages a browser is answered in.</summary>
static class Languages
{
    public const string Cookie = "coterie-lang";

    public static string Of(HttpContext http) =>
        Known(http.Request.Query["lang"]) ?? Known(http.Request.Cookies[Cookie])
        ?? (http.Request.Headers.AcceptLanguage.ToString().StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? "zh" : "en");

    public static string? Known(string? lang) => lang is "en" or "zh" ? lang : null;
}

/// <summary>What pages are made from. Texts come in both languages, of which the page shows one.</summary>
public abstract class PageBase : ComponentBase
{
    [Inject] private protected PageState State { get; set; } = null!;

    protected static MarkupString T(string en, string zh) => Raw(Fragment.Of($"{new Bilingual(en, zh)}"));

    protected static MarkupString T(Bilingual text) => Raw(Fragment.Of($"{text}"));

    /// <summary>A text of one language, for attributes and titles.</summary>
    protected string One(string en, string zh) => State.Lang == "zh" ? zh : en;

    private protected static MarkupString Raw(Fragment html) => new(html.ToString());
}
