using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coterie.Privacy;
using Coterie.Tests.Support;

namespace Coterie.Tests.Privacy;

public class BackupTests
{
    static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    static string Made(TemporaryFolder folder)
    {
        var (workspace, file) = (folder.File("ws"), folder.File("e.csv"));
        File.WriteAllText(file, "time,event,customer_id,product_id\n2024-01-01 10:00:00,view,anna-1701,P1\n2024-01-02 10:00:00,view,bert-1802,P2\n");
        Ingestion.Run(new IngestionOptions { Files = [file], Workspace = workspace });
        Directory.CreateDirectory(Path.Combine(workspace, "runs", "0001"));
        File.WriteAllText(Path.Combine(workspace, "runs", "0001", "segments.csv"), "customer_id,segment\nanna-1701,S1\n");
        Directory.CreateDirectory(Path.Combine(workspace, "server", "log"));
        File.WriteAllBytes(Path.Combine(workspace, "server", "log", "00000000000000000001.log"), RandomNumberGenerator.GetBytes(300_000));
        File.WriteAllText(Path.Combine(workspace, "server", "empty"), "");
        File.WriteAllText(Path.Combine(workspace, "server", "coterie.db"), "a database");
        return workspace;
    }

    static SortedDictionary<string, string> Content(string workspace) => new(Directory.EnumerateFiles(workspace, "*", SearchOption.AllDirectories)
        .Where(f => Path.GetExtension(f) != ".lock" && Path.GetFileName(f) != ".lock").ToDictionary(f => Path.GetRelativePath(workspace, f), f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))));

    [Fact]
    public void WhatIsRestored_IsWhatWasBackedUp_AndWorks()
    {
        using var folder = new TemporaryFolder();
        var workspace = Made(folder);
        var made = Backup.Run(new BackupOptions { Workspace = workspace, Out = folder.File("b.tar.gz") });
        Assert.Throws<ConfigurationException>(() => Backup.Run(new BackupOptions { Workspace = workspace, Out = folder.File("b.tar.gz") }));
        Assert.Throws<ConfigurationException>(() => Backup.Run(new BackupOptions { Workspace = workspace, Out = Path.Combine(workspace, "b.tar.gz") }));
        var restored = Restore.Run(new RestoreOptions(folder.File("b.tar.gz"), folder.File("again")));
        Assert.Equal(made.Files, restored.Files);
        Assert.Equal(Content(workspace), Content(folder.File("again")));
        Assert.Equal(CanaryShop.Database(Path.Combine(workspace, "warehouse.duckdb")), CanaryShop.Database(Path.Combine(folder.File("again"), "warehouse.duckdb")));
        Assert.Throws<ConfigurationException>(() => Restore.Run(new RestoreOptions(folder.File("b.tar.gz"), folder.File("again"))));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("b.tar.gz")));
    }

    [Fact]
    public void ADatabaseThatIsOpen_IsCopiedByItsOwner()
    {
        using var folder = new TemporaryFolder();
        var workspace = Made(folder);
        File.WriteAllText(Path.Combine(workspace, "server", "coterie.db-wal"), "changes");
        Backup.Run(new BackupOptions { Workspace = workspace, Out = folder.File("b.tar.gz"), Snapshot = (from, to) => File.WriteAllText(to, File.ReadAllText(from) + ", as of now") });
        Restore.Run(new RestoreOptions(folder.File("b.tar.gz"), folder.File("again")));
        Assert.Equal("a database, as of now", File.ReadAllText(Path.Combine(folder.File("again"), "server", "coterie.db")));
        Assert.False(File.Exists(Path.Combine(folder.File("again"), "server", "coterie.db-wal")));
    }

    [Fact]
    public void ADamagedArchive_IsRefused_WhereverTheDamageIs_AndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        Backup.Run(new BackupOptions { Workspace = Made(folder), Out = folder.File("b.tar.gz") });
        var whole = File.ReadAllBytes(folder.File("b.tar.gz"));
        for (var i = 0; i < 24; i++)
        {
            // The header of gzip says nothing that matters; its last bytes are its own checksum.
            var at = 10 + (int)((whole.Length - 40L) * i / 24);
            var changed = i % 3 == 0 ? whole[..at] : [.. whole];
            if (i % 3 != 0) changed[at] ^= 0x55;
            File.WriteAllBytes(folder.File("bad.tar.gz"), changed);
            Assert.Throws<InputException>(() => Restore.Run(new RestoreOptions(folder.File("bad.tar.gz"), folder.File("again"))));
            Assert.False(Directory.Exists(folder.File("again")));
            Assert.DoesNotContain(Directory.GetDirectories(folder.Path), d => d.Contains("restoring", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("../evil.txt")]
    [InlineData("/tmp/evil.txt")]
    [InlineData("a/../../evil.txt")]
    [InlineData("a\\..\\evil.txt")]
    [InlineData("c:evil.txt")]
    public void PathsThatLeadOut_AreRefused(string path) => Refused(path, null);

    [Fact]
    public void LinksTwinsStrangersBombsAndLies_AreRefused()
    {
        Refused("link", new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "/etc/passwd" });
        Refused("link", new PaxTarEntry(TarEntryType.HardLink, "link") { LinkName = "coterie.json" });
        Refused("x", Plain("x", "other words"));
        Refused("x", Plain("y", "words"));
        Refused("x", Plain("x", "words and more, which no manifest named"));
        Refused("x", Plain("x", "words"), twice: true);
        Refused("x", Plain("x", "words"), bytes: 1L << 60);
        Refused("coterie.json", null);
    }

    static PaxTarEntry Plain(string name, string text) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    static void Refused(string named, TarEntry? entry, bool twice = false, long bytes = 5)
    {
        using var folder = new TemporaryFolder();
        const string Settings = "{\"schema\":\"coterie.workspace/1\"}";
        var hash = Convert.ToHexStringLower(SHA256.HashData("words"u8));
        var manifest = new BackupManifest("coterie.backup/1", DateTime.UnixEpoch,
            [new("coterie.json", Settings.Length, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Settings)))), new(named, bytes, hash)]);
        using (var tar = new TarWriter(new GZipStream(File.Create(folder.File("b.tar.gz")), CompressionLevel.Fastest), TarEntryFormat.Pax))
        {
            tar.WriteEntry(Plain("manifest.json", JsonSerializer.Serialize(manifest, Snake)));
            tar.WriteEntry(Plain("coterie.json", Settings));
            entry ??= Plain(named, "words");
            tar.WriteEntry(entry);
            if (twice)
            {
                entry.DataStream!.Position = 0;
                tar.WriteEntry(entry);
            }
        }

        Assert.Throws<InputException>(() => Restore.Run(new RestoreOptions(folder.File("b.tar.gz"), folder.File("ws"))));
        Assert.Equal([folder.File("b.tar.gz")], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void WhoWasErasedSinceTheBackup_IsErasedAgain()
    {
        using var folder = new TemporaryFolder();
        var workspace = Made(folder);
        Backup.Run(new BackupOptions { Workspace = workspace, Out = folder.File("b.tar.gz") });
        Erasure.Run(new ErasureOptions { Workspace = workspace, Customers = ["anna-1701"] });
        Restore.Run(new RestoreOptions(folder.File("b.tar.gz"), folder.File("again")));
        Assert.NotEmpty(CanaryShop.With(folder.File("again"), "anna-1701"));
        SuppressionList.Adopt(folder.File("again"), Path.Combine(workspace, "erasures"));
        using (var opened = Workspace.Open(folder.File("again"), new(), create: false))
        {
            Assert.Equal(1, Erasure.Again(opened, new ErasureOptions { Workspace = "", Customers = [] })!.Customers);
            Assert.Null(Erasure.Again(opened, new ErasureOptions { Workspace = "", Customers = [] }));
        }

        Assert.Empty(CanaryShop.With(folder.File("again"), "anna-1701"));
    }
}
