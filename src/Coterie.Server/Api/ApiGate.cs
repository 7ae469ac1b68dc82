using System.Security.Claims;
using Coterie.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Server.Api;

/// <summary>What every request to the API passes: the cap on its body, proof that a browser's page of ours sent it, and <see cref="Idempotency"/>.</summary>
static class ApiGate
{
    /// <summary>Bytes of a JSON body.</summary>
    public const long MostBytes = 1 << 20;
    /// <summary>The header that a page of ours sends: another site's page cannot, because its browser would ask first, and we do not allow it.</summary>
    public const string FromPage = "X-Requested-With";

    public static void UseApiGate(this IApplicationBuilder app) => app.UseWhen(http => http.Request.Path.StartsWithSegments("/api/v1"), api => api.Use((http, next) =>
    {
        var most = http.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? MostBytes;
        if (http.Request.ContentLength > most) return Problems.Of(413, "too_large", $"The body has more than {most >> 20} MB.").ExecuteAsync(http);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = most;
        var safe = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || HttpMethods.IsOptions(http.Request.Method);
        if (!safe && http.User.Identity is ClaimsIdentity { IsAuthenticated: true, AuthenticationType: SignIn.Cookie } && http.Request.Headers[FromPage].Count == 0)
            return Problems.Of(403, "forged", $"A browser's session must send the header {FromPage}; programs send an API key instead.").ExecuteAsync(http);
        return http.RequestServices.GetRequiredService<Idempotency>().Run(http, _ => next(http));
    }));
}

/// <summary>A route's own cap on its body.</summary>
sealed record BodyCap(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
