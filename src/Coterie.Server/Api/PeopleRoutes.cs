using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Api;

/// <summary>Someone who signs in.</summary>
/// <param name="Waiting">Invited and not come in yet.</param>
sealed record PersonAnswer(int Id, string Email, string Name, Role Role, DateTime Created, bool Disabled, bool Waiting)
{
    public static PersonAnswer Of(PersonRow p) => new(p.Id, p.Email, p.Name, p.Role, p.Created, p.Disabled, p.InvitationHash is not null);
}

/// <summary>Someone to invite.</summary>
sealed record PersonRequest(string Email, string Name, Role Role);

/// <summary>An invitation; its path works once, for a week, and is shown this once.</summary>
sealed record PersonInvited(PersonAnswer Person, string InvitationPath);

/// <summary>What to change of a person; what is left out stays.</summary>
/// <param name="ForgetProvider">The identity provider's account by which they came is forgotten; the next one with their address is taken.</param>
sealed record PersonChange(Role? Role = null, bool? Disabled = null, bool EndSessions = false, bool ForgetProvider = false);

/// <summary>Who calls.</summary>
/// <param name="Who">person:ID or key:ID.</param>
sealed record MeAnswer(string Who, string Name, Role Role);

/// <summary>People and roles, and who the caller is.</summary>
static class PeopleRoutes
{
    public static void MapPeople(this RouteGroupBuilder api)
    {
        api.MapGet("/me", (HttpContext http) => http.Caller() is var c ? new MeAnswer(c.Who, c.Name, c.Role) : null).Says("Who calls, and what they may do");
        var people = api.MapGroup("/people").RequireAuthorization(SignIn.Admin);
        people.MapGet("", (People all) => new Page<PersonAnswer>([.. all.All.Select(PersonAnswer.Of)], null)).Says("List people");
        people.MapPost("", (HttpContext http, People all, Audit audit, PersonRequest request) =>
        {
            var made = all.Invite(request.Email, request.Name, request.Role);
            audit.Write(http.Caller(), "person.invite", $"person:{made.Person.Id}", new { made.Person.Role });
            return Results.Created($"/api/v1/people/{made.Person.Id}", new PersonInvited(PersonAnswer.Of(made.Person), $"/invite?code={made.Code}"));
        }).Gives<PersonInvited>(201).Says("Invite a person", "Send them the path on this server's address; there they choose a password.", """{"email": "kim@example.com", "name": "Kim", "role": "operator"}""");
        people.MapPatch("/{id:int}", (HttpContext http, People all, Audit audit, int id, PersonChange change) =>
        {
            if (all.All.FirstOrDefault(p => p.Id == id) is not { } now) return Problems.NotFound($"There is no person {id}.");
            if (http.Raced(PersonAnswer.Of(now)) is { } raced) return raced;
            var changed = all.Set(id, change.Role, change.Disabled, endSessions: change.EndSessions, forgetProvider: change.ForgetProvider);
            audit.Write(http.Caller(), "person.change", $"person:{id}", change);
            return http.Tagged(PersonAnswer.Of(changed));
        }).Gives<PersonAnswer>().Says("Change a person's role, let them in or keep them out", "Any change ends their sessions; the last admin stays one.", """{"role": "analyst"}""");
    }
}
