using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Coterie.Reports;

/// <summary>Reads and writes <c>report.json</c>: <see cref="RunReport"/> in snake_case, indented, LF, numbers in their shortest exact form.</summary>
/// <remarks>Numbers that are not finite become null and come back as NaN. Dictionaries and sets are written in ordinal order of their
/// keys, so that equal reports are equal bytes whatever collection held them.</remarks>
public static class ReportJson
{
    /// <summary>What <see cref="RunReport.Schema"/> starts with, whatever the version.</summary>
    public const string SchemaPrefix = "coterie.report/";

    internal static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        // Chinese stays readable; < > & ' " stay escaped.
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters =
        {
            new FiniteNumberConverter(),
            new DecisionCellConverter(),
            new SortedDictionaryConverter<long>(),
            new SortedDictionaryConverter<double>(),
            new SortedDictionaryConverter<string>(),
            new SortedDictionaryConverter<Evaluation.ValidityMetrics>(),
            new SortedSetConverter(),
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower),
        },
    };

    public static void Write(RunReport report, string path) => Write(JsonSerializer.SerializeToUtf8Bytes(report, Options), path);

    /// <summary>The report as one JSON document.</summary>
    public static string Text(RunReport report) => JsonSerializer.Serialize(report, Options);

    public static RunReport Read(string path)
    {
        try
        {
            var report = JsonSerializer.Deserialize<RunReport>(File.ReadAllBytes(path), Options);
            return report is not null && report.Schema.StartsWith(SchemaPrefix, StringComparison.Ordinal)
                ? report
                : throw new InputException(NotAReport(path, $"its schema is '{report?.Schema}'"));
        }
        catch (JsonException e)
        {
            throw new InputException(NotAReport(path, e.Message), e);
        }
    }

    /// <summary>A document with its schema's name as the first key.</summary>
    internal static void WriteWithSchema<T>(string schema, T value, string path)
    {
        var document = new JsonObject { ["schema"] = schema };
        foreach (var (key, node) in JsonSerializer.SerializeToNode(value, Options)!.AsObject())
            document[key] = node?.DeepClone();
        Write(JsonSerializer.SerializeToUtf8Bytes(document, Options), path);
    }

    static void Write(byte[] json, string path)
    {
        using var file = File.Create(path);
        file.Write(json);
        file.WriteByte((byte)'\n');
    }

    static string NotAReport(string path, string found) =>
        $"'{path}' is not a report that this version can read: {found}. Expected report.json as written by 'coterie segment'; run that again.";
}

/// <summary>JSON has no NaN and no infinity: they are written as null, and null is read as NaN.</summary>
sealed class FiniteNumberConverter : JsonConverter<double>
{
    public override bool HandleNull => true;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteNullValue();
    }
}

/// <summary>Dictionaries with text keys, in ordinal order of keys. Keys are data (rules, stages, names) and keep their spelling.</summary>
sealed class SortedDictionaryConverter<T> : JsonConverter<IReadOnlyDictionary<string, T>>
{
    public override IReadOnlyDictionary<string, T>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<Dictionary<string, T>>(ref reader, options);

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, T> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, item) in value.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(key);
            JsonSerializer.Serialize(writer, item, options);
        }

        writer.WriteEndObject();
    }
}

/// <summary>Sets of texts, in ordinal order.</summary>
sealed class SortedSetConverter : JsonConverter<IReadOnlySet<string>>
{
    public override IReadOnlySet<string>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<string[]>(ref reader, options) is { } items ? new SortedSet<string>(items, StringComparer.Ordinal) : null;

    public override void Write(Utf8JsonWriter writer, IReadOnlySet<string> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Order(StringComparer.Ordinal).ToArray(), options);
}
