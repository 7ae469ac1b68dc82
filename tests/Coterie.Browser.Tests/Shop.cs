using System.Diagnostics;
using Coterie.Server;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Browser;

/// <summary>A server over a small simulated shop with one run, and a browser: both shared by all tests. Without Chromium the tests say that they were skipped.</summary>
public sealed class Shop : IAsyncLifetime
{
    public const string Email = "ann@example.com", Password = "a good long password";

    static readonly string[] Program = ["dotnet", Repository.At("src", "Coterie.Cli", "bin", "Release", "net10.0", "Coterie.Cli.dll")];
    static readonly string? Chromium = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    readonly TemporaryFolder folder = new();
    WebApplication? server;
    IPlaywright? playwright;
    IBrowser? browser;
    string? session;

    public string Workspace => folder.File("workspace");
    public Uri Url => new(server!.Urls.First());
    public IServiceProvider Services => server!.Services;

    public async ValueTask InitializeAsync()
    {
        if (Chromium is null) return;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        Command("simulate", "--customers", "500", "--out", folder.File("shop"));
        Command("ingest", Events, "--workspace", Workspace);
        Command("segment", "--workspace", Workspace, "--deep", "off");
        server = CoterieServer.Build(new ServerOptions { Workspace = Workspace, Urls = "http://127.0.0.1:0", Program = Program, LoadEvery = TimeSpan.FromSeconds(1) });
        server.Services.GetRequiredService<People>().Add(Email, "Ann Example", Role.Admin, Password);
        await server.StartAsync();
    }

    /// <summary>The simulated events as a file.</summary>
    public string Events => folder.File("shop/events.csv");

    /// <summary>A server over a workspace of its own, to be stopped by the test.</summary>
    public WebApplication Fresh(string name, OpenIdOptions? provider = null) =>
        CoterieServer.Build(new ServerOptions { Workspace = folder.File(name), Urls = "http://127.0.0.1:0", Program = Program, LoadEvery = TimeSpan.FromSeconds(1), OpenId = provider });

    /// <summary>A new window, signed in unless told otherwise. Whatever the page's policy blocks or its scripts throw is kept in <paramref name="complaints"/>.</summary>
    public async Task<IPage> Open(List<string> complaints, bool signedIn = true, string language = "en", int width = 1280, int height = 900, bool dark = false, bool scripts = true)
    {
        Assert.SkipWhen(browser is null, "There is no Chromium on this machine.");
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = server!.Urls.First(),
            ViewportSize = new() { Width = width, Height = height },
            Locale = language == "zh" ? "zh-CN" : "en-GB",
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = scripts,
            AcceptDownloads = true,
            StorageState = signedIn ? await SignedIn() : null,
        });
        context.SetDefaultTimeout(15_000);
        var page = await context.NewPageAsync();
        page.Console += (_, m) => { if (m.Type == "error") complaints.Add($"{page.Url}: {m.Text}"); };
        page.PageError += (_, e) => complaints.Add($"{page.Url}: {e}");
        page.Dialog += async (_, d) => await d.AcceptAsync();
        return page;
    }

    // Signed in once: the session's cookie serves every window.
    async Task<string> SignedIn()
    {
        if (session is not null) return session;
        var context = await browser!.NewContextAsync(new() { BaseURL = Url.ToString() });
        await SignIn(await context.NewPageAsync());
        session = await context.StorageStateAsync();
        await context.CloseAsync();
        return session;
    }

    public static async Task SignIn(IPage page)
    {
        await page.GotoAsync("/signin");
        await page.FillAsync("input[name=email]", Email);
        await page.FillAsync("input[name=password]", Password);
        await page.ClickAsync("main button");
        await page.WaitForURLAsync("**/");
    }

    static void Command(params string[] words)
    {
        var start = new ProcessStartInfo(Program[0]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var word in Program.Skip(1).Concat(words)) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        _ = said.Result;
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', words)}: {errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        if (server is not null)
        {
            await server.StopAsync();
            await server.DisposeAsync();
        }

        folder.Dispose();
    }
}

/// <summary>Tests that share the shop.</summary>
[CollectionDefinition("shop", DisableParallelization = true)]
public sealed class ShopTests : ICollectionFixture<Shop>;
