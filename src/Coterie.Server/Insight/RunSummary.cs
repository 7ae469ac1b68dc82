using System.Text.Json;
using Coterie.Profiles;

namespace Coterie.Server.Insight;

/// <summary>A segment in a list of runs.</summary>
sealed record SummarySegment(string Id, Bilingual Name, int Size);

/// <summary>What a list of runs shows of each: read from report.json without building the whole report.</summary>
sealed record RunSummary(DateTime AsOf, int Customers, IReadOnlyList<SummarySegment> Segments, bool NoStructure, string? AgainstRfm, string Seed, string Version)
{
    /// <exception cref="InputException">The report is damaged.</exception>
    public static RunSummary Read(string run)
    {
        var file = Path.Combine(run, "report.json");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement;
            var validity = root.GetProperty("validity");
            return new RunSummary(
                root.GetProperty("as_of").GetDateTime(),
                root.GetProperty("customers").GetInt32(),
                [.. root.GetProperty("segments").EnumerateArray().Select(s => new SummarySegment(s.GetProperty("id").GetString()!, Text(s.GetProperty("name")), s.GetProperty("size").GetInt32()))],
                root.GetProperty("search").GetProperty("no_structure").GetBoolean(),
                validity.ValueKind == JsonValueKind.Object ? validity.GetProperty("against_rfm").GetString() : null,
                root.GetProperty("seed").GetRawText(),
                root.GetProperty("version").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InputException($"'{file}' is not a report that this version can read: {e.Message} Run segment again.", e);
        }
    }

    static Bilingual Text(JsonElement text) => new(text.GetProperty("en").GetString()!, text.GetProperty("zh").GetString()!);
}
