using System.Security.Cryptography;
using System.Text;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Coterie.Server.Api;

/// <summary>The header Idempotency-Key: a POST that is sent twice is done once, and the second gets the answer of the first. An answer is kept for a day, encrypted, because some hold
/// a secret that is shown once.</summary>
sealed class Idempotency(ServerData data, IDataProtectionProvider protection)
{
    public const string Header = "Idempotency-Key";
    const int Longest = 200;
    static readonly TimeSpan Kept = TimeSpan.FromHours(24), GivenUp = TimeSpan.FromMinutes(2);
    readonly IDataProtector protector = protection.CreateProtector("coterie.idempotency/1");
    long swept = long.MinValue;

    public async Task Run(HttpContext http, RequestDelegate next)
    {
        var key = http.Request.Headers[Header].ToString();
        if (key.Length == 0 || !HttpMethods.IsPost(http.Request.Method) || SignIn.CallerOf(http.User) is not { } caller)
        {
            await next(http);
            return;
        }

        if (key.Length > Longest || key.Any(c => c is < '!' or > '~'))
        {
            await Problems.Of(400, "bad_idempotency_key", $"{Header} has 1 to {Longest} visible ASCII characters.").ExecuteAsync(http);
            return;
        }

        http.Request.EnableBuffering();
        var body = Convert.ToHexStringLower(await SHA256.HashDataAsync(http.Request.Body, http.RequestAborted));
        http.Request.Body.Position = 0;
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Who}\n{http.Request.Path}{http.Request.QueryString}\n{key}")));
        if (Begin(id, body) is { } answer) await answer.ExecuteAsync(http);
        else await Do(http, next, id);
    }

    /// <summary>Writes down that a request is being done; null when it may be, else what to answer.</summary>
    IResult? Begin(string id, string body)
    {
        Sweep();
        for (var turn = 0; turn < 2; turn++)
        {
            using var db = data.Open();
            var row = db.Idempotency.AsNoTracking().FirstOrDefault(i => i.Id == id);
            // One whose server was killed in the midst of it may be tried again.
            if (row is not null && (row.Created < DateTime.UtcNow - Kept || (row.Status == 0 && row.Created < DateTime.UtcNow - GivenUp)))
            {
                db.Idempotency.Where(i => i.Id == id && i.Created == row.Created).ExecuteDelete();
                row = null;
            }

            if (row is not null) return row.Body != body ? Problems.Of(422, "idempotency_key_reused", $"This {Header} was sent with another body before; choose a new one.")
                : row.Status == 0 ? Problems.Of(409, "in_progress", $"The request with this {Header} is being done; ask again in a second.")
                : new Replayed(row.Status, row.Location, row.Answer is null ? null : protector.Unprotect(row.Answer));
            db.Idempotency.Add(new IdempotencyRow { Id = id, Body = body, Created = DateTime.UtcNow });
            try
            {
                db.SaveChanges();
                return null;
            }
            catch (DbUpdateException)
            {
                // A twin was faster: what it wrote is read.
            }
        }

        return Problems.Of(409, "in_progress", $"The request with this {Header} is being done; ask again in a second.");
    }

    async Task Do(HttpContext http, RequestDelegate next, string id)
    {
        var to = http.Response.Body;
        using var kept = new MemoryStream();
        http.Response.Body = kept;
        var done = false;
        try
        {
            await next(http);
            // Whoever was refused, or met a failure of ours, may try again under the same key.
            done = http.Response.StatusCode is >= 200 and < 300;
        }
        finally
        {
            http.Response.Body = to;
            End(id, done ? http.Response.StatusCode : 0, http.Response.Headers.Location, Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length));
        }

        kept.Position = 0;
        await kept.CopyToAsync(to, http.RequestAborted);
    }

    void End(string id, int status, string? location, string answer)
    {
        using var db = data.Open();
        if (status == 0) db.Idempotency.Where(i => i.Id == id).ExecuteDelete();
        else if (db.Idempotency.Find(id) is { } row)
        {
            (row.Status, row.Location, row.Answer) = (status, location, answer.Length == 0 ? null : protector.Protect(answer));
            db.SaveChanges();
        }
    }

    void Sweep()
    {
        var now = Environment.TickCount64;
        if (swept != long.MinValue && now - Interlocked.Read(ref swept) < 600_000) return;
        Interlocked.Exchange(ref swept, now);
        using var db = data.Open();
        var before = DateTime.UtcNow - Kept;
        db.Idempotency.Where(i => i.Created < before).ExecuteDelete();
    }

    sealed record Replayed(int Status, string? Location, string? Answer) : IResult
    {
        public Task ExecuteAsync(HttpContext http)
        {
            http.Response.StatusCode = Status;
            http.Response.Headers["Idempotency-Replayed"] = "true";
            if (Location is not null) http.Response.Headers.Location = Location;
            if (Answer is null) return Task.CompletedTask;
            http.Response.ContentType = "application/json; charset=utf-8";
            return http.Response.WriteAsync(Answer, http.RequestAborted);
        }
    }
}
