using Coterie.Privacy;
using Microsoft.EntityFrameworkCore;

namespace Coterie.Server.Data;

/// <summary>The database's part in erasures: jobs and kept answers that name the person are masked. The audit names customers by pseudonyms only, and stays.</summary>
sealed class ErasedRecords(ServerData data)
{
    public ErasedStore Store => new("server", Erase);

    void Erase(ErasedPerson person, Action<ErasedFrom> note)
    {
        using var db = data.Open();
        var masked = 0;
        string? Without(string? text)
        {
            if (text is null || !person.Mentions(text)) return text;
            masked++;
            return person.Without(text);
        }

        foreach (var job in db.Jobs)
            (job.Arguments, job.Log, job.Error, job.Stage) = (Without(job.Arguments)!, Without(job.Log), Without(job.Error), Without(job.Stage));
        if (masked > 0) note(new ErasedFrom("server", "jobs", 0, masked));
        masked = 0;
        foreach (var answer in db.Idempotency) (answer.Answer, answer.Location) = (Without(answer.Answer), Without(answer.Location));
        if (masked > 0) note(new ErasedFrom("server", "idempotency", 0, masked));
        db.SaveChanges();
        if (!db.Database.IsSqlite()) return;
        // Pages that are free hold the old rows until the file is written anew.
        db.Database.ExecuteSqlRaw("VACUUM");
        db.Database.ExecuteSqlRaw("PRAGMA wal_checkpoint(TRUNCATE)");
    }
}
