using System.Text.Json;

namespace Coterie.Reports;

/// <summary>Names that a run writes into its output directory.</summary>
public static class OutputNames
{
    /// <summary>The file whose schema says that a directory is an output of ours.</summary>
    public const string Marker = "report.json";

    static readonly HashSet<string> Files = new(StringComparer.Ordinal)
    {
        "segments.csv", "segments.parquet", "features.parquet", Marker, "report.html", "profiles.json", "quality.json", "quarantine.csv", "rules.sql",
        "opinions.csv", "embeddings.parquet", "consent.parquet", FormerRun.BeforeFeedback,
    };

    static readonly string[] Folders = ["plots", "decisions", "model", "model/encoder", "model/classifier"];

    /// <summary>Whether a path relative to the output is one that a run writes: the names above, plots/*.png, decisions/*.json and *.csv, model/*.json, and the networks in
    /// model/encoder and model/classifier.</summary>
    public static bool IsOurs(string relative)
    {
        var path = relative.Replace('\\', '/');
        return Files.Contains(path) || InFolder(path, "plots/", ".png") || InFolder(path, "model/", ".json")
            || InFolder(path, "decisions/", ".json") || InFolder(path, "decisions/", ".csv")
            || Folders[3..].Any(f => InFolder(path, f + "/", ".json") || InFolder(path, f + "/", ".safetensors"));
    }

    /// <summary>Whether a directory holds anything that a run does not write; links are foreign.</summary>
    internal static bool HasForeign(string directory) =>
        Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Any(entry =>
            Directory.Exists(entry)
                ? !Folders.Contains(Path.GetRelativePath(directory, entry).Replace('\\', '/')) || new DirectoryInfo(entry).LinkTarget is not null
                : !IsOurs(Path.GetRelativePath(directory, entry)) || new FileInfo(entry).LinkTarget is not null);

    static bool InFolder(string path, string folder, string extension) =>
        path.StartsWith(folder, StringComparison.Ordinal) && path.EndsWith(extension, StringComparison.Ordinal)
        && !path.AsSpan(folder.Length).Contains('/');
}

/// <summary>What makes a path unfit to be an output.</summary>
static class OutputChecks
{
    public static void Refuse(string target, string asGiven, bool force, IReadOnlyList<string> inputs)
    {
        if (Path.GetDirectoryName(target) is null)
            throw new ConfigurationException($"--out: '{asGiven}' is the root of the file system. Name a directory of its own.");
        if (File.Exists(target))
            throw new ConfigurationException($"--out: '{asGiven}' is a file; a directory is expected. Name another path.");

        foreach (var input in inputs)
        {
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(input));
            var folder = Directory.Exists(full) ? full : Path.GetDirectoryName(full) ?? full;
            if (folder == target || IsInside(full, target))
                throw new ConfigurationException(
                    $"--out: '{asGiven}' holds the input '{input}', and an output must not be mixed with its input. Name a directory of its own.");
        }

        if (!Directory.Exists(target) || force || IsFormerOutput(target)) return;
        if (Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault() is { } found)
            throw new ConfigurationException(
                $"--out: '{asGiven}' exists and holds something that is not a Coterie output ('{found}'). "
                + "Name an empty or new directory, or add --force: then only files of our own names are replaced.");
    }

    /// <summary>A directory is a former output when its report.json says so; only the beginning of the file is read.</summary>
    public static bool IsFormerOutput(string directory)
    {
        var marker = Path.Combine(directory, OutputNames.Marker);
        if (!File.Exists(marker)) return false;
        using var file = File.OpenRead(marker);
        var start = new byte[4096];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var reader = new Utf8JsonReader(start.AsSpan(0, length), isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("schema"u8)) continue;
                return reader.Read() && reader.TokenType == JsonTokenType.String
                    && reader.GetString()!.StartsWith(ReportJson.SchemaPrefix, StringComparison.Ordinal);
            }
        }
        catch (JsonException)
        {
            // Somebody else's report.json: that is the answer, not a failure.
            return false;
        }

        return false;
    }

    static bool IsInside(string path, string directory) =>
        path.StartsWith(directory + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}

/// <summary>Temporary directories beside an output. A run holds a lock in its own; one without a holder was left by a killed run.</summary>
static class OutputLeftovers
{
    public const string AliveName = ".alive";
    public const string OldSuffix = "-old";

    public static string Prefix(string name) => $".{name}.coterie-";

    public static FileStream MarkAlive(string temporary) =>
        new(Path.Combine(temporary, AliveName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);

    public static void Remove(string parent, string name, string target)
    {
        foreach (var left in Directory.GetDirectories(parent, Prefix(name) + "*"))
        {
            // A former output that was moved aside (nothing foreign was in it) by a run that died before it put the new one there.
            if (left.EndsWith(OldSuffix, StringComparison.Ordinal))
            {
                if (Directory.Exists(target)) Directory.Delete(left, recursive: true);
                else Directory.Move(left, target);
                continue;
            }

            var alive = Path.Combine(left, AliveName);
            if (!File.Exists(alive)) continue;
            try
            {
                new FileStream(alive, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            }
            catch (IOException)
            {
                // Held by a run that is still writing to the same place: leave it alone.
                continue;
            }

            Directory.Delete(left, recursive: true);
        }
    }
}
