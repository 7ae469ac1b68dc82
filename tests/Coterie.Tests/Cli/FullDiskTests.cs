using System.Diagnostics;

namespace Coterie.Tests.Cli;

/// <summary>The whole program on a disk that fills up: a file system of a few hundred kilobytes in memory, mounted in a name space of its own.</summary>
public class FullDiskTests : Running
{
    static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Coterie.Cli.dll");

    /// <summary>Runs shell lines where $DISK is a disk of that size; skipped where the system grants no name space.</summary>
    Ran OnADisk(string size, string lines)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A small disk is mounted by Linux name spaces.");
        Directory.CreateDirectory(At("disk"));
        var start = new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--mount", "sh", "-c",
            $"mount -t tmpfs -o size={size} tmpfs \"$DISK\" || exit 77; echo keep > \"$DISK/keep.txt\"; {lines}"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["DISK"] = At("disk");
        start.Environment["FILE"] = Write("orders.csv", Orders(600));
        start.Environment["COTERIE"] = Program;
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            var ran = new Ran(process.ExitCode, output, error.Result);
            Assert.SkipWhen(ran.Code == 77 || ran.Error.Contains("unshare", StringComparison.Ordinal), $"No small disk can be mounted here: {ran.Error.Trim()}");
            return ran;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Skip($"No small disk can be mounted here: {e.Message}");
            throw;
        }
    }

    [Theory]
    [InlineData("48k")]
    [InlineData("220k")]
    [InlineData("700k")]
    public void ResultsThatDoNotFit_LeaveNothing_AndOneClearLine(string size)
    {
        var ran = OnADisk(size, "dotnet \"$COTERIE\" segment \"$FILE\" --out \"$DISK/out\" --k 3 --json; echo \"exit $?\"; ls -A \"$DISK\"");
        Assert.Equal("exit 1\nkeep.txt\n", ran.Output);
        var line = Assert.Single(ran.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("coterie: No space left on disk", line, StringComparison.Ordinal);
        Assert.Contains("disk/out", line, StringComparison.Ordinal);
        Assert.Contains("--out", line, StringComparison.Ordinal);
    }

    [Fact]
    public void AWorkspaceThatDoesNotFit_IsWholeAfterwards()
    {
        var ran = OnADisk("120k", """
            dotnet "$COTERIE" ingest "$FILE" --workspace "$DISK/shop"; echo "exit $?"
            mount -o remount,size=64m "$DISK"
            dotnet "$COTERIE" ingest "$FILE" --workspace "$DISK/shop"; echo "exit $?"
            """);
        Assert.Contains("exit 1", ran.Output, StringComparison.Ordinal);
        Assert.Contains("No space left on disk", ran.Error, StringComparison.Ordinal);
        Assert.EndsWith("exit 0\n", ran.Output, StringComparison.Ordinal);
        Assert.Contains("0 known already", ran.Output, StringComparison.Ordinal);
    }
}
