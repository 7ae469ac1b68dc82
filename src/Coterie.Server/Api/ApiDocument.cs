using System.Text.Json.Nodes;
using Coterie.Server.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Coterie.Server.Api;

/// <summary>The API's own description: OpenAPI 3.1 at /api/openapi.json, made from the routes, so that it cannot fall behind them.</summary>
static class ApiDocument
{
    public const string Name = "v1";
    const string KeyScheme = "key", Problem = "Problem";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, o =>
    {
        o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        o.ShouldInclude = d => d.RelativePath?.StartsWith("api/v1", StringComparison.Ordinal) == true;
        o.AddDocumentTransformer((document, _, _) =>
        {
            Whole(document);
            return Task.CompletedTask;
        });
        o.AddOperationTransformer((operation, context, _) =>
        {
            Operation(operation, context);
            return Task.CompletedTask;
        });
        o.AddSchemaTransformer((schema, context, _) =>
        {
            // Numbers are written by a converter of ours, which the schema's maker cannot look into.
            var type = context.JsonTypeInfo.Type;
            if (type == typeof(double)) schema.Type = JsonSchemaType.Number | JsonSchemaType.Null;
            else if (type == typeof(double?)) schema.Type = JsonSchemaType.Number | JsonSchemaType.Null;
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this IEndpointRouteBuilder server) => server.MapOpenApi("/api/openapi.json").AllowAnonymous();

    static void Whole(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Coterie",
            Version = CoterieServer.Version,
            Description = "Segments, their members, decisions, audiences, feedback and administration of one workspace. Errors are problem+json with a 'code'; lists come in pages with a 'next' cursor; "
                + "GETs carry an ETag; a POST with an Idempotency-Key is done once; too many requests answer 429 with Retry-After.",
        };
        // Addresses are relative: the document is the same behind every proxy.
        document.Servers = [new OpenApiServer { Url = "/" }];
        // Not by the assembly, but by what they are about.
        document.Tags = document.Paths.Keys.Select(p => p.Split('/').ElementAtOrDefault(3) ?? "api").Distinct(StringComparer.Ordinal).Select(t => new OpenApiTag { Name = t }).ToHashSet();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key: Authorization: Bearer KEY." };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[Problem] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "RFC 9457.",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("What kind of problem, as a link."),
                ["title"] = Text("The status in words."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = Text("What was found, what was expected, and the cure."),
                ["code"] = Text("A word for programs."),
                ["problems"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String }, Description = "One by one, where there are several." },
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
    }

    static void Operation(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var words = metadata.OfType<ApiWords>().LastOrDefault();
        var role = metadata.OfType<IAuthorizeData>().Select(a => a.Policy).OfType<string>().LastOrDefault() ?? SignIn.Viewer;
        operation.Summary = words?.Summary;
        operation.Description = $"{words?.More}{(words?.More is null ? "" : " ")}Takes the role {role}.";
        operation.Tags = new HashSet<OpenApiTagReference> { new((context.Description.RelativePath ?? "").Split('/').ElementAtOrDefault(2) ?? "api", context.Document) };
        if (words?.Example is { } example && operation.RequestBody?.Content is { } content)
            foreach (var media in content.Values) media.Example = JsonNode.Parse(example);
        if (HttpMethods(context, "POST"))
            (operation.Parameters ??= []).Add(new OpenApiParameter { Name = Idempotency.Header, In = ParameterLocation.Header, Description = "1 to 200 visible characters; the same request sent twice under it is done once.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        if (HttpMethods(context, "PUT") || HttpMethods(context, "PATCH"))
            (operation.Parameters ??= []).Add(new OpenApiParameter { Name = "If-Match", In = ParameterLocation.Header, Description = "The ETag that was read: a change of something that has changed since is refused with 412.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        operation.Responses ??= [];
        foreach (var (status, why) in Failures(operation, context))
            operation.Responses.TryAdd(status, new OpenApiResponse
            {
                Description = why,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, context.Document) } },
            });
    }

    static IEnumerable<(string Status, string Why)> Failures(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        if (operation.Parameters is { Count: > 0 } || operation.RequestBody is not null) yield return ("400", "Something that was sent has the wrong form.");
        yield return ("401", "No API key in force.");
        yield return ("403", "The key's role may not do this.");
        if ((context.Description.RelativePath ?? "").Contains('{')) yield return ("404", "There is nothing of this id.");
        if (HttpMethods(context, "POST")) yield return ("409", "It cannot be done now.");
        if (HttpMethods(context, "PUT") || HttpMethods(context, "PATCH") || HttpMethods(context, "DELETE")) yield return ("412", "It has changed since it was read.");
        if (operation.RequestBody is not null) yield return ("422", "It can be read and cannot be used.");
        yield return ("429", "Too many requests; Retry-After says how long to wait.");
    }

    static bool HttpMethods(OpenApiOperationTransformerContext context, string method) => string.Equals(context.Description.HttpMethod, method, StringComparison.OrdinalIgnoreCase);

    static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
