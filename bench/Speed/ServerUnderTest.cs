using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Coterie.Server;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Simulation;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Speed;

/// <summary>The server over a workspace, in a process of its own, with a source, an API key and an admin.</summary>
internal sealed partial class ServerUnderTest : IAsyncDisposable
{
    const string Url = "http://127.0.0.1:18091", Email = "bench@shop.example", Password = "a long password of the bench";

    readonly Process process;

    ServerUnderTest(string workspace, IEnumerable<string> options)
    {
        var data = new ServerData(CoterieServer.Folder(workspace));
        SourceKey = new Sources(data).Add("bench").Key;
        ApiKey = new AuthenticationHeaderValue("Bearer", new ApiKeys(data).Add("bench", Role.Admin, perSecond: 100_000).Key);
        new People(data).Add(Email, "Bench", Role.Admin, Password);
        process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(Machine.Root(), "src", "Coterie.Cli", "bin", "Release", "net10.0", "Coterie.Cli.dll"), "serve", "--workspace", workspace, "--urls", Url, .. options]) { RedirectStandardOutput = true })!;
    }

    /// <summary>Of the source.</summary>
    public string SourceKey { get; }

    /// <summary>A header of an admin's key.</summary>
    public AuthenticationHeaderValue ApiKey { get; }

    public HttpClient Client { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256, AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromMinutes(5) };

    public TimeSpan ProcessorTime => process.TotalProcessorTime;

    /// <summary>Waits until what a start brings along (the index of members, the pages' figures, the first measure of the drift) is done.</summary>
    /// <returns>Seconds that it took.</returns>
    public async Task<double> Settle()
    {
        var clock = Stopwatch.StartNew();
        // The drift is looked at first after 20 s.
        await Task.Delay(TimeSpan.FromSeconds(25));
        for (var before = ProcessorTime; clock.Elapsed < TimeSpan.FromMinutes(5); before = ProcessorTime)
        {
            await Task.Delay(TimeSpan.FromSeconds(4));
            if ((ProcessorTime - before).TotalSeconds < 0.5) break;
        }

        return Math.Round(clock.Elapsed.TotalSeconds);
    }

    public double Megabytes
    {
        get
        {
            process.Refresh();
            return Math.Round(process.WorkingSet64 / 1e6);
        }
    }

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<ServerUnderTest> Start(string workspace, params IEnumerable<string> options)
    {
        var server = new ServerUnderTest(workspace, options);
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await server.Client.GetAsync(new Uri("/health", UriKind.Relative));
                if (answer.StatusCode == HttpStatusCode.OK) return server;
            }
            catch (HttpRequestException) when (tries < 1200)
            {
                // It is starting.
            }

            await Task.Delay(50);
        }
    }

    /// <summary>From now on its pages know the admin.</summary>
    public async Task SignIn()
    {
        var token = Token().Match(await Client.GetStringAsync(new Uri("/signin", UriKind.Relative))).Groups[1].Value;
        using var form = new FormUrlEncodedContent([new("_form", token), new("email", Email), new("password", Password)]);
        using var answer = await Client.PostAsync(new Uri("/do/signin", UriKind.Relative), form);
        if (answer.Headers.Location?.ToString() != "/") throw new InvalidOperationException("Signing in failed.");
    }

    /// <summary>A request with the API key.</summary>
    public HttpRequestMessage Api(HttpMethod method, string path) => new(method, new Uri(path, UriKind.Relative)) { Headers = { Authorization = ApiKey } };

    /// <summary>A run's customers again and again, under ids of their own, in the order of their bytes.</summary>
    public static void Enlarge(string run, string large, int customers)
    {
        Directory.CreateDirectory(large);
        using var engine = new DuckDbWarehouse(new DuckDbOptions());
        foreach (var name in new[] { "segments.parquet", "features.parquet" })
        {
            string Quoted(string directory) => engine.Dialect.Text(Path.Combine(directory, name));
            engine.Execute(new Step("enlarge", $"""
                COPY (SELECT printf('%04d-%s', copy, customer_id) AS customer_id, * EXCLUDE (customer_id, copy) FROM
                (SELECT r.*, c.copy FROM range({customers} // (SELECT count(*) FROM read_parquet({Quoted(run)})) + 1) AS c(copy), read_parquet({Quoted(run)}) AS r)
                ORDER BY 1 LIMIT {customers}) TO {Quoted(large)} (FORMAT parquet)
                """));
        }
    }

    /// <summary>Every so many-th customer of a run, by chance.</summary>
    public static int Customers(string run)
    {
        using var engine = new DuckDbWarehouse(new DuckDbOptions());
        return engine.Single(new Step("count the customers", $"SELECT count(*) FROM read_parquet({engine.Dialect.Text(Path.Combine(run, "segments.parquet"))})"), r => (int)r.GetInt64(0));
    }

    public static string[] Some(string run, int every)
    {
        using var engine = new DuckDbWarehouse(new DuckDbOptions());
        return [.. engine.Rows(new Step("some customers", $"SELECT customer_id FROM read_parquet({engine.Dialect.Text(Path.Combine(run, "segments.parquet"))}) WHERE hash(customer_id) % {every} = 0"), r => r.GetString(0))];
    }

    /// <summary>The workspace that --workspace names, with a run in it; else one of a simulated shop. What is measured writes into it.</summary>
    public static string Workspace(string[] args, string folder, int customers, int? clusters = null)
    {
        if (Array.IndexOf(args, "--workspace") is var i and >= 0 && i + 1 < args.Length) return Path.GetFullPath(args[i + 1]);
        var workspace = Path.Combine(folder, "workspace");
        Simulator.Write(new SimulationOptions { Customers = customers, Seed = 3 }, Path.Combine(folder, "shop"));
        Segmentation.Run(new SegmentationOptions { Files = [Path.Combine(folder, "shop", "events.csv")], Workspace = workspace, Deep = "off", Decisions = "off", Clusters = clusters });
        return workspace;
    }

    /// <summary>A number among the arguments.</summary>
    public static int Option(string[] args, string name, int otherwise) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Other work on the machine while measuring makes every number worse; it is written beside them.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    [GeneratedRegex("name=\"_form\"[^>]*value=\"([^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Token();
}
