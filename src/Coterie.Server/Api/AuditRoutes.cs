using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>An entry of the audit log.</summary>
/// <param name="Subject">Customers stand here under a pseudonym.</param>
sealed record AuditAnswer(long Id, DateTime Time, string Who, string Name, string Action, string? Subject, JsonElement? Detail, string Hash);

/// <summary>Whether every entry follows from the one before it.</summary>
sealed record AuditChain(bool Whole, long? FirstBroken);

/// <summary>The audit log.</summary>
static class AuditRoutes
{
    public static void MapAudit(this RouteGroupBuilder api)
    {
        var log = api.MapGroup("/audit").RequireAuthorization(SignIn.Admin);
        log.MapGet("", (Audit audit, string? who, string? action, string? subject, string? customer, long? cursor, int? limit) =>
        {
            if (subject is not null && customer is not null) throw new ConfigurationException("subject and customer are both given; name one of them.");
            var take = Limits.Of(limit, 499);
            var rows = audit.Read(new AuditQuery { Who = who, Action = action, Subject = customer is null ? subject : audit.Customer(customer), Before = cursor, Take = take + 1 });
            return new Page<AuditAnswer>([.. rows.Take(take).Select(Of)], rows.Count > take ? $"{rows[take - 1].Id}" : null);
        }).Says("Read the audit log, newest first", "customer: entries about a customer, by the id; in the log it stands under a pseudonym.");
        log.MapGet("/chain", (Audit audit) => audit.FirstBroken() is var broken ? new AuditChain(broken is null, broken) : null).Says("Check the audit log's chain", "Each entry holds a hash of itself with the one before: a change or a gap shows.");
    }

    static AuditAnswer Of(AuditRow r) => new(r.Id, r.Time, r.Who, r.Name, r.Action, r.Subject, r.Detail is null ? null : JsonElement.Parse(r.Detail), r.Hash);
}
