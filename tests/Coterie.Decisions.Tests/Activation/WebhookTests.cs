using System.Net;
using System.Text;
using Coterie.Activation;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Activation;

/// <summary>A webhook against receivers that behave badly.</summary>
public class WebhookTests
{
    const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    readonly QuickClock clock = new();
    readonly List<string> said = [];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    WebOptions Web(string url, int tries = 4) => new()
    {
        Address = url, AllowPrivate = true,
        Retry = new RetryOptions { Tries = tries, Clock = clock }, Say = said.Add,
    };

    /// <summary>Short limits, for receivers that are slow on purpose.</summary>
    WebOptions Impatient(string url, int tries) => Web(url, tries) with { Total = TimeSpan.FromSeconds(1.5), Idle = TimeSpan.FromSeconds(0.5) };

    async Task<Exception?> Send(WebOptions web, AudienceBatch? batch = null)
    {
        var webhook = new WebhookDestination(web, WebhookSecrets.Parse(Secret, "the test"));
        return await Record.ExceptionAsync(() => webhook.Deliver(batch ?? Some.Batch(), Stop));
    }

    // The vector that the reference libraries of Standard Webhooks test themselves with (standard-webhooks, libraries/go/webhook_test.go, TestWebhookSign).
    [Fact]
    public void TheSignature_IsThatOfTheStandard() => Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSecrets.Parse(Secret, "the test").Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8));

    [Fact]
    public void WhileASecretIsReplaced_BothSign()
    {
        var both = WebhookSecrets.Parse($"{Secret} whsec_{Convert.ToBase64String(new byte[32])}", "the test").Sign("id", 1, "x"u8);
        Assert.Equal(2, both.Split(' ').Length);
        Assert.StartsWith(WebhookSecrets.Parse(Secret, "the test").Sign("id", 1, "x"u8), both, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hunter2-hunter2-hunter2-hunter2")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_!!!!")]
    public void ASecretThatIsNone_IsRefused_AndNotRepeated(string secret)
    {
        var e = Assert.Throws<ConfigurationException>(() => WebhookSecrets.Parse(secret, "the variable X"));
        if (secret.Length > 0) Assert.DoesNotContain(secret, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheBatch_Arrives_SignedAndWhole()
    {
        await using var server = BadServer.Codes(200);
        var batch = Some.Batch();
        Assert.Null(await Send(Web(server.Url), batch));
        var request = server.Requests.Single();
        Assert.Equal(batch.Key, request.Headers["webhook-id"]);
        Assert.Equal(WebhookSecrets.Parse(Secret, "").Sign(batch.Key, long.Parse(request.Headers["webhook-timestamp"]), request.Body), request.Headers["webhook-signature"]);
        Assert.Equal("""{"type":"audience.changed","timestamp":"2024-03-01T00:00:00Z","data":{"audience":{"key":"coterie_s1","segment":"S1","name":"Loyal","name_zh":"忠诚"},"batch":1,"changes":[{"change":"entered","customer_id":"A","traits":{"confidence":0.5,"note":"=1+1"}},{"change":"exited","customer_id":"B"}]}}""", request.Text);
    }

    [Fact]
    public async Task AServerInTrouble_IsTriedAgain_UnderTheSameId()
    {
        await using var server = BadServer.Codes(500, 503, 204);
        Assert.Null(await Send(Web(server.Url)));
        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(r => r.Headers["webhook-id"]).Distinct());
        Assert.Single(server.Requests.Select(r => r.Text).Distinct());
        Assert.Equal(2, clock.Waits.Count);
        Assert.InRange(clock.Waits[0].TotalSeconds, 0.5, 1);
        Assert.InRange(clock.Waits[1].TotalSeconds, 1, 2);
        // Each try is signed at its own time.
        var times = server.Requests.Select(r => long.Parse(r.Headers["webhook-timestamp"])).ToArray();
        Assert.True(times[2] > times[0]);
        Assert.All(server.Requests, r => Assert.Equal(WebhookSecrets.Parse(Secret, "").Sign(r.Headers["webhook-id"], long.Parse(r.Headers["webhook-timestamp"]), r.Body), r.Headers["webhook-signature"]));
    }

    [Fact]
    public async Task FiveHundredForAnHour_IsGivenUp_AndSaysSo()
    {
        await using var server = BadServer.Codes(500);
        var e = Assert.IsType<DeliveryException>(await Send(Web(server.Url, tries: 64)));
        Assert.DoesNotContain(said, s => !s.StartsWith("answered 500; try", StringComparison.Ordinal));
        Assert.Equal(64, server.Requests.Count);
        Assert.True(clock.Waits.Sum(w => w.TotalMinutes) > 40);
        Assert.All(clock.Waits, w => Assert.True(w.TotalSeconds <= 60));
        Assert.Contains("answered 500 (64 tries in", e.Message, StringComparison.Ordinal);
        Assert.True(e.MaybeDelivered);
    }

    [Theory]
    [InlineData("Retry-After: 7\r\n", 7)]
    [InlineData("Retry-After: Fri, 01 Mar 2024 12:00:30 GMT\r\n", 30)]
    public async Task RetryAfter_IsHonoured(string header, int seconds)
    {
        await using var server = new BadServer((_, n, stream, stop) => n == 1 ? BadServer.Say(stream, 429, header, stop) : BadServer.Say(stream, 200, stop: stop));
        Assert.Null(await Send(Web(server.Url)));
        Assert.Equal(seconds, clock.Waits.Single().TotalSeconds, 5e-4);
    }

    [Fact]
    public async Task ARetryAfterOfADay_IsLeftForTheNextRun()
    {
        await using var server = new BadServer((_, _, stream, stop) => BadServer.Say(stream, 429, "Retry-After: 86400\r\n", stop));
        var e = Assert.IsType<DeliveryException>(await Send(Web(server.Url)));
        Assert.Single(server.Requests);
        Assert.Contains("24 h", e.Message, StringComparison.Ordinal);
        Assert.False(e.MaybeDelivered);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task ARedirect_IsNotFollowed(int code)
    {
        await using var other = BadServer.Codes(200);
        await using var server = new BadServer((_, _, stream, stop) => BadServer.Say(stream, code, $"Location: {other.Url}\r\n", stop));
        var e = Assert.IsType<DeliveryException>(await Send(Web(server.Url)));
        Assert.Contains("redirect", e.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(413)]
    public async Task ARefusal_IsNotTriedAgain(int code)
    {
        await using var server = BadServer.Codes(code);
        var e = Assert.IsType<DeliveryException>(await Send(Web(server.Url)));
        Assert.Contains($"answered {code}", e.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.False(e.MaybeDelivered);
    }

    [Fact]
    public async Task ARefusalAfterATimeout_DoesNotSayThatNothingArrived()
    {
        await using var server = BadServer.Codes(502, 400);
        Assert.True(Assert.IsType<DeliveryException>(await Send(Web(server.Url))).MaybeDelivered);
    }

    [Fact]
    public async Task AServerThatSaysNothing_IsGivenUp()
    {
        await using var server = new BadServer((_, _, _, stop) => Task.Delay(Timeout.Infinite, stop));
        var e = Assert.IsType<DeliveryException>(await Send(Impatient(server.Url, tries: 2)));
        Assert.Contains("sent nothing for 0.5 s", e.Message, StringComparison.Ordinal);
        Assert.True(e.MaybeDelivered);
        Assert.Contains("(2 tries", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatDribbles_IsGivenUp()
    {
        await using var server = new BadServer(async (_, _, stream, stop) =>
        {
            foreach (var b in Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nX-Slow: " + new string('a', 1000)))
            {
                await stream.WriteAsync(new[] { b }, stop);
                await Task.Delay(50, stop);
            }
        });
        var e = Assert.IsType<DeliveryException>(await Send(Impatient(server.Url, tries: 1)));
        Assert.Contains("did not answer within 1.5 s", e.Message, StringComparison.Ordinal);
        Assert.True(e.MaybeDelivered);
    }

    [Fact]
    public async Task ABodyWithoutEnd_AfterASuccess_IsNotReadAndNotWaitedFor()
    {
        var written = 0L;
        await using var server = new BadServer(async (_, _, stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), stop);
            var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string('x', 65536) + "\r\n");
            while (true)
            {
                await stream.WriteAsync(chunk, stop);
                written += chunk.Length;
            }
        });
        Assert.Null(await Send(Web(server.Url)));
        Assert.Single(server.Requests);
        Assert.True(written < 64_000_000);
    }

    [Fact]
    public async Task AHeadWithoutEnd_IsCut()
    {
        await using var server = new BadServer(async (_, _, stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), stop);
            while (true) await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-A: {new string('a', 1000)}\r\n"), stop);
        });
        var e = Assert.IsType<DeliveryException>(await Send(Web(server.Url, tries: 1)));
        Assert.Contains("head of more than 16 KB", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotHttp_AndAClosedConnection_AreToldApart()
    {
        await using var talker = new BadServer(async (_, _, stream, stop) => await stream.WriteAsync("220 smtp ready\r\n\r\n"u8.ToArray(), stop));
        Assert.Contains("not HTTP", Assert.IsType<DeliveryException>(await Send(Web(talker.Url, tries: 1))).Message, StringComparison.Ordinal);
        await using var closer = new BadServer((_, _, _, _) => Task.CompletedTask);
        var e = Assert.IsType<DeliveryException>(await Send(Web(closer.Url, tries: 1)));
        Assert.Contains("broke the connection", e.Message, StringComparison.Ordinal);
        Assert.True(e.MaybeDelivered);
    }

    [Fact]
    public async Task WhereNobodyListens_NothingArrived()
    {
        int port;
        await using (var server = BadServer.Codes(200)) port = server.Port;
        var e = Assert.IsType<DeliveryException>(await Send(Web($"http://127.0.0.1:{port}/")));
        Assert.Contains("nobody listens", e.Message, StringComparison.Ordinal);
        Assert.False(e.MaybeDelivered);
    }

    [Fact]
    public async Task ANameThatLeadsHome_IsNotConnectedTo()
    {
        await using var server = BadServer.Codes(200);
        var web = Web("https://rebound.example/hook") with { AllowPrivate = false, Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]) };
        var e = Assert.IsType<DeliveryException>(await Send(web));
        Assert.Contains("127.0.0.1, a private or local address", e.Message, StringComparison.Ordinal);
        Assert.False(e.MaybeDelivered);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task PlainHttp_StaysInsideTheOwnNetwork()
    {
        var web = Web("http://shop.example/hook") with { Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("1.1.1.1")]) };
        var e = Assert.IsType<DeliveryException>(await Send(web));
        Assert.Contains("not sent there unencrypted", e.Message, StringComparison.Ordinal);
        Assert.False(e.MaybeDelivered);
    }

    [Fact]
    public async Task ANameThatChangesItsAddress_IsCheckedEachTime()
    {
        var asked = 0;
        // No address at first; at the second look, the one that tells a cloud machine its secrets.
        var web = Web("https://rebound.example:8443/hook") with
        {
            AllowPrivate = false,
            Resolve = (_, _) => asked++ == 0 ? throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.TryAgain) : Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254")]),
        };
        var e = Assert.IsType<DeliveryException>(await Send(web));
        Assert.Equal(2, asked);
        Assert.Contains("169.254.169.254", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://shop.example/x", "web address")]
    [InlineData("shop.example/x", "web address")]
    [InlineData("http://shop.example/x", "unencrypted")]
    [InlineData("https://u:p4ss@shop.example/x", "user name or password")]
    [InlineData("https://shop.example:22/x", "port 22")]
    [InlineData("https://127.0.0.1/x", "private or local")]
    [InlineData("https://[::1]/x", "private or local")]
    [InlineData("https://[::ffff:10.0.0.1]/x", "private or local")]
    [InlineData("https://2130706433/x", "private or local")]
    [InlineData("https://0x7f.1/x", "private or local")]
    [InlineData("https://0177.0.0.1/x", "private or local")]
    [InlineData("https://169.254.169.254/latest/meta-data", "private or local")]
    public void AnAddressThatCannotBeUsed_IsRefusedAtOnce(string address, string because)
    {
        var e = Assert.Throws<ConfigurationException>(() => new WebhookDestination(new WebOptions { Address = address }, WebhookSecrets.Parse(Secret, "")));
        Assert.Contains(because, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("p4ss", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsSecret_IsInNoMessage()
    {
        await using var server = new BadServer((request, _, stream, stop) => BadServer.Say(stream, 400, $"X-Echo: {request.Headers["webhook-signature"]}\r\n", stop));
        using var folder = new TemporaryFolder();
        var webhook = new WebhookDestination(Web(server.Url + "/T0KEN?key=T0KEN"), WebhookSecrets.Parse(Secret, ""));
        var e = await Assert.ThrowsAsync<DeliveryException>(() => AudienceSync.Run(Some.Audience("A"), webhook, new SyncOptions { State = folder.Path, Minimum = 1, Say = said.Add }, Stop));
        var all = string.Join('\n', [e.Message, .. said, .. Directory.GetFiles(folder.Path).SelectMany(f => new[] { f, File.ReadAllText(f) })]);
        Assert.DoesNotContain("T0KEN", all, StringComparison.Ordinal);
        Assert.DoesNotContain("MfKQ9r8", all, StringComparison.Ordinal);
        Assert.DoesNotContain("v1,", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Waits_Double_WithJitterOfTheSeed() => Gen.Select(Gen.Int[1, 60], Gen.Double[0, 1]).Sample((n, u) =>
    {
        var wait = Retries.Wait(new RetryOptions(), n, u).TotalSeconds;
        var most = Math.Min(60, Math.Pow(2, n - 1));
        return wait >= most / 2 - 1e-6 && wait <= most + 1e-6;
    });
}
