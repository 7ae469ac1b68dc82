using System.Diagnostics;
using System.Net;
using System.Text;
using Coterie.Server;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Tests.Support;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests.Server.Hardness;

/// <summary>A server in a process of its own, on a free port of the loopback address, with one source; what it prints is kept.</summary>
sealed class ServerProcess : IAsyncDisposable
{
    readonly TemporaryFolder folder = new();
    readonly StringBuilder said = new();
    readonly TaskCompletionSource<Uri> listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Process process = null!;

    public Uri Url { get; private set; } = null!;
    public string Key { get; private set; } = "";
    public string Workspace => folder.File("workspace");
    public Process Process => process;

    /// <summary>Everything on its standard output and error so far.</summary>
    public string Said
    {
        get
        {
            lock (said) return said.ToString();
        }
    }

    public static async Task<ServerProcess> Start(IReadOnlyDictionary<string, string>? environment = null, params string[] words)
    {
        var server = new ServerProcess();
        Coterie.Workspace.Open(server.Workspace, new DuckDbOptions(), create: true).Dispose();
        server.Key = new Sources(new ServerData(CoterieServer.Folder(server.Workspace))).Add("shop").Key;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = [Repository.At("src", "Coterie.Cli", "bin", "Release", "net10.0", "Coterie.Cli.dll"), "serve", "--workspace", server.Workspace, "--urls", "http://127.0.0.1:0", .. words];
        foreach (var word in all) start.ArgumentList.Add(word);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        server.process = Process.Start(start)!;
        server.process.OutputDataReceived += (_, e) => server.Heard(e.Data);
        server.process.ErrorDataReceived += (_, e) => server.Heard(e.Data);
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        server.Url = await server.listens.Task.WaitAsync(TimeSpan.FromMinutes(3));
        return server;
    }

    void Heard(string? line)
    {
        if (line is null) return;
        lock (said) said.AppendLine(line);
        if (line.StartsWith("Coterie serves", StringComparison.Ordinal)) listens.TrySetResult(new Uri(line.Split(" at ")[1].Split(';')[0]));
    }

    /// <summary>The most memory that it ever held, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            var status = $"/proc/{process.Id}/status";
            Assert.SkipUnless(File.Exists(status), "There is no /proc here to read the memory of a process from.");
            return long.Parse(File.ReadLines(status).First(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1]) << 10;
        }
    }

    public async Task<HttpStatusCode> Track(HttpClient client, string id, string user = "u")
    {
        using var content = new StringContent($$"""{"writeKey":"{{Key}}","type":"track","event":"x","userId":"{{user}}","messageId":"{{id}}"}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/v1/track", content);
        return answer.StatusCode;
    }

    /// <summary>Asks it to stop as a manager of services does (SIGTERM).</summary>
    public void Ask()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }
}
