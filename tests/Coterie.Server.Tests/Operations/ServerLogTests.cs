using System.Text;
using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Server.Operations;
using Coterie.Tests.Server.Hardness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coterie.Tests.Server.Operations;

/// <summary>What the server prints and sends to an OpenTelemetry collector: JSON a line, and nothing about a person.</summary>
public class ServerLogTests
{
    [Fact]
    public async Task NoCanary_IsInTheLog_OrInWhatIsSentToACollector()
    {
        var canaries = Enumerable.Range(0, 30).Select(i => $"canary{i}x{Guid.NewGuid():N}").ToArray();
        await using var telemetry = await Receiver.Start();
        await using var server = await ServerProcess.Start(
            new Dictionary<string, string> { [TelemetryExport.Endpoint] = telemetry.Url, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_METRIC_EXPORT_INTERVAL"] = "500", ["OTEL_BSP_SCHEDULE_DELAY"] = "200" },
            "--log", "json", "--load-every", "1");
        var key = new ApiKeys(new ServerData(Coterie.Server.CoterieServer.Folder(server.Workspace))).Add("all", Role.Admin).Key;
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Url };
        for (var i = 0; i < canaries.Length; i++)
        {
            var c = canaries[i];
            await Send(client, HttpMethod.Post, "/v1/batch", $$$"""{"writeKey":"{{{server.Key}}}","batch":[{"type":"track","event":"{{{c}}}","userId":"{{{c}}}","messageId":"{{{c}}}","properties":{"email":"{{{c}}}@shop.example","price":"{{{c}}}","order_id":["{{{c}}}"]}},{"type":"{{{c}}}"}]}""");
            await Send(client, HttpMethod.Post, "/v1/track", "{\"" + c);
            await Send(client, HttpMethod.Post, "/v1/track", "{}", ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(c + ":"))));
            await Send(client, HttpMethod.Get, $"/v1/projects/{c}/settings");
            await Send(client, HttpMethod.Get, $"/v1/pixel/track?data={c}");
            foreach (var path in new[] { $"/api/v1/customers/{c}", $"/api/v1/customers?q={c}", $"/api/v1/jobs?kind={c}&state={c}", $"/api/v1/jobs/{c}", $"/customers/{c}", $"/?lang={c}", $"/{c}", $"/assets/{c}", $"/api/v1/customers/{c}/membership" })
            {
                await Send(client, HttpMethod.Get, path, null, ("Authorization", $"Bearer {key}"));
                await Send(client, HttpMethod.Get, path, null, ("Cookie", $"coterie={c}"), ("User-Agent", c), ("X-Forwarded-For", c), ("traceparent", c));
            }

            await Send(client, HttpMethod.Post, "/api/v1/jobs", $$$"""{"kind":"{{{c}}}","arguments":{"{{{c}}}":"{{{c}}}"}}""", ("Authorization", $"Bearer {key}"));
            await Send(client, HttpMethod.Post, "/api/v1/jobs", $$$"""{"kind":"segment","arguments":{"method":"{{{c}}}"}}""", ("Authorization", $"Bearer {key}"));
            await Send(client, HttpMethod.Post, "/do/signin", $"email={c}%40shop.example&password={c}", ("Cookie", "coterie-form=" + c));
        }

        // A load, and a job that fails, have their turn.
        await telemetry.Until("coterie.load.duration");
        await telemetry.Until("coterie.collector.events");
        await telemetry.Until("coterie.job.duration");
        await telemetry.Until("/v1/batch");
        server.Ask();
        await server.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        var (said, sent) = (server.Said, telemetry.All);
        Assert.Contains("http.server.request.duration", sent, StringComparison.Ordinal);
        foreach (var canary in canaries)
        {
            Assert.DoesNotContain(canary, said, StringComparison.Ordinal);
            Assert.DoesNotContain(canary, sent, StringComparison.Ordinal);
        }

        foreach (var line in said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith('{')))
        {
            using var json = JsonDocument.Parse(line);
            Assert.True(json.RootElement.TryGetProperty("level", out _) && json.RootElement.TryGetProperty("time", out _));
        }
    }

    [Fact]
    public void AnException_IsToldByKindAndPlace_NeverByItsMessage()
    {
        Exception thrown;
        try
        {
            throw new InvalidOperationException("ann@shop.example", new IOException("ann"));
        }
        catch (InvalidOperationException e)
        {
            thrown = e;
        }

        foreach (var format in new[] { LogFormat.Json, LogFormat.Text })
        {
            using var to = new StringWriter();
            new ServerLog.Lines(format).Write(new LogEntry<string>(LogLevel.Error, "Coterie", default, "it\nfailed", thrown, (s, _) => s), null, to);
            var line = to.ToString();
            Assert.DoesNotContain("ann", line, StringComparison.Ordinal);
            Assert.Contains("System.InvalidOperationException < System.IO.IOException", line.Replace("\\u003C", "<", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Single(line.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Theory]
    [InlineData("Could not convert string 'ann@shop.example' to INT64", "Could not convert string … to INT64")]
    [InlineData("customer \"Ann Lee\" at +49 170 1234567 is unknown\nSELECT 'x'", "customer … at … is unknown")]
    [InlineData("mail ann@shop.example failed", "mail … failed")]
    [InlineData("an open 'quote with all", "an open …")]
    [InlineData("The disk has 12 MB left.", "The disk has 12 MB left.")]
    public void WhatMayBeAboutAPerson_IsTakenOut(string message, string left) => Assert.Equal(left, Redaction.Of(message));

    static async Task Send(HttpClient client, HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, path.StartsWith("/do", StringComparison.Ordinal) ? "application/x-www-form-urlencoded" : "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        Assert.True((int)answer.StatusCode < 500, $"{method} {path} answered {(int)answer.StatusCode}");
    }

    // Takes what is sent to /v1/traces and /v1/metrics, and answers 200.
    sealed class Receiver : IAsyncDisposable
    {
        readonly StringBuilder all = new();
        WebApplication app = null!;

        public string Url => app.Urls.First();

        public string All
        {
            get
            {
                lock (all) return all.ToString();
            }
        }

        public static async Task<Receiver> Start()
        {
            var receiver = new Receiver();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            receiver.app = builder.Build();
            receiver.app.MapPost("/{**path}", async (HttpContext http) =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                lock (receiver.all) receiver.all.Append(Encoding.Latin1.GetString(body.ToArray()));
                return Results.Bytes([], "application/x-protobuf");
            });
            await receiver.app.StartAsync();
            return receiver;
        }

        public async Task Until(string text)
        {
            for (var i = 0; i < 1800 && !All.Contains(text, StringComparison.Ordinal); i++) await Task.Delay(100);
            Assert.Contains(text, All, StringComparison.Ordinal);
        }

        public async ValueTask DisposeAsync() => await app.DisposeAsync();
    }
}
