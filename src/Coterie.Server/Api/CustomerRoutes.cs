using Coterie.Profiles;
using Coterie.Server.Access;
using Coterie.Server.Customers;
using Coterie.Server.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>What decisions say of one customer: for each kind the rows of its tables that are about the customer, as text under the table's column names.</summary>
/// <param name="Made">When the decision was made.</param>
/// <param name="Run">The run that it came with; null for a job of its own.</param>
sealed record CustomerDecision(string Kind, DateTime Made, string? Run, IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>> Tables);

/// <summary>What decisions say of one customer.</summary>
sealed record CustomerDecisions(string Customer, IReadOnlyList<CustomerDecision> Decisions);

/// <summary>What single events say of a customer's segment.</summary>
/// <param name="Run">Whose segment.</param>
/// <param name="Events">Of the newest sixty-four up to the run's instant, those of greatest weight first; none where the order of events had no part in the segments.</param>
sealed record EventReasonsAnswer(string Run, string Customer, IReadOnlyList<EventReason> Events);

/// <summary>One customer: search, profile, explanation, membership now, timeline, and what decisions say. Each look is written to the audit log, where the customer stands under a pseudonym.</summary>
static class CustomerRoutes
{
    public static void MapCustomers(this RouteGroupBuilder api)
    {
        var customers = api.MapGroup("/customers").RequireAuthorization(SignIn.Analyst);
        customers.MapGet("", (HttpContext http, Runs runs, RunMembers members, Audit audit, string? run, string? segment, string? order, bool? descending, string? prefix, string? cursor, int? limit) =>
        {
            if (runs.Run(run, out var problem) is not { } r) return problem!;
            if (segment is not null && !members.Has(r, segment)) return Problems.NotFound($"Run {r.Id} has no segment '{Asked.Short(segment)}'.");
            var page = members.Page(r, segment, order, descending, prefix, cursor, limit);
            audit.Write(http.Caller(), "customers.read", null, new { run = r.Id, segment, rows = page.Items.Count });
            return Results.Ok(page);
        }).Gives<MembersAnswer>().Says("Search customers", "prefix: the beginning of an id, upper and lower case apart. order: customer, confidence, spend or recency.");
        customers.MapGet("/{id}", (HttpContext http, Runs runs, OpenedRuns opened, Audit audit, string id, string? run) =>
            About(http, runs, opened, audit, run, id, "customer.read", "", (f, c) => f.Profile(c))).Gives<CustomerProfile>().Says("Everything a run knows of a customer", "Segment, confidence, and each feature with the share of customers below it. A slash in an id is sent as %2F.");
        customers.MapGet("/{id}/explanation", (HttpContext http, Runs runs, OpenedRuns opened, Audit audit, string id, string? run) =>
            About(http, runs, opened, audit, run, id, "customer.explain", "-e", (f, c) => f.Explain(c))).Gives<Explanation>().Says("Why a customer is in this segment", "Facts for and against, against the second-best segment; their weights add up to the margin.");
        customers.MapGet("/{id}/explanation/events", async (HttpContext http, Runs runs, OpenedRuns opened, EventWeights weights, Audit audit, string id, string? run) =>
        {
            if (runs.Run(run, out var problem) is not { } r) return problem!;
            var customer = Asked.Customer(id);
            if (opened.Ask(r, i => i.Of(customer)) is null) return Unknown();
            audit.Write(http.Caller(), "customer.explain", audit.Customer(customer), new { run = r.Id });
            return Results.Ok(new EventReasonsAnswer(r.Id, customer, await weights.Of(r, customer, http.RequestAborted)));
        }).Gives<EventReasonsAnswer>().Says("Which events speak for this segment", "By how much the logarithm of the odds of the segment against the second best falls when an event is left out: above 0 speaks for the segment.");
        customers.MapGet("/{id}/membership", (HttpContext http, LiveMembership live, Audit audit, string id) =>
        {
            var customer = Asked.Customer(id);
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            var found = live.Of(customer);
            Operations.Telemetry.LookedUp(began);
            if (found is { } answer)
            {
                audit.Write(http.Caller(), "customer.membership", audit.Customer(customer));
                http.Response.Headers.CacheControl = "no-store";
                return Results.Ok(answer);
            }

            return live.Members is null ? Asked.NoRun() : Unknown();
        }).Gives<LiveAnswer>().Says("Where a customer belongs now", "The newest run's answer, or a newer one that counts events since then; pending says that events have come that it does not know yet.");
        customers.MapGet("/{id}/events", (HttpContext http, CustomerStore store, Audit audit, string id, string? cursor, int? limit) =>
        {
            var customer = Asked.Customer(id);
            var page = store.Events(customer, cursor, Limits.Of(limit), http.RequestAborted);
            if (page.Events.Count == 0 && cursor is null) return Unknown();
            audit.Write(http.Caller(), "customer.timeline", audit.Customer(customer));
            return Results.Ok(new Page<TimelineEvent>([.. page.Events.Select(TimelineEvent.Of)], page.Next));
        }).Gives<Page<TimelineEvent>>().Says("A customer's events, newest first", "Clean events of the workspace under the resolved id. Events that were received and not loaded yet are not among them.");
        customers.MapGet("/{id}/decisions", (HttpContext http, CustomerTables tables, Audit audit, string id, string? kind) =>
        {
            if (kind is not null && !DecisionShelf.Kinds.Contains(kind)) return Problems.NotFound($"There is no decision '{Asked.Short(kind)}'; there are {string.Join(", ", DecisionShelf.Kinds)}.");
            var customer = Asked.Customer(id);
            var found = tables.Of(customer, kind, http.RequestAborted);
            if (found.Count == 0) return Problems.NotFound("No decision that was made says anything of this customer.");
            audit.Write(http.Caller(), "customer.decisions", audit.Customer(customer));
            return Results.Ok(new CustomerDecisions(customer, found));
        }).Gives<CustomerDecisions>().Says("What decisions say of a customer", "Value, churn, lifecycle and recommendations, from the newest decision of each kind; kind asks for one.");
        customers.MapGet("/{id}/recommendations", (HttpContext http, CustomerTables tables, Audit audit, string id) =>
        {
            var customer = Asked.Customer(id);
            if (tables.Of(customer, "recommend", http.RequestAborted) is not [{ } found]) return Problems.NotFound("There are no recommendations for this customer: none were made yet, the customer refused them, or nobody knows the customer.");
            audit.Write(http.Caller(), "customer.decisions", audit.Customer(customer));
            return Results.Ok(found);
        }).Gives<CustomerDecision>().Says("Recommendations for a customer");
    }

    static async Task<IResult> About<T>(HttpContext http, Runs runs, OpenedRuns opened, Audit audit, string? run, string id, string action, string mark, Func<FormerRun, string, T> ask)
    {
        if (runs.Run(run, out var problem) is not { } r) return problem!;
        var customer = Asked.Customer(id);
        var former = await opened.Whole(r).WaitAsync(http.RequestAborted);
        if (!former.Knows(customer)) return Unknown();
        audit.Write(http.Caller(), action, audit.Customer(customer), new { run = r.Id });
        return http.Tagged($"{RunRoutes.Tag(r)}{mark}", () => ask(former, customer));
    }

    static IResult Unknown() => Problems.NotFound("Nobody knows this customer.");
}
