using System.Globalization;
using Coterie.Privacy;
using Coterie.Server.Access;
using Coterie.Server.Jobs;
using Coterie.Server.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Pages.Settings;

/// <summary>What the forms under Settings do.</summary>
static class SettingsForms
{
    public static void MapSettings(this RouteGroupBuilder forms)
    {
        var admin = forms.MapGroup("").RequireAuthorization(SignIn.Admin);
        MapSources(admin);
        MapKeys(admin);
        MapPeople(admin);
        MapDestinations(admin);
        MapSchedules(admin);
        MapPrivacy(admin);
        MapOwnPassword(forms);
    }

    static void MapSources(RouteGroupBuilder admin)
    {
        const string page = "/settings/sources";
        admin.MapPost("/sources/add", async (HttpContext http, Sources sources, OneShot once, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            return Forms.Do(page, () =>
            {
                var made = sources.Add(form.Text("name") ?? "");
                audit.Write(http.Caller(), "source.add", $"source:{made.Source.Id}", new { made.Source.Name });
                return $"{page}?new={once.Keep(http.Caller(), made.Source.Name, made.Key)}";
            });
        });
        admin.MapPost("/sources/{id}/set", async (HttpContext http, Sources sources, Audit audit, string id) =>
        {
            var form = await http.Request.ReadFormAsync();
            return Forms.Do(page, () =>
            {
                var source = sources.Set(id, form.Text("name") ?? "", eventsPerSecond: form.Number("limit", new("The limit", "上限")) ?? 0);
                audit.Write(http.Caller(), "source.set", $"source:{source.Id}", new { source.Name, source.EventsPerSecond });
                return page + "?done=set";
            });
        });
        foreach (var on in new[] { true, false })
        {
            admin.MapPost($"/sources/{{id}}/{(on ? "on" : "off")}", (HttpContext http, Sources sources, Audit audit, string id) => Forms.Do(page, () =>
            {
                sources.Set(id, enabled: on);
                audit.Write(http.Caller(), on ? "source.on" : "source.off", $"source:{id}");
                return $"{page}?done={(on ? "on" : "off")}";
            }));
        }
    }

    static void MapKeys(RouteGroupBuilder admin)
    {
        const string page = "/settings/keys";
        admin.MapPost("/keys/add", async (HttpContext http, ApiKeys keys, OneShot once, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            return Forms.Do(page, () =>
            {
                // Good to the end of the day that was named.
                var made = keys.Add(form.Text("name") ?? "", form.Role("role"), form.Day("ends", new("The end", "到期日"))?.AddDays(1), form.Number("rate", new("The rate", "每秒请求数")) ?? 50);
                audit.Write(http.Caller(), "key.add", $"key:{made.Id}", new { made.Name, Role = made.Role.ToString() });
                return $"{page}?new={once.Keep(http.Caller(), made.Name, made.Key)}";
            });
        });
        admin.MapPost("/keys/{id}/revoke", (HttpContext http, ApiKeys keys, Audit audit, string id) => Forms.Do(page, () =>
        {
            keys.Revoke(id);
            audit.Write(http.Caller(), "key.revoke", $"key:{id}");
            return page + "?done=revoked";
        }));
    }

    static void MapPeople(RouteGroupBuilder admin)
    {
        const string page = "/settings/people";
        admin.MapPost("/people/invite", async (HttpContext http, People people, OneShot once, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            return Forms.Do(page, () =>
            {
                var invited = people.Invite(form.Text("email") ?? "", form.Text("name") ?? "", form.Role("role"));
                audit.Write(http.Caller(), "person.invite", $"person:{invited.Person.Id}", new { invited.Person.Name, Role = invited.Person.Role.ToString() });
                return $"{page}?new={once.Keep(http.Caller(), invited.Person.Name, invited.Code)}";
            });
        });
        admin.MapPost("/people/{id:int}/invite", (HttpContext http, People people, OneShot once, Audit audit, int id) => Forms.Do(page, () =>
        {
            var invited = people.InviteAgain(id);
            audit.Write(http.Caller(), "person.invite", $"person:{id}");
            return $"{page}?new={once.Keep(http.Caller(), invited.Person.Name, invited.Code)}";
        }));
        admin.MapPost("/people/{id:int}/role", async (HttpContext http, People people, Audit audit, int id) =>
        {
            var form = await http.Request.ReadFormAsync();
            return Forms.Do(page, () =>
            {
                var role = form.Role("role");
                people.Set(id, role: role);
                audit.Write(http.Caller(), "person.role", $"person:{id}", new { Role = role.ToString() });
                return page + "?done=role";
            });
        });
        Change("disable", "disabled", (people, id) => people.Set(id, disabled: true));
        Change("enable", "enabled", (people, id) => people.Set(id, disabled: false));
        Change("unlink", "unlinked", (people, id) => people.Set(id, forgetProvider: true));
        Change("end", "ended", (people, id) => people.Set(id, endSessions: true));

        void Change(string word, string done, Action<People, int> change) =>
            admin.MapPost($"/people/{{id:int}}/{word}", (HttpContext http, People people, Audit audit, int id) => Forms.Do(page, () =>
            {
                change(people, id);
                audit.Write(http.Caller(), $"person.{word}", $"person:{id}");
                return $"{page}?done={done}";
            }));
    }

    static void MapDestinations(RouteGroupBuilder admin)
    {
        const string page = "/settings/destinations";
        admin.MapPost("/destinations/add", async (HttpContext http, Destinations destinations, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            var kind = DestinationKind.Of(form.Text("kind"));
            return Forms.Do(kind is null ? page : $"{page}?kind={kind.Word}", () =>
            {
                var settings = (kind?.Fields ?? []).Where(f => form.Text(f.Name) is not null).ToDictionary(f => f.Name, f => form.Text(f.Name)!, StringComparer.Ordinal);
                var made = destinations.Add(form.Text("name") ?? "", form.Text("kind") ?? "", settings);
                audit.Write(http.Caller(), "destination.add", $"destination:{made.Id}", new { made.Name, made.Kind });
                return page + "?done=added";
            });
        });
        admin.MapPost("/destinations/{id:int}/test", (HttpContext http, Destinations destinations, Audit audit, int id) => Forms.Do(page, async () =>
        {
            var test = await destinations.Test(id, http.RequestAborted);
            audit.Write(http.Caller(), "destination.test", $"destination:{id}", new { test.Works });
            return test.Works ? page + "?done=works" : throw new InputException(test.Said, test.SaidZh);
        }));
        admin.MapPost("/destinations/{id:int}/remove", (HttpContext http, Destinations destinations, Audit audit, int id) => Forms.Do(page, () =>
        {
            var gone = destinations.Remove(id);
            audit.Write(http.Caller(), "destination.remove", $"destination:{id}", new { gone.Name, gone.Kind });
            return page + "?done=removed";
        }));
    }

    static void MapSchedules(RouteGroupBuilder admin)
    {
        const string page = "/settings/schedules";
        admin.MapPost("/schedules/add", async (HttpContext http, Schedules schedules, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            return await Forms.Do(page, async () =>
            {
                var made = await schedules.Add(form.Text("kind") ?? "", new Dictionary<string, string>(), Cron(form), http.RequestAborted);
                audit.Write(http.Caller(), "schedule.add", $"schedule:{made.Id}", new { made.Kind, made.Cron });
                return page + "?done=added";
            });
        });
        foreach (var on in new[] { true, false })
        {
            admin.MapPost($"/schedules/{{id:int}}/{(on ? "on" : "off")}", (HttpContext http, Schedules schedules, Audit audit, int id) => Forms.Do(page, async () =>
            {
                await schedules.Set(id, enabled: on, stop: http.RequestAborted);
                audit.Write(http.Caller(), on ? "schedule.on" : "schedule.off", $"schedule:{id}");
                return $"{page}?done={(on ? "on" : "off")}";
            }));
        }

        admin.MapPost("/schedules/{id:int}/remove", (HttpContext http, Schedules schedules, Audit audit, int id) => Forms.Do(page, async () =>
        {
            if (await schedules.Remove(id, http.RequestAborted)) audit.Write(http.Caller(), "schedule.remove", $"schedule:{id}");
            return page + "?done=removed";
        }));
    }

    // A day or days and a time, or the words of cron for those who know them.
    static string Cron(IFormCollection form)
    {
        if (form.Text("cron") is { } cron) return cron;
        if (!TimeOnly.TryParseExact(form.Text("at"), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)) throw new ConfigurationException("The time is missing; expected hours and minutes, such as 03:30.", "缺少时刻；应为时与分，例如 03:30。");
        return form.Text("days") switch
        {
            "daily" => $"0 {at.Minute} {at.Hour} ? * *",
            "weekdays" => $"0 {at.Minute} {at.Hour} ? * MON-FRI",
            "weekly" => $"0 {at.Minute} {at.Hour} ? * MON",
            "monthly" => $"0 {at.Minute} {at.Hour} 1 * ?",
            _ => throw new ConfigurationException("How often is missing.", "缺少频率。"),
        };
    }

    static void MapPrivacy(RouteGroupBuilder admin)
    {
        const string page = "/settings/privacy";
        admin.MapPost("/privacy/limits", async (HttpContext http, WorkspaceHost host, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            return Forms.Do(page, () =>
            {
                var limits = new RetentionLimits { EventsMonths = form.Number("events", new("Months of events", "事件的月数")), LogDays = form.Number("log", new("Days of the log", "日志的天数")), Runs = form.Number("runs", new("Runs", "保留的运行数")) };
                limits.Check();
                host.Write(w => w.Configure(w.Settings with { Retention = limits is { EventsMonths: null, LogDays: null, Runs: null } ? null : limits }));
                audit.Write(http.Caller(), "settings.retention", null, limits);
                return page + "?done=limits";
            });
        });
        admin.MapPost("/privacy/retain", (HttpContext http, JobQueue queue, Audit audit) => Forms.Do(page, () =>
        {
            var job = queue.Add(PrivacyJobs.Retain, new Dictionary<string, string>(), http.Caller());
            audit.Write(http.Caller(), "job.request", $"job:{job.Id}", new { job.Kind });
            return $"{page}?job={job.Id}";
        }));
    }

    static void MapOwnPassword(RouteGroupBuilder forms)
    {
        forms.MapPost("/account/password", async (HttpContext http, People people, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            return await Forms.Do("/account", async () =>
            {
                var caller = http.Caller();
                var person = people.All.FirstOrDefault(p => caller.Who == $"person:{p.Id}") ?? throw new InputException("An API key has no password.", "API 密钥没有密码。");
                var checkedNow = people.SignIn(person.Email, form["old"].ToString());
                if (checkedNow.LockedUntil is not null) throw new ConfigurationException("Too many wrong passwords. Try again in a quarter of an hour.", "密码错误次数过多，请一刻钟后再试。");
                if (checkedNow.Person is null) throw new ConfigurationException("The password now is another one.", "当前密码不正确。");
                // A new stamp: sessions elsewhere end, and this one goes on under a new cookie.
                await SignIn.Begin(http, people.Set(person.Id, password: form["password"].ToString()));
                audit.Write(caller, "person.password", caller.Who);
                return "/account?done=password";
            });
        }).RequireAuthorization(SignIn.Viewer);
        forms.MapPost("/invite", async (HttpContext http, People people, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            var code = form["code"].ToString();
            return await Forms.Do("/invite?code=" + Uri.EscapeDataString(code), async () =>
            {
                if (people.Accept(code, form["password"].ToString()) is not { } person) return "/invite";
                await SignIn.Begin(http, person);
                audit.Write(new($"person:{person.Id}", person.Name, person.Role), "person.accept", $"person:{person.Id}");
                return "/";
            });
        }).AllowAnonymous();
    }
}
