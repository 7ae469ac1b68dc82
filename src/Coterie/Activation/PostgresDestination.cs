using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Coterie.Activation;

/// <summary>Where audiences stand in a PostgreSQL database.</summary>
public sealed record PostgresOptions
{
    /// <summary><c>Host=…;Database=…;Username=…</c> or <c>postgresql://user@host/database</c>, without a password.</summary>
    public required string Connection { get; init; }
    /// <summary>Null: what PGPASSWORD, PGPASSFILE or the server's own rules say.</summary>
    public string? Password { get; init; }
    /// <summary>Name, or schema and name with a point between them.</summary>
    public string Table { get; init; } = "coterie_audiences";
    public RetryOptions Retry { get; init; } = new();
    public Action<string> Say { get; init; } = _ => { };
    /// <summary>Called with the connection before each statement and before the commit; tests cut it there.</summary>
    internal Action<string> At { get; init; } = _ => { };
}

/// <summary>Keeps audiences in a table, one row for each customer and audience.</summary>
/// <remarks>A batch is one transaction: its key goes into the ledger, its changes by COPY into a temporary table and from there into the table. A cut leaves all
/// of it or nothing, and a key that is in the ledger is not applied again. Who left stays as a row that says so, without traits.</remarks>
public sealed class PostgresDestination : IDestination
{
    readonly PostgresOptions options;
    readonly string connection;
    readonly PostgresStatements sql;

    /// <exception cref="ConfigurationException">The connection or table cannot be used; the message does not repeat what may be secret.</exception>
    public PostgresDestination(PostgresOptions options)
    {
        this.options = options;
        var builder = PostgresConnection.Parse(options.Connection);
        sql = new PostgresStatements(options.Table);
        var place = $"{builder.Host}:{builder.Port}/{builder.Database}";
        if (options.Password is { } password) builder.Password = password.Trim();
        connection = builder.ConnectionString;
        Facts = new DestinationFacts("postgres", $"postgres {place} table {options.Table}", $"{place}\n{options.Table}", Batch: 10_000);
    }

    public DestinationFacts Facts { get; }

    public Task Deliver(AudienceBatch batch, CancellationToken stop) => Retries.Run(options.Retry, batch.Key, token => Once(batch, token), options.Say, stop);

    async Task<Try> Once(AudienceBatch batch, CancellationToken stop)
    {
        var committing = false;
        try
        {
            await using var database = new NpgsqlConnection(connection);
            options.At("open");
            await database.OpenAsync(stop).ConfigureAwait(false);
            await using var transaction = await database.BeginTransactionAsync(stop).ConfigureAwait(false);
            options.At("tables");
            await Tables(database, stop).ConfigureAwait(false);
            options.At("ledger");
            if (await Execute(database, sql.Enter, stop, batch.Key, batch.Audience, batch.Number, batch.Changes.Count).ConfigureAwait(false) == 0) return Try.Success;
            await Execute(database, sql.Room, stop).ConfigureAwait(false);
            options.At("copy");
            await Copy(database, batch, stop).ConfigureAwait(false);
            options.At("upsert");
            await Execute(database, sql.Upsert, stop, batch.Audience, batch.Segment, batch.Name.En, DateTime.SpecifyKind(batch.AsOf, DateTimeKind.Utc), batch.Key).ConfigureAwait(false);
            await Execute(database, sql.Rename, stop, batch.Audience, batch.Name.En).ConfigureAwait(false);
            options.At("commit");
            committing = true;
            await transaction.CommitAsync(stop).ConfigureAwait(false);
            options.At("committed");
            return Try.Success;
        }
        catch (PostgresException e)
        {
            // Its detail may hold values; its message and code do not.
            return new Try(false, PostgresConnection.MayPass(e.SqlState), committing, new($"refused: {e.MessageText} ({e.SqlState}){PostgresConnection.Cure(e.SqlState)}", $"数据库拒绝：{e.MessageText}（{e.SqlState}）"), Cause: e);
        }
        catch (NpgsqlException e)
        {
            return new Try(false, true, committing, new($"could not be reached, or went away: {Cause(e)}", $"无法连接数据库，或连接已断开：{Cause(e)}"), Cause: e);
        }
    }

    async Task Tables(NpgsqlConnection database, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql.Exists, database) { Parameters = { new() { Value = sql.Table }, new() { Value = sql.Ledger } } };
        if (await command.ExecuteScalarAsync(stop).ConfigureAwait(false) is true) return;
        await Execute(database, sql.MakeTable, stop).ConfigureAwait(false);
        await Execute(database, sql.MakeLedger, stop).ConfigureAwait(false);
    }

    static async Task Copy(NpgsqlConnection database, AudienceBatch batch, CancellationToken stop)
    {
        await using var copy = await database.BeginBinaryImportAsync(PostgresStatements.Copy, stop).ConfigureAwait(false);
        copy.Timeout = TimeSpan.FromSeconds(60);
        foreach (var change in batch.Changes)
        {
            await copy.StartRowAsync(stop).ConfigureAwait(false);
            await copy.WriteAsync(change.Id, NpgsqlDbType.Text, stop).ConfigureAwait(false);
            await copy.WriteAsync(change.Kind != ChangeKind.Exited, NpgsqlDbType.Boolean, stop).ConfigureAwait(false);
            if (change.Kind == ChangeKind.Exited) await copy.WriteNullAsync(stop).ConfigureAwait(false);
            else await copy.WriteAsync(Traits(batch, change), NpgsqlDbType.Jsonb, stop).ConfigureAwait(false);
        }

        await copy.CompleteAsync(stop).ConfigureAwait(false);
    }

    static string Traits(AudienceBatch batch, AudienceChange change) => Encoding.UTF8.GetString(BatchText.Bytes(json =>
    {
        json.WriteStartObject();
        for (var i = 0; i < batch.Traits.Count; i++)
        {
            json.WritePropertyName(batch.Traits[i].Name);
            BatchText.Value(json, change.Traits[i]);
        }

        json.WriteEndObject();
    }));

    static async Task<int> Execute(NpgsqlConnection database, string text, CancellationToken stop, params object[] values)
    {
        await using var command = new NpgsqlCommand(text, database);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }

    static string Cause(NpgsqlException e) => e.InnerException switch
    {
        TimeoutException => "no answer in time",
        System.Net.Sockets.SocketException s => s.Message,
        IOException => "the connection broke",
        _ => e.Message,
    };
}
