using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Coterie.Server.Api;

/// <summary>What the API's document says of a route beside its types.</summary>
/// <param name="Example">A body to send, as JSON; null where there is none.</param>
sealed record ApiWords(string Summary, string? More, string? Example);

/// <summary>Short ways to describe routes.</summary>
static class Described
{
    /// <param name="summary">A few words.</param>
    /// <param name="more">A sentence or two more.</param>
    /// <param name="example">A body to send, as JSON.</param>
    public static RouteHandlerBuilder Says(this RouteHandlerBuilder route, string summary, string? more = null, string? example = null) => route.WithMetadata(new ApiWords(summary, more, example));

    /// <summary>What it answers when all is well.</summary>
    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, int status = 200) => route.Produces<T>(status, "application/json");

    /// <summary>It answers a file of another kind than JSON.</summary>
    public static RouteHandlerBuilder GivesFile(this RouteHandlerBuilder route, string type) => route.Produces(200, contentType: type);
}
