using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests;

public sealed class WorkspaceTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("coterie-test-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    string At(string name) => Path.Combine(root, name);

    [Fact]
    public void AWorkspace_KeepsItsTablesAndSettings()
    {
        using (var first = Workspace.Open(At("shop"), new DuckDbOptions(), create: true))
        {
            first.Configure(first.Settings with { Currency = "GBP" });
            first.Warehouse.Execute(new Step("make", "CREATE TABLE t AS SELECT 42 AS x"));
        }

        using var second = Workspace.Open(At("shop"), new DuckDbOptions(), create: false);
        Assert.Equal("GBP", second.Settings.Currency);
        Assert.Equal(42, second.Warehouse.Single(new Step("read", "SELECT x FROM t"), r => r.GetInt32(0)));
        Assert.EndsWith("0001", second.NextRun, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoCommandsInOneWorkspace_AreRefused()
    {
        using var first = Workspace.Open(At("shop"), new DuckDbOptions(), create: true);
        var e = Assert.Throws<InputException>(() => Workspace.Open(At("shop"), new DuckDbOptions(), create: true));
        Assert.Contains("Another command has the workspace", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADirectoryWithSomethingElse_IsNotAWorkspace()
    {
        Directory.CreateDirectory(At("photos"));
        File.WriteAllText(At("photos/cat.txt"), "cat");
        Assert.Throws<InputException>(() => Workspace.Open(At("photos"), new DuckDbOptions(), create: true));
        Assert.Throws<InputException>(() => Workspace.Open(At("absent"), new DuckDbOptions(), create: false));
        Assert.Equal(["cat.txt"], Directory.GetFiles(At("photos")).Select(Path.GetFileName));
    }

    [Fact]
    public void DamagedSettings_AreNamed()
    {
        Workspace.Open(At("shop"), new DuckDbOptions(), create: true).Dispose();
        File.WriteAllText(At("shop/coterie.json"), "{ not json");
        Assert.Contains("damaged", Assert.Throws<InputException>(() => Workspace.Open(At("shop"), new DuckDbOptions(), create: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATemporaryWorkspace_LeavesNothing()
    {
        string directory;
        using (var workspace = Workspace.Temporary(new DuckDbOptions())) directory = workspace.Directory;
        Assert.False(Directory.Exists(directory));
    }
}
