using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coterie.Server.Operations;

/// <summary>How the server ends: nothing new is taken, requests that are being answered end, what waits for the disk is written, jobs go back into the queue.</summary>
static class GracefulStop
{
    /// <summary>Who has not sent the whole of a request by then is cut off. Managers of services wait longer than that before they kill (systemd: 90 seconds, containers: 10).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    public static void AddGracefulStop(this IServiceCollection services) =>
        // All at once: jobs go back while requests end, whoever holds those up.
        services.Configure<HostOptions>(o => (o.ShutdownTimeout, o.ServicesStopConcurrently) = (Patience, true));
}
