using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coterie.Profiles;

namespace Coterie.Activation;

/// <summary>A batch as JSON and back, its key, and the digest of a customer's traits. Pure: the same batch is the same bytes.</summary>
static class BatchText
{
    internal static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON from a writer.</summary>
    internal static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 12);
        using (var json = new Utf8JsonWriter(buffer, Plain)) write(json);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A trait's value; numbers in the fewest digits that give the same number back.</summary>
    internal static void Value(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null or double.NaN or double.PositiveInfinity or double.NegativeInfinity: json.WriteNullValue(); break;
            case string s: json.WriteStringValue(s); break;
            case bool b: json.WriteBooleanValue(b); break;
            case double d: json.WriteNumberValue(d); break;
            default: throw new ArgumentException($"A trait is a {value.GetType()}; expected text, a number (double), a truth value, or null.");
        }
    }

    /// <summary>The batch without its key, as the journal keeps it.</summary>
    internal static void Write(Utf8JsonWriter json, AudienceBatch batch)
    {
        json.WriteStartObject();
        json.WriteNumber("number", batch.Number);
        json.WriteString("audience", batch.Audience);
        json.WriteString("segment", batch.Segment);
        json.WriteString("name", batch.Name.En);
        json.WriteString("name_zh", batch.Name.Zh);
        json.WriteString("as_of", Time(batch.AsOf));
        json.WriteStartArray("traits");
        foreach (var trait in batch.Traits)
        {
            json.WriteStartArray();
            json.WriteStringValue(trait.Name);
            json.WriteBooleanValue(trait.Compared);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("changes");
        foreach (var change in batch.Changes)
        {
            json.WriteStartArray();
            json.WriteNumberValue((int)change.Kind);
            json.WriteStringValue(change.Id);
            foreach (var value in change.Traits) Value(json, value);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Undoes <see cref="Write"/>.</summary>
    internal static AudienceBatch Read(JsonElement json, string key) => new()
    {
        Key = key,
        Number = json.GetProperty("number").GetInt64(),
        Audience = json.GetProperty("audience").GetString()!,
        Segment = json.GetProperty("segment").GetString()!,
        Name = new Bilingual(json.GetProperty("name").GetString()!, json.GetProperty("name_zh").GetString()!),
        AsOf = DateTime.Parse(json.GetProperty("as_of").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
        Traits = [.. json.GetProperty("traits").EnumerateArray().Select(t => new AudienceTrait(t[0].GetString()!, t[1].GetBoolean()))],
        Changes = [.. json.GetProperty("changes").EnumerateArray().Select(c => new AudienceChange((ChangeKind)c[0].GetInt32(), c[1].GetString()!,
            [.. c.EnumerateArray().Skip(2).Select(Value)]))],
    };

    /// <summary>The batch with the key that follows from what it holds, where it goes, and the generation of its journal.</summary>
    internal static AudienceBatch Keyed(AudienceBatch batch, string identity, long generation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{identity}\n{generation}\n"));
        hash.AppendData(Bytes(json => Write(json, batch)));
        return batch with { Key = "cot_" + Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16)) };
    }

    /// <summary>Of the compared traits that have a value; empty when there is none.</summary>
    internal static string Digest(IReadOnlyList<AudienceTrait> traits, IReadOnlyList<object?> values)
    {
        if (!traits.Where((t, i) => t.Compared && values[i] is not null).Any()) return "";
        var bytes = Bytes(json =>
        {
            json.WriteStartArray();
            for (var i = 0; i < traits.Count; i++)
            {
                if (!traits[i].Compared || values[i] is null) continue;
                json.WriteStringValue(traits[i].Name);
                Value(json, values[i]);
            }

            json.WriteEndArray();
        });
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12));
    }

    /// <summary>ISO 8601, UTC, to the second unless there are parts of one.</summary>
    internal static string Time(DateTime time) =>
        time.ToString(time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    static object? Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => json.GetDouble(),
    };
}
