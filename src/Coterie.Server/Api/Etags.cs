using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Coterie.Server.Api;

/// <summary>ETags: what has not changed is not sent again (If-None-Match), and nobody overwrites what they have not seen (If-Match).</summary>
static class Etags
{
    /// <summary>An answer that stays the same as long as its tag does; 304 without a body for whoever has it.</summary>
    /// <param name="tag">Letters, digits, dots and dashes.</param>
    public static IResult Tagged<T>(this HttpContext http, string tag, Func<T> make)
    {
        var quoted = $"\"{tag}\"";
        http.Response.Headers.ETag = quoted;
        http.Response.Headers.CacheControl = "private, no-cache";
        return Names(http.Request.Headers.IfNoneMatch, quoted) ? Results.StatusCode(304) : Results.Ok(make());
    }

    /// <summary>An answer whose tag is made from what it says.</summary>
    public static IResult Tagged<T>(this HttpContext http, T value) => http.Tagged(Of(value), () => value);

    /// <summary>Refuses a change of something that its caller has not seen as it is now; null when it may go on. Without If-Match it may.</summary>
    public static IResult? Raced<T>(this HttpContext http, T now)
    {
        var wanted = http.Request.Headers.IfMatch;
        return wanted.Count == 0 || Names(wanted, $"\"{Of(now)}\"") ? null : Problems.Of(412, "changed", "It was changed since you read it; read it again.");
    }

    /// <summary>The tag of a value: the same for the same JSON.</summary>
    public static string Of<T>(T value) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(value, ApiJson.Options)))[..24];

    static bool Names(Microsoft.Extensions.Primitives.StringValues header, string quoted) =>
        header.Any(h => h is not null && h.Split(',').Select(t => t.Trim()).Any(t => t == "*" || t == quoted || t == "W/" + quoted));
}
