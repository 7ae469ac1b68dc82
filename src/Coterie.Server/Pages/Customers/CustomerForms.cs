using Coterie.Feedback;
using Coterie.Server.Access;
using Coterie.Server.Customers;
using Coterie.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Pages.Customers;

/// <summary>What the forms of a customer's page do.</summary>
static class CustomerForms
{
    public static void MapCustomers(this RouteGroupBuilder forms)
    {
        forms.MapErasure();
        var operators = forms.MapGroup("/customers").RequireAuthorization(SignIn.Operator);
        operators.MapPost("/place", async (HttpContext http, WorkspaceHost host, Runs runs, OpenedRuns opened, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            var customer = form["customer"].ToString();
            return Forms.Do(CustomerLinks.To(customer), () =>
            {
                var run = runs.Latest ?? throw new InputException("There is no run yet that placed customers.", "尚无完成客户分群的运行。");
                var member = opened.Ask(run, i => i.Of(customer)) ?? throw new InputException("The newest run does not know this customer.", "最近一次运行中没有此客户。");
                var segment = form.Text("segment");
                if (runs.Report(run).Segments.All(s => s.Id != segment)) throw new ConfigurationException("The newest run has no such segment.", "最近一次运行中没有此分群。");
                FeedbackEntry entry = segment == member.Segment
                    ? new PinCustomer { Who = http.Caller().Name, Customer = customer, Segment = segment, Note = form.Text("note") }
                    : new MoveCustomer { Who = http.Caller().Name, Customer = customer, Segment = segment!, Note = form.Text("note") };
                var written = FeedbackLog.Open(host.Directory).Append(entry);
                audit.Write(http.Caller(), $"feedback.{written.Kind}", audit.Customer(customer), new { written.Id, segment });
                return Done(customer, "asked");
            });
        });
        operators.MapPost("/withdraw", async (HttpContext http, WorkspaceHost host, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            var customer = form["customer"].ToString();
            return Forms.Do(CustomerLinks.To(customer), () =>
            {
                var log = FeedbackLog.Open(host.Directory);
                var entry = form.Text("entry") ?? "";
                if (log.InForce.OfType<CustomerEntry>().All(e => e.Id != entry || e.Customer != customer)) throw new InputException("There is nothing to take back any more.", "已没有可撤回的内容。");
                log.Append(new WithdrawEntry { Who = http.Caller().Name, Entry = entry });
                audit.Write(http.Caller(), "feedback.withdraw", audit.Customer(customer), new { Entry = entry });
                return Done(customer, "withdrawn");
            });
        });
    }

    /// <summary>Deletion, by admins: from a customer's page, or by an id under Settings.</summary>
    public static void MapErasure(this RouteGroupBuilder forms) => forms.MapPost("/customers/erase", async (HttpContext http, JobQueue queue, Audit audit) =>
    {
        var form = await http.Request.ReadFormAsync();
        var customer = form["customer"].ToString();
        return Forms.Do("/settings/privacy", () =>
        {
            if (customer.Length is 0 or > 500) throw new ConfigurationException($"The id has {customer.Length} characters; expected 1 to 500.", $"编号有 {customer.Length} 个字符，应为 1 到 500 个。");
            if (form["confirm"].ToString() != customer) throw new ConfigurationException("The two ids differ; nothing was deleted.", "两次输入的编号不一致，未删除任何内容。");
            var arguments = new Dictionary<string, string> { ["customer"] = customer };
            if (form.Text("reason") is { } reason) arguments["reason"] = reason.Length <= 500 ? reason : throw new ConfigurationException($"The reason has {reason.Length} characters; expected at most 500.", $"原因有 {reason.Length} 个字符，最多 500 个。");
            var job = queue.Add(PrivacyJobs.Erase, arguments, http.Caller());
            audit.Write(http.Caller(), "customer.erase", audit.Customer(customer), new { Job = job.Id });
            return $"/settings/privacy?job={job.Id}";
        });
    }).RequireAuthorization(SignIn.Admin);

    static string Done(string customer, string word) => CustomerLinks.To(customer) is var link ? $"{link}{(link.Contains('?') ? '&' : '?')}done={word}#placement" : "";
}
