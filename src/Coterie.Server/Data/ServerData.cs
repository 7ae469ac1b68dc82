using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Coterie.Server.Data;

/// <summary>Opens the server's database: SQLite in the workspace, or PostgreSQL by a connection string.</summary>
public sealed class ServerData
{
    /// <summary>Raised when a table changes; a database of another version is refused, not guessed at.</summary>
    const string SchemaVersion = "1";
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
            Prepare(connection is null);
        }
        catch (DbException e)
        {
            // The connection string holds a password; it is not shown.
            throw new InputException($"The server's database {(connection is null ? $"'{file}'" : "(PostgreSQL)")} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>A unit of work, to be disposed.</summary>
    public ServerDb Open() => new(options);

    void Prepare(bool sqlite)
    {
        using var db = Open();
        var made = db.Database.EnsureCreated();
        // Readers do not wait for the writer.
        if (sqlite) db.Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL");
        var version = db.Settings.Find("schema");
        if (made || version is null)
        {
            db.Settings.Add(new SettingRow { Key = "schema", Value = SchemaVersion });
            db.SaveChanges();
        }
        else if (version.Value != SchemaVersion)
        {
            throw new InputException($"The server's database has the schema {version.Value}; this version reads {SchemaVersion}. Use the version that wrote it.");
        }
    }
}
