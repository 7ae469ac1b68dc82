using Coterie.Server.Collector;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coterie.Server;

/// <summary>A server's folder in a workspace, held while no server runs: for commands that must reach what the server keeps.</summary>
public sealed class ServerFolder : IDisposable
{
    readonly FileStream held;
    readonly Collecting collecting;
    readonly string workspace, folder;

    ServerFolder(string workspace, string folder, FileStream held)
    {
        this.held = held;
        collecting = new Collecting(folder);
        (this.workspace, this.folder) = (workspace, folder);
    }

    /// <summary>Opens the folder; null where no server was ever run in the workspace.</summary>
    /// <exception cref="InputException">A server has it open.</exception>
    public static ServerFolder? Open(string workspace)
    {
        var folder = CoterieServer.Folder(workspace);
        if (!Directory.Exists(Path.Combine(folder, "log"))) return null;
        var held = Hold(folder);
        try
        {
            return new ServerFolder(Path.GetFullPath(workspace), folder, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Takes the folder for this process; the operating system gives it back when the process dies.</summary>
    /// <exception cref="InputException">Another process has it.</exception>
    internal static FileStream Hold(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InputException($"A server has '{folder}' open. Stop it first, or do this in the server.", e);
        }
    }

    /// <summary>Brings what was collected into the workspace, which must not be open.</summary>
    public void Load(CancellationToken stop = default)
    {
        using var loading = new Loading((file, ended) => Ingestion.Run(new IngestionOptions { Files = [file], Workspace = workspace, Timezone = Workspace.SettingsOf(workspace).Timezone }, stop: ended),
            folder, collecting.Log, TimeSpan.FromHours(1), NullLogger<Loading>.Instance);
        loading.Resume();
        loading.Load(stop);
    }

    /// <summary>The newest frame of the log that the workspace has.</summary>
    public long Loaded => Loading.PositionIn(folder);

    /// <summary>The log's and the inbox's part of an erasure.</summary>
    public ErasedStore Store => collecting.Store;

    /// <summary>Deletes what of log and inbox is loaded and old.</summary>
    /// <returns>Bytes by folder.</returns>
    public IReadOnlyDictionary<string, long> Retain(int days, DateTime now, bool dryRun) => collecting.Retain(days, Loaded, now, dryRun);

    public void Dispose()
    {
        collecting.Dispose();
        held.Dispose();
    }
}
