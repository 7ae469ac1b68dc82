using System.Net;
using System.Text.RegularExpressions;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Pages;

/// <summary>A browser without scripts: it keeps cookies, fills in forms, and follows redirects when asked.</summary>
sealed partial class Browser : IDisposable
{
    public const string Password = "correct horse battery";
    readonly HttpClientHandler handler = new() { AllowAutoRedirect = false };

    public Browser(RunningServer server) => Client = new HttpClient(handler) { BaseAddress = server.Client.BaseAddress };

    public HttpClient Client { get; }

    /// <summary>Signed in as a new person of this role.</summary>
    public static async Task<Browser> As(RunningServer server, Role role)
    {
        var email = $"{role}-{Guid.NewGuid():N}@example.com".ToLowerInvariant();
        server.Services.GetRequiredService<People>().Add(email, $"{role} person", role, Password);
        var browser = new Browser(server);
        var answer = await browser.Send("/signin", "/do/signin", ("email", email), ("password", Password), ("then", ""));
        Assert.Equal("/", answer.Location);
        return browser;
    }

    public async Task<Answer> Get(string path)
    {
        using var response = await Client.GetAsync(path);
        return await Answer.Of(response);
    }

    /// <summary>Fills in a form of a page.</summary>
    public async Task<Answer> Send(string page, string action, params (string Name, string Value)[] fields)
    {
        var token = Token().Match((await Get(page)).Text).Groups[1].Value;
        return await Post(action, [("_form", token), .. fields]);
    }

    public async Task<Answer> Post(string action, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        using var response = await Client.PostAsync(action, content);
        return await Answer.Of(response);
    }

    public async Task<Answer> SendFile(string page, string action, string name, byte[] bytes, bool withToken = true)
    {
        using var content = new MultipartFormDataContent();
        if (withToken) content.Add(new StringContent(Token().Match((await Get(page)).Text).Groups[1].Value), "_form");
        content.Add(new ByteArrayContent(bytes), "file", name);
        using var response = await Client.PostAsync(action, content);
        return await Answer.Of(response);
    }

    [GeneratedRegex("name=\"_form\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    public void Dispose()
    {
        Client.Dispose();
        handler.Dispose();
    }
}

/// <summary>What a page answered.</summary>
sealed record Answer(HttpStatusCode Status, string Text, string? Location)
{
    public static async Task<Answer> Of(HttpResponseMessage response) => new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.OriginalString);

    /// <summary>The text as people see it.</summary>
    public string Shown => WebUtility.HtmlDecode(Text);
}
