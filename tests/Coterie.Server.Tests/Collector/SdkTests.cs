using System.Diagnostics;
using Coterie.Tests.Support;

namespace Coterie.Tests.Server;

/// <summary>The Node clients of the vendors, unmodified, deliver into the collector.</summary>
public class SdkTests
{
    const int Events = 10_000;
    static readonly string Folder = Repository.At("tests", "Coterie.Server.Tests", "Sdks");
    static readonly Lazy<Task<string?>> Installed = new(Install);

    [Theory]
    [InlineData("segment")]
    [InlineData("rudderstack")]
    [InlineData("posthog")]
    [InlineData("jitsu")]
    public async Task TenThousandEvents_ArriveOnce_WithTheirTimes(string client)
    {
        if (await Installed.Value is { } why) Assert.Skip($"The clients could not be installed: {why}");
        await using var server = await RunningServer.Start();
        var ran = await Run("node", ["send.mjs", client, server.Client.BaseAddress!.ToString().TrimEnd('/'), client == "jitsu" ? "web:" + server.Key : server.Key, $"{Events}"], TimeSpan.FromMinutes(3));
        Assert.True(ran.Code == 0, ran.Text);
        var stored = server.Stored().Where(e => e.GetProperty("type").GetString() == "track").ToArray();
        var orders = stored.Select(e => e.GetProperty("properties").GetProperty("order_id").GetString()!).ToArray();
        Assert.Equal(Events, orders.Length);
        Assert.Equal(Enumerable.Range(0, Events).Select(i => $"o{i}").Order(StringComparer.Ordinal), orders.Order(StringComparer.Ordinal));
        // Jitsu's client stamps the moment of the call itself.
        if (client == "jitsu") return;
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Assert.All(stored, e => Assert.Equal(start.AddSeconds(e.GetProperty("properties").GetProperty("revenue").GetInt32()), e.GetProperty("timestamp").GetDateTime()));
    }

    /// <summary>Null, or why not.</summary>
    static async Task<string?> Install()
    {
        if (File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json"))) return null;
        try
        {
            var ran = await Run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], TimeSpan.FromMinutes(3));
            return ran.Code == 0 ? null : ran.Text.Split('\n')[0];
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"npm is not here ({e.Message}).";
        }
    }

    sealed record Ended(int Code, string Text);

    static async Task<Ended> Run(string program, string[] words, TimeSpan limit)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = Folder, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var word in words) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        using var late = new CancellationTokenSource(limit);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(late.Token), process.StandardError.ReadToEndAsync(late.Token));
        try
        {
            await process.WaitForExitAsync(late.Token);
            return new(process.ExitCode, await error + await output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new(-1, $"{program} {words[0]} did not end within {limit.TotalMinutes:0} minutes.");
        }
    }
}
