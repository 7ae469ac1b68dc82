using System.Diagnostics;
using Coterie.Server.Log;
using Coterie.Tests.Support;

namespace Coterie.Tests.Server.Hardness;

/// <summary>The log on a real disk of three megabytes that is filled, or made read-only, and then well again. Needs the right to mount; skipped where there is none.</summary>
public sealed class RealDiskTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly string disk;

    public RealDiskTests()
    {
        disk = Directory.CreateDirectory(folder.File("disk")).FullName;
        Assert.SkipUnless(OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk) == 0, "A small file system cannot be mounted here.");
    }

    [Fact]
    public async Task AFullDisk_IsOvercome_AndNothingAcknowledgedIsLost()
    {
        await File.WriteAllBytesAsync(Path.Combine(disk, "filler"), new byte[1_500_000]);
        await using var server = await RunningServer.Start(o => o with { Storage = Storage });
        var acknowledged = new List<string>();
        var status = 200;
        for (var i = 0; status == 200 && i < 200; i++)
        {
            status = (await server.Post("/v1/track", Event($"e{i}"), basic: server.Key)).Status;
            if (status == 200) acknowledged.Add($"e{i}");
        }

        Assert.Equal(503, status);
        using (var ready = await server.Client.GetAsync("/ready")) Assert.Equal(503, (int)ready.StatusCode);
        File.Delete(Path.Combine(disk, "filler"));
        Assert.Equal(200, (await server.Post("/v1/track", Event("after"), basic: server.Key)).Status);
        acknowledged.Add("after");
        using (var ready = await server.Client.GetAsync("/ready")) Assert.Equal(200, (int)ready.StatusCode);
        Assert.Empty(acknowledged.Except(server.Stored().Select(e => e.GetProperty("messageId").GetString()!)));
    }

    [Fact]
    public async Task AReadOnlyDisk_IsSaid_AndOvercome()
    {
        await using var server = await RunningServer.Start(o => o with { Storage = Storage });
        Assert.Equal(0, Run("mount", "-o", "remount,ro", disk));
        var answer = await server.Post("/v1/track", Event("a"), basic: server.Key);
        Assert.Equal((503, "storage_unavailable"), (answer.Status, answer.Text("code")));
        Assert.Equal(0, Run("mount", "-o", "remount,rw", disk));
        Assert.Equal(200, (await server.Post("/v1/track", Event("a"), basic: server.Key)).Status);
        Assert.Single(server.Stored());
    }

    DiskStorage Storage(string directory) => new(Path.Combine(disk, Path.GetFileName(directory)));

    static string Event(string id) => $$"""{"type":"track","event":"x","userId":"u","messageId":"{{id}}","properties":{"filling":"{{new string('x', 30_000)}}"} }""";

    static int Run(string program, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Dispose()
    {
        Run("umount", "-l", disk);
        folder.Dispose();
    }
}
