using System.Text.Json;

namespace Coterie.Server.Collector;

/// <summary>PostHog's events as calls of the tracking spec.</summary>
static class PostHogEvent
{
    /// <summary>What kind of call an event is, who it is about, and where its parts are.</summary>
    /// <param name="Name">Of a track call, a page or a screen.</param>
    public sealed record Call(string Type, string? Name, string? UserId, string? AnonymousId, string? PreviousId, string? GroupId, JsonElement? Properties, IReadOnlyList<JsonElement> Traits);

    public static Call Of(JsonElement e)
    {
        JsonElement? properties = Object(e, "properties");
        string? P(string name) => properties is { } p ? WireRequest.Text(p, name) : null;
        var name = WireRequest.Text(e, "event");
        var id = WireRequest.Text(e, "distinct_id") ?? P("distinct_id");
        return name switch
        {
            "$identify" => new("identify", null, id, P("$anon_distinct_id"), null, null, null, Traits(e, properties)),
            // Of alias(distinct id, alias) the alias is the other name of the one who is known.
            "$create_alias" => new("alias", null, id, null, P("alias"), null, null, []),
            "$groupidentify" => new("group", null, id, null, null, P("$group_key"), null, properties is { } g && Object(g, "$group_set") is { } set ? [set] : []),
            "$pageview" => Plain("page", P("title") ?? P("$current_url")),
            "$screen" => Plain("screen", P("$screen_name")),
            _ => Plain("track", name),
        };

        Call Plain(string type, string? named)
        {
            // Whoever was never identified has only the id that the library gave.
            var anonymous = P("$is_identified") == "false" || P("$process_person_profile") == "false" || (id is not null && P("$device_id") == id);
            return new(type, named, anonymous ? null : id, anonymous ? id : null, null, null, properties, []);
        }
    }

    // $set wins over $set_once: it is written later.
    static JsonElement[] Traits(JsonElement e, JsonElement? properties) =>
        [.. new[] { "$set_once", "$set" }.SelectMany(n => new[] { properties is { } p ? Object(p, n) : null, Object(e, n) }).OfType<JsonElement>()];

    static JsonElement? Object(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
