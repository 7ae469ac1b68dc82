using System.Text.Json;
using Coterie.Privacy;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>What <c>coterie.json</c> holds: the settings that every command over a workspace shares.</summary>
public sealed record WorkspaceSettings
{
    public string Schema { get; init; } = "coterie.workspace/1";
    public string Timezone { get; init; } = "UTC";
    public string? Currency { get; init; }
    /// <summary>How long what is kept; null: for ever.</summary>
    public RetentionLimits? Retention { get; init; }
    /// <summary>Every segment id that was ever given here; none is used again for something else.</summary>
    public IReadOnlyList<string> UsedIds { get; init; } = [];
}

/// <summary>A directory that keeps events between commands: <c>coterie.json</c>, <c>warehouse.duckdb</c>, <c>runs/</c> and
/// <c>models/</c>. A temporary one serves a single run and leaves nothing behind.</summary>
public sealed class Workspace : IDisposable
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    readonly bool temporary;
    readonly FileStream? held;
    readonly DuckDbOptions storage;

    Workspace(string directory, bool temporary, FileStream? held, WorkspaceSettings settings, DuckDbOptions options)
    {
        Directory = directory;
        this.temporary = temporary;
        this.held = held;
        Settings = settings;
        TemporaryDirectory = Path.Combine(directory, "temporary");
        System.IO.Directory.CreateDirectory(TemporaryDirectory);
        storage = options with
        {
            // A run that is thrown away writes half as much when its tables stay in memory; what does not fit is spilled all the same.
            File = temporary ? null : Path.Combine(directory, "warehouse.duckdb"),
            TemporaryDirectory = TemporaryDirectory,
        };
        Warehouse = new DuckDbWarehouse(storage);
    }

    public string Directory { get; }
    public string TemporaryDirectory { get; }
    public WorkspaceSettings Settings { get; private set; }
    /// <summary>The events; another object after <see cref="Offline"/>.</summary>
    public DuckDbWarehouse Warehouse { get; private set; }
    public bool IsTemporary => temporary;

    /// <summary>A workspace for one run, removed when disposed.</summary>
    public static Workspace Temporary(DuckDbOptions options)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("coterie-").FullName;
        try
        {
            return new Workspace(directory, temporary: true, held: null, new WorkspaceSettings(), options);
        }
        catch
        {
            System.IO.Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Opens a workspace; with <paramref name="create"/>, makes it when the directory is new or empty.</summary>
    /// <exception cref="InputException">Not a workspace, damaged settings, or another command has it open.</exception>
    public static Workspace Open(string directory, DuckDbOptions options, bool create)
    {
        directory = Path.GetFullPath(directory);
        var file = Path.Combine(directory, "coterie.json");
        if (!File.Exists(file))
        {
            if (File.Exists(directory)) throw new InputException($"The workspace '{directory}' is a file; name a directory.");
            var used = System.IO.Directory.Exists(directory) && System.IO.Directory.EnumerateFileSystemEntries(directory).Any();
            if (!create || used)
            {
                throw new InputException($"'{directory}' is not a Coterie workspace (it has no coterie.json). " +
                    (used ? "Name a new or empty directory." : "Make it with './coterie ingest FILES --workspace DIR'."));
            }

            System.IO.Directory.CreateDirectory(directory);
            WriteSettings(file, new WorkspaceSettings());
        }

        var held = Hold(directory);
        try
        {
            return new Workspace(directory, temporary: false, held, ReadSettings(file), options);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The settings of a workspace, without opening it.</summary>
    /// <exception cref="InputException">It is none, or its settings are damaged.</exception>
    public static WorkspaceSettings SettingsOf(string directory)
    {
        var file = Path.Combine(directory, "coterie.json");
        return File.Exists(file) ? ReadSettings(file) : throw new InputException($"'{directory}' is not a Coterie workspace (it has no coterie.json).");
    }

    /// <summary>Changes the settings, atomically.</summary>
    public void Configure(WorkspaceSettings settings)
    {
        Settings = settings;
        if (!temporary) WriteSettings(Path.Combine(Directory, "coterie.json"), settings);
    }

    /// <summary>Closes the warehouse, lets its file be worked on, and opens it again; the workspace stays held. Nobody may use the old <see cref="Warehouse"/>
    /// while this runs or afterwards.</summary>
    /// <param name="work">Given the file and how it is to be opened.</param>
    internal void Offline(Action<string, DuckDbOptions> work)
    {
        if (temporary) throw new InvalidOperationException("A temporary workspace has no file.");
        Warehouse.Dispose();
        try
        {
            work(storage.File!, storage);
        }
        finally
        {
            System.IO.Directory.CreateDirectory(TemporaryDirectory);
            Warehouse = new DuckDbWarehouse(storage);
        }
    }

    /// <summary>Notes the segment ids of a finished run: none of them is ever given to something else.</summary>
    internal void RememberIds(IEnumerable<string> ids) =>
        Configure(Settings with { UsedIds = [.. Settings.UsedIds.Union(ids).Order(StringComparer.Ordinal)] });

    /// <summary>The newest run's directory of a workspace, or null before the first run; needs no lock.</summary>
    public static string? LatestRunOf(string directory) =>
        Runs(directory).LastOrDefault() is { } name ? Path.Combine(directory, "runs", name) : null;

    /// <summary>The run before one of a workspace's runs, or null where there is none or the run is not in a workspace.</summary>
    public static string? RunBefore(string run)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(run));
        if (Path.GetDirectoryName(full) is not { } runs || Path.GetFileName(runs) != "runs" || Path.GetDirectoryName(runs) is not { } workspace) return null;
        var name = Path.GetFileName(full);
        return Runs(workspace).LastOrDefault(r => string.CompareOrdinal(r, name) < 0) is { } before && Runs(workspace).Contains(name) ? Path.Combine(runs, before) : null;
    }

    /// <summary>Where the next run goes: runs/0001, runs/0002 …</summary>
    public string NextRun =>
        Path.Combine(Directory, "runs", $"{(Runs(Directory).LastOrDefault() is { } last ? int.Parse(last) + 1 : 1):0000}");

    /// <summary>Names of the runs of a workspace, oldest first.</summary>
    internal static IReadOnlyList<string> RunsOf(string directory) => [.. Runs(directory)];

    static IEnumerable<string> Runs(string directory)
    {
        var runs = Path.Combine(directory, "runs");
        return System.IO.Directory.Exists(runs)
            ? System.IO.Directory.EnumerateDirectories(runs).Select(d => Path.GetFileName(d)).Where(n => n.Length >= 4 && n.All(char.IsAsciiDigit)).Order(StringComparer.Ordinal)
            : [];
    }

    // Two commands in one workspace would tear each other's tables; the operating system frees the lock when a process dies.
    static FileStream Hold(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InputException($"Another command has the workspace '{directory}' open. Wait until it ends, then run this again.", e);
        }
    }

    static WorkspaceSettings ReadSettings(string file)
    {
        try
        {
            var settings = JsonSerializer.Deserialize<WorkspaceSettings>(File.ReadAllBytes(file), Json);
            if (settings?.Schema == "coterie.workspace/1") return settings;
            throw new InputException($"'{file}' has the schema '{settings?.Schema}'; this version reads coterie.workspace/1.");
        }
        catch (JsonException e)
        {
            throw new InputException($"'{file}' is damaged: {e.Message} Restore it, or ingest the files into a new workspace.", e);
        }
    }

    static void WriteSettings(string file, WorkspaceSettings settings)
    {
        var next = file + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(settings, Json));
        File.Move(next, file, overwrite: true);
    }

    public void Dispose()
    {
        Warehouse.Dispose();
        if (System.IO.Directory.Exists(TemporaryDirectory)) System.IO.Directory.Delete(TemporaryDirectory, recursive: true);
        held?.Dispose();
        if (temporary && System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
