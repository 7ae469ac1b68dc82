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
            return customer ? DestinationTest.Of(true, "It took one event about the customer 'coterie-test'.", "接收方已接受一条关于客户“coterie-test”的事件。")
                : DestinationTest.Of(true, "It took a signed message without changes.", "接收方已接受一条不含变更的签名消息。");
        }
        catch (DeliveryException e)
        {
            return DestinationTest.Of(false, e.What.En, e.What.Zh + "。");
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
                ? DestinationTest.Of(true, $"Connected to PostgreSQL {database.PostgreSqlVersion}; tables can be made.", $"已连接 PostgreSQL {database.PostgreSqlVersion}，可以建表。")
                : DestinationTest.Of(true, $"Connected to PostgreSQL {database.PostgreSqlVersion}; this user may not make tables, so the table and its ledger must be there already.",
                    $"已连接 PostgreSQL {database.PostgreSqlVersion}；该用户无权建表，数据表及其账本须已存在。");
        }
        catch (Exception e) when (e is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException)
        {
            // The connection's text is not repeated: it may hold what is nobody's business.
            return DestinationTest.Of(false, $"The database at {builder.Host}:{builder.Port} did not let us in: {e.Message}", $"无法连接 {builder.Host}:{builder.Port} 的数据库：{e.Message}");
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
            return DestinationTest.Of(true, $"exports/{Path.GetFileName(folder)} can be written to.", $"exports/{Path.GetFileName(folder)} 可写入。");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DestinationTest.Of(false, $"exports/{Path.GetFileName(folder)} cannot be written to: {e.Message}", $"exports/{Path.GetFileName(folder)} 无法写入：{e.Message}");
        }
    }
}
