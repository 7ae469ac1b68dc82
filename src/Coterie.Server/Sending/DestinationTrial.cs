using System.Security.Cryptography;
using Coterie.Activation;
using Npgsql;

namespace Coterie.Server.Sending;

/// <summary>Tries a receiver without sending customers to it.</summary>
static class DestinationTrial
{
    public static async Task<DestinationTest> Send(IDestination destination, CancellationToken stop)
    {
        var customer = destination.Facts.Kind == "segment";
        var batch = new AudienceBatch
        {
            Key = "coterie-test-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
            Number = 0,
            Audience = "coterie_test",
            Segment = "test",
            Name = new("Test", "测试"),
            AsOf = DateTime.UtcNow,
            Traits = [],
            Changes = customer ? [new AudienceChange(ChangeKind.Entered, "coterie-test", [])] : [],
        };
        try
        {
            await destination.Deliver(batch, stop);
            return new(true, customer ? "It took one event about the customer 'coterie-test'." : "It took a signed message without changes.");
        }
        catch (DeliveryException e)
        {
            return new(false, e.Message);
        }
    }

    public static async Task<DestinationTest> Database(IReadOnlyDictionary<string, string> settings, CancellationToken stop)
    {
        var builder = PostgresConnection.Parse(settings["connection"]);
        if (settings.GetValueOrDefault("password") is { Length: > 0 } password) builder.Password = password.Trim();
        builder.Timeout = 10;
        try
        {
            await using var database = new NpgsqlConnection(builder.ConnectionString);
            await database.OpenAsync(stop);
            await using var command = new NpgsqlCommand("SELECT has_schema_privilege(current_schema(), 'CREATE')", database);
            return await command.ExecuteScalarAsync(stop) is true
                ? new(true, $"Connected to PostgreSQL {database.PostgreSqlVersion}; tables can be made.")
                : new(true, $"Connected to PostgreSQL {database.PostgreSqlVersion}; this user may not make tables, so the table and its ledger must be there already.");
        }
        catch (Exception e) when (e is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException)
        {
            // The connection's text is not repeated: it may hold what is nobody's business.
            return new(false, $"The database at {builder.Host}:{builder.Port} did not let us in: {e.Message}");
        }
    }

    public static DestinationTest Folder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var file = Path.Combine(folder, $".test-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}");
            File.WriteAllText(file, "");
            File.Delete(file);
            return new(true, $"exports/{Path.GetFileName(folder)} can be written to.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(false, $"exports/{Path.GetFileName(folder)} cannot be written to: {e.Message}");
        }
    }
}
