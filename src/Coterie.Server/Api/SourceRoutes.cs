using Coterie.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>A source of events. Its write key is not kept.</summary>
/// <param name="EventsPerSecond">In the long run; null: no limit.</param>
sealed record SourceAnswer(string Id, string Name, DateTime Created, bool Enabled, int? EventsPerSecond)
{
    public static SourceAnswer Of(EventSource s) => new(s.Id, s.Name, s.Created, s.Enabled, s.EventsPerSecond);
}

/// <summary>A source just made; its write key is shown this once.</summary>
sealed record SourceMade(SourceAnswer Source, string WriteKey);

/// <summary>A source to make.</summary>
sealed record SourceRequest(string Name);

/// <summary>What to change of a source; what is left out stays. A limit of 0 takes the limit away.</summary>
sealed record SourceChange(string? Name = null, bool? Enabled = null, int? EventsPerSecond = null);

/// <summary>Sources: list, make, change.</summary>
static class SourceRoutes
{
    public static void MapSources(this RouteGroupBuilder api)
    {
        api.MapGet("/sources", (Sources sources) => new Page<SourceAnswer>([.. sources.All.Select(SourceAnswer.Of)], null)).RequireAuthorization(SignIn.Analyst).Says("List sources");
        api.MapGet("/sources/{id}", (HttpContext http, Sources sources, string id) => Find(sources, id) is { } s ? http.Tagged(SourceAnswer.Of(s)) : Nothing(id))
            .RequireAuthorization(SignIn.Analyst).Gives<SourceAnswer>().Says("A source");
        api.MapPost("/sources", (HttpContext http, Sources sources, Audit audit, SourceRequest request) =>
        {
            var made = sources.Add(request.Name);
            audit.Write(http.Caller(), "source.add", $"source:{made.Source.Id}", new { made.Source.Name });
            return Results.Created($"/api/v1/sources/{made.Source.Id}", new SourceMade(SourceAnswer.Of(made.Source), made.Key));
        }).RequireAuthorization(SignIn.Admin).Gives<SourceMade>(201).Says("Make a source", "The answer holds its write key, which is shown this once.", """{"name": "Web shop"}""");
        api.MapPatch("/sources/{id}", (HttpContext http, Sources sources, Audit audit, string id, SourceChange change) =>
        {
            if (Find(sources, id) is not { } now) return Nothing(id);
            if (http.Raced(SourceAnswer.Of(now)) is { } raced) return raced;
            var changed = sources.Set(id, change.Name, change.Enabled, change.EventsPerSecond);
            audit.Write(http.Caller(), "source.change", $"source:{id}", change);
            return http.Tagged(SourceAnswer.Of(changed));
        }).RequireAuthorization(SignIn.Admin).Gives<SourceAnswer>().Says("Rename, switch or limit a source", "What is left out stays as it is; a limit of 0 takes the limit away.", """{"enabled": false}""");
    }

    static EventSource? Find(Sources sources, string id) => sources.All.FirstOrDefault(s => s.Id == id);

    static IResult Nothing(string id) => Problems.NotFound($"There is no source '{Asked.Short(id)}'.");
}
