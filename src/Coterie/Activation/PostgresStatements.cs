using System.Text;
using Npgsql;

namespace Coterie.Activation;

/// <summary>The statements of <see cref="PostgresDestination"/>: identifiers quoted, values as parameters.</summary>
sealed class PostgresStatements
{
    const string LedgerEnding = "_ledger";
    // Longer names are cut by the server without a word (NAMEDATALEN 64).
    const int MostName = 63;

    internal PostgresStatements(string table)
    {
        var parts = table.Split('.');
        if (parts.Length > 2 || parts.Any(p => p.Length == 0 || p.Contains('\0', StringComparison.Ordinal)) || Encoding.UTF8.GetByteCount(parts[^1]) > MostName - LedgerEnding.Length)
            throw new ConfigurationException($"--table '{table}' is not NAME or SCHEMA.NAME with a name of at most {MostName - LedgerEnding.Length} bytes.",
                $"数据表“{table}”应为“名称”或“模式.名称”，名称最多 {MostName - LedgerEnding.Length} 字节。");
        Table = string.Join('.', parts.Select(Name));
        Ledger = string.Join('.', [.. parts[..^1].Select(Name), Name(parts[^1] + LedgerEnding)]);
    }

    internal string Table { get; }
    internal string Ledger { get; }

    /// <summary>$1, $2: both names.</summary>
    internal string Exists => "SELECT to_regclass($1) IS NOT NULL AND to_regclass($2) IS NOT NULL";

    internal string MakeTable => $"""
        CREATE TABLE IF NOT EXISTS {Table} (
            audience text NOT NULL,
            customer_id text NOT NULL,
            member boolean NOT NULL,
            segment text NOT NULL,
            name text NOT NULL,
            traits jsonb,
            changed_at timestamptz NOT NULL,
            batch text NOT NULL,
            PRIMARY KEY (audience, customer_id))
        """;

    internal string MakeLedger => $"""
        CREATE TABLE IF NOT EXISTS {Ledger} (
            batch text PRIMARY KEY,
            audience text NOT NULL,
            number bigint NOT NULL,
            changes integer NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now())
        """;

    /// <summary>$1 key, $2 audience, $3 number, $4 changes; no row: it was applied before.</summary>
    internal string Enter => $"INSERT INTO {Ledger} (batch, audience, number, changes) VALUES ($1, $2, $3, $4) ON CONFLICT (batch) DO NOTHING";

    internal string Room => "CREATE TEMPORARY TABLE coterie_batch (customer_id text NOT NULL, member boolean NOT NULL, traits jsonb) ON COMMIT DROP";

    internal const string Copy = "COPY pg_temp.coterie_batch (customer_id, member, traits) FROM STDIN (FORMAT binary)";

    /// <summary>$1 audience, $2 segment, $3 name, $4 as of, $5 key.</summary>
    internal string Upsert => $"""
        INSERT INTO {Table} (audience, customer_id, member, segment, name, traits, changed_at, batch)
        SELECT $1, customer_id, member, $2, $3, traits, $4, $5 FROM pg_temp.coterie_batch
        ON CONFLICT (audience, customer_id) DO UPDATE SET
            member = EXCLUDED.member, segment = EXCLUDED.segment, name = EXCLUDED.name,
            traits = EXCLUDED.traits, changed_at = EXCLUDED.changed_at, batch = EXCLUDED.batch
        """;

    /// <summary>$1 audience, $2 name: a segment that has got another name has it in all its rows.</summary>
    internal string Rename => $"UPDATE {Table} SET name = $2 WHERE audience = $1 AND name <> $2";

    internal static string Name(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>Connections to PostgreSQL: how they are written, and which refusals pass.</summary>
static class PostgresConnection
{
    /// <exception cref="ConfigurationException">It cannot be read, names no host, or holds a password.</exception>
    internal static NpgsqlConnectionStringBuilder Parse(string text)
    {
        const string Expected = "write Host=HOST;Database=NAME;Username=NAME, or postgresql://NAME@HOST/DATABASE";
        const string ExpectedZh = "应写作 Host=主机;Database=库名;Username=用户名，或 postgresql://用户名@主机/库名";
        NpgsqlConnectionStringBuilder builder;
        if (text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Query.Length > 0) throw new ConfigurationException($"--connection cannot be read; {Expected}.", $"连接无法识别；{ExpectedZh}。");
            var user = uri.UserInfo.Split(':', 2);
            builder = new NpgsqlConnectionStringBuilder { Host = uri.Host, Port = uri.Port > 0 ? uri.Port : 5432, Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')) };
            if (user[0].Length > 0) builder.Username = Uri.UnescapeDataString(user[0]);
            if (user.Length > 1) builder.Password = "given";
        }
        else
        {
            try
            {
                builder = new NpgsqlConnectionStringBuilder(text);
            }
            catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException or OverflowException)
            {
                throw new ConfigurationException($"--connection cannot be read; {Expected}.", $"连接无法识别；{ExpectedZh}。");
            }
        }

        if (!string.IsNullOrEmpty(builder.Password))
            throw new ConfigurationException("--connection holds a password, which others on this machine can see in the list of processes; take it out and give it by environment (PGPASSWORD, --secret-env) or file (PGPASSFILE, --secret-file).",
                "连接中含有密码，本机其他人可在进程列表中看到；请将其删去，另行提供密码。");
        if (string.IsNullOrEmpty(builder.Host)) throw new ConfigurationException($"--connection names no host; {Expected}.", $"连接缺少主机；{ExpectedZh}。");
        if (string.IsNullOrEmpty(builder.Database)) throw new ConfigurationException($"--connection names no database; {Expected}.", $"连接缺少库名；{ExpectedZh}。");
        builder.Pooling = false;
        builder.IncludeErrorDetail = false;
        builder.ApplicationName ??= "coterie";
        if (!builder.ShouldSerialize("Timeout")) builder.Timeout = 10;
        if (!builder.ShouldSerialize("Command Timeout")) builder.CommandTimeout = 60;
        return builder;
    }

    /// <summary>Whether a refusal may be gone at the next try: connections (08), resources (53), operators and restarts (57), serialisation and deadlocks, and two
    /// syncs that make the tables at once.</summary>
    internal static bool MayPass(string state) => state[..2] is "08" or "53" || state is "40001" or "40P01" or "57P01" or "57P02" or "57P03" or "55P03" or "42P07" or "23505";

    internal static string Cure(string state) => state switch
    {
        "28P01" or "28000" => "; give the password by PGPASSWORD, --secret-env or --secret-file",
        "3D000" => "; name a database that is there",
        "42501" => "; let the user make or write the table, or name another with --table",
        "42703" or "42804" or "42P10" => "; the table has other columns than ours: name another with --table",
        "3F000" => "; make the schema first",
        "22021" or "22P05" => "; a text holds the character 0, which PostgreSQL cannot keep",
        _ => "",
    };
}
