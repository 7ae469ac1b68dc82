using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Coterie.Server.Access;
using Coterie.Server.Collector;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Server.Api;

/// <summary>How many requests a caller may make: a token bucket for each API key, each person, and each address of callers who are not known. The collector counts events instead
/// (<see cref="SourceLimits"/>).</summary>
static class RateLimits
{
    /// <summary>Requests a second of a person at a browser, in the long run.</summary>
    const int PerPerson = 50;
    /// <summary>Requests a second of an address that nobody known calls from: pages with their scripts, and a proxy's checks.</summary>
    const int PerAddress = 50;
    /// <summary>Attempts to sign in or set up that an address has at once, and the seconds until it has another.</summary>
    const int SignIns = 30, SecondsPerSignIn = 2;

    public static void AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(o =>
    {
        o.RejectionStatusCode = 429;
        o.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition);
        o.OnRejected = async (context, _) =>
        {
            var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
            context.HttpContext.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            await Problems.Of(429, "too_many_requests", $"Too many requests; wait {wait} s.").ExecuteAsync(context.HttpContext);
        };
    });

    static RateLimitPartition<string> Partition(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<CountsEvents>() is not null) return RateLimitPartition.GetNoLimiter("collector");
        if (http.User.FindFirstValue(SignIn.RateClaim) is { } rate && SignIn.CallerOf(http.User) is { } key) return Bucket(key.Who, int.Parse(rate, CultureInfo.InvariantCulture));
        if (SignIn.CallerOf(http.User) is { } person) return Bucket(person.Who, PerPerson);
        var address = Network(http.Connection.RemoteIpAddress);
        return HttpMethods.IsPost(http.Request.Method) && (http.Request.Path.StartsWithSegments("/do/signin") || http.Request.Path.StartsWithSegments("/do/setup") || http.Request.Path.StartsWithSegments("/do/invite"))
            ? RateLimitPartition.GetTokenBucketLimiter("signin:" + address, _ => new()
            {
                TokenLimit = SignIns, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(SecondsPerSignIn), AutoReplenishment = false,
            })
            : Bucket("address:" + address, PerAddress, burst: 4);
    }

    // A tenth of a second is how often buckets are filled; slow rates fill by one token at a time.
    static RateLimitPartition<string> Bucket(string who, int perSecond, int burst = 2) => RateLimitPartition.GetTokenBucketLimiter($"{who}:{perSecond}", _ => new()
    {
        TokenLimit = burst * perSecond,
        TokensPerPeriod = Math.Max(1, perSecond / 10),
        ReplenishmentPeriod = perSecond >= 10 ? TimeSpan.FromSeconds(Math.Max(1, perSecond / 10) / (double)perSecond) : TimeSpan.FromSeconds(1.0 / perSecond),
        AutoReplenishment = false,
    });

    /// <summary>Who is counted together: an address, or the network of 64 bits that one customer of a provider has all of.</summary>
    internal static string Network(IPAddress? address)
    {
        if (address is null) return "none";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes) + "/64";
    }
}
