using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Coterie.Server.Data;

/// <summary>Opens the server's database: SQLite in the workspace, or PostgreSQL by a connection string.</summary>
public sealed class ServerData
{
    readonly DbContextOptions<ServerDb> options;

    /// <param name="folder">The server's folder in the workspace.</param>
    /// <param name="connection">Connection string of PostgreSQL; null: <c>server.db</c> in the folder.</param>
    /// <exception cref="InputException">The database cannot be opened, or is of another version.</exception>
    public ServerData(string folder, string? connection = null)
    {
        Directory.CreateDirectory(folder);
        var builder = new DbContextOptionsBuilder<ServerDb>();
        var file = Path.Combine(folder, "server.db");
        if (connection is null)
        {
            if (!File.Exists(file) && !OperatingSystem.IsWindows())
                new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose();
            builder.UseSqlite(new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ToString());
        }
        else
        {
            builder.UseNpgsql(connection);
        }

        options = builder.Options;
        try
        {
            Prepare(connection is null, connection is null ? file : "PostgreSQL");
        }
        catch (DbException e)
        {
            // The connection string holds a password; it is not shown.
            throw new InputException($"The server's database {(connection is null ? $"'{file}'" : "(PostgreSQL)")} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>A unit of work, to be disposed.</summary>
    public ServerDb Open() => new(options);

    void Prepare(bool sqlite, string where)
    {
        using var db = Open();
        var made = db.Database.EnsureCreated();
        // Readers do not wait for the writer.
        if (sqlite) db.Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL");
        // A database of other tables is refused, not guessed at: the schema's name follows from what makes it.
        var expected = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(db.Database.GenerateCreateScript())))[..12];
        if (made)
        {
            db.Settings.Add(new SettingRow { Key = "schema", Value = expected });
            db.SaveChanges();
        }
        else if (db.Settings.Find("schema")?.Value is var found && found != expected)
        {
            throw new InputException($"The server's database was made by another version (its schema is {found ?? "unknown"}, this version's {expected}). Use the version that made it, or remove '{where}' to begin with an empty one: people, keys, jobs and audit are in it, events and segments are not.");
        }
    }
}
