using System.Text;
using System.Text.Json;
using Coterie.Numerics;

namespace Coterie.Tests.Server.Hardness;

/// <summary>Malformed requests to every address of the collector: each is answered with a JSON object and no status of ours is above 499. <c>COTERIE_FUZZ</c> says how many an address.</summary>
public class FuzzTests
{
    static int Requests => int.TryParse(Environment.GetEnvironmentVariable("COTERIE_FUZZ"), out var n) ? n : 250;

    static readonly string[] Values = ["null", "7", "-0", "1e999", "1e-999", "9223372036854775808", "\"\"", "\"\\ud800\"", "[]", "{}", "[[]]", "true", "\"\\u0000\"", "\"2024-13-45T99:99:99Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00Z\"", "{\"a\":{\"a\":{\"a\":{}}}}"];
    static readonly string[] Names = ["type", "event", "userId", "anonymousId", "messageId", "timestamp", "sentAt", "batch", "properties", "context", "writeKey", "api_key", "distinct_id", "uuid", "traits", "previousId", "groupId", "data", "historical_migration"];

    [Theory]
    [InlineData("/v1/batch")]
    [InlineData("/v1/import")]
    [InlineData("/b")]
    [InlineData("/v1/track")]
    [InlineData("/v1/identify")]
    [InlineData("/v1/page")]
    [InlineData("/v1/screen")]
    [InlineData("/v1/group")]
    [InlineData("/v1/alias")]
    [InlineData("/api/s/track")]
    [InlineData("/api/s/s2s/identify")]
    [InlineData("/batch")]
    [InlineData("/e")]
    [InlineData("/capture")]
    [InlineData("/i/v0/e")]
    public async Task WhateverIsSent_IsAnswered(string path)
    {
        await using var server = await RunningServer.Start();
        var seed = new Seed(3).Child((ulong)path.Sum(c => c));
        const int AtOnce = 4;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async lane =>
        {
            var rng = seed.Stream((ulong)lane);
            for (var i = lane; i < Requests; i += AtOnce)
            {
                var body = Body(ref rng, server.Key);
                using var content = new ByteArrayContent(body);
                if (rng.NextInt(3) == 0) content.Headers.TryAddWithoutValidation("Content-Type", rng.NextInt(2) == 0 ? "text/plain" : "application/json; charset=utf-16");
                if (rng.NextInt(6) == 0) content.Headers.TryAddWithoutValidation("Content-Encoding", rng.NextInt(2) == 0 ? "gzip" : "br");
                using var request = new HttpRequestMessage(HttpMethod.Post, path + (rng.NextInt(4) == 0 ? "/?%00=%ff&compression=gzip-js&_=1" : "")) { Content = content };
                if (rng.NextInt(3) == 0) request.Headers.TryAddWithoutValidation("Authorization", rng.NextInt(2) == 0 ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(server.Key + ":")) : "Basic ====");
                using var answer = await server.Client.SendAsync(request);
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True((int)answer.StatusCode < 500, $"{path} answered {(int)answer.StatusCode} to {Convert.ToBase64String(body)}");
                using var json = JsonDocument.Parse(text);
                Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
                Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
                Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
            }
        }));
        Assert.Equal(200, (await server.Post("/v1/track", """{"type":"track","event":"x","userId":"u","messageId":"after"}""", basic: server.Key)).Status);
    }

    static byte[] Body(ref Rng rng, string key)
    {
        var fields = new StringBuilder();
        for (var f = rng.NextInt(8); f > 0; f--) fields.Append(f > 1 || fields.Length > 0 ? "," : "").Append('"').Append(Names[rng.NextInt(Names.Length)]).Append("\":").Append(Values[rng.NextInt(Values.Length)]);
        var one = $$"""{"type":"track","event":"x","userId":"u","messageId":"{{rng.NextInt(1_000_000)}}"{{(fields.Length > 0 && fields[0] != ',' ? "," : "")}}{{fields}}}""";
        var text = rng.NextInt(3) switch
        {
            0 => one,
            1 => $$"""{"writeKey":"{{key}}","api_key":"{{key}}","batch":[{{one}},{{Values[rng.NextInt(Values.Length)]}}]}""",
            _ => $"[{one},{one}]",
        };
        var bytes = Encoding.UTF8.GetBytes(text);
        switch (rng.NextInt(6))
        {
            case 0:
                // Some bytes are others.
                for (var n = 1 + rng.NextInt(6); n > 0; n--) bytes[rng.NextInt(bytes.Length)] = (byte)rng.NextInt(256);
                return bytes;
            case 1: return bytes[..rng.NextInt(bytes.Length)];
            case 2: return [.. bytes, .. bytes[rng.NextInt(bytes.Length)..]];
            case 3:
                var packed = RunningServer.Gzip(bytes);
                if (rng.NextInt(2) == 0) packed[rng.NextInt(packed.Length)] ^= (byte)(1 << rng.NextInt(8));
                return packed;
            case 4: return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(rng.NextInt(2) == 0 ? "[" : "{\"a\":", 1 + rng.NextInt(3_000))));
            default: return bytes;
        }
    }
}
