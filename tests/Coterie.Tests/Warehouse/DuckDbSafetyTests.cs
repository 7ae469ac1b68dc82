using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests.Warehouse;

public sealed class DuckDbSafetyTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("coterie-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void AfterLockDown_NoStatementReachesAnythingOutside()
    {
        var secret = Path.Combine(folder, "secret.csv");
        File.WriteAllText(secret, "a\n1\n");
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        Run(warehouse, $"CREATE TABLE t AS FROM read_csv('{secret}')");
        warehouse.LockDown();
        foreach (var sql in new[]
        {
            $"FROM read_csv('{secret}')", $"FROM '{secret}'", $"FROM read_text('{secret}')", $"FROM read_blob('{secret}')", $"FROM sniff_csv('{secret}')",
            $"FROM glob('{folder}/*')", $"FROM read_parquet('{secret}')", $"FROM read_json('{secret}')", $"COPY t TO '{secret}'", $"COPY t FROM '{secret}'",
            $"ATTACH '{folder}/x.duckdb' AS x", $"EXPORT DATABASE '{folder}/x'", $"IMPORT DATABASE '{folder}/x'", "INSTALL httpfs", "LOAD httpfs",
            $"LOAD '{folder}/x.duckdb_extension'", "SET enable_external_access = true", "SET threads = 1", "SET memory_limit = '10GB'", "RESET memory_limit",
            "SET lock_configuration = false", $"SET allowed_directories = ['{folder}']", "SET temp_directory = '/tmp/elsewhere'", "PRAGMA threads = 1",
            "SET allow_unsigned_extensions = true", "SET autoload_known_extensions = true", "FROM read_csv('https://example.com/x.csv')", "FROM read_csv('/etc/passwd')",
        })
            Assert.Throws<WarehouseException>(() => Run(warehouse, sql));
        Assert.Equal(1, warehouse.Single(new Step("still works", "SELECT count(*) FROM t"), r => r.GetInt64(0)));
        Assert.Equal(["false", "true", "false", "false", "false"], new[]
        {
            "enable_external_access", "lock_configuration", "autoinstall_known_extensions", "autoload_known_extensions", "allow_community_extensions",
        }.Select(flag => warehouse.Single(new Step("flag", $"SELECT CAST(current_setting('{flag}') AS VARCHAR)"), r => r.GetString(0))));
    }

    // A reader of a server comes while a job has more than the memory holds.
    [Fact]
    public void WhenOneHasSpilled_AnotherOpensTheSameDatabase()
    {
        var options = new DuckDbOptions { File = Path.Combine(folder, "w.duckdb"), TemporaryDirectory = Path.Combine(folder, "spill"), MemoryLimit = 60_000_000, Threads = 1 };
        using var writer = new DuckDbWarehouse(options);
        Run(writer, "CREATE TEMP TABLE large AS SELECT hash(i) AS h, CAST(hash(i + 1) AS VARCHAR) AS t FROM range(3000000) AS r(i)");
        Assert.NotEmpty(Directory.EnumerateFiles(options.TemporaryDirectory!));
        using var reader = new DuckDbWarehouse(options);
        Assert.Equal(3, reader.Single(new Step("read beside it", "SELECT count(*) FROM range(3)"), r => r.GetInt64(0)));
        Assert.Equal(options.TemporaryDirectory, reader.Single(new Step("where it spills", "SELECT current_setting('temp_directory')"), r => r.GetString(0)));
    }

    [Fact]
    public void AfterLockDown_TheOutputDirectoryAndTheDatabaseStayWritable()
    {
        var output = Directory.CreateDirectory(Path.Combine(folder, "out")).FullName;
        var options = new DuckDbOptions { File = Path.Combine(folder, "w.duckdb"), TemporaryDirectory = Path.Combine(folder, "spill"), MemoryLimit = 60_000_000, Threads = 1 };
        using (var warehouse = new DuckDbWarehouse(options))
        {
            warehouse.LockDown(output);
            // Larger than memory: spilling must still work.
            Run(warehouse, "CREATE TABLE t AS SELECT i, hash(i) AS h FROM range(2000000) AS r(i) ORDER BY h");
            Run(warehouse, $"COPY t TO '{output}/t.parquet'");
            Assert.Throws<WarehouseException>(() => Run(warehouse, $"COPY t TO '{folder}/t.parquet'"));
            Assert.Throws<WarehouseException>(() => Run(warehouse, $"COPY t TO '{output}/../t.parquet'"));
            Assert.Throws<WarehouseException>(() => Run(warehouse, $"COPY t TO '{folder}/out2.parquet'"));
        }
        using var again = new DuckDbWarehouse(options);
        Assert.Equal(2_000_000, again.Single(new Step("count", "SELECT count(*) FROM t"), r => r.GetInt64(0)));
    }

    [Fact]
    public async Task Interrupt_StopsARunningStatement_AndEveryLaterOne()
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Threads = 1 });
        var work = Task.Run(() => Run(warehouse, "CREATE TABLE t AS SELECT sum(a.i * b.i) FROM range(1000000) AS a(i), range(1000000) AS b(i)"), TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        warehouse.Interrupt();
        await Assert.ThrowsAsync<OperationCanceledException>(() => work);
        Assert.Throws<OperationCanceledException>(() => Run(warehouse, "SELECT 1"));
    }

    [Fact]
    public void OutOfMemory_SaysWhatToDo()
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions { MemoryLimit = 30_000_000, Threads = 1, TemporaryDirectory = Path.Combine(folder, "spill"), MaxTemporaryBytes = 1_000_000 });
        var error = Assert.Throws<WarehouseException>(() => Run(warehouse, "CREATE TABLE t AS SELECT i, hash(i) AS h FROM range(5000000) AS r(i) ORDER BY h"));
        Assert.Equal("big", error.Step.Name);
        Assert.Contains("--memory-limit", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("IO Error: Could not write file \"/x/w.duckdb\": No space left on device", typeof(IOException), "No space left on disk")]
    [InlineData("Out of Memory Error: failed to offload data block of size 256.0 KiB (1 MiB/1 MiB used).\nThis limit was set by the 'max_temp_directory_size' setting.", typeof(IOException), "No space left for spilled data")]
    [InlineData("Out of Memory Error: could not allocate block of size 256.0 KiB (28.5 MiB/28.6 MiB used)", typeof(InsufficientMemoryException), "Out of memory within the limit of 40 MB")]
    public void WhatTheEngineLacks_IsOneClearSentence(string said, Type kind, string expected)
    {
        var told = DuckDbFailure.Explain(said, new DuckDbOptions { MemoryLimit = 40_000_000, TemporaryDirectory = "/spill" })!(null);
        Assert.IsType(kind, told);
        Assert.StartsWith(expected, told.Message, StringComparison.Ordinal);
        Assert.Contains("/spill", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherFailures_AreLeftToTheEnginesWords() => Assert.Null(DuckDbFailure.Explain("Parser Error: syntax error", new DuckDbOptions()));

    [Fact]
    public void ADirectoryInThePlaceOfTheDatabase_IsNamed() =>
        Assert.Contains(folder, Assert.Throws<InputException>(() => new DuckDbWarehouse(new DuckDbOptions { File = folder })).Message, StringComparison.Ordinal);

    static void Run(DuckDbWarehouse warehouse, string sql) => warehouse.Execute(new Step("big", sql));
}
