using System.Text.Json;
using System.Text.Json.Serialization;
using Coterie.Reports;

namespace Coterie.Server.Api;

/// <summary>How the API writes and reads JSON: snake_case, no unknown members, no numbers that are none.</summary>
static class ApiJson
{
    public static readonly JsonSerializerOptions Options = Set(new());

    public static JsonSerializerOptions Set(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = 32;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        // Results have numbers that are none (nothing to measure): they are null.
        options.Converters.Add(new FiniteNumberConverter());
        options.Converters.Add(new DecisionCellConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        return options;
    }
}
