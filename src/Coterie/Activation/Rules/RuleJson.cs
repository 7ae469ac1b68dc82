using System.Text.Encodings.Web;
using System.Text.Json;

namespace Coterie.Activation.Rules;

/// <summary>Rules as JSON, the same for files, the API and the dashboard. What is not known is refused, never passed over.</summary>
public static class RuleJson
{
    /// <summary>Longer documents are refused.</summary>
    public const int MostBytes = 1 << 20;

    // A rule takes two levels of JSON, and its leaves a few more.
    const int MostLevels = 64;

    static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly JsonWriterOptions Indented = Compact with { Indented = true };

    /// <summary>The JSON schema of a rule (draft 2020-12).</summary>
    public static string Schema => RuleSchema.Text;

    /// <summary>Reads a rule and checks it.</summary>
    /// <exception cref="ConfigurationException">It is no rule: lists every problem with its JSON path.</exception>
    public static AudienceRule Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MostBytes) throw RuleCheck.Refusal([new($"$: {utf8.Length:N0} bytes; expected at most {MostBytes:N0}.", $"$：规则有 {utf8.Length:N0} 字节，最多 {MostBytes:N0} 字节。")]);
        // Some editors begin a file with a byte order mark.
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MostLevels, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw RuleCheck.Refusal([new($"$: it is no JSON, or nested too deep, or says a member twice: {e.Message}", "$：不是 JSON，或嵌套过深，或成员重复。")]);
        }

        using (document) return new RuleReader().Read(document.RootElement);
    }

    /// <summary>Reads a rule and checks it.</summary>
    /// <exception cref="ConfigurationException">It is no rule: lists every problem with its JSON path.</exception>
    public static AudienceRule Read(string json)
    {
        if (RuleCheck.HasLoneSurrogate(json)) throw RuleCheck.Refusal([new("$: the text is not valid Unicode.", "$：内容不是有效的 Unicode。")]);
        return Read(System.Text.Encoding.UTF8.GetBytes(json));
    }

    /// <summary>A rule that is part of a larger document.</summary>
    internal static AudienceRule Read(JsonElement element) => new RuleReader().Read(element);

    /// <summary>The rule as JSON: what <see cref="Read(string)"/> reads.</summary>
    /// <exception cref="ConfigurationException">The rule cannot be used: lists every problem.</exception>
    public static string Write(AudienceRule rule, bool indented = false)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, indented ? Indented : Compact)) Write(writer, rule);
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    internal static void Write(Utf8JsonWriter writer, AudienceRule rule)
    {
        RuleCheck.Check(rule);
        RuleWriter.Write(writer, rule);
    }
}
