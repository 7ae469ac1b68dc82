using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Coterie.Server.Operations;

/// <summary>Sends metrics and traces to an OpenTelemetry collector when its address is set by <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; otherwise nothing is sent and nothing listens.</summary>
static class TelemetryExport
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetryExport(this IServiceCollection services)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint))) return;
        services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("coterie", serviceVersion: CoterieServer.Version))
            .WithMetrics(m => m.AddMeter(Telemetry.Name).AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddOtlpExporter())
            .WithTracing(t => t.AddSource(Telemetry.Name)
                .AddAspNetCoreInstrumentation(o =>
                {
                    o.RecordException = false;
                    // Asked every few seconds by whoever watches over the server.
                    o.Filter = http => http.Request.Path.Value is not ("/health" or "/ready");
                    o.EnrichWithHttpResponse = (activity, response) => Blind(activity, response.HttpContext);
                })
                .AddOtlpExporter());
    }

    // Addresses hold ids of customers, and what was searched for: the route says as much as anybody needs.
    static void Blind(Activity activity, HttpContext http)
    {
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        activity.SetTag("url.path", route is null ? "unknown" : "/" + route.TrimStart('/'));
        activity.SetTag("url.query", null);
        activity.SetTag("user_agent.original", null);
        activity.SetTag("client.address", null);
    }
}
