using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coterie.Quality;

/// <summary>Arguments, the repository's root, and where results go.</summary>
internal static class Arguments
{
    static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    internal static string Text(string[] args, string name, string otherwise) =>
        Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : otherwise;

    internal static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Coterie.slnx"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("Run it from inside the repository.");
    }

    internal static void Save(string name, object result)
    {
        var json = JsonSerializer.Serialize(result, Pretty);
        Console.WriteLine(json);
        File.WriteAllText(Path.Combine(Root(), "bench", "results", name), json + "\n");
    }

    /// <summary>One line of results that are made one by one; it replaces the former one of its name.</summary>
    internal static void Merge(string name, string line, object result)
    {
        var path = Path.Combine(Root(), "bench", "results", name);
        var all = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
        all[line] = JsonSerializer.SerializeToNode(result);
        Console.WriteLine($"{line}: {all[line]!.ToJsonString()}");
        File.WriteAllText(path, all.ToJsonString(Pretty) + "\n");
    }
}

/// <summary>A temporary folder that is gone at the end.</summary>
internal sealed class Scratch : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("coterie-quality-").FullName;

    internal string File(string name) => Path.Combine(root, name);

    internal string Folder(string name) => Path.Combine(root, name);

    public void Dispose() => Directory.Delete(root, recursive: true);
}
