using System.Text;
using Coterie.Server.Data;
using CsCheck;

namespace Coterie.Tests.Api;

/// <summary>Whatever is sent, the answer is decent: an error in the one shape, never a failure of ours.</summary>
[Collection(nameof(ApiShop))]
public class BadInputTests(ApiShop shop)
{
    static readonly string Deep = string.Concat(Enumerable.Repeat("[", 5_000)) + string.Concat(Enumerable.Repeat("]", 5_000));

    static readonly string[] Bodies =
    [
        "", "null", "true", "0", "\"text\"", "[]", "{}", "{", "{\"", "[1,2", "\u0000", "{\"name\":\"\\u0000\"}", "{\"name\": 1e999}", "{\"name\": 123456789012345678901234567890}", "{\"name\":null}", "{\"name\":[]}", "{\"name\":{}}",
        "{\"strange\": 1}", "{\"name\":\"a\",\"name\":\"b\"}", "{\"rule\":{\"kind\":\"nothing\"}}", "{\"rule\":null,\"name\":\"x\"}", "{\"kind\":\"rename\"}", "{\"kind\":5}", "{\"kind\":\"pin\",\"customer\":null,\"segment\":\"S1\"}", "{\"kind\":\"nothing\"}",
        "{\"kind\":\"value\",\"arguments\":{\"horizon\":null}}", "{\"kind\":\"value\",\"arguments\":{\"horizon\":90}}", "{\"kind\":\"value\",\"arguments\":[]}", "{\"kind\":\"../../etc/passwd\",\"arguments\":{}}", "{\"kind\":\"segment\",\"arguments\":{\"out\":\"/tmp/x\"}}",
        "{\"role\":9}", "{\"role\":\"owner\"}", "{\"role\":\"admin\",\"name\":\"" + new string('x', 5_000) + "\"}", "{\"email\":\"a@b\\r\\nBcc: c@d\",\"name\":\"n\",\"role\":\"viewer\"}", "{\"events_months\":-1}", "{\"events_months\":99999999999}", "{\"log_days\":0}",
        "{\"expires\":\"yesterday\",\"name\":\"k\",\"role\":\"viewer\"}", "{\"per_second\":-5,\"name\":\"k\",\"role\":\"viewer\"}", "{\"events_per_second\":-1}", "\uFEFF{}", "{\"$type\":\"System.IO.FileInfo\"}", "<x/>", "a=b&c=d",
    ];

    static readonly string[] Values = ["0", "-1", "999999999999999999999", "1e9", "NaN", "", "' OR 1=1 --", "../../../etc/passwd", "%00", "\u0000", "a/b", "a%2Fb", "S1;DROP TABLE events", "${7*7}", "<script>alert(1)</script>", "S1\r\nX-Header: 1", new('x', 600), "🛒", "\ud800", "null"];

    [Fact]
    public async Task Bodies_that_cannot_be_are_refused_in_the_one_shape()
    {
        foreach (var endpoint in Endpoints.All(shop.Services).Where(e => e.Method is not "GET"))
        {
            foreach (var body in Bodies.Append(Deep))
            {
                var answer = await shop.Send(endpoint.Method, endpoint.Path(Unlikely), body);
                answer.IsDecent($"{endpoint} with {body[..Math.Min(60, body.Length)]}");
            }

            foreach (var bytes in new byte[][] { [0xFF, 0xFE], [0xC3, 0x28], [0, 0, 0], Encoding.Unicode.GetBytes("{}") })
                (await shop.SendBytes(endpoint.Method, endpoint.Path(Unlikely), bytes, shop.KeyOf(Role.Admin))).IsDecent($"{endpoint} with bytes");
        }
    }

    // No person, job or source that other tests use is changed.
    static string Unlikely(string name) => name switch { "id:long" or "id:int" => "424242", "kind" => "nothing", _ => "none" };

    [Fact]
    public async Task Values_in_addresses_that_cannot_be_are_refused_in_the_one_shape()
    {
        foreach (var endpoint in Endpoints.All(shop.Services).Where(e => e.Method is "GET"))
        {
            foreach (var value in Values)
            {
                // A path with a NUL is refused by Kestrel itself, before anything of ours.
                if (endpoint.Pattern.Contains('{') && !value.Contains('\0'))
                    (await shop.Send("GET", endpoint.Path(_ => value.Length == 0 ? "none" : value.Replace("\ud800", "?")))).IsDecent($"{endpoint} of {value}");
                var query = string.Join('&', new[] { "cursor", "limit", "run", "order", "descending", "prefix", "ids", "kind", "state", "lang", "segment", "who", "sample" }.Select(n => $"{n}={Uri.EscapeDataString(value.Replace("\ud800", "?"))}"));
                (await shop.Send("GET", $"{endpoint.Path(Endpoints.Value)}?{query}")).IsDecent($"{endpoint}?{query}");
                foreach (var name in new[] { "cursor", "limit", "run", "order", "ids", "prefix" })
                    (await shop.Send("GET", $"{endpoint.Path(n => n == "id" && endpoint.Pattern.Contains("/customers", StringComparison.Ordinal) ? shop.Customer : Endpoints.Value(n))}?{name}={Uri.EscapeDataString(value.Replace("\ud800", "?"))}")).IsDecent($"{endpoint} with {name} {value}");
            }
        }
    }

    /// <summary>How many random requests: a few hundred here; COTERIE_FUZZ asks for more of each group (the full number is 100,000).</summary>
    static int Fuzz => int.TryParse(Environment.GetEnvironmentVariable("COTERIE_FUZZ"), out var n) ? n : 40;

    [Fact]
    public void Random_requests_are_answered_decently()
    {
        var json = Gen.Recursive<string>((depth, inner) => depth > 3 ? Leaf : Gen.Frequency((3, Leaf), (2, Gen.Select(Name, inner).Array[0, 4].Select(m => "{" + string.Join(',', m.Select(p => $"\"{p.Item1}\":{p.Item2}")) + "}")), (1, inner.Array[0, 4].Select(a => $"[{string.Join(',', a)}]"))));
        var groups = Endpoints.All(shop.Services).Where(e => e.Method != "GET").GroupBy(e => e.Pattern.Split('/')[3]).ToArray();
        foreach (var group in groups)
        {
            var endpoints = group.ToArray();
            Gen.Select(Gen.Int[0, endpoints.Length - 1], json, Gen.Int[0, 30], Gen.Byte.Array[0, 20]).Sample((at, body, cut, noise) =>
            {
                var bytes = Encoding.UTF8.GetBytes(body);
                if (cut < 6 && bytes.Length > cut) bytes = bytes[..^cut];
                if (cut == 7) bytes = [.. bytes, .. noise];
                // Synchronously, as the checker asks.
                shop.SendBytes(endpoints[at].Method, endpoints[at].Path(Unlikely), bytes, shop.KeyOf(Role.Admin)).GetAwaiter().GetResult().IsDecent($"{endpoints[at]} with {Convert.ToBase64String(bytes)}");
            }, iter: Fuzz, threads: 1);
        }
    }

    static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    static readonly Gen<string> Name = OneOf("name", "role", "rule", "kind", "arguments", "email", "customer", "segment", "segments", "customers", "agree", "into", "entry", "expires", "per_second", "enabled", "reason", "sample", "rules", "in", "event", "at_least", "x");

    static readonly Gen<string> Leaf = OneOf("null", "true", "0", "-1", "1e400", "1.5", "99999999999999999999", "\"\"", "\"S1\"", "\"admin\"", "\"did\"", "\"segment\"", "\"all\"", "\"rename\"", "\"\\ud800\"", "\"\\u0000\"", "\"2026-01-01T00:00:00Z\"", "\"🛒\"", "[]", "{}");
}
