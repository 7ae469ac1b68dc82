using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Coterie.Server.Access;

/// <summary>What every answer says to a browser.</summary>
static class SecurityHeaders
{
    // Widths of bars are style attributes of ours; scripts come from files of ours only.
    const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        // A cookie must not be used by another site's page, whatever its browser thinks of SameSite.
        return http.Request.Headers["Sec-Fetch-Site"] == "cross-site" && !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && http.Request.Cookies.ContainsKey("coterie")
            ? Refuse(http)
            : next(http);
    });

    static Task Refuse(HttpContext http)
    {
        http.Response.StatusCode = 403;
        return Task.CompletedTask;
    }
}
