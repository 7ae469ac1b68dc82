using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Coterie.Server.Audiences;

/// <summary>A rule while somebody builds it: the rule's own JSON, which may still lack things. It is edited by the fields of a form, whose names are paths
/// (<c>r.rules.0.event</c>), and by one action (<c>add:r.rules:did</c>, <c>remove:r.rules.0</c>), so that no script is needed.</summary>
public static class RuleDraft
{
    /// <summary>What a form may add.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["segment", "did", "attribute", "sequence", "all", "any"];
    const int Most = 16_000;
    static readonly string[] Numbers = ["times.at_least", "times.at_most", "money.at_least", "money.at_most", "within_days"];

    /// <summary>A group that holds nothing yet.</summary>
    public static JsonObject Empty => new() { ["kind"] = "all", ["rules"] = new JsonArray() };

    /// <summary>Reads a draft from an address; an empty one where it is none.</summary>
    public static JsonObject Read(string? json)
    {
        if (json is not { Length: > 0 and <= Most }) return Empty;
        try
        {
            var node = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = 80 }) as JsonObject;
            // Half of a surrogate pair, as an escape, is found when it is written.
            _ = node?.ToJsonString();
            return node is null ? Empty : KindOf(node) is "all" or "any" ? node : new JsonObject { ["kind"] = "all", ["rules"] = new JsonArray(node) };
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return Empty;
        }
    }

    /// <summary>Kind of a clause; empty where it has none.</summary>
    public static string KindOf(JsonNode? node) => Text(node, "kind");

    /// <summary>A member as text; empty where it is missing.</summary>
    public static string Text(JsonNode? node, string path)
    {
        foreach (var name in path.Split('.')) node = node is JsonObject o && o.TryGetPropertyValue(name, out var value) ? value : null;
        return node switch
        {
            JsonArray list => string.Join(", ", list.Select(v => v?.ToString() ?? "")),
            null => "",
            _ => node.ToString(),
        };
    }

    /// <summary>The rules of a group, or the steps of a sequence.</summary>
    public static IReadOnlyList<JsonObject> List(JsonNode? node, string name) => node is JsonObject o && o[name] is JsonArray list ? [.. list.OfType<JsonObject>()] : [];

    /// <summary>The draft after a form came back.</summary>
    public static JsonObject Edit(JsonObject draft, IFormCollection form, string action)
    {
        var fresh = Filled("r", draft, form);
        switch (action.Split(':'))
        {
            case ["add", var path, var kind] when At(fresh, path) is { } group && Kinds.Contains(kind):
                Array(group, "rules").Add((JsonNode)New(kind));
                break;
            case ["step", var path] when At(fresh, path) is { } sequence:
                Array(sequence, "steps").Add((JsonNode)new JsonObject { ["event"] = "purchase" });
                break;
            case ["where", var path] when At(fresh, path) is { } clause:
                Array(clause, "where").Add((JsonNode)new JsonObject { ["field"] = "category", ["operator"] = "under", ["value"] = "" });
                break;
            case ["remove", var path] when path.LastIndexOf('.') is var dot and > 0 && int.TryParse(path[(dot + 1)..], out var index) && ArrayAt(fresh, path[..dot]) is { } list && index >= 0 && index < list.Count:
                list.RemoveAt(index);
                break;
        }

        return fresh;
    }

    static JsonArray? ArrayAt(JsonObject draft, string path) => path.LastIndexOf('.') is var dot and > 0 && At(draft, path[..dot]) is { } parent ? parent[path[(dot + 1)..]] as JsonArray : null;

    static JsonArray Array(JsonObject node, string name)
    {
        if (node[name] is JsonArray list) return list;
        var made = new JsonArray();
        node[name] = made;
        return made;
    }

    static JsonObject New(string kind) => kind switch
    {
        "segment" => new() { ["kind"] = kind, ["in"] = new JsonArray() },
        "did" => new() { ["kind"] = kind, ["event"] = "purchase", ["within_days"] = 90 },
        "attribute" => new() { ["kind"] = kind, ["of"] = "feature", ["name"] = "", ["operator"] = ">=", ["value"] = 0 },
        "sequence" => new() { ["kind"] = kind, ["steps"] = new JsonArray(new JsonObject { ["event"] = "view" }, new JsonObject { ["event"] = "purchase", ["within_days"] = 7 }) },
        _ => new() { ["kind"] = kind, ["rules"] = new JsonArray() },
    };

    // "r.rules.0": the root, a member, a place.
    static JsonObject? At(JsonObject root, string path)
    {
        JsonNode? node = root;
        foreach (var part in path.Split('.').Skip(1))
        {
            // What is negated stands at the place of its negation.
            node = Inner(node) switch
            {
                JsonObject o when o.TryGetPropertyValue(part, out var value) => value,
                JsonArray a when int.TryParse(part, out var i) && i >= 0 && i < a.Count => a[i],
                _ => null,
            };
        }

        return Inner(node) as JsonObject;
    }

    /// <summary>What a negation negates; anything else itself.</summary>
    public static JsonNode? Inner(JsonNode? node)
    {
        while (KindOf(node) == "not" && node!["rule"] is JsonObject inner) node = inner;
        return node;
    }

    // Every member that the form shows is taken from it; what it does not show stays as it was.
    static JsonObject Filled(string path, JsonObject node, IFormCollection form)
    {
        string Field(string name) => form[$"{path}.{name}"].ToString().Trim();
        bool Has(string name) => form.ContainsKey($"{path}.{name}");
        // Whether it is negated is a field like the others.
        if (KindOf(node) == "not" && node["rule"] is JsonObject inner) return Filled(path, inner, form);
        var kind = KindOf(node);
        var fresh = (JsonObject)node.DeepClone();
        if (kind is "all" or "any")
        {
            if (Has("match") && Field("match") is "all" or "any") fresh["kind"] = Field("match") is { Length: > 0 } match ? match : kind;
            fresh["rules"] = new JsonArray([.. List(node, "rules").Select((r, i) => (JsonNode)Filled($"{path}.rules.{i}", r, form))]);
        }
        else if (kind == "segment")
        {
            fresh = new JsonObject { ["kind"] = kind, [Field("negated") == "true" ? "not_in" : "in"] = new JsonArray([.. form[$"{path}.in"].Where(v => v is { Length: > 0 and < 40 }).Select(v => (JsonNode)JsonValue.Create(v!)!)]) };
            return fresh;
        }
        else if (kind == "attribute")
        {
            if (Has("of")) fresh["of"] = Field("of");
            if (Has("name")) fresh["name"] = Field("name");
            Condition(fresh, Has, Field);
        }
        else
        {
            Event(path, node, fresh, form);
            if (kind == "sequence")
                fresh["steps"] = new JsonArray([.. List(node, "steps").Select((s, i) => (JsonNode)Step($"{path}.steps.{i}", s, form))]);
        }

        return Negated(fresh, Field("not") == "true");
    }

    static JsonObject Negated(JsonObject rule, bool not) => not ? new JsonObject { ["kind"] = "not", ["rule"] = rule } : rule;

    static JsonObject Step(string path, JsonObject step, IFormCollection form)
    {
        var fresh = (JsonObject)step.DeepClone();
        Event(path, step, fresh, form);
        return fresh;
    }

    static void Event(string path, JsonObject node, JsonObject fresh, IFormCollection form)
    {
        if (form.TryGetValue($"{path}.event", out var name))
        {
            if (name.ToString().Trim() is { Length: > 0 } told) fresh["event"] = told;
            else fresh.Remove("event");
        }

        foreach (var number in Numbers)
        {
            if (!form.TryGetValue($"{path}.{number}", out var value)) continue;
            var (holder, member) = number.Split('.') is [var outer, var last] ? (outer, last) : (null, number);
            var target = holder is null ? fresh : fresh[holder] as JsonObject ?? [];
            if (holder == "times") target.Remove("exactly");
            if (value.ToString().Trim() is { Length: > 0 } text) target[member] = Typed(text);
            else target.Remove(member);
            if (holder is null) continue;
            if (target.Count == 0) fresh.Remove(holder);
            else if (target.Parent is null) fresh[holder] = target;
        }

        var filters = List(node, "where");
        if (filters.Count == 0) return;
        fresh["where"] = new JsonArray([.. filters.Select((f, i) =>
        {
            var at = $"{path}.where.{i}";
            var filter = (JsonObject)f.DeepClone();
            if (form.TryGetValue($"{at}.field", out var field)) filter["field"] = field.ToString();
            Condition(filter, n => form.ContainsKey($"{at}.{n}"), n => form[$"{at}.{n}"].ToString().Trim());
            return (JsonNode)filter;
        })]);
    }

    static void Condition(JsonObject node, Func<string, bool> has, Func<string, string> field)
    {
        if (!has("operator")) return;
        var now = field("operator");
        node["operator"] = now;
        var value = has("value") ? field("value") : "";
        foreach (var member in new[] { "value", "values", "from", "to" }) node.Remove(member);
        switch (now)
        {
            case "is_set" or "is_not_set":
                break;
            case "in":
                node["values"] = new JsonArray([.. value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(v => (JsonNode)Typed(v))]);
                break;
            case "between":
                node["from"] = Typed(value);
                node["to"] = Typed(has("to") ? field("to") : value);
                break;
            default:
                node["value"] = now is "contains" or "starts_with" or "under" ? JsonValue.Create(value) : Typed(value);
                break;
        }
    }

    static JsonValue Typed(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) && double.IsFinite(n) && n.ToString(CultureInfo.InvariantCulture) == text
            ? n == Math.Floor(n) && Math.Abs(n) < 1e15 ? JsonValue.Create((long)n) : JsonValue.Create(n)
            : text is "true" or "false" ? JsonValue.Create(text == "true") : JsonValue.Create(text)!;
}
