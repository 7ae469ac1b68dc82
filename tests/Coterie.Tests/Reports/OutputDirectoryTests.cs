using Coterie.Reports;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Reports;

public class OutputDirectoryTests
{
    static void Write(string directory, params string[] files)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(directory, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file == "report.json" ? "{\n  \"schema\": \"coterie.report/1\",\n  \"x\": 1}" : file);
        }
    }

    static void Run(string path, bool force, params string[] files)
    {
        using var output = OutputDirectory.Begin(path, force);
        Write(output.Path, files);
        output.Complete();
    }

    static string[] Tree(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(directory, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Fact]
    public void AnOutput_IsVisibleOnlyWhenComplete()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("deep/er/out");
        using (var output = OutputDirectory.Begin(path, force: false))
        {
            Write(output.Path, "report.json", "plots/map.png");
            Assert.False(Directory.Exists(path));
            output.Complete();
        }

        Assert.Equal(["plots/map.png", "report.json"], Tree(path));
        Assert.Equal([path], Directory.GetDirectories(folder.File("deep/er")));
    }

    [Fact]
    public void AnInterruptedRun_LeavesNothing_AndTheFormerOutputUntouched()
    {
        using var folder = new TemporaryFolder();
        using (var output = OutputDirectory.Begin(folder.File("a/b/out"), force: false)) Write(output.Path, "report.json");
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));

        Run(folder.File("out"), false, "report.json", "report.html");
        using (var output = OutputDirectory.Begin(folder.File("out"), force: false)) Write(output.Path, "report.json", "rules.sql");
        Assert.Equal(["report.html", "report.json"], Tree(folder.File("out")));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void AFormerOutput_IsReplacedAsAWhole()
    {
        using var folder = new TemporaryFolder();
        Run(folder.File("out"), false, "report.json", "plots/old.png", "rules.sql");
        Run(folder.File("out"), false, "report.json", "plots/new.png");
        Assert.Equal(["plots/new.png", "report.json"], Tree(folder.File("out")));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void ForeignFiles_SurviveEverything()
    {
        string[] names = ["notes.txt", "plots/mine.svg", "plots/map.png", "model/model.json", "model/sub/x.json", "segments.csv", "report.html", "sub/report.json"];
        Gen.Shuffle(names).Select(Gen.Int[0, names.Length], Gen.Bool, (n, count, former) => (n.Take(count).ToArray(), former)).Sample(c =>
        {
            using var folder = new TemporaryFolder();
            var path = folder.File("out");
            Write(path, [.. c.Item1, .. c.former ? new[] { "report.json" } : []]);
            Run(path, true, "report.json", "plots/sizes.png", "segments.csv");
            var after = Tree(path);
            return c.Item1.Where(f => !OutputNames.IsOurs(f)).All(after.Contains)
                && after.Contains("report.json") && after.Contains("plots/sizes.png") && after.Contains("segments.csv")
                && Directory.GetFileSystemEntries(folder.Path).Length == 1;
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void WithForce_OurStaleFilesGo_OnlyWhereTheyWereOurs()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("former"), "report.json", "plots/old.png", "notes.txt");
        Run(folder.File("former"), true, "report.json");
        Assert.Equal(["notes.txt", "report.json"], Tree(folder.File("former")));

        Write(folder.File("theirs"), "plots/old.png", "notes.txt");
        Run(folder.File("theirs"), true, "report.json");
        Assert.Equal(["notes.txt", "plots/old.png", "report.json"], Tree(folder.File("theirs")));
    }

    [Fact]
    public void ADirectoryThatHoldsSomethingElse_IsRefusedWithoutForce()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("x"), "notes.txt");
        var message = Assert.Throws<ConfigurationException>(() => OutputDirectory.Begin(folder.File("x"), force: false)).Message;
        Assert.Contains("notes.txt", message);
        Assert.Contains("--force", message);

        Directory.CreateDirectory(folder.File("y"));
        File.WriteAllText(folder.File("y/report.json"), "{\"schema\": \"another tool\"}");
        Assert.Throws<ConfigurationException>(() => OutputDirectory.Begin(folder.File("y"), force: false));
        File.WriteAllText(folder.File("y/report.json"), "not json");
        Assert.Throws<ConfigurationException>(() => OutputDirectory.Begin(folder.File("y"), force: false));

        Directory.CreateDirectory(folder.File("empty"));
        Run(folder.File("empty"), false, "report.json");
        Assert.Equal(["report.json"], Tree(folder.File("empty")));
    }

    [Fact]
    public void TheRoot_AFile_AndTheInputsFolder_AreRefusedEvenWithForce()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, "shop/events.csv", "file");
        foreach (var path in new[] { Path.GetPathRoot(folder.Path)!, folder.File("file"), folder.File("shop"), folder.Path, "", " " })
            Assert.Throws<ConfigurationException>(() => OutputDirectory.Begin(path, force: true, [folder.File("shop/events.csv")]));
        Assert.Throws<ConfigurationException>(() => OutputDirectory.Begin(folder.File("shop"), force: true, [folder.File("shop")]));
        using var beside = OutputDirectory.Begin(folder.File("shop/out"), force: false, [folder.File("shop/events.csv")]);
    }

    [Fact]
    public void WhatAKilledRunLeft_IsRemovedByTheNext_ButNotWhatALivingOneWrites()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, ".out.coterie-deadbeef/.alive", ".out.coterie-deadbeef/segments.csv", ".out.coterie-mine/notes.txt");
        using var living = OutputDirectory.Begin(folder.File("out"), force: false);
        Run(folder.File("out"), false, "report.json");
        Assert.False(Directory.Exists(folder.File(".out.coterie-deadbeef")));
        Assert.True(Directory.Exists(folder.File(".out.coterie-mine")));
        Assert.True(Directory.Exists(living.Path));
    }

    [Fact]
    public void ARunKilledBetweenTheTwoRenames_IsUndone()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File(".out.coterie-deadbeef-old"), "report.json", "segments.csv");
        using (OutputDirectory.Begin(folder.File("out"), force: false)) { }
        Assert.Equal(["report.json", "segments.csv"], Tree(folder.File("out")));
    }

    [Fact]
    public void ALinkToADirectory_StandsForTheDirectory()
    {
        using var folder = new TemporaryFolder();
        Run(folder.File("real"), false, "report.json");
        Directory.CreateSymbolicLink(folder.File("link"), folder.File("real"));
        Run(folder.File("link"), false, "report.json", "rules.sql");
        Assert.Equal(["report.json", "rules.sql"], Tree(folder.File("real")));
        Assert.NotNull(new DirectoryInfo(folder.File("link")).LinkTarget);
    }
}
