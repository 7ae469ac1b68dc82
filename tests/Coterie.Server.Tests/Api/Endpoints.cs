using Coterie.Server.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Api;

/// <summary>A route of the API, as the server has it.</summary>
/// <param name="Pattern">Its address with names in braces.</param>
public sealed record ApiEndpoint(string Method, string Pattern)
{
    public override string ToString() => $"{Method} {Pattern}";

    /// <summary>An address with values for the names.</summary>
    public string Path(Func<string, string> value) => string.Join('/', Pattern.Split('/').Select(p => p.StartsWith('{') ? Uri.EscapeDataString(value(p.Trim('{', '}'))) : p));
}

/// <summary>Every route, and by hand: who may use it, and a body that it takes.</summary>
static class Endpoints
{
    /// <summary>The least role of each route. A new route is added here by hand, so that its role was thought of twice.</summary>
    public static readonly IReadOnlyDictionary<string, Role> Least = new Dictionary<string, Role>
    {
        ["GET /api/v1/me"] = Role.Viewer,
        ["GET /api/v1/people"] = Role.Admin, ["POST /api/v1/people"] = Role.Admin, ["PATCH /api/v1/people/{id:int}"] = Role.Admin,
        ["GET /api/v1/runs"] = Role.Viewer, ["GET /api/v1/runs/latest"] = Role.Viewer, ["GET /api/v1/runs/{id}"] = Role.Viewer, ["GET /api/v1/runs/{id}/report"] = Role.Analyst,
        ["GET /api/v1/segments"] = Role.Viewer, ["GET /api/v1/segments/compare"] = Role.Viewer, ["GET /api/v1/segments/{id}"] = Role.Viewer,
        ["GET /api/v1/segments/{id}/members"] = Role.Analyst, ["GET /api/v1/segments/{id}/members.csv"] = Role.Analyst,
        ["GET /api/v1/customers"] = Role.Analyst, ["GET /api/v1/customers/{id}"] = Role.Analyst, ["GET /api/v1/customers/{id}/explanation"] = Role.Analyst, ["GET /api/v1/customers/{id}/explanation/events"] = Role.Analyst, ["GET /api/v1/customers/{id}/membership"] = Role.Analyst,
        ["GET /api/v1/customers/{id}/events"] = Role.Analyst, ["GET /api/v1/customers/{id}/decisions"] = Role.Analyst, ["GET /api/v1/customers/{id}/recommendations"] = Role.Analyst,
        ["GET /api/v1/audiences"] = Role.Analyst, ["GET /api/v1/audiences/schema"] = Role.Analyst, ["POST /api/v1/audiences/count"] = Role.Analyst, ["POST /api/v1/audiences"] = Role.Operator,
        ["GET /api/v1/audiences/{id}"] = Role.Analyst, ["PUT /api/v1/audiences/{id}"] = Role.Operator, ["DELETE /api/v1/audiences/{id}"] = Role.Operator,
        ["GET /api/v1/audiences/{id}/count"] = Role.Analyst, ["GET /api/v1/audiences/{id}/members"] = Role.Analyst,
        ["GET /api/v1/decisions"] = Role.Viewer, ["GET /api/v1/decisions/{kind}"] = Role.Viewer, ["GET /api/v1/decisions/{kind}/files/{name}"] = Role.Viewer, ["POST /api/v1/decisions/{kind}"] = Role.Analyst,
        ["GET /api/v1/feedback"] = Role.Analyst, ["POST /api/v1/feedback"] = Role.Operator, ["GET /api/v1/feedback/{id}"] = Role.Analyst, ["GET /api/v1/feedback/review"] = Role.Analyst, ["GET /api/v1/feedback/agreement"] = Role.Analyst,
        ["GET /api/v1/jobs"] = Role.Viewer, ["GET /api/v1/jobs/{id:long}"] = Role.Viewer, ["POST /api/v1/jobs"] = Role.Operator, ["POST /api/v1/jobs/{id:long}/cancel"] = Role.Operator,
        ["GET /api/v1/sources"] = Role.Analyst, ["GET /api/v1/sources/{id}"] = Role.Analyst, ["POST /api/v1/sources"] = Role.Admin, ["PATCH /api/v1/sources/{id}"] = Role.Admin,
        ["GET /api/v1/keys"] = Role.Admin, ["POST /api/v1/keys"] = Role.Admin, ["DELETE /api/v1/keys/{id}"] = Role.Admin,
        ["GET /api/v1/quality"] = Role.Viewer, ["GET /api/v1/settings"] = Role.Viewer, ["PUT /api/v1/settings/retention"] = Role.Admin, ["GET /api/v1/erasures"] = Role.Admin,
        ["POST /api/v1/uploads"] = Role.Operator, ["POST /api/v1/customers/{id}/erasure"] = Role.Admin,
        ["GET /api/v1/schedules"] = Role.Viewer, ["GET /api/v1/schedules/{id:int}"] = Role.Viewer, ["POST /api/v1/schedules"] = Role.Operator, ["PATCH /api/v1/schedules/{id:int}"] = Role.Operator, ["DELETE /api/v1/schedules/{id:int}"] = Role.Operator,
        ["GET /api/v1/destinations"] = Role.Operator, ["GET /api/v1/destinations/kinds"] = Role.Operator, ["GET /api/v1/destinations/{id:int}"] = Role.Operator, ["POST /api/v1/destinations"] = Role.Admin,
        ["POST /api/v1/destinations/{id:int}/test"] = Role.Admin, ["POST /api/v1/destinations/{id:int}/sync"] = Role.Operator, ["DELETE /api/v1/destinations/{id:int}"] = Role.Admin,
        ["GET /api/v1/inbox"] = Role.Analyst, ["GET /api/v1/inbox/counts"] = Role.Viewer, ["GET /api/v1/inbox/{id}"] = Role.Analyst, ["POST /api/v1/inbox/{id}/replay"] = Role.Operator, ["POST /api/v1/inbox/replay"] = Role.Operator,
        ["POST /api/v1/inbox/{id}/discard"] = Role.Operator, ["POST /api/v1/inbox/discard"] = Role.Operator,
        ["GET /api/v1/audit"] = Role.Admin, ["GET /api/v1/audit/chain"] = Role.Admin,
    };

    /// <summary>Names of the values that routes have in their addresses.</summary>
    public static string Value(string name) => name switch { "id:long" or "id:int" => "1", "kind" => "value", "name" => "value.csv", _ => "S1" };

    public static IReadOnlyList<ApiEndpoint> All(IServiceProvider services) =>
    [
        .. services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.TrimStart('/').StartsWith("api/v1", StringComparison.Ordinal) == true)
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => new ApiEndpoint(m, "/" + e.RoutePattern.RawText!.Trim('/'))))
            .DistinctBy(e => e.ToString()).OrderBy(e => e.ToString(), StringComparer.Ordinal),
    ];
}
