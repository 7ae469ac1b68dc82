using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Live;

/// <summary>Membership over HTTP.</summary>
public static class LiveRoutes
{
    static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        // Segments' names are also Chinese; JSON is no HTML.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>GET /api/v1/customers/{id}/membership: where a customer belongs now.</summary>
    public static void MapLive(this IEndpointRouteBuilder routes, LiveMembership live) => routes.MapGet("/api/v1/customers/{id}/membership", (string id) =>
        live.Of(id) is { } answer ? Results.Json(answer, Json)
        : live.Members is null ? Results.Problem("There is no run in this workspace yet: segment its customers first.", statusCode: 409, title: "No run yet", type: "about:blank")
        : Results.Problem("Neither the newest run nor an event since then knows this customer.", statusCode: 404, title: "Unknown customer", type: "about:blank"));
}
