using System.Text;
using Coterie.Collect;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests.Collect;

/// <summary>Files written for a test, opened and loaded as the next stage does it.</summary>
sealed class Collected : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("coterie-collect-").FullName;

    public DuckDbWarehouse Warehouse { get; } = new(new DuckDbOptions());

    public string Folder => folder;

    public IReadOnlyList<RawRelation> Relations { get; private set; } = [];

    public RawRelation Relation => Relations[0];

    public string Write(string name, string text, Encoding? encoding = null) => Write(name, (encoding ?? new UTF8Encoding(false)).GetPreamble().Concat((encoding ?? new UTF8Encoding(false)).GetBytes(text)).ToArray());

    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public Collected Open(params string[] files) => Open(new CollectOptions { Files = files });

    public Collected Open(CollectOptions options)
    {
        Relations = new FileSource(options with { TemporaryDirectory = Path.Combine(folder, "tmp") }).Open(Warehouse);
        for (var i = 0; i < Relations.Count; i++)
            Warehouse.Execute(new Step("load", $"CREATE OR REPLACE TABLE raw_{i} AS SELECT * FROM ({Relations[i].SelectSql})"));
        return this;
    }

    /// <summary>A text, opened as one file.</summary>
    public static Collected Of(string text, CollectOptions? options = null, string name = "events.csv", Encoding? encoding = null)
    {
        var collected = new Collected();
        try
        {
            return collected.Open((options ?? new CollectOptions()) with { Files = [collected.Write(name, text, encoding)] });
        }
        catch
        {
            collected.Dispose();
            throw;
        }
    }

    public static CollectOptions Map(params string[] pairs) =>
        new() { Map = pairs.Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]) };

    public string? Source(string target) => Relation.Mapping.FirstOrDefault(m => m.Target == target)?.Source;

    /// <summary>One column of the loaded rows as text, in file order.</summary>
    public List<string?> Column(string name, int relation = 0) =>
        Warehouse.Rows(new Step("read", $"SELECT CAST({name} AS VARCHAR) FROM raw_{relation} ORDER BY rowid"), r => r.TextOrNull(0));

    public T One<T>(string sql) => Warehouse.Single(new Step("ask", sql), r => (T)Convert.ChangeType(r.GetValue(0), typeof(T)));

    public List<string> Malformed(int relation = 0) => Warehouse.Rows(
        new Step("malformed", $"SELECT file_no || ':' || line || ':' || raw FROM ({Relations[relation].MalformedSql}) ORDER BY file_no, line"), r => r.GetString(0));

    public void Dispose()
    {
        Warehouse.Dispose();
        Directory.Delete(folder, true);
    }
}
