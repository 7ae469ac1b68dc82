using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Coterie.Feedback;

/// <summary>A line of <c>feedback.jsonl</c>: an entry as JSON in snake_case whose <c>kind</c> says which record it is.</summary>
static class FeedbackJson
{
    static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        AllowOutOfOrderMetadataProperties = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        MaxDepth = 8,
    };

    static readonly JsonSerializerOptions Indented = new(Json) { WriteIndented = true, NewLine = "\n" };

    internal static byte[] Line(FeedbackEntry entry) => [.. JsonSerializer.SerializeToUtf8Bytes(entry, Json), (byte)'\n'];

    /// <summary>One document that holds them all, for programs.</summary>
    internal static string Document(IEnumerable<FeedbackEntry> entries) =>
        JsonSerializer.Serialize(entries, Indented);

    /// <summary>Reads a file of entries; lines without text are passed over.</summary>
    /// <exception cref="InputException">A line cannot be read; says which, why, and what to do.</exception>
    internal static List<FeedbackEntry> Read(string path)
    {
        var entries = new List<FeedbackEntry>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var entry = One(path, number, line);
            if (!seen.TryAdd(entry.Id, number)) throw Damaged(path, number, $"the id {entry.Id} stands on line {seen[entry.Id]} already");
            entries.Add(entry);
        }

        return entries;
    }

    static FeedbackEntry One(string path, int number, string line)
    {
        try
        {
            var entry = JsonSerializer.Deserialize<FeedbackEntry>(line, Json) ?? throw Damaged(path, number, "it is null");
            if (entry.Time.Kind == DateTimeKind.Local) entry = entry with { Time = entry.Time.ToUniversalTime() };
            var problems = entry.Problems().Select(p => p.En).ToList();
            if (entry.Id.Length == 0) problems.Add("id is missing");
            if (entry.Time == default) problems.Add("time is missing");
            return problems.Count == 0 ? entry : throw Damaged(path, number, string.Join("; ", problems));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Damaged(path, number, e.Message.Split(" Path:")[0].TrimEnd('.'));
        }
    }

    static InputException Damaged(string path, int line, string found) =>
        new($"'{path}', line {line}: {found}. Expected one entry of feedback as JSON (docs/methods/feedback.md shows each kind). Mend or remove that line.");
}
