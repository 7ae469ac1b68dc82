using System.Net;
using System.Net.Sockets;
using Coterie.Activation;
using Coterie.Server.Data;
using Coterie.Server.Sending;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Pages;

/// <summary>Destinations: made, tried, removed; what they hold is encrypted.</summary>
public class DestinationTests
{
    const string Signing = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    static Dictionary<string, string> S(params (string Name, string Value)[] settings) => settings.ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);

    [Fact]
    public async Task BadSettings_AreRefusedTogether()
    {
        await using var server = await RunningServer.Start();
        var destinations = server.Services.GetRequiredService<Destinations>();
        (string Kind, Dictionary<string, string> Settings, string Says)[] cases =
        [
            ("carrier pigeon", S(), "no kind"), ("webhook", S(), "missing"), ("webhook", S(("url", "http://example.com"), ("secret", Signing)), "https"), ("webhook", S(("url", "https://10.0.0.1/x"), ("secret", Signing)), "private"),
            ("webhook", S(("url", "https://example.com"), ("secret", "hunter2")), "whsec_"), ("webhook", S(("url", "https://example.com"), ("secret", Signing), ("extra", "1")), "no setting"),
            ("file", S(("folder", "../up"), ("format", "csv")), "one name"), ("file", S(("folder", "/tmp"), ("format", "csv")), "one name"), ("file", S(("folder", "ok"), ("format", "exe")), "none of"),
            ("postgres", S(("connection", "Host=db;Database=d;Username=u;Password=p")), "assword"), ("ads", S(("folder", "a"), ("platform", "billboard")), "none of"),
        ];
        foreach (var (kind, settings, says) in cases)
        {
            var problem = Assert.Throws<ConfigurationException>(() => destinations.Add("x", kind, settings));
            Assert.Contains(says, problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("--", problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", problem.Message, StringComparison.Ordinal);
        }

        destinations.Add("crm", "file", S(("folder", "crm"), ("format", "csv")));
        Assert.Contains("already", Assert.Throws<ConfigurationException>(() => destinations.Add("CRM", "file", S(("folder", "crm"), ("format", "csv")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATest_SaysWhatTheReceiverSaid_AndSendsNoCustomer()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        var destinations = server.Services.GetRequiredService<Destinations>();
        // The server itself is a receiver that speaks the tracking API.
        var address = server.Client.BaseAddress!.ToString();
        var segment = destinations.Add("own", "segment", S(("url", address), ("key", server.Key), ("allow_private", "true")));
        Assert.Equal("/settings/destinations?done=works", (await admin.Send("/settings/destinations", $"/do/destinations/{segment.Id}/test")).Location);
        Assert.All(server.Stored(), e => Assert.Equal("coterie-test", e.GetProperty("userId").GetString()));
        var wrong = destinations.Add("wrong", "webhook", S(("url", address + "nothing"), ("secret", Signing), ("allow_private", "true")));
        Assert.False((await destinations.Test(wrong.Id, default)).Works);
        var folder = destinations.Add("files", "file", S(("folder", "crm"), ("format", "jsonl")));
        Assert.True((await destinations.Test(folder.Id, default)).Works);
        Assert.IsType<FileDestination>(destinations.Open(folder.Id));
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        var database = destinations.Add("db", "postgres", S(("connection", $"Host=127.0.0.1;Port={port};Database=d;Username=u"), ("password", "pass-of-db")));
        var tried = await destinations.Test(database.Id, default);
        Assert.False(tried.Works);
        Assert.DoesNotContain("pass-of-db", tried.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("password", database.Settings.Keys);
        Assert.Equal("/settings/destinations?done=removed", (await admin.Send("/settings/destinations", $"/do/destinations/{wrong.Id}/remove")).Location);
        Assert.Throws<InputException>(() => destinations.Open(wrong.Id));
    }

    [Fact]
    public async Task SettingsUnderOtherKeys_AreATroubleAndNoCrash()
    {
        await using var server = await RunningServer.Start();
        var destinations = server.Services.GetRequiredService<Destinations>();
        var made = destinations.Add("crm", "file", S(("folder", "crm"), ("format", "csv")));
        using (var db = server.Services.GetRequiredService<ServerData>().Open())
        {
            db.Destinations.Single().Settings = "CfDJ8nothing";
            db.SaveChanges();
        }

        Assert.NotNull(Assert.Single(destinations.All).Trouble);
        Assert.Throws<InputException>(() => destinations.Open(made.Id));
        using var admin = await Browser.As(server, Role.Admin);
        Assert.Equal(HttpStatusCode.OK, (await admin.Get("/settings/destinations")).Status);
    }
}
