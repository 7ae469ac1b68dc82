using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Coterie.Server.Api;

/// <summary>Errors in one shape, RFC 9457 (problem+json): type, title, status, detail, code, and the problems one by one where there are several.</summary>
static partial class Problems
{
    public static IResult Of(int status, string code, string detail, IReadOnlyList<string>? all = null)
    {
        var problem = new ProblemDetails { Status = status, Title = ReasonPhrases.GetReasonPhrase(status), Detail = detail, Type = $"https://www.rfc-editor.org/rfc/rfc9110#status.{status}" };
        problem.Extensions["code"] = code;
        if (all is { Count: > 1 }) problem.Extensions["problems"] = all;
        return Results.Problem(problem);
    }

    public static IResult NotFound(string what) => Of(404, "not_found", what);

    /// <summary>What a failure of ours means to the caller; null for a bug.</summary>
    public static IResult? Of(Exception e) => e switch
    {
        BadHttpRequestException b => Of(b.StatusCode, "bad_request", b.StatusCode == 413 ? "The body is too large." : "The request cannot be read: " + Plain(b)),
        // A chunk of a body whose size is beyond numbers.
        IOException { InnerException: OverflowException } => Of(400, "bad_request", "The body cannot be read as HTTP sends it."),
        ConfigurationException c => Of(400, "invalid", c.Message, c.Message.Split('\n')),
        InputException i => Of(422, "unusable", i.Message),
        System.Text.Json.JsonException j => Of(400, "bad_json", $"The body is not the JSON that is expected{(j.Path is { } path ? $" at {path}" : "")}."),
        _ => null,
    };

    // Names of our types are not for callers.
    static string Plain(BadHttpRequestException e) =>
        e.InnerException is System.Text.Json.JsonException j ? $"the body is not the JSON that is expected{(j.Path is { } path ? $" at {path}" : "")}."
        : e.Message.Contains('"') ? e.Message.Split('"') is { Length: > 3 } parts ? $"the value of '{parts[1].Split(' ')[^1]}' has the wrong form." : "a value is missing or has the wrong form." : "a value is missing or has the wrong form.";

    /// <summary>Turns failures and empty error answers under /api into problems; elsewhere into a plain page.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(handler => handler.Run(async http =>
        {
            var e = http.Features.Get<IExceptionHandlerFeature>()!.Error;
            var known = Of(e);
            if (known is null) Failed((ILogger)http.RequestServices.GetService(typeof(ILogger<ServerOptions>))!, e, http.Request.Method, http.GetEndpoint()?.DisplayName ?? "");
            await (known ?? Of(500, "failure", $"Something went wrong that should not. The server's log has it under {Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier}.")).ExecuteAsync(http);
        }));
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/api"), api => api.UseStatusCodePages(context =>
        {
            var http = context.HttpContext;
            var (code, detail) = http.Response.StatusCode switch
            {
                401 => ("unauthorized", "Send an API key: 'Authorization: Bearer KEY'."),
                403 => ("forbidden", "This key may not do that."),
                404 => ("not_found", "There is nothing here."),
                405 => ("method_not_allowed", "This address does not take that method."),
                415 => ("unsupported_media_type", "Send 'Content-Type: application/json'."),
                429 => ("too_many_requests", "Too many requests; wait as long as Retry-After says."),
                _ => ("error", ReasonPhrases.GetReasonPhrase(http.Response.StatusCode)),
            };
            return Of(http.Response.StatusCode, code, detail).ExecuteAsync(http);
        }));
        // A person who went astray sees a page; a program that did is not sent one.
        app.UseWhen(http => !http.Request.Path.StartsWithSegments("/api") && HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal),
            pages => pages.UseStatusCodePagesWithReExecute("/nothing-here"));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Endpoint} failed")]
    static partial void Failed(ILogger logger, Exception e, string method, string endpoint);
}
