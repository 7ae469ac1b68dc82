using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Coterie.Server.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coterie.Server.Access;

/// <summary>How callers are known: people by a session cookie, programs by an API key in a header. Whatever has no policy of its own asks for somebody who is known.</summary>
public static class SignIn
{
    public const string Viewer = "viewer", Analyst = "analyst", Operator = "operator", Admin = "admin";
    internal const string Either = "either", KeyScheme = "key", Cookie = CookieAuthenticationDefaults.AuthenticationScheme, RateClaim = "rate";
    const string RoleClaim = "role", StampClaim = "stamp", NameClaim = "name", WhoClaim = "who";

    internal static void AddSignIn(this IServiceCollection services, string folder, OpenIdOptions? provider)
    {
        var keys = Directory.CreateDirectory(Path.Combine(folder, "keys"));
        if (!OperatingSystem.IsWindows()) keys.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        services.AddDataProtection().SetApplicationName("Coterie").PersistKeysToFileSystem(keys);
        var authentication = services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, o => o.ForwardDefaultSelector = http => http.Request.Headers.Authorization.Count > 0 ? KeyScheme : Cookie)
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyScheme, null)
            .AddCookie(o =>
            {
                o.Cookie.Name = "coterie";
                o.Cookie.HttpOnly = true;
                o.Cookie.SameSite = SameSiteMode.Strict;
                o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                o.ExpireTimeSpan = TimeSpan.FromHours(12);
                o.SlidingExpiration = true;
                o.LoginPath = "/signin";
                o.AccessDeniedPath = "/denied";
                o.ReturnUrlParameter = "then";
                o.Events.OnValidatePrincipal = Validate;
                o.Events.OnRedirectToLogin = c => ForPages(c, 401);
                o.Events.OnRedirectToAccessDenied = c => ForPages(c, 403);
            });
        if (provider is not null) authentication.AddOpenId(provider);
        services.AddAuthorizationBuilder()
            .AddPolicy(Viewer, AtLeast(Role.Viewer))
            .AddPolicy(Analyst, AtLeast(Role.Analyst))
            .AddPolicy(Operator, AtLeast(Role.Operator))
            .AddPolicy(Admin, AtLeast(Role.Admin))
            .SetFallbackPolicy(AtLeast(Role.Viewer));
    }

    static AuthorizationPolicy AtLeast(Role role) => new AuthorizationPolicyBuilder(Either).RequireAuthenticatedUser()
        .RequireAssertion(c => c.User.FindFirstValue(RoleClaim) is { } r && int.Parse(r, CultureInfo.InvariantCulture) >= (int)role).Build();

    // A page leads to the sign-in; a program is told.
    static Task ForPages(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api/v1")) context.Response.StatusCode = status;
        else context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    static async Task Validate(CookieValidatePrincipalContext context)
    {
        var people = context.HttpContext.RequestServices.GetRequiredService<People>();
        var person = context.Principal?.FindFirstValue(StampClaim) is { } stamp && CallerOf(context.Principal)?.Who is ['p', 'e', 'r', 's', 'o', 'n', ':', .. var id]
            ? people.Current(int.Parse(id, CultureInfo.InvariantCulture), stamp)
            : null;
        if (person is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Cookie);
        }
    }

    /// <summary>Begins a person's session.</summary>
    public static Task Begin(HttpContext http, PersonRow person) =>
        http.SignInAsync(Cookie, Principal(Cookie, $"person:{person.Id}", person.Name, person.Role, person.Stamp));

    /// <summary>Who asks; null for nobody known.</summary>
    public static Caller? CallerOf(ClaimsPrincipal? user) =>
        user?.FindFirstValue(WhoClaim) is { } who ? new Caller(who, user.FindFirstValue(NameClaim)!, (Role)int.Parse(user.FindFirstValue(RoleClaim)!, CultureInfo.InvariantCulture)) : null;

    /// <summary>Who asks, where a policy lets only known callers through.</summary>
    public static Caller Caller(this HttpContext http) => CallerOf(http.User) ?? throw new InvalidOperationException($"'{http.Request.Path}' asks who calls, and has no policy.");

    internal static ClaimsPrincipal Principal(string scheme, string who, string name, Role role, string? stamp)
    {
        var identity = new ClaimsIdentity([new(WhoClaim, who), new(NameClaim, name), new(RoleClaim, ((int)role).ToString(CultureInfo.InvariantCulture))], scheme, NameClaim, RoleClaim);
        if (stamp is not null) identity.AddClaim(new(StampClaim, stamp));
        return new(identity);
    }

    /// <summary>API keys come as a bearer token and never in the address, where logs would keep them.</summary>
    sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var header = Request.Headers.Authorization.ToString();
            if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return Task.FromResult(AuthenticateResult.NoResult());
            return Task.FromResult(keys.Of(header[7..].Trim()) is { } key
                ? AuthenticateResult.Success(new(OfKey(key), KeyScheme))
                : AuthenticateResult.Fail("No API key in force is this one."));
        }

        static ClaimsPrincipal OfKey(ApiKeyRow key)
        {
            var principal = Principal(KeyScheme, $"key:{key.Id}", key.Name, key.Role, null);
            ((ClaimsIdentity)principal.Identity!).AddClaim(new(RateClaim, key.PerSecond.ToString(CultureInfo.InvariantCulture)));
            return principal;
        }

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            Response.StatusCode = 401;
            Response.Headers.WWWAuthenticate = "Bearer";
            return Task.CompletedTask;
        }

        protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
        {
            Response.StatusCode = 403;
            return Task.CompletedTask;
        }
    }
}
