using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Collector;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>A refused event as it was sent.</summary>
sealed record InboxAnswer(InboxItem Item, JsonElement Event);

/// <summary>Which refused events are meant, and how they are mended.</summary>
/// <param name="Source">Null: of every source.</param>
/// <param name="Code">Null: for every reason.</param>
/// <param name="Fix">received_time: without a timestamp that cannot be read.</param>
sealed record InboxChoice(string? Source = null, string? Code = null, InboxFix Fix = InboxFix.None);

/// <summary>How many events were put away.</summary>
sealed record InboxDiscarded(int Discarded);

/// <summary>The inbox of refused events: read, judge again, put away.</summary>
static class InboxRoutes
{
    public static void MapInbox(this RouteGroupBuilder api)
    {
        var inbox = api.MapGroup("/inbox");
        inbox.MapGet("", (Inbox all, string? source, string? code, string? state, string? cursor, int? limit) =>
        {
            var page = all.Read(new InboxQuery { Source = source, Code = code, State = Asked.Word<InboxState>("state", state) ?? InboxState.Waiting, Before = cursor, Take = Limits.Of(limit) });
            return new Page<InboxItem>(page.Items, page.Next);
        }).RequireAuthorization(SignIn.Analyst).Says("List refused events, newest first", "Without their content. state: waiting, replayed or discarded.");
        inbox.MapGet("/counts", (Inbox all) => new Page<InboxCount>(all.Counts(), null)).Says("Refused events that wait, by source and reason");
        inbox.MapGet("/{id}", (HttpContext http, Inbox all, Audit audit, string id) =>
        {
            if (all.Of(id) is not { } found) return Nothing(id);
            audit.Write(http.Caller(), "inbox.read", $"inbox:{id}");
            return Results.Ok(new InboxAnswer(found.Item, JsonElement.Parse(found.Event)));
        }).RequireAuthorization(SignIn.Analyst).Gives<InboxAnswer>().Says("A refused event as it was sent");
        inbox.MapPost("/{id}/replay", async (HttpContext http, Inbox all, Audit audit, string id) =>
        {
            if (all.Of(id) is null) return Nothing(id);
            var result = await all.Replay(id, http.Caller());
            audit.Write(http.Caller(), "inbox.replay", $"inbox:{id}", new { result.Taken, result.Refused });
            return Results.Ok(result);
        }).RequireAuthorization(SignIn.Operator).Gives<InboxReplay>().Says("Judge a refused event again", "Under the same message id: twice is the same as once.");
        inbox.MapPost("/replay", async (HttpContext http, Inbox all, Audit audit, InboxChoice choice) =>
        {
            var result = await all.ReplayAll(choice.Source, choice.Code, choice.Fix, http.Caller());
            audit.Write(http.Caller(), "inbox.replay", null, new { choice.Source, choice.Code, result.Taken, result.Refused });
            return Results.Ok(result);
        }).RequireAuthorization(SignIn.Operator).Gives<InboxReplay>().Says("Judge refused events again", $"The newest that wait and fit, {Inbox.MostAtOnce:N0} at most.", """{"code": "bad_timestamp", "fix": "received_time"}""");
        inbox.MapPost("/{id}/discard", (HttpContext http, Inbox all, Audit audit, string id) =>
        {
            if (all.Of(id) is null) return Nothing(id);
            all.Discard(id, http.Caller());
            audit.Write(http.Caller(), "inbox.discard", $"inbox:{id}");
            return Results.Ok(new InboxDiscarded(1));
        }).RequireAuthorization(SignIn.Operator).Gives<InboxDiscarded>().Says("Put a refused event away", "It waits no more; the files keep it until their time is over.");
        inbox.MapPost("/discard", (HttpContext http, Inbox all, Audit audit, InboxChoice choice) =>
        {
            var count = all.DiscardAll(choice.Source, choice.Code, http.Caller());
            audit.Write(http.Caller(), "inbox.discard", null, new { choice.Source, choice.Code, count });
            return Results.Ok(new InboxDiscarded(count));
        }).RequireAuthorization(SignIn.Operator).Gives<InboxDiscarded>().Says("Put away every refused event that waits and fits", null, """{"code": "no_customer"}""");
    }

    static IResult Nothing(string id) => Problems.NotFound($"The inbox has no event '{Asked.Short(id)}'.");
}
