using System.Security.Claims;
using Coterie.Server.Pages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Coterie.Server.Access;

/// <summary>Sign-in by an identity provider (OpenID Connect Core 1.0, authorization code flow with PKCE). It lets in who was invited here and nobody else: the provider says who somebody is, this server what they may do.</summary>
static partial class OpenIdSignIn
{
    /// <summary>Leads to the provider.</summary>
    internal const string Start = "/signin/openid";
    /// <summary>The provider leads back to it; the address to register there.</summary>
    internal const string Return = "/signin/openid/return";
    const string Scheme = "openid";

    public static void AddOpenId(this AuthenticationBuilder builder, OpenIdOptions provider) => builder.AddOpenIdConnect(Scheme, o =>
    {
        (o.Authority, o.ClientId, o.ClientSecret, o.CallbackPath) = (provider.Authority, provider.ClientId, provider.ClientSecret, Return);
        o.RequireHttpsMetadata = !provider.OnThisMachine;
        o.ResponseType = OpenIdConnectResponseType.Code;
        // The way back is a plain link then, and its cookies need not be open to posts of other sites.
        o.ResponseMode = OpenIdConnectResponseMode.Query;
        (o.CorrelationCookie.SameSite, o.NonceCookie.SameSite) = (SameSiteMode.Lax, SameSiteMode.Lax);
        (o.CorrelationCookie.SecurePolicy, o.NonceCookie.SecurePolicy) = (CookieSecurePolicy.SameAsRequest, CookieSecurePolicy.SameAsRequest);
        o.SignInScheme = SignIn.Cookie;
        o.MapInboundClaims = false;
        o.GetClaimsFromUserInfoEndpoint = true;
        o.Scope.Add("email");
        o.ClaimActions.MapUniqueJsonKey("email_verified", "email_verified");
        // By default the issuer is taken out when more is asked of the provider.
        o.ClaimActions.Remove("iss");
        o.DisableTelemetry = true;
        o.BackchannelTimeout = TimeSpan.FromSeconds(10);
        // The framework takes a token without a signature when it came straight from the provider; a proxy in between could then say who somebody is.
        o.Events.OnTokenValidated = c =>
        {
            if (c.SecurityToken.SignatureAlgorithm is null or "none") c.Fail(new SecurityTokenInvalidSignatureException("The token is not signed."));
            return Task.CompletedTask;
        };
        o.Events.OnTicketReceived = c => Received(c, provider);
        o.Events.OnRemoteFailure = Failed;
    });

    public static void MapOpenId(this WebApplication server) => server.MapGet(Start, async (HttpContext http, ILogger<OpenIdOptions> log, string? then) =>
    {
        try
        {
            await http.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = PageRoutes.Ours(then) ?? "/" });
        }
        catch (InvalidOperationException e)
        {
            // The provider's own description cannot be read: it is away, or the address is wrong.
            Away(log, e.InnerException?.GetType().Name ?? e.GetType().Name);
            http.Response.Redirect("/signin?problem=provider");
        }
    }).AllowAnonymous();

    static async Task Received(TicketReceivedContext context, OpenIdOptions provider)
    {
        var (http, user) = (context.HttpContext, context.Principal!);
        var (people, audit) = (http.RequestServices.GetRequiredService<People>(), http.RequestServices.GetRequiredService<Audit>());
        var verified = provider.TrustAddresses || (bool.TryParse(user.FindFirstValue("email_verified"), out var said) && said);
        var person = people.OfProvider(user.FindFirstValue("iss")!, user.FindFirstValue("sub")!, verified ? user.FindFirstValue("email") : null);
        context.HandleResponse();
        if (person is null)
        {
            audit.Write(Caller.System, "signin.refused", detail: new { By = "openid", Verified = verified });
            http.Response.Redirect("/signin?problem=" + (verified ? "stranger" : "unverified"));
            return;
        }

        await SignIn.Begin(http, person);
        audit.Write(new($"person:{person.Id}", person.Name, person.Role), "signin", detail: new { By = "openid" });
        // Not straight there: the session's cookie is not sent along a way that began on another site.
        http.Response.Redirect("/signin/done?then=" + Uri.EscapeDataString(PageRoutes.Ours(context.ReturnUri) ?? "/"));
    }

    static Task Failed(RemoteFailureContext context)
    {
        var http = context.HttpContext;
        Refused(http.RequestServices.GetRequiredService<ILogger<OpenIdOptions>>(), context.Failure?.InnerException?.GetType().Name ?? context.Failure?.GetType().Name ?? "no reason");
        http.RequestServices.GetRequiredService<Audit>().Write(Caller.System, "signin.refused", detail: new { By = "openid" });
        http.Response.Redirect("/signin?problem=provider");
        context.HandleResponse();
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Warning, "The identity provider cannot be asked ({Reason}).")]
    static partial void Away(ILogger log, string reason);

    [LoggerMessage(2, LogLevel.Warning, "An answer of the identity provider was refused ({Reason}).")]
    static partial void Refused(ILogger log, string reason);
}
