using System.Text.Json;

namespace Coterie;

/// <summary>A file of a backup.</summary>
/// <param name="Path">Relative to the workspace, with slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its content, in hexadecimal.</param>
public sealed record BackupFile(string Path, long Bytes, string Sha256);

/// <summary>What a backup holds; the first entry of the archive.</summary>
/// <param name="Schema">coterie.backup/1.</param>
/// <param name="Created">When.</param>
/// <param name="Files">In ordinal order.</param>
public sealed record BackupManifest(string Schema, DateTime Created, IReadOnlyList<BackupFile> Files)
{
    internal const string CurrentSchema = "coterie.backup/1", Name = "manifest.json";

    /// <summary>Longer ones are refused before they are read: a million files have some 150 MB.</summary>
    internal const long MostBytes = 256L << 20;

    internal static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Sum of all lengths.</summary>
    internal long Total => Files.Sum(f => f.Bytes);

    /// <summary>What is wrong with it; null when nothing is.</summary>
    internal string? Problem()
    {
        if (Schema != CurrentSchema) return $"it is of the form '{Schema}'; this version reads {CurrentSchema}";
        if (Files is null || Files.Any(f => f is null || f.Path is null || f.Sha256 is null)) return "its list of files is not whole";
        if (Files.FirstOrDefault(f => !IsInside(f.Path)) is { } outside) return $"it names the file '{outside.Path}', which does not lie inside a workspace";
        if (Files.Any(f => f.Bytes < 0) || Files.Sum(f => (decimal)f.Bytes) > long.MaxValue) return "its lengths cannot be";
        if (Files.Select(f => f.Path).Distinct(StringComparer.OrdinalIgnoreCase).Count() != Files.Count) return "it names a file twice";
        return Files.All(f => f.Path != "coterie.json") ? "it has no coterie.json" : null;
    }

    // Plain relative paths only: nothing absolute, no drive, no way up, no name that a system takes for something else.
    static bool IsInside(string path) => path.Length is > 0 and < 1000 && !path.Contains('\\') && !path.Contains(':') && !path.Any(char.IsControl)
        && path.Split('/').All(part => part.Length > 0 && part != "." && part != "..");
}
