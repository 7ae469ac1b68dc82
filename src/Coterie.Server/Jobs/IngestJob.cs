using Coterie.Collect;
using Coterie.Reports;

namespace Coterie.Server.Jobs;

/// <summary>Takes an uploaded file into the workspace and leaves what cleaning said of it.</summary>
static class IngestJob
{
    public const string Kind = "ingest";
    const string MapPrefix = "map.";

    /// <summary>A job's options for an upload and the operator's corrections of its columns.</summary>
    public static Dictionary<string, string> Arguments(Upload upload, IReadOnlyDictionary<string, string> map) =>
        map.ToDictionary(m => MapPrefix + m.Key, m => m.Value, StringComparer.Ordinal).Append(new("upload", upload.Id)).Append(new("file", upload.Name)).ToDictionary(StringComparer.Ordinal);

    public static OwnJob Of(Uploads uploads, WorkspaceHost host) => new(Kind, (job, arguments, progress, stop) => Task.Run(() =>
    {
        var upload = uploads.Of(arguments["upload"]) ?? throw new InputException("The uploaded file is not there any more; send it again.");
        var map = arguments.Where(a => a.Key.StartsWith(MapPrefix, StringComparison.Ordinal)).ToDictionary(a => a.Key[MapPrefix.Length..], a => a.Value, StringComparer.Ordinal);
        try
        {
            var quality = host.Write(workspace =>
            {
                using var interruption = stop.Register(workspace.Warehouse.Interrupt);
                return Ingestion.Load(workspace, new CollectOptions { Files = [uploads.PathOf(upload)], Map = map, Timezone = workspace.Settings.Timezone, TemporaryDirectory = workspace.TemporaryDirectory }, null, new Stages(progress, stop));
            });
            var result = Path.Combine("results", $"ingest-{job.Id:0000}");
            Directory.CreateDirectory(Path.Combine(host.Directory, result));
            QualityFile.Write(quality, Path.Combine(host.Directory, result, "quality.json"));
            uploads.Remove(upload);
            return result;
        }
        catch (Exception e) when (e is InputException or ConfigurationException)
        {
            throw new JobFailedException(uploads.Told(e.Message, upload));
        }
    }, stop)!);
}
