using System.Buffers.Text;
using System.Data.Common;
using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Log;
using Coterie.Server.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Collector;

/// <summary>The routes that clients of Segment, RudderStack, Jitsu and PostHog send to. Every answer is JSON; 200 means that the events are on the disk.</summary>
static class CollectorRoutes
{
    static readonly Dictionary<string, string> Calls = new(StringComparer.Ordinal)
    {
        ["track"] = "track", ["identify"] = "identify", ["page"] = "page", ["screen"] = "screen", ["group"] = "group", ["alias"] = "alias",
        ["t"] = "track", ["i"] = "identify", ["p"] = "page", ["s"] = "screen", ["g"] = "group", ["a"] = "alias",
    };

    static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public static void MapCollector(this IEndpointRouteBuilder routes, Collecting collecting, Sources sources, Func<string?> full)
    {
        var sink = new Sink(collecting, sources, full, new SourceLimits(TimeProvider.System));
        // Write keys are checked by the routes themselves, in the forms that the clients send them.
        routes = routes.MapGroup("").AllowAnonymous().DisableAntiforgery().WithMetadata(new CountsEvents()).AddEndpointFilter(Telemetry.Collector);
        foreach (var path in new[] { "/v1/batch", "/v1/import", "/v1/b", "/b" }) sink.Map(routes, path, null, WireFormat.Segment);
        foreach (var (word, call) in Calls)
        {
            sink.Map(routes, "/v1/" + word, call, WireFormat.Segment);
            if (word.Length == 1) continue;
            sink.Map(routes, "/api/s/" + word, call, WireFormat.Segment);
            sink.Map(routes, "/api/s/s2s/" + word, call, WireFormat.Segment);
            routes.MapGet("/v1/pixel/" + word, (Delegate)((HttpContext http) => sink.TakePixel(http, call)));
        }

        foreach (var path in new[] { "/batch", "/e", "/capture", "/i/v0/e" }) sink.Map(routes, path, null, WireFormat.PostHog);
        // What a client asks before it sends: with our own address in it, it sends to us.
        routes.MapGet("/v1/projects/{key}/settings", (string key, HttpContext http) => sources.Of(key) is null ? Answer.Failure(401, "unknown_key", "No source has this write key.") : Results.Json(new Dictionary<string, object>
        {
            ["integrations"] = new Dictionary<string, object> { ["Segment.io"] = new { apiKey = key, apiHost = $"{http.Request.Host}/v1" } },
            ["plan"] = new { },
            ["edgeFunctions"] = new { },
        }, Answer.AsIs));
    }

    sealed class Sink(Collecting collecting, Sources sources, Func<string?> full, SourceLimits limits)
    {
        readonly BodySpace space = new();

        public void Map(IEndpointRouteBuilder routes, string path, string? call, WireFormat format)
        {
            // Said as a delegate: as a RequestDelegate its result would be dropped.
            routes.MapPost(path, (Delegate)((HttpContext http) => Take(http, call, format)));
            // A browser asks first, because the client sends headers of its own.
            routes.MapMethods(path, ["OPTIONS"], (HttpContext http) =>
            {
                var headers = http.Response.Headers;
                headers.AccessControlAllowOrigin = "*";
                headers.AccessControlAllowMethods = "POST, OPTIONS";
                headers.AccessControlAllowHeaders = "Authorization, Content-Type, Content-Encoding, X-Retry-Count, X-Write-Key";
                headers.AccessControlMaxAge = "86400";
                return Results.StatusCode(204);
            });
        }

        async Task<IResult> Take(HttpContext http, string? call, WireFormat format)
        {
            http.Response.Headers.AccessControlAllowOrigin = "*";
            http.Response.Headers.AccessControlExposeHeaders = "Retry-After";
            if (full() is { } why) return Answer.Later(http, 503, 30, "storage_unavailable", why);
            try
            {
                using var share = space.Begin();
                using var body = await RequestBody.Read(http.Request.Body, share, http.RequestAborted);
                return await Take(http, body.RootElement, call, format);
            }
            catch (DbException)
            {
                return Answer.Later(http, 503, 5, "storage_unavailable", "The server's database, which knows the sources, cannot be reached.");
            }
            catch (BadRequestException e)
            {
                return e.Status == 429 ? Answer.Later(http, 429, 1, e.Code, e.Message) : Answer.Failure(e.Status, e.Code, e.Message);
            }
        }

        async Task<IResult> Take(HttpContext http, JsonElement root, string? call, WireFormat format)
        {
            var request = WireRequest.Of(root, call, format);
            if (sources.Of(WriteKey.Of(http.Request, request.Key)) is not { } source) return Answer.Failure(401, "unknown_key", "No source has this write key.");
            if (!source.Enabled) return Answer.Failure(404, "disabled_source", "The source of this write key is disabled.");
            if (limits.Take(source, request.Events.Count) is var wait and > 0) return Answer.Later(http, 429, wait, "rate_limited", $"This source may send {source.EventsPerSecond:N0} events a second; wait {wait} s.");
            try
            {
                var collected = await collecting.Take(source, request, DateTime.UtcNow);
                return Results.Json(new
                {
                    success = true,
                    status = "ok",
                    accepted = collected.Accepted,
                    duplicates = collected.Duplicates,
                    rejected = collected.Refused.Select(r => new { index = r.Index, messageId = r.MessageId, code = r.Code, message = r.Message }),
                }, Answer.AsIs);
            }
            catch (LogUnavailableException e)
            {
                return collecting.Log.Trouble is null ? Answer.Later(http, 429, 1, "overloaded", e.Message) : Answer.Later(http, 503, 5, "storage_unavailable", e.Message);
            }
        }

        // An image is shown whatever happens: a page that waits for it must not break.
        public async Task<IResult> TakePixel(HttpContext http, string call)
        {
            if (http.Request.Query["data"].ToString() is { Length: > 0 and < 100_000 } data && full() is null)
            {
                try
                {
                    using var body = RequestBody.Parse(Base64Url.DecodeFromChars(data.Replace('+', '-').Replace('/', '_').TrimEnd('=')));
                    await Take(http, body.RootElement, call, WireFormat.Segment);
                }
                catch (Exception e) when (e is JsonException or FormatException or BadRequestException)
                {
                    http.Response.Headers["X-Refused"] = "the data is no base64 of an event";
                }
            }

            return Results.Bytes(Pixel, "image/gif");
        }
    }
}

/// <summary>Answers of the collector: JSON with code and message, as its clients expect.</summary>
static class Answer
{
    public static readonly JsonSerializerOptions AsIs = new() { PropertyNamingPolicy = null };

    public static IResult Failure(int status, string code, string message) => Results.Json(new { success = false, code, message }, AsIs, statusCode: status);

    public static IResult Later(HttpContext http, int status, int seconds, string code, string message)
    {
        http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Failure(status, code, message);
    }
}
