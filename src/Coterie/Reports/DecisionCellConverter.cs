using System.Text.Json;
using System.Text.Json.Serialization;
using Coterie.Decisions;
using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Reports;

/// <summary>Cells as JSON: a number, null, {"value","low","high"}, {"time"}, or {"en","zh"}.</summary>
sealed class DecisionCellConverter : JsonConverter<DecisionCell>
{
    public override bool HandleNull => true;

    public override DecisionCell Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return DecisionCell.Nothing;
        if (reader.TokenType == JsonTokenType.Number) return reader.GetDouble();
        using var document = JsonDocument.ParseValue(ref reader);
        var cell = document.RootElement;
        if (cell.ValueKind == JsonValueKind.Object)
        {
            if (cell.TryGetProperty("time", out var time)) return time.GetDateTime();
            if (cell.TryGetProperty("value", out _)) return cell.Deserialize<Estimate>(options)!;
            if (cell.TryGetProperty("en", out _)) return cell.Deserialize<Bilingual>(options)!;
        }

        throw new JsonException($"A cell is {cell.GetRawText()}; expected a number, null, an estimate, a time or a text in both languages.");
    }

    public override void Write(Utf8JsonWriter writer, DecisionCell value, JsonSerializerOptions options)
    {
        if (value.Text is { } text) JsonSerializer.Serialize(writer, text, options);
        else if (value.Time is { } time)
        {
            writer.WriteStartObject();
            writer.WriteString("time", time);
            writer.WriteEndObject();
        }
        else if (value.HasInterval) JsonSerializer.Serialize(writer, new Estimate(value.Number, value.Low, value.High), options);
        else JsonSerializer.Serialize(writer, value.Number, options);
    }
}
