using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace Coterie.Server.Operations;

/// <summary>What a proxy says of the caller (address, https) is believed only of proxies that were named.</summary>
static class Proxies
{
    /// <exception cref="ConfigurationException">Every address that is none.</exception>
    public static void UseProxies(this WebApplication server, IReadOnlyList<string> proxies)
    {
        if (proxies.Count == 0) return;
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = proxies.Count };
        // By default this machine is believed too; only those that were named are.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        var problems = new List<string>();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address)) forwarded.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network)) forwarded.KnownIPNetworks.Add(network);
            else problems.Add($"--proxy {proxy} is no address (10.0.0.5) and no network (10.0.0.0/24).");
        }

        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
        server.UseForwardedHeaders(forwarded);
        // Whoever came by https comes by https for half a year; only behind a proxy that ends it.
        server.Use((http, next) =>
        {
            if (http.Request.IsHttps) http.Response.Headers.StrictTransportSecurity = "max-age=15552000";
            return next(http);
        });
    }
}
