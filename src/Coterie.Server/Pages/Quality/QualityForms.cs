using Coterie.Server.Access;
using Coterie.Server.Collector;
using Coterie.Server.Jobs;
using Coterie.Server.Log;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Coterie.Server.Pages.Quality;

/// <summary>What the forms of data quality do: the inbox, and files of events.</summary>
static class QualityForms
{
    const string UploadPage = "/quality";
    // Of a part that is no file.
    const int MostOfAField = 10_000;

    public static void MapQuality(this RouteGroupBuilder forms)
    {
        var operators = forms.MapGroup("").RequireAuthorization(SignIn.Operator);
        operators.MapPost("/inbox/replay", async (HttpContext http, Inbox inbox, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            return await Again(InboxPage(form), async () =>
            {
                if (!Enum.TryParse<InboxFix>(form.Text("fix"), out var fix) || !Enum.IsDefined(fix)) throw new ConfigurationException("How to mend the events is missing.", "缺少修正方式。");
                var result = await inbox.ReplayAll(form.Text("source"), form.Text("code"), fix, http.Caller());
                audit.Write(http.Caller(), "inbox.replay", null, new { Source = form.Text("source"), Code = form.Text("code"), Fix = fix.ToString(), result.Taken, result.Known, result.Refused });
                return $"{InboxPage(form)}&replayed={result.Taken}-{result.Known}-{result.Refused}";
            });
        });
        operators.MapPost("/inbox/discard", async (HttpContext http, Inbox inbox, Audit audit) =>
        {
            var form = await http.Request.ReadFormAsync();
            return Forms.Do(InboxPage(form), () =>
            {
                var count = inbox.DiscardAll(form.Text("source"), form.Text("code"), http.Caller());
                audit.Write(http.Caller(), "inbox.discard", null, new { Source = form.Text("source"), Code = form.Text("code"), count });
                return $"{InboxPage(form)}&discarded={count}";
            });
        });
        operators.MapPost("/inbox/{id}/replay", async (HttpContext http, Inbox inbox, Audit audit, string id) =>
        {
            var form = await http.Request.ReadFormAsync();
            var page = "/quality/inbox/" + Uri.EscapeDataString(id);
            return await Again(page, async () =>
            {
                var result = await inbox.Replay(id, http.Caller(), form["event"].ToString());
                audit.Write(http.Caller(), "inbox.replay", $"inbox:{id}", new { result.Taken, result.Known, result.Refused });
                return result.Refused == 0 ? $"/quality/inbox?replayed={result.Taken}-{result.Known}-0" : throw new InputException([InboxWords.Told(result.Code!, result.Why!)]);
            });
        });
        operators.MapPost("/inbox/{id}/discard", (HttpContext http, Inbox inbox, Audit audit, string id) => Forms.Do("/quality/inbox", () =>
        {
            inbox.Discard(id, http.Caller());
            audit.Write(http.Caller(), "inbox.discard", $"inbox:{id}");
            return "/quality/inbox?discarded=1";
        }));
        operators.MapPost("/upload/{id}/ingest", async (HttpContext http, Uploads uploads, JobQueue queue, Audit audit, string id) =>
        {
            var form = await http.Request.ReadFormAsync();
            return Forms.Do($"/quality/upload/{Uri.EscapeDataString(id)}", () =>
            {
                var upload = uploads.Of(id) ?? throw new InputException("The file is not there any more; send it again.", "文件已不存在，请重新上传。");
                var job = queue.Add(IngestJob.Kind, IngestJob.Arguments(upload, Map(form["map"].ToString())), http.Caller());
                audit.Write(http.Caller(), "upload.ingest", $"job:{job.Id}", new { upload.Name, upload.Bytes });
                return $"{UploadPage}?job={job.Id}&done=started";
            });
        });
        operators.MapPost("/upload/{id}/remove", (HttpContext http, Uploads uploads, Audit audit, string id) => Forms.Do(UploadPage, () =>
        {
            if (uploads.Of(id) is not { } upload) return UploadPage;
            uploads.Remove(upload);
            audit.Write(http.Caller(), "upload.remove", null, new { upload.Name });
            return UploadPage;
        }));
    }

    /// <summary>The form that sends a file. It is read as it comes and never held in memory, so that its token, which stands before the file, is checked here.</summary>
    public static void MapUpload(this IEndpointRouteBuilder server) => server.MapPost("/do/upload", (Delegate)((HttpContext http, Uploads uploads, IAntiforgery forgery, Audit audit) =>
        Forms.Do(UploadPage, async () =>
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = Uploads.MostBytes + (1 << 20);
            if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and < 200 } boundary)
                throw new ConfigurationException("No file was sent.", "未收到文件。");
            var reader = new MultipartReader(boundary.ToString(), http.Request.Body);
            var allowed = false;
            while (await reader.ReadNextSectionAsync(http.RequestAborted) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var part)) continue;
                var name = HeaderUtilities.RemoveQuotes(part.Name).ToString();
                if (name == "_form")
                {
                    http.Request.Headers["RequestVerificationToken"] = await Field(section.Body, http.RequestAborted);
                    allowed = await forgery.IsRequestValidAsync(http);
                }
                else if (name == "file")
                {
                    if (!allowed) return "/signin";
                    var upload = await uploads.Save(section.Body, (part.FileNameStar.HasValue ? part.FileNameStar : HeaderUtilities.RemoveQuotes(part.FileName)).ToString(), http.Caller(), http.RequestAborted);
                    audit.Write(http.Caller(), "upload.add", null, new { upload.Name, upload.Bytes });
                    return $"/quality/upload/{upload.Id}";
                }
            }

            return allowed ? throw new ConfigurationException("No file was sent.", "未收到文件。") : "/signin";
        }))).RequireAuthorization(SignIn.Operator);

    /// <summary>Corrections, one a line: event column = column of the file.</summary>
    /// <exception cref="ConfigurationException">A line is no correction; lists every one.</exception>
    public static Dictionary<string, string> Map(string text)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new ProblemList();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split('=', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 and < 60 } target, { Length: > 0 and < 200 } source]) problems.Add($"'{ShortText.Of(line)}' is no correction; expected: event column = column of the file.", $"“{ShortText.Of(line)}”不是更正；应写作：事件列 = 文件中的列。");
            else if (!map.TryAdd(target, source)) problems.Add($"'{target}' is corrected twice.", $"“{target}”更正了两次。");
        }

        problems.Refuse();
        return map;
    }

    static async Task<string> Field(Stream body, CancellationToken stop)
    {
        var bytes = new byte[MostOfAField];
        var n = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop);
        return System.Text.Encoding.ASCII.GetString(bytes, 0, n);
    }

    static Task<IResult> Again(string page, Func<Task<string>> work) => Forms.Do(page, async () =>
    {
        try
        {
            return await work();
        }
        catch (LogUnavailableException e)
        {
            throw new InputException(e.Message, "日志无法写入，请稍后重试。", e);
        }
    });

    static string InboxPage(IFormCollection form) =>
        $"/quality/inbox?source={Uri.EscapeDataString(form.Text("source") ?? "")}&code={Uri.EscapeDataString(form.Text("code") ?? "")}";
}
