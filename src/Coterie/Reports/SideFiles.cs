using System.Text;
using System.Text.Json;
using Coterie.Clean;
using Coterie.Profiles;

namespace Coterie.Reports;

/// <summary><c>quality.json</c>: what cleaning did.</summary>
public static class QualityFile
{
    public const string Schema = "coterie.quality/1";

    public static void Write(QualityReport quality, string path) => ReportJson.WriteWithSchema(Schema, quality, path);

    public static QualityReport Read(string path) => JsonFile.Read<QualityReport>(path, Schema);
}

/// <summary><c>profiles.json</c>: everything known of each segment.</summary>
public static class ProfilesFile
{
    public const string Schema = "coterie.profiles/1";

    public static void Write(IReadOnlyList<SegmentProfile> segments, string path) =>
        ReportJson.WriteWithSchema(Schema, new Document(segments), path);

    public static IReadOnlyList<SegmentProfile> Read(string path) => JsonFile.Read<Document>(path, Schema).Segments;

    sealed record Document(IReadOnlyList<SegmentProfile> Segments);
}

/// <summary><c>rules.sql</c>: the rules that describe the segments as one statement over features.parquet.</summary>
public static class RulesFile
{
    /// <param name="statement">The SQL, as the profiles give it.</param>
    /// <param name="fidelity">Share of customers whose segment the rules give correctly.</param>
    public static void Write(string statement, double fidelity, string path)
    {
        var header = $"""
            -- Coterie: segments as rules over features.parquet.
            -- The rules give the same segment as the clustering for {fidelity * 100:0.0} % of customers. They describe the segments; segments.csv decides.
            -- Coterie：以 features.parquet 的列写成的分群规则。
            -- 规则与聚类结果一致的客户占 {fidelity * 100:0.0} %。规则用于说明，归属以 segments.csv 为准。

            """;
        File.WriteAllText(path, header.ReplaceLineEndings("\n") + "\n" + statement.ReplaceLineEndings("\n").TrimEnd() + "\n",
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}

static class JsonFile
{
    public static T Read<T>(string path, string schema)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("schema", out var found)
                && found.ValueKind == JsonValueKind.String && found.GetString() == schema)
                return document.RootElement.Deserialize<T>(ReportJson.Options)!;
            throw new InputException($"'{path}' is not a file that this version can read: its schema is not '{schema}'. Run 'coterie segment' again.");
        }
        catch (JsonException e)
        {
            throw new InputException($"'{path}' is not a file that this version can read ({schema}): {e.Message}. Run 'coterie segment' again.", e);
        }
    }
}
