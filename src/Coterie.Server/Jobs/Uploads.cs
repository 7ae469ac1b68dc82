using System.Text.Json;
using Coterie.Collect;
using Coterie.Server.Access;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server.Jobs;

/// <summary>A file that somebody sent and that is not in the workspace yet.</summary>
/// <param name="Id">Thirty-two letters: nobody finds another's upload by guessing.</param>
/// <param name="Name">As its sender calls it, without what no file name should have.</param>
public sealed record Upload(string Id, string Name, long Bytes, string Who, DateTime Received);

/// <summary>How a file would be read.</summary>
/// <param name="Layout">Of each part.</param>
/// <param name="Mapping">Event column, source column and why.</param>
/// <param name="Notes">Remarks of the reader, English.</param>
public sealed record UploadReading(IReadOnlyList<string> Layout, IReadOnlyList<MappedColumn> Mapping, IReadOnlyList<string> Notes);

/// <summary>Files of events on their way into the workspace: kept for a day, read on request, and removed when they were taken in.</summary>
public sealed class Uploads(string folder, WorkspaceHost host)
{
    public const long MostBytes = 200L << 20;
    static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>Writes what is sent to the disk.</summary>
    /// <exception cref="ConfigurationException">It is empty or too large; nothing is kept.</exception>
    public async Task<Upload> Save(Stream from, string name, Caller by, CancellationToken stop)
    {
        Tidy();
        var upload = new Upload(SecretKey.NewToken(), SafeName(name), 0, by.Who, DateTime.UtcNow);
        var place = Path.Combine(folder, upload.Id);
        Directory.CreateDirectory(place);
        try
        {
            await using (var to = new FileStream(Path.Combine(place, upload.Name), FileMode.CreateNew, FileAccess.Write))
            {
                var piece = new byte[1 << 17];
                while (await from.ReadAsync(piece, stop) is var n and > 0)
                {
                    if (to.Length + n > MostBytes) throw new ConfigurationException($"The file has more than {MostBytes >> 20} MB. Send it in parts, or use './coterie ingest' while the server is stopped.", $"文件超过 {MostBytes >> 20} MB。请分批上传，或停止服务器后使用 ./coterie ingest。");
                    await to.WriteAsync(piece.AsMemory(0, n), stop);
                }

                upload = upload with { Bytes = to.Length };
            }

            if (upload.Bytes == 0) throw new ConfigurationException("The file is empty, or none was chosen.", "文件为空，或未选择文件。");
            await File.WriteAllBytesAsync(place + ".json", JsonSerializer.SerializeToUtf8Bytes(upload), stop);
            return upload;
        }
        catch
        {
            Directory.Delete(place, recursive: true);
            throw;
        }
    }

    /// <summary>An upload by its id; null when it is not there any more.</summary>
    public Upload? Of(string id) => id.Length == 32 && id.All(char.IsAsciiLetterOrDigit) && Path.Combine(folder, id) + ".json" is var file && File.Exists(file)
        ? JsonSerializer.Deserialize<Upload>(File.ReadAllBytes(file)) : null;

    public string PathOf(Upload upload) => Path.Combine(folder, upload.Id, upload.Name);

    /// <summary>How the file would be read, in the workspace's time zone. Nothing is loaded.</summary>
    /// <exception cref="InputException">It cannot be read or understood.</exception>
    /// <exception cref="ConfigurationException">A correction names what is not there.</exception>
    public UploadReading Read(Upload upload, IReadOnlyDictionary<string, string> map)
    {
        try
        {
            using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
            var relations = new FileSource(new CollectOptions { Files = [PathOf(upload)], Map = map, Timezone = host.Settings.Timezone, TemporaryDirectory = Path.Combine(folder, upload.Id) }).Open(warehouse);
            return new([.. relations.Select(r => r.Layout).Distinct()], [.. relations.SelectMany(r => r.Mapping).Distinct()], [.. relations.SelectMany(r => r.Notes).Distinct()]);
        }
        catch (InputException e)
        {
            throw new InputException(e.Told(words => Told(words, upload)), e);
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException(e.Told(words => Told(words, upload)));
        }
    }

    /// <summary>A message of the reader in this page's words: no folder of the server, and no options of the command line.</summary>
    public string Told(string message, Upload upload) => message.Replace(PathOf(upload), upload.Name, StringComparison.Ordinal).Replace(Path.Combine(folder, upload.Id) + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
        .Replace("--map ", "", StringComparison.Ordinal).Replace("--map", "a correction", StringComparison.Ordinal);

    public void Remove(Upload upload)
    {
        var place = Path.Combine(folder, upload.Id);
        File.Delete(place + ".json");
        if (Directory.Exists(place)) Directory.Delete(place, recursive: true);
    }

    void Tidy()
    {
        Directory.CreateDirectory(folder);
        foreach (var place in Directory.EnumerateDirectories(folder).Where(d => Directory.GetCreationTimeUtc(d) < DateTime.UtcNow - Kept))
        {
            File.Delete(place + ".json");
            Directory.Delete(place, recursive: true);
        }
    }

    // The name says the kind of file, and stands in the report; what could lead elsewhere is not kept.
    internal static string SafeName(string name)
    {
        var last = name.Split('/', '\\')[^1];
        var safe = string.Concat(last.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')).TrimStart('.');
        return safe.Length == 0 ? "events" : safe.Length > 80 ? safe[^80..].TrimStart('.') : safe;
    }
}
