using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Coterie.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Coterie.Tests.Server.Access;

/// <summary>What a provider does wrong, or somebody in between.</summary>
public enum Broken { Nothing, Signature, Issuer, Audience, Expired, Nonce, Secret, Denied, OtherSubject, NoAlgorithm }

/// <summary>An identity provider by the book (OpenID Connect Core 1.0, code flow; PKCE, RFC 7636), at which whoever comes is one person.</summary>
sealed class IdentityProvider : IAsyncDisposable
{
    const string ClientId = "coterie", Secret = "what the provider gave";
    readonly RSA rsa = RSA.Create(2048), other = RSA.Create(2048);
    readonly ConcurrentDictionary<string, Grant> codes = new();
    readonly WebApplication web;

    sealed record Grant(string Challenge, string Nonce, string Redirect);

    IdentityProvider()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        web = builder.Build();
        web.MapGet("/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = Address,
            authorization_endpoint = Address + "/authorize",
            token_endpoint = Address + "/token",
            userinfo_endpoint = Address + "/userinfo",
            jwks_uri = Address + "/keys",
            response_types_supported = new[] { "code" },
            subject_types_supported = new[] { "public" },
            id_token_signing_alg_values_supported = new[] { "RS256" },
        }));
        web.MapGet("/keys", () => Results.Json(new { keys = new[] { Key() } }));
        web.MapGet("/authorize", Authorize);
        web.MapPost("/token", (Delegate)Token);
        web.MapGet("/userinfo", () => Results.Json(new Dictionary<string, object?> { ["sub"] = Broken == Broken.OtherSubject ? "somebody else" : Subject, ["email"] = Email, ["email_verified"] = Verified }));
    }

    public string Address { get; private set; } = "";
    public OpenIdOptions Options => new(Address, ClientId, Secret);
    public string Subject { get; set; } = "248289761001";
    public string Email { get; set; } = "ann@shop.example";
    public bool Verified { get; set; } = true;
    public Broken Broken { get; set; }
    /// <summary>It shows a page of its own first, with a link to go on.</summary>
    public bool ShowsPage { get; init; }

    /// <param name="host">The name by which browsers know it; another one than the server's makes it another site.</param>
    public static async Task<IdentityProvider> Start(string host = "127.0.0.1", bool showsPage = false)
    {
        var provider = new IdentityProvider { ShowsPage = showsPage };
        await provider.web.StartAsync();
        provider.Address = provider.web.Urls.First().Replace("127.0.0.1", host, StringComparison.Ordinal);
        return provider;
    }

    object Key()
    {
        var key = rsa.ExportParameters(false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = "1", n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) };
    }

    IResult Authorize(HttpContext http)
    {
        string Of(string name) => http.Request.Query[name].ToString();
        if (Of("client_id") != ClientId || Of("response_type") != "code" || Of("code_challenge_method") != "S256" || !Of("scope").Split(' ').Contains("openid") || !Of("redirect_uri").EndsWith(OpenIdSignIn.Return, StringComparison.Ordinal))
            return Results.BadRequest();
        if (Broken == Broken.Denied) return Results.Redirect($"{Of("redirect_uri")}?error=access_denied&state={Uri.EscapeDataString(Of("state"))}");
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        codes[code] = new(Of("code_challenge"), Of("nonce"), Of("redirect_uri"));
        var back = $"{Of("redirect_uri")}?code={code}&state={Uri.EscapeDataString(Of("state"))}";
        return ShowsPage ? Results.Content($"<!DOCTYPE html><title>Provider</title><link rel=\"icon\" href=\"data:,\"><a id=\"go\" href=\"{WebUtility.HtmlEncode(back)}\">Go on</a>", "text/html") : Results.Redirect(back);
    }

    async Task<IResult> Token(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        // A code is good once, for the one who asked, and proves nothing without the verifier.
        if (!codes.TryRemove(form["code"].ToString(), out var grant)
            || form["client_id"] != ClientId || form["client_secret"] != Secret || Broken == Broken.Secret || form["redirect_uri"] != grant.Redirect
            || Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != grant.Challenge)
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        return Results.Json(new { access_token = "an access token", token_type = "Bearer", expires_in = 300, id_token = IdToken(grant.Nonce) });
    }

    string IdToken(string nonce)
    {
        var now = DateTime.UtcNow - (Broken == Broken.Expired ? TimeSpan.FromHours(2) : TimeSpan.Zero);
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Broken == Broken.Issuer ? "https://evil.example" : Address,
            Audience = Broken == Broken.Audience ? "another client" : ClientId,
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddMinutes(5),
            Claims = new Dictionary<string, object> { ["sub"] = Subject, ["email"] = Email, ["email_verified"] = Verified, ["nonce"] = Broken == Broken.Nonce ? "another" : nonce },
            SigningCredentials = Broken == Broken.NoAlgorithm ? null : new(new RsaSecurityKey(Broken == Broken.Signature ? other : rsa) { KeyId = "1" }, SecurityAlgorithms.RsaSha256),
        };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    public async ValueTask DisposeAsync()
    {
        await web.StopAsync();
        await web.DisposeAsync();
        rsa.Dispose();
        other.Dispose();
    }
}
