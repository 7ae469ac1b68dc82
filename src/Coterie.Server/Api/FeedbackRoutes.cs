using System.Text.Json;
using System.Text.Json.Nodes;
using Coterie.Feedback;
using Coterie.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>Feedback: what people asked of the segments, new entries, whom to look at first, and how often reviewers agreed.</summary>
static class FeedbackRoutes
{
    public static void MapFeedback(this RouteGroupBuilder api)
    {
        var feedback = api.MapGroup("/feedback").RequireAuthorization(SignIn.Analyst);
        feedback.MapGet("", (HttpContext http, WorkspaceHost host, Audit audit, string? cursor, int? limit) =>
        {
            var take = Limits.Of(limit);
            var all = FeedbackLog.Open(host.Directory).All.Reverse().ToArray();
            var from = 0;
            if (cursor is not null && (from = Array.FindIndex(all, e => e.Id == cursor) + 1) == 0) throw new ConfigurationException("cursor is not one that a page gave; begin again without one.");
            var some = all.Skip(from).Take(take).ToArray();
            audit.Write(http.Caller(), "feedback.read");
            return new Page<FeedbackEntry>(some, from + take < all.Length ? some[^1].Id : null);
        }).Says("List feedback, newest first", "Withdrawn entries and withdrawals too.");
        feedback.MapPost("", (HttpContext http, WorkspaceHost host, Runs runs, Audit audit, JsonElement body) =>
        {
            var entry = Read(body, http.Caller().Name);
            if (runs.Latest is not { } run) return Asked.NoRun();
            var known = runs.Report(run).Segments.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
            var strange = Segments(entry).Where(s => !known.Contains(s)).ToArray();
            if (strange.Length > 0) throw new ConfigurationException($"Run {run.Id} has no segment '{Asked.Short(strange[0])}'; it has {string.Join(", ", known)}.");
            var written = FeedbackLog.Open(host.Directory).Append(entry);
            audit.Write(http.Caller(), $"feedback.{written.Kind}", entry is CustomerEntry c ? audit.Customer(c.Customer) : $"feedback:{written.Id}", new { written.Id });
            return Results.Created($"/api/v1/feedback/{written.Id}", written);
        }).RequireAuthorization(SignIn.Operator).Accepts<FeedbackEntry>("application/json").Gives<FeedbackEntry>(201).Says("Give feedback",
            "kind: rename, lock, merge, split, pin, move, together, apart, review or withdraw. The next run keeps it. Who said it and when are added here.", """{"kind": "rename", "segment": "S1", "name": {"en": "Regulars", "zh": "常客"}}""");
        feedback.MapGet("/{id}", (WorkspaceHost host, string id) => FeedbackLog.Open(host.Directory).All.FirstOrDefault(e => e.Id == id) is { } entry ? Results.Ok(entry) : Problems.NotFound($"There is no entry '{Asked.Short(id)}'."))
            .Gives<FeedbackEntry>().Says("An entry");
        feedback.MapGet("/review", (HttpContext http, WorkspaceHost host, Runs runs, Audit audit, int? limit) =>
        {
            if (runs.Latest is not { } run) return Asked.NoRun();
            var queue = ReviewQueue.Of(run.Directory, FeedbackLog.Open(host.Directory), Limits.Of(limit, 200));
            audit.Write(http.Caller(), "review.read", $"run:{run.Id}", new { rows = queue.Count });
            return Results.Ok(new Page<ReviewItem>(queue, null));
        }).Gives<Page<ReviewItem>>().Says("Customers to look at first", "Borderline, disputed and valuable customers, unlike each other, that nobody has placed yet.");
        feedback.MapGet("/agreement", (WorkspaceHost host) => ReviewAgreement.Of(FeedbackLog.Open(host.Directory))).Says("How often reviewers agreed with the model", "By month and by segment, with 95 % intervals.");
    }

    /// <summary>An entry as a caller sends it: without id, time and who, which are ours to say.</summary>
    static FeedbackEntry Read(JsonElement body, string who)
    {
        if (body.ValueKind != JsonValueKind.Object) throw new ConfigurationException("The body is not a JSON object; expected an entry of feedback with a 'kind'.");
        foreach (var ours in new[] { "who", "id", "time" })
            if (body.TryGetProperty(ours, out _)) throw new ConfigurationException($"'{ours}' is not for callers to say.");
        try
        {
            var entry = JsonObject.Create(body)!;
            entry["who"] = string.IsNullOrWhiteSpace(who) ? "API" : who;
            return entry.Deserialize<FeedbackEntry>(FeedbackOptions) ?? throw new ConfigurationException("The body is null.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new ConfigurationException("The body has a text that is not valid Unicode: half of a surrogate pair.");
        }
        catch (NotSupportedException)
        {
            throw new ConfigurationException("'kind' is missing; expected rename, lock, merge, split, pin, move, together, apart, review or withdraw.");
        }
    }

    static readonly JsonSerializerOptions FeedbackOptions = new(ApiJson.Options) { AllowOutOfOrderMetadataProperties = true };

    static IEnumerable<string> Segments(FeedbackEntry entry) => entry switch
    {
        RenameSegment e => [e.Segment],
        LockSegment e => [e.Segment],
        MergeSegments e => e.Segments,
        SplitSegment e => [e.Segment],
        PinCustomer e => [e.Segment],
        MoveCustomer e => [e.Segment],
        ReviewCustomer e => e.Chosen is null ? [e.Segment] : [e.Segment, e.Chosen],
        _ => [],
    };
}
