using System.Text.Json;

namespace Coterie.Server.Collector;

/// <summary>An event as a client sent it, with what the request around it says.</summary>
/// <param name="Body">The event.</param>
/// <param name="Type">What the path says it is; null where only the event itself says.</param>
/// <param name="Format">Whose conventions it follows.</param>
readonly record struct WireEvent(JsonElement Body, string? Type, WireFormat Format);

/// <summary>Whose conventions a request follows.</summary>
enum WireFormat
{
    /// <summary>Segment, RudderStack and Jitsu: calls of the tracking spec.</summary>
    Segment,
    PostHog,
}

/// <summary>A request's events and what is said once for all of them.</summary>
/// <param name="Events">In the order of the request.</param>
/// <param name="Key">The write key inside the body; null where there is none.</param>
/// <param name="SentAt">The sender's clock when it sent; null where it does not say.</param>
/// <param name="Context">Merged into events that have none.</param>
sealed record WireRequest(IReadOnlyList<WireEvent> Events, string? Key, DateTime? SentAt, JsonElement? Context)
{
    static readonly string[] KeyNames = ["writeKey", "write_key", "api_key", "token"];
    static readonly string[] SentNames = ["sentAt", "sent_at"];

    /// <summary>Takes a request apart: <c>{"batch":[…]}</c>, <c>[…]</c>, or one event.</summary>
    /// <param name="root">The document.</param>
    /// <param name="type">The call that the path names; null for batches.</param>
    /// <param name="format">By the path.</param>
    /// <exception cref="BadRequestException">It holds no event.</exception>
    public static WireRequest Of(JsonElement root, string? type, WireFormat format)
    {
        if (root.ValueKind == JsonValueKind.Array) return new(Items(root, type, format), null, null, null);
        if (root.ValueKind != JsonValueKind.Object) throw new BadRequestException("bad_json", $"The body is a JSON {root.ValueKind.ToString().ToLowerInvariant()}; expected an object.");
        var key = KeyNames.Select(n => Text(root, n)).FirstOrDefault(k => k is not null);
        var sent = SentNames.Select(n => WireTime.Of(root, n)).FirstOrDefault(t => t is not null);
        JsonElement? context = root.TryGetProperty("context", out var c) && c.ValueKind == JsonValueKind.Object ? c : null;
        if (!root.TryGetProperty("batch", out var batch)) return new([new(root, type, format)], key, sent, null);
        if (batch.ValueKind != JsonValueKind.Array) throw new BadRequestException("bad_json", "'batch' is not an array of events.");
        return new(Items(batch, type, format), key, sent, context);
    }

    static WireEvent[] Items(JsonElement batch, string? type, WireFormat format) => batch.GetArrayLength() > 0
        ? [.. batch.EnumerateArray().Select(e => new WireEvent(e, type, format))]
        : throw new BadRequestException("empty_batch", "The batch holds no event.");

    internal static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? Text(value) : null;

    /// <summary>A text, or a number or truth value as its text; ids come as either. Null for null, empty text, objects and arrays.</summary>
    internal static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}

/// <summary>A request that cannot be taken as a whole.</summary>
/// <param name="code">snake_case.</param>
/// <param name="message">What was found and what was expected.</param>
/// <param name="status">Of HTTP.</param>
public sealed class BadRequestException(string code, string message, int status = 400) : Exception(message)
{
    public string Code { get; } = code;
    public int Status { get; } = status;
}
