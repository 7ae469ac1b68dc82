using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Coterie.Tests.Activation;

/// <summary>A PostgreSQL of its own for the tests: on this machine only, in a temporary folder, stopped by its process.</summary>
public sealed class PostgresServer : IDisposable
{
    readonly string? programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).LastOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
        : null;

    readonly string folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"coterie-pg-{Guid.NewGuid():N}")).FullName;
    readonly int port = FreePort();
    Process? process;

    public PostgresServer()
    {
        if (programs is null) return;
        if (Root)
        {
            if (!File.Exists("/usr/sbin/runuser") && !File.Exists("/sbin/runuser") || Run("chown", "nobody", folder) != 0) return;
        }

        if (Run(Path.Combine(programs, "initdb"), "-D", Data, "-U", "coterie", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C") == 0) Start();
    }

    static bool Root => Environment.UserName == "root";
    string Data => Path.Combine(folder, "data");

    internal string Connection
    {
        get
        {
            Assert.SkipWhen(process is null, "PostgreSQL's server (initdb, postgres) is not on this machine, or cannot be started here.");
            return $"Host=127.0.0.1;Port={port};Database=postgres;Username=coterie";
        }
    }

    /// <summary>Pulls the plug: the server is gone at once, and nothing is tidied up.</summary>
    internal void Kill()
    {
        process!.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    internal void Start()
    {
        // A killed server that nobody has buried yet looks alive to the next by this file.
        File.Delete(Path.Combine(Data, "postmaster.pid"));
        // What is left of the former server may hold its memory for a moment.
        for (var attempt = 0; attempt < 5; attempt++)
        {
            process = Begin(Path.Combine(programs!, "postgres"), "-D", Data, "-h", "127.0.0.1", "-p", $"{port}", "-c", "unix_socket_directories=", "-c", "dynamic_shared_memory_type=mmap", "-c", "fsync=off", "-c", "full_page_writes=off");
            var until = DateTime.UtcNow.AddSeconds(60);
            while (!process.HasExited && DateTime.UtcNow < until)
            {
                if (Ready()) return;
                Thread.Sleep(50);
            }

            Kill();
            process = null;
            Thread.Sleep(200);
        }
    }

    internal T Ask<T>(string sql)
    {
        using var connection = new NpgsqlConnection(Connection + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return (T)command.ExecuteScalar()!;
    }

    bool Ready()
    {
        try
        {
            using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={port};Database=postgres;Username=coterie;Pooling=false;Timeout=5");
            connection.Open();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    // The server refuses to be run by root.
    static Process Begin(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Root && program[0] == '/' ? "runuser" : program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        if (Root && program[0] == '/')
        {
            foreach (var argument in new[] { "-u", "nobody", "--", program }) start.ArgumentList.Add(argument);
        }

        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    static int Run(string program, params string[] arguments)
    {
        using var process = Begin(program, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (process is not null) Kill();
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
