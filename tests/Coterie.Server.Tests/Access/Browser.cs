using System.Net;
using System.Text.RegularExpressions;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Access;

/// <summary>A browser without scripts: keeps cookies, does not follow redirects, and posts forms with their token.</summary>
sealed partial class Browser : IDisposable
{
    readonly HttpClient client;

    public Browser(Uri server) => client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = server };

    public CookieContainer Cookies { get; } = new();

    public Task<HttpResponseMessage> Get(string path) => client.GetAsync(path);

    public async Task<HttpResponseMessage> Post(string page, string form, params IEnumerable<KeyValuePair<string, string>> fields)
    {
        using var shown = await client.GetAsync(page);
        var token = Token().Match(await shown.Content.ReadAsStringAsync()).Groups[1].Value;
        using var content = new FormUrlEncodedContent([new("_form", token), .. fields]);
        return await client.PostAsync(form, content);
    }

    public async Task<HttpResponseMessage> SignIn(string email, string password) => await Post("/signin", "/do/signin", new("email", email), new("password", password));

    /// <summary>A browser of somebody with a role, signed in.</summary>
    public static async Task<Browser> Of(RunningServer server, Role role)
    {
        var email = $"{role}@shop.example".ToLowerInvariant();
        server.Services.GetRequiredService<People>().Add(email, role.ToString(), role, "a long password of ours");
        var browser = new Browser(server.Client.BaseAddress!);
        using var answer = await browser.SignIn(email, "a long password of ours");
        Assert.Equal("/", answer.Headers.Location?.ToString());
        return browser;
    }

    [GeneratedRegex("name=\"_form\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();

    public void Dispose() => client.Dispose();
}
