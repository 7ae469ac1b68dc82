using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Server.Api;

/// <summary>What the API needs, and the order in which a request passes it.</summary>
static class ApiServices
{
    public static void AddApi(this IServiceCollection services)
    {
        services.AddSingleton<Idempotency>();
        services.AddSingleton<RunMembers>();
        services.AddSingleton<CustomerTables>();
        services.AddSingleton<Audiences.AudienceDesk>();
        // A body that cannot be read is told why, and not only that.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddRateLimits();
        services.AddRequestTimeouts();
        services.AddApiDocument();
    }

    /// <summary>After routing: who calls, whether they call too often, whether they may, and what the API asks of every request.</summary>
    public static void UseAccess(this WebApplication server)
    {
        server.UseRequestTimeouts();
        server.UseAuthentication();
        // Before the roles are looked at, so that wrong keys are limited too.
        server.UseRateLimiter();
        server.UseAuthorization();
        server.UseApiGate();
    }
}
