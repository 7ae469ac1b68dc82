using Microsoft.OpenApi;

namespace Coterie.Server.Api;

/// <summary>A parameter as the reference shows it.</summary>
sealed record ReferenceParameter(string Name, string Where, string Type, bool Required, string? Meaning);

/// <summary>A route as the reference shows it.</summary>
sealed record ReferenceRoute(string Id, string Method, string Path, string Summary, string? More, IReadOnlyList<ReferenceParameter> Parameters, string? Body, string? Example, string? Answer, IReadOnlyList<string> Statuses);

/// <summary>A type as the reference shows it.</summary>
sealed record DescribedType(string Name, string? Meaning, IReadOnlyList<ReferenceParameter> Fields);

/// <summary>The API's document in the order and the words of a page for people.</summary>
static class ApiReference
{
    public static IReadOnlyList<IGrouping<string, ReferenceRoute>> Routes(OpenApiDocument document) =>
    [
        .. document.Paths.SelectMany(p => (p.Value.Operations ?? []).Select(o => (Group: p.Key.Split('/').ElementAtOrDefault(3) ?? "", Route: Route(p.Key, o.Key.Method, o.Value))))
            .OrderBy(r => r.Group, StringComparer.Ordinal).GroupBy(r => r.Group, r => r.Route),
    ];

    public static IReadOnlyList<DescribedType> Types(OpenApiDocument document) =>
    [
        .. (document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>()).Where(s => s.Value.Properties is { Count: > 0 }).OrderBy(s => s.Key, StringComparer.Ordinal)
            .Select(s => new DescribedType(s.Key, s.Value.Description, [.. s.Value.Properties!.Select(p => new ReferenceParameter(p.Key, "", TypeOf(p.Value), s.Value.Required?.Contains(p.Key) == true, p.Value.Description))])),
    ];

    static ReferenceRoute Route(string path, string method, OpenApiOperation operation)
    {
        var body = operation.RequestBody?.Content?.Values.FirstOrDefault();
        var good = operation.Responses?.FirstOrDefault(r => r.Key.StartsWith('2')).Value?.Content?.FirstOrDefault();
        var answer = good is not { } g || g.Key is null ? null : g.Key.Contains("json", StringComparison.Ordinal) && g.Value.Schema is { } schema ? TypeOf(schema) : g.Key;
        return new($"{method}{path}".ToLowerInvariant().Replace('/', '-').Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), method.ToUpperInvariant(), path, operation.Summary ?? "", operation.Description,
            [.. (operation.Parameters ?? []).Select(p => new ReferenceParameter(p.Name ?? "", p.In?.ToString().ToLowerInvariant() ?? "", p.Schema is null ? "" : TypeOf(p.Schema), p.Required, p.Description))],
            body?.Schema is null ? null : TypeOf(body.Schema), body?.Example?.ToJsonString(), answer, [.. operation.Responses?.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>()]);
    }

    /// <summary>A type in a few words: text, number, list of …, the name of a type.</summary>
    internal static string TypeOf(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchemaReference { Reference.Id: { } id }) return id;
        if (schema.Enum is { Count: > 0 } words) return string.Join(" | ", words.Select(w => w?.ToString() ?? "null"));
        if (schema.OneOf is { Count: > 0 } some) return string.Join(" or ", some.Where(s => s.Type != JsonSchemaType.Null).Select(TypeOf).Distinct());
        var nothing = schema.Type is { } t && t.HasFlag(JsonSchemaType.Null) ? " or null" : "";
        return (schema.Type & ~JsonSchemaType.Null) switch
        {
            JsonSchemaType.Array => "list of " + (schema.Items is null ? "anything" : TypeOf(schema.Items)),
            JsonSchemaType.Object when schema.AdditionalProperties is { } values => "name to " + TypeOf(values),
            JsonSchemaType.Object => "object",
            JsonSchemaType.Boolean => "true or false",
            JsonSchemaType.Integer or JsonSchemaType.Integer | JsonSchemaType.String => "whole number",
            JsonSchemaType.Number or JsonSchemaType.Number | JsonSchemaType.String => "number",
            JsonSchemaType.String => schema.Format == "date-time" ? "instant" : "text",
            _ => "JSON",
        } + nothing;
    }
}
