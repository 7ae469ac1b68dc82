namespace Coterie.Reports;

/// <summary>The directory of <c>--out</c>: everything is written beside it first and moved into place at the end, so that an
/// interruption or a full disk leaves the former content untouched.</summary>
/// <remarks>Rules of safety. (1) A directory that holds something other than a former output of ours is refused, unless forced.
/// (2) Files that are not ours are never changed or deleted, forced or not: see <see cref="OutputNames"/>. (3) A former output with
/// nothing foreign in it is replaced as a whole by two renames; beside foreign files, ours are replaced one at a time, report.json last.
/// (4) A temporary directory that a killed run left behind is removed by the next run to the same place; a run killed between the two
/// renames of (3) is undone by it.</remarks>
public sealed class OutputDirectory : IDisposable
{
    readonly string target;
    readonly string temporary;
    readonly string? createdParent;
    FileStream? alive;
    bool completed;

    OutputDirectory(string target, string temporary, string? createdParent)
    {
        this.target = target;
        this.temporary = temporary;
        this.createdParent = createdParent;
    }

    /// <summary>Where to write: a directory that is not yet the output.</summary>
    public string Path => temporary;

    /// <summary>Where everything will be after <see cref="Complete"/>.</summary>
    public string FinalPath => target;

    /// <summary>Checks that <paramref name="path"/> may be an output and makes the temporary directory beside it.</summary>
    /// <param name="inputs">Files and directories that the run reads; the output must not be, or hold, one of them.</param>
    /// <exception cref="ConfigurationException">The path cannot be used: what was found, and the cure.</exception>
    public static OutputDirectory Begin(string path, bool force, IReadOnlyList<string>? inputs = null)
    {
        var target = Resolve(path);
        OutputChecks.Refuse(target, path, force, inputs ?? []);

        var parent = System.IO.Path.GetDirectoryName(target)!;
        var name = System.IO.Path.GetFileName(target);
        string? created = null;
        try
        {
            for (var p = parent; !Directory.Exists(p); p = System.IO.Path.GetDirectoryName(p)!) created = p;
            Directory.CreateDirectory(parent);
            OutputLeftovers.Remove(parent, name, target);
            var temporary = System.IO.Path.Combine(parent, OutputLeftovers.Prefix(name) + Guid.NewGuid().ToString("N")[..8]);
            var output = new OutputDirectory(target, temporary, created);
            Directory.CreateDirectory(temporary);
            output.alive = OutputLeftovers.MarkAlive(temporary);
            return output;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new ConfigurationException($"--out: '{path}' cannot be created: {e.Message} Name a directory that you may write to.");
        }
    }

    /// <summary>Moves everything into place. Afterwards the output is complete; before, nothing of it was visible.</summary>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(completed, this);
        alive?.Dispose();
        alive = null;
        File.Delete(System.IO.Path.Combine(temporary, OutputLeftovers.AliveName));

        if (!Directory.Exists(target)) Directory.Move(temporary, target);
        else if (OutputNames.HasForeign(target)) ReplaceOneByOne();
        else ReplaceWhole();
        completed = true;
    }

    void ReplaceWhole()
    {
        var old = temporary + OutputLeftovers.OldSuffix;
        Directory.Move(target, old);
        try
        {
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Move(old, target);
            throw;
        }

        Directory.Delete(old, recursive: true);
    }

    void ReplaceOneByOne()
    {
        var stale = Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories)
            .Select(f => System.IO.Path.GetRelativePath(target, f)).Where(OutputNames.IsOurs).ToHashSet(StringComparer.Ordinal);
        if (!OutputChecks.IsFormerOutput(target)) stale.Clear();

        var files = Directory.EnumerateFiles(temporary, "*", SearchOption.AllDirectories)
            .Select(f => System.IO.Path.GetRelativePath(temporary, f))
            .OrderBy(f => f == OutputNames.Marker).ThenBy(f => f, StringComparer.Ordinal).ToArray();
        foreach (var file in files)
        {
            var to = System.IO.Path.Combine(target, file);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
            File.Move(System.IO.Path.Combine(temporary, file), to, overwrite: true);
        }

        foreach (var file in stale.Except(files)) File.Delete(System.IO.Path.Combine(target, file));
        Directory.Delete(temporary, recursive: true);
    }

    /// <summary>Without <see cref="Complete"/>, removes what was written; the former output stays as it was.</summary>
    public void Dispose()
    {
        alive?.Dispose();
        alive = null;
        if (completed) return;
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        if (createdParent is { } top && Directory.Exists(top) && !Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories).Any())
            Directory.Delete(top, recursive: true);
    }

    /// <summary>The full path; a link to a directory stands for the directory.</summary>
    static string Resolve(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new ConfigurationException("--out: the path is empty. Name a directory.");
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        return Directory.Exists(full) && Directory.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName is { } real
            ? System.IO.Path.TrimEndingDirectorySeparator(real)
            : full;
    }
}
