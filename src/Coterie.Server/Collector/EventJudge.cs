using System.Buffers;
using System.Text.Json;

namespace Coterie.Server.Collector;

/// <summary>An event that was taken: one line of JSON in the tracking spec's form, and its id.</summary>
/// <param name="Index">Its place in the request.</param>
/// <param name="People">The ids of customers in it.</param>
sealed record TakenEvent(int Index, string MessageId, ReadOnlyMemory<byte> Json, string?[] People);

/// <summary>An event that was refused, and why.</summary>
/// <param name="Index">Its place in the request.</param>
/// <param name="MessageId">Its id, where it has one.</param>
/// <param name="Code">snake_case.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record RefusedEvent(int Index, string? MessageId, string Code, string Message);

/// <summary>Judges events one by one and writes those that are fine in one form, whoever sent them.</summary>
static class EventJudge
{
    /// <summary>Larger events are refused, one by one: the batch around them is not lost.</summary>
    public const int MostBytes = 1 << 20;
    public const int LongestId = 256;

    public static readonly string[] Calls = ["track", "identify", "page", "screen", "group", "alias"];
    static readonly JsonWriterOptions Compact = new() { Indented = false, SkipValidation = false };

    // What is written anew, and what is not kept: keys, and clocks that have been used.
    static readonly HashSet<string> Written = new(StringComparer.Ordinal)
    {
        "type", "messageId", "userId", "anonymousId", "previousId", "groupId", "timestamp", "receivedAt", "context", "writeKey", "write_key", "sentAt", "originalTimestamp", "integrations", "_metadata",
    };

    /// <returns>Either a <see cref="TakenEvent"/> or a <see cref="RefusedEvent"/>.</returns>
    public static object Judge(WireEvent sent, int index, WireRequest request, DateTime received, string? fallbackId = null)
    {
        var e = sent.Body;
        if (e.ValueKind != JsonValueKind.Object) return new RefusedEvent(index, null, "not_an_object", $"The event is a JSON {e.ValueKind.ToString().ToLowerInvariant()}; expected an object.");
        var id = WireRequest.Text(e, "messageId") ?? WireRequest.Text(e, "uuid");
        if (id is { Length: > LongestId }) return new RefusedEvent(index, id[..LongestId], "bad_message_id", $"The message id has {id.Length} characters; expected at most {LongestId}.");
        if (WireTime.IsWrong(e, "timestamp")) return new RefusedEvent(index, id, "bad_timestamp", $"timestamp {Shown(e.GetProperty("timestamp"))} is no instant; expected ISO 8601, or seconds or milliseconds since 1970.");
        var call = sent.Format == WireFormat.PostHog ? PostHogEvent.Of(e) : null;
        var type = call?.Type ?? WireRequest.Text(e, "type") ?? sent.Type;
        if (type is null || !Calls.Contains(type)) return new RefusedEvent(index, id, "unknown_type", $"type is {(type is null ? "missing" : $"'{ShortText.Of(type)}'")}; expected {string.Join(", ", Calls)}.");
        var (user, anonymous) = call is null ? (WireRequest.Text(e, "userId"), WireRequest.Text(e, "anonymousId")) : (call.UserId, call.AnonymousId);
        var previous = call is null ? WireRequest.Text(e, "previousId") : call.PreviousId;
        var group = call is null ? WireRequest.Text(e, "groupId") : call.GroupId;
        if (type is not ("alias" or "group") && user is null && anonymous is null) return new RefusedEvent(index, id, "no_customer", "Neither userId nor anonymousId is given; expected one of them.");
        if (type == "alias" && previous is null && user is null) return new RefusedEvent(index, id, "no_customer", "An alias needs userId and previousId.");
        if (type == "track" && (call?.Name ?? WireRequest.Text(e, "event")) is null) return new RefusedEvent(index, id, "no_event_name", "A track call needs the name of its event.");
        // Without an id of its sender an event has no twin that could be told from it.
        id ??= fallbackId ?? $"coterie-{Guid.CreateVersion7():N}";
        var happened = WireTime.Happened(WireTime.Of(e, "timestamp"), WireTime.Of(e, "originalTimestamp"), WireTime.Of(e, "sentAt") ?? request.SentAt, received);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("messageId", id);
            if (user is not null) json.WriteString("userId", user);
            if (anonymous is not null) json.WriteString("anonymousId", anonymous);
            if (previous is not null) json.WriteString("previousId", previous);
            if (group is not null) json.WriteString("groupId", group);
            json.WriteString("timestamp", WireTime.Iso(happened));
            json.WriteString("receivedAt", WireTime.Iso(received));
            if (call is not null) Write(json, call);
            else Copy(json, e);
            if ((e.TryGetProperty("context", out var own) && own.ValueKind == JsonValueKind.Object ? own : request.Context) is { } context)
            {
                json.WritePropertyName("context");
                context.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenCount <= MostBytes ? new TakenEvent(index, id, buffer.WrittenMemory, [user, anonymous, previous])
            : new RefusedEvent(index, id, "too_large", $"The event has {buffer.WrittenCount:N0} bytes; expected at most {MostBytes:N0}.");
    }

    static void Copy(Utf8JsonWriter json, JsonElement e)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in e.EnumerateObject())
            if (!Written.Contains(member.Name) && seen.Add(member.Name)) member.WriteTo(json);
    }

    static void Write(Utf8JsonWriter json, PostHogEvent.Call call)
    {
        if (call.Name is { } name) json.WriteString(call.Type == "track" ? "event" : "name", name);
        if (call.Properties is { } properties)
        {
            json.WritePropertyName("properties");
            properties.WriteTo(json);
        }

        if (call.Traits.Count == 0) return;
        json.WriteStartObject("traits");
        var merged = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in call.Traits.SelectMany(t => t.EnumerateObject())) merged[member.Name] = member.Value;
        foreach (var (trait, value) in merged.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(trait);
            value.WriteTo(json);
        }

        json.WriteEndObject();
    }

    static string Shown(JsonElement value) => ShortText.Of(value.GetRawText());
}
