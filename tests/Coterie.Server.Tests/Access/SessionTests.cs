using System.Net;
using Coterie.Server;
using Coterie.Server.Data;
using Coterie.Tests.Support;

namespace Coterie.Tests.Server.Access;

/// <summary>Sessions end where they are ended, and secrets are not what anybody could guess.</summary>
public class SessionTests
{
    [Fact]
    public async Task AStolenCookie_IsWorthNothing_AfterTheSignOut()
    {
        await using var server = await RunningServer.Start();
        using var ann = await Browser.Of(server, Role.Operator);
        using var thief = new Browser(server.Client.BaseAddress!);
        foreach (Cookie cookie in ann.Cookies.GetAllCookies()) thief.Cookies.Add(new Cookie(cookie.Name, cookie.Value, cookie.Path, cookie.Domain));
        using (var page = await thief.Get("/")) Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using (var gone = await ann.Post("/", "/do/signout")) Assert.Equal("/signin", gone.Headers.Location?.ToString());
        using (var page = await thief.Get("/")) Assert.Contains("/signin", page.Headers.Location?.ToString(), StringComparison.Ordinal);
        using (var answer = await thief.Get("/api/v1/jobs")) Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task WrongPasswords_LeadBack_AndAForeignAddressIsNeverLedTo()
    {
        await using var server = await RunningServer.Start();
        using (await Browser.Of(server, Role.Viewer)) { }
        using var browser = new Browser(server.Client.BaseAddress!);
        using (var wrong = await browser.SignIn("viewer@shop.example", "wrong")) Assert.Contains("problem=wrong", wrong.Headers.Location?.ToString(), StringComparison.Ordinal);
        foreach (var then in new[] { "//evil.example", "https://evil.example", "/\\evil.example", "evil" })
        {
            using var answer = await browser.Post("/signin", "/do/signin", new("email", "viewer@shop.example"), new("password", "a long password of ours"), new("then", then));
            Assert.Equal("/", answer.Headers.Location?.ToString());
            browser.Cookies.GetAllCookies().Clear();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("changemechangemechangemechangeme")]
    public void AKeyThatIsShort_OrKnown_IsRefusedAtTheStart(string key)
    {
        using var folder = new TemporaryFolder();
        var workspace = folder.File("workspace");
        Workspace.Open(workspace, new Coterie.Warehouse.DuckDb.DuckDbOptions(), create: true).Dispose();
        Directory.CreateDirectory(CoterieServer.Folder(workspace));
        File.WriteAllText(Path.Combine(CoterieServer.Folder(workspace), "audit.key"), key);
        var e = Assert.Throws<InputException>(() =>
        {
            var server = CoterieServer.Build(new ServerOptions { Workspace = workspace, Urls = "http://127.0.0.1:0" });
            ((IDisposable)server).Dispose();
        });
        Assert.Contains("audit.key", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoServers_HaveNoSecretInCommon()
    {
        await using var one = await RunningServer.Start();
        await using var other = await RunningServer.Start();
        static byte[] Key(RunningServer s) => File.ReadAllBytes(Path.Combine(CoterieServer.Folder(s.Workspace), "audit.key"));
        Assert.NotEqual(Key(one), Key(other));
        using var ann = await Browser.Of(one, Role.Admin);
        using var there = new Browser(other.Client.BaseAddress!);
        foreach (Cookie cookie in ann.Cookies.GetAllCookies()) there.Cookies.Add(new Cookie(cookie.Name, cookie.Value, cookie.Path, cookie.Domain));
        using var answer = await there.Get("/api/v1/jobs");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in Directory.EnumerateFiles(CoterieServer.Folder(one.Workspace), "*.key").Append(Path.Combine(CoterieServer.Folder(one.Workspace), "server.db")))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }
}
