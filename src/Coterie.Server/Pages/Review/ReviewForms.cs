using Coterie.Feedback;
using Coterie.Profiles;
using Coterie.Server.Access;
using Coterie.Server.Customers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Server.Pages.Review;

/// <summary>What the forms of the review page do: each adds an entry of feedback.</summary>
static class ReviewForms
{
    const string Here = "/review", Done = "/review?done=1";

    public static void MapReview(this RouteGroupBuilder forms)
    {
        var review = forms.MapGroup("/review").RequireAuthorization(SignIn.Operator);
        review.MapEntry("/rename", (form, who, known) => new RenameSegment { Who = who, Segment = known(form.Text("segment")), Name = Name(form) ?? throw new ConfigurationException("The name is missing.", "缺少名称。") });
        review.MapEntry("/lock", (form, who, known) => new LockSegment { Who = who, Segment = known(form.Text("segment")) });
        review.MapEntry("/merge", (form, who, known) => new MergeSegments { Who = who, Segments = [known(form.Text("first")), known(form.Text("second"))], Name = Name(form) });
        review.MapEntry("/split", (form, who, known) => new SplitSegment { Who = who, Segment = known(form.Text("segment")), Into = form.Number("into", new("The number of parts", "拆分的份数")) ?? 2 });
        review.MapEntry("/withdraw", (form, who, _) => new WithdrawEntry { Who = who, Entry = form.Text("entry") ?? "" });
        review.MapPost("/pair", (Delegate)((HttpContext http, WorkspaceHost host, Runs runs, OpenedRuns opened, Audit audit) => Add(http, host, runs, audit, (form, who, _) =>
        {
            string[] customers = [.. form["customers"].ToString().Split([',', '\n', '\r', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];
            if (opened.Ask(runs.Latest!, i => customers.FirstOrDefault(c => i.Of(c) is null)) is { } stranger) throw new ConfigurationException($"The newest run does not know the customer '{ShortText.Of(stranger)}'.", $"最近一次运行中没有客户“{ShortText.Of(stranger)}”。");
            return form.Text("mark") == "apart" ? new MarkApart { Who = who, Customers = customers } : new MarkTogether { Who = who, Customers = customers };
        })));
        review.MapPost("/customer", (Delegate)((HttpContext http, WorkspaceHost host, Runs runs, OpenedRuns opened, Audit audit) => Add(http, host, runs, audit, (form, who, known) =>
        {
            var (customer, chosen) = (form["customer"].ToString(), known(form.Text("chosen")));
            var member = opened.Ask(runs.Latest!, i => i.Of(customer)) ?? throw new ConfigurationException("The newest run does not know this customer.", "最近一次运行中没有此客户。");
            return new ReviewCustomer { Who = who, Customer = customer, Segment = member.Segment, Agree = member.Segment == chosen, Chosen = member.Segment == chosen ? null : chosen };
        })));
    }

    static Bilingual? Name(IFormCollection form) => form.Text("en") is { } en ? new(en, form.Text("zh") ?? en) : null;

    static void MapEntry(this RouteGroupBuilder review, string path, Func<IFormCollection, string, Func<string?, string>, FeedbackEntry> make) =>
        review.MapPost(path, (Delegate)((HttpContext http, WorkspaceHost host, Runs runs, Audit audit) => Add(http, host, runs, audit, make)));

    static async Task<IResult> Add(HttpContext http, WorkspaceHost host, Runs runs, Audit audit, Func<IFormCollection, string, Func<string?, string>, FeedbackEntry> make)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return Forms.Do(Here, () =>
        {
            var segments = runs.Latest is { } run ? runs.Report(run).Segments : throw new InputException("There is no run yet.", "尚无运行。");
            var entry = make(form, http.Caller().Name, id => segments.FirstOrDefault(s => s.Id == id)?.Id ?? throw new ConfigurationException("The newest run has no such segment.", "最近一次运行中没有此分群。"));
            var written = FeedbackLog.Open(host.Directory).Append(entry);
            audit.Write(http.Caller(), $"feedback.{written.Kind}", written is CustomerEntry c ? audit.Customer(c.Customer) : $"feedback:{written.Id}", new { written.Id });
            return Done;
        });
    }
}
