namespace Coterie.Collect;

/// <summary>A file to read, and whether it was named by the operator or found in a folder that was named.</summary>
/// <param name="Named">False: found in a folder; a table there that is no event log is left aside with a note.</param>
sealed record InputPath(string Path, bool Named);

/// <summary>From arguments to files: folders are expanded, what is missing is an error.</summary>
static class InputFiles
{
    static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".csv", ".tsv", ".tab", ".txt", ".dat", ".data", ".log", ".parquet", ".pq", ".json", ".jsonl", ".ndjson",
    };

    /// <summary>Every file, in the order given; files of a folder in ordinal order of their names.</summary>
    public static IReadOnlyList<InputPath> Expand(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
            throw new InputException("No input was given. Name one or more event files (CSV, TSV, Parquet, JSON Lines) or a folder "
                + "of them.");

        var files = new List<InputPath>();
        var missing = new List<string>();
        foreach (var argument in arguments)
        {
            if (Directory.Exists(argument)) files.AddRange(FilesOf(argument));
            else if (File.Exists(argument)) files.Add(new InputPath(argument, true));
            else missing.Add(argument);
        }

        if (missing.Count > 0)
        {
            throw new InputException(
                $"No such file or folder: {string.Join(", ", missing.Select(m => $"'{m}'"))} (looked in "
                    + $"'{Directory.GetCurrentDirectory()}'). "
                + "Check the path; a pattern such as *.csv must be expanded by the shell.");
        }

        // The same file named twice is read once: reading it again would only make every row a duplicate.
        return [.. files.DistinctBy(f => Path.GetFullPath(f.Path))];
    }

    static IEnumerable<InputPath> FilesOf(string folder)
    {
        var found = Directory.EnumerateFiles(folder)
            .Where(IsData)
            .Order(StringComparer.Ordinal)
            .Select(path => new InputPath(path, false))
            .ToList();
        if (found.Count == 0)
        {
            throw new InputException(
                $"The folder '{folder}' holds no data file. Expected files that end in {string.Join(", ", Extensions.Order())} "
                    + "(also with .gz).");
        }

        return found;
    }

    static bool IsData(string path)
    {
        var name = Path.GetFileName(path);
        if (name.StartsWith('.')) return false;
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) name = name[..^3];
        return Extensions.Contains(Path.GetExtension(name));
    }
}
