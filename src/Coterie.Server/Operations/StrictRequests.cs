using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Coterie.Server.Operations;

/// <summary>Refuses requests whose end two readers could see at different places (request smuggling, RFC 9112 section 6.3) and ends their connection.
/// The framework refuses most of them; of one with both a length and chunks it keeps the length that it passed over in a header.</summary>
static class StrictRequests
{
    /// <summary>The framework lets lines end with a line feed alone, which others may read as no end.</summary>
    public static void RefuseBareLineFeeds() => AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

    public static void UseStrictRequests(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.Request.Headers.TransferEncoding.Count == 0 || !http.Request.Headers.ContainsKey("X-Content-Length")) return next(http);
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        http.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    });
}
