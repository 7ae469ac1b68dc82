using System.Collections.Concurrent;
using System.Diagnostics;
using Coterie.Server.Operations;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server;

/// <summary>The workspace, held open for as long as the server runs: one writer at a time, readers beside it, and copies for jobs that run as processes of their own.</summary>
public sealed class WorkspaceHost : IDisposable
{
    readonly Workspace workspace;
    readonly DuckDbOptions storage;
    readonly Lock writing = new();
    readonly ConcurrentBag<DuckDbWarehouse> readers = [];
    readonly FileStream serverLock;
    // Readers share it; whoever replaces the warehouse's file has it alone.
    readonly ReaderWriterLockSlim swapping = new(LockRecursionPolicy.SupportsRecursion);
    volatile bool closed;

    /// <exception cref="InputException">The directory is no workspace and not empty, or somebody else has it open.</exception>
    public WorkspaceHost(string directory, DuckDbOptions storage)
    {
        this.storage = storage;
        workspace = Workspace.Open(directory, storage, create: true);
        Directory = workspace.Directory;
        try
        {
            serverLock = ServerFolder.Hold(CoterieServer.Folder(directory));
        }
        catch
        {
            workspace.Dispose();
            throw;
        }
    }

    public string Directory { get; }

    public WorkspaceSettings Settings => workspace.Settings;

    /// <summary>Does something that writes; others who would write wait.</summary>
    public T Write<T>(Func<Workspace, T> work)
    {
        lock (writing)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            return work(workspace);
        }
    }

    public void Write(Action<Workspace> work) => Write<object?>(w =>
    {
        work(w);
        return null;
    });

    /// <summary>Told before the warehouse's file is replaced: whoever keeps a reader of its own gives it back.</summary>
    public Action? Replacing { get; set; }

    /// <summary>Does something that replaces the workspace's files: nobody reads or writes meanwhile, and readers open the new file afterwards.</summary>
    public T Alone<T>(Func<Workspace, T> work) => Write(workspace =>
    {
        swapping.EnterWriteLock();
        try
        {
            while (readers.TryTake(out var reader)) reader.Dispose();
            Replacing?.Invoke();
            return work(workspace);
        }
        finally
        {
            swapping.ExitWriteLock();
        }
    });

    /// <summary>Does something with a reader of one's own: the warehouse's file is not replaced meanwhile.</summary>
    public T Shared<T>(Func<T> work)
    {
        swapping.EnterReadLock();
        try
        {
            return work();
        }
        finally
        {
            swapping.ExitReadLock();
        }
    }

    /// <summary>Asks the warehouse; readers see what was written when their statement began, and wait for nobody.</summary>
    public T Read<T>(Func<DuckDbWarehouse, T> ask, CancellationToken stop = default)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        swapping.EnterReadLock();
        try
        {
            var reader = readers.TryTake(out var free) ? free : OpenReader();
            var interruption = stop.Register(reader.Interrupt);
            var began = Stopwatch.GetTimestamp();
            try
            {
                return ask(reader);
            }
            finally
            {
                interruption.Dispose();
                Telemetry.Read(began);
                // One that was interrupted answers nothing any more.
                if (closed || stop.IsCancellationRequested) reader.Dispose();
                else readers.Add(reader);
            }
        }
        finally
        {
            swapping.ExitReadLock();
        }
    }

    /// <summary>A connection of its own for whoever keeps temporary tables; to be disposed.</summary>
    public DuckDbWarehouse OpenReader() => new(storage with { File = Path.Combine(Directory, "warehouse.duckdb"), TemporaryDirectory = workspace.TemporaryDirectory });

    /// <summary>The newest run; null before the first.</summary>
    public string? LatestRun => Workspace.LatestRunOf(Directory);

    /// <summary>Makes a workspace of the same events and settings in a new directory, with the newest run, for a process that works on it.</summary>
    public void Snapshot(string directory)
    {
        System.IO.Directory.CreateDirectory(directory);
        lock (writing)
        {
            foreach (var file in System.IO.Directory.EnumerateFiles(Directory))
            {
                var name = Path.GetFileName(file);
                if (!name.StartsWith("warehouse.duckdb", StringComparison.Ordinal) && !name.StartsWith('.')) File.Copy(file, Path.Combine(directory, name), overwrite: true);
            }

            var copy = Path.Combine(directory, "warehouse.duckdb");
            var dialect = workspace.Warehouse.Dialect;
            workspace.Warehouse.Execute(new Step("attach a copy", $"ATTACH {dialect.Text(copy)} AS {dialect.Name("copy")}"));
            try
            {
                workspace.Warehouse.Execute(new Step("copy the warehouse", $"COPY FROM DATABASE {dialect.Name("warehouse")} TO {dialect.Name("copy")}"));
            }
            finally
            {
                workspace.Warehouse.Execute(new Step("detach the copy", $"DETACH {dialect.Name("copy")}"));
            }
        }

        if (LatestRun is { } run) CopyFolder(run, Path.Combine(directory, "runs", Path.GetFileName(run)));
    }

    /// <summary>Takes a finished run into the workspace under the next number.</summary>
    /// <returns>Its directory.</returns>
    public string Adopt(string run, IEnumerable<string> segmentIds)
    {
        lock (writing)
        {
            var to = workspace.NextRun;
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            System.IO.Directory.Move(run, to);
            workspace.RememberIds(segmentIds);
            return to;
        }
    }

    static void CopyFolder(string from, string to)
    {
        System.IO.Directory.CreateDirectory(to);
        foreach (var file in System.IO.Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in System.IO.Directory.EnumerateDirectories(from)) CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    public void Dispose()
    {
        lock (writing)
        {
            if (closed) return;
            closed = true;
            while (readers.TryTake(out var reader)) reader.Dispose();
            workspace.Dispose();
            serverLock.Dispose();
            swapping.Dispose();
        }
    }
}
