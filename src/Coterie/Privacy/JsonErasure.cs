using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coterie.Privacy;

/// <summary>Takes a person out of JSON: an item of a list that names them goes, a whole row of a table that has a cell with their id goes, and in other
/// texts the name is replaced. What does not name them stays as it was.</summary>
static class JsonErasure
{
    static readonly JsonDocumentOptions Reading = new() { MaxDepth = 256 };

    /// <summary>What was done to a document.</summary>
    internal sealed class Count
    {
        internal long Removed { get; set; }
        internal long Masked { get; set; }
        internal bool Any => Removed + Masked > 0;
    }

    /// <summary>A document without the person; the given bytes where it does not name them, null where nothing is left.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    internal static byte[]? Clean(byte[] json, ErasedPerson person, Count count)
    {
        var root = JsonNode.Parse(json, documentOptions: Reading);
        if (Verdict(root, null, person) != What.Keep) return Gone(count);
        Walk(root, person, count);
        if (!count.Any) return json;
        var indented = json.AsSpan().IndexOf("\n"u8) is >= 0 and var line && line < json.Length - 2;
        var clean = new UTF8Encoding(false).GetBytes(root!.ToJsonString(new JsonSerializerOptions { WriteIndented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 }));
        return json[^1] == '\n' ? [.. clean, (byte)'\n'] : clean;
    }

    static byte[]? Gone(Count count)
    {
        count.Removed++;
        return null;
    }

    /// <summary>Whether a document of one event, such as a refused row, is the person's: an id of theirs where ids stand, or their name anywhere.</summary>
    internal static bool IsOf(JsonElement element, ErasedPerson person, string? key = null) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Any(m => IsOf(m.Value, person, m.Name)),
        JsonValueKind.Array => element.EnumerateArray().Any(i => IsOf(i, person, key)),
        JsonValueKind.String => element.GetString() is var text && ((key is not null && person.IsKey(key) && person.Is(text!)) || person.IsNamedBy(text!) || person.Mentions(text)),
        JsonValueKind.Number => key is not null && person.IsKey(key) && person.Is(element.GetRawText()),
        _ => false,
    };

    enum What
    {
        Keep,
        /// <summary>The value names the person: the item of a list that it is in goes.</summary>
        Names,
    }

    // Of the value itself, and of objects that hold such a value without a list between.
    static What Verdict(JsonNode? node, string? key, ErasedPerson person)
    {
        switch (node)
        {
            case JsonValue value:
                if (value.TryGetValue<string>(out var text)) return person.IsNamedBy(text) || (key is not null && person.IsKey(key) && person.Is(text)) ? What.Names : What.Keep;
                return key is not null && person.IsKey(key) && value.GetValueKind() == JsonValueKind.Number && person.Is(value.ToJsonString()) ? What.Names : What.Keep;
            case JsonObject o:
                return o.Any(m => Verdict(m.Value, m.Key, person) == What.Names) ? What.Names : What.Keep;
            default:
                return What.Keep;
        }
    }

    static void Walk(JsonNode? node, ErasedPerson person, Count count, string? key = null)
    {
        switch (node)
        {
            case JsonArray list:
                for (var i = list.Count - 1; i >= 0; i--)
                {
                    if (Verdict(list[i], key, person) == What.Names || (list[i] is JsonArray row && row.Any(cell => Verdict(cell, key, person) == What.Names)))
                    {
                        list.RemoveAt(i);
                        count.Removed++;
                    }
                    else if (Masked(list[i], person) is { } masked)
                    {
                        list[i] = masked;
                        count.Masked++;
                    }
                    else
                    {
                        Walk(list[i], person, count, key);
                    }
                }

                break;
            case JsonObject o:
                TableRows(o, person, count);
                foreach (var (name, value) in o.ToArray())
                {
                    if (person.IsNamedBy(name))
                    {
                        o.Remove(name);
                        count.Removed++;
                        continue;
                    }

                    if (person.Mentions(name))
                    {
                        o.Remove(name);
                        var clear = person.Without(name);
                        for (var again = 2; o.ContainsKey(clear); again++) clear = $"{person.Without(name)} {again}";
                        o[clear] = value;
                        count.Masked++;
                        Walk(o[clear], person, count, clear);
                        continue;
                    }

                    if (Masked(value, person) is { } masked)
                    {
                        o[name] = masked;
                        count.Masked++;
                    }
                    else
                    {
                        Walk(value, person, count, name);
                    }
                }

                break;
        }
    }

    // A table of a page: its columns are named beside its rows, so an id counts in the column of customers however short it is.
    static void TableRows(JsonObject table, ErasedPerson person, Count count)
    {
        if (table["columns"] is not JsonArray columns || table["rows"] is not JsonArray rows) return;
        var ids = columns.Select(c => c is JsonObject o && Text(o["name"]) is { } name && person.IsKey(name)).ToArray();
        if (!ids.Any(i => i)) return;
        for (var i = rows.Count - 1; i >= 0; i--)
        {
            if (rows[i] is not JsonArray row || !row.Where((cell, j) => j < ids.Length && ids[j] && Text(cell) is { } id && person.Is(id)).Any()) continue;
            rows.RemoveAt(i);
            count.Removed++;
        }
    }

    static string? Text(JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonObject both => Text(both["en"]),
        _ => null,
    };

    static JsonValue? Masked(JsonNode? node, ErasedPerson person)
    {
        if (node is not JsonValue value || !value.TryGetValue<string>(out var text)) return null;
        if (person.Mentions(text)) return JsonValue.Create(person.Without(text));
        return person.IsNamedBy(text) ? JsonValue.Create(ErasedPerson.Gone) : null;
    }
}
