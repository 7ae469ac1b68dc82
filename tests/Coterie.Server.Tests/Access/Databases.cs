using Coterie.Server.Data;
using Coterie.Tests.Activation;
using Coterie.Tests.Support;

namespace Coterie.Tests.Server.Access;

/// <summary>The server's database for one test: SQLite in a temporary folder, or a database of its own in a real PostgreSQL.</summary>
sealed class Database : IDisposable
{
    readonly TemporaryFolder folder = new();

    public Database(PostgresServer? postgres, bool real)
    {
        Folder = Directory.CreateDirectory(folder.File("server")).FullName;
        if (real && postgres is not null)
        {
            var name = "coterie_" + Guid.NewGuid().ToString("N");
            var connection = postgres.Connection;
            using (var admin = new Npgsql.NpgsqlConnection(connection + ";Pooling=false"))
            {
                admin.Open();
                using var make = new Npgsql.NpgsqlCommand($"CREATE DATABASE {name}", admin);
                make.ExecuteNonQuery();
            }

            Connection = connection.Replace("Database=postgres", $"Database={name}", StringComparison.Ordinal);
        }

        Data = new ServerData(Folder, Connection);
    }

    public string Folder { get; }
    public string? Connection { get; }
    public ServerData Data { get; }

    public void Dispose() => folder.Dispose();
}
