using System.Buffers;
using System.Text.Json;

namespace Coterie.Server.Collector;

/// <summary>What a frame of the inbox says before its events.</summary>
readonly record struct InboxHead(string Source, DateTime Received, int Refused);

/// <summary>An event of the inbox as it was sent, with its reason and what the request around it said.</summary>
/// <param name="Index">Its place in the frame.</param>
/// <param name="Type">What the path said it is; null where only the event itself says.</param>
sealed record RefusedOne(int Index, string Code, string Message, string? MessageId, string? Type, WireFormat Format, JsonElement Event);

/// <summary>A frame of the inbox: what was refused of a request, whole, with the reasons and what the request said once for all, so that it can be read and judged again.</summary>
sealed record InboxEntry(string Source, DateTime Received, DateTime? SentAt, JsonElement? Context, IReadOnlyList<RefusedOne> Refused)
{
    // Of a frame whose person was erased nothing is left but its number.
    static readonly InboxEntry Erased = new("", default, null, null, []);

    public static ReadOnlyMemory<byte> Write(string source, DateTime received, WireRequest request, IReadOnlyList<RefusedEvent> refused)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("source", source);
            json.WriteString("received", received);
            if (request.SentAt is { } sent) json.WriteString("sentAt", sent);
            if (request.Context is { } context)
            {
                json.WritePropertyName("context");
                context.WriteTo(json);
            }

            json.WriteStartArray("refused");
            foreach (var (r, at) in refused.Select((r, at) => (r, at)))
            {
                var sentEvent = request.Events[r.Index];
                json.WriteStartObject();
                // Stays when others of the frame are erased.
                json.WriteNumber("at", at);
                json.WriteString("code", r.Code);
                json.WriteString("message", r.Message);
                json.WriteString("messageId", r.MessageId);
                if (sentEvent.Type is { } type) json.WriteString("type", type);
                if (sentEvent.Format == WireFormat.PostHog) json.WriteString("format", "posthog");
                json.WritePropertyName("event");
                sentEvent.Body.WriteTo(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>When a frame came.</summary>
    public static DateTime ReceivedOf(ReadOnlyMemory<byte> frame) => Head(frame).Received;

    public static InboxEntry Read(ReadOnlyMemory<byte> frame)
    {
        using var document = JsonDocument.Parse(frame);
        var root = document.RootElement;
        if (!root.TryGetProperty("refused", out _)) return Erased;
        DateTime? sent = root.TryGetProperty("sentAt", out var s) ? s.GetDateTime() : null;
        JsonElement? context = root.TryGetProperty("context", out var c) ? c.Clone() : null;
        return new(root.GetProperty("source").GetString()!, root.GetProperty("received").GetDateTime(), sent, context,
        [
            .. root.GetProperty("refused").EnumerateArray().Select((r, i) => new RefusedOne(r.TryGetProperty("at", out var at) ? at.GetInt32() : i, r.GetProperty("code").GetString()!, r.GetProperty("message").GetString()!,
                r.TryGetProperty("messageId", out var id) ? id.GetString() : null, r.TryGetProperty("type", out var type) ? type.GetString() : null,
                r.TryGetProperty("format", out var format) && format.GetString() == "posthog" ? WireFormat.PostHog : WireFormat.Segment, r.GetProperty("event").Clone())),
        ]);
    }

    public static InboxHead Head(ReadOnlyMemory<byte> frame)
    {
        using var document = JsonDocument.Parse(frame);
        var root = document.RootElement;
        return root.TryGetProperty("refused", out var refused) ? new(root.GetProperty("source").GetString()!, root.GetProperty("received").GetDateTime(), refused.GetArrayLength()) : new("", default, 0);
    }
}
