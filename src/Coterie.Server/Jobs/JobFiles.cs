using Coterie.Server.Access;

namespace Coterie.Server.Jobs;

/// <summary>Files that people and programs hand in for a job, under names of our own.</summary>
public sealed class JobFiles(WorkspaceHost host)
{
    /// <summary>Bytes of the largest file that is taken.</summary>
    public const long Most = 200L << 20;
    static readonly string[] Endings = [".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".parquet", ".gz"];

    string Folder => Path.Combine(host.Directory, "server", "job-files");

    /// <summary>Whether a text has the form of an upload's id: letters, digits and one of the endings, so that none leads out of the folder.</summary>
    public static bool IsId(string id) => id.Length is > 32 and < 60 && id.IndexOf('.') is 32 && id[..32].All(char.IsAsciiLetterOrDigit) && id[32..].All(c => c == '.' || char.IsAsciiLetter(c));

    /// <exception cref="ConfigurationException">The name has no ending that is read, or the file is too large.</exception>
    public async Task<string> Save(string name, Stream content, CancellationToken stop)
    {
        var ending = Ending(name) ?? throw new ConfigurationException($"'{Path.GetFileName(name)}' is not read; expected a file that ends with {string.Join(", ", Endings)}.", $"无法读取“{Path.GetFileName(name)}”；文件名应以 {string.Join("、", Endings)} 结尾。");
        Directory.CreateDirectory(Folder);
        var id = SecretKey.NewToken() + ending;
        var path = Path.Combine(Folder, id);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew);
            var buffer = new byte[1 << 16];
            long taken = 0;
            for (int n; (n = await content.ReadAsync(buffer, stop)) > 0;)
            {
                if ((taken += n) > Most) throw new ConfigurationException($"The file is larger than {Most >> 20} MB.", $"文件超过 {Most >> 20} MB。");
                await file.WriteAsync(buffer.AsMemory(0, n), stop);
            }
        }
        catch
        {
            File.Delete(path);
            throw;
        }

        return id;
    }

    /// <summary>A text as a file.</summary>
    public async Task<string> Save(string name, string content, CancellationToken stop)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content));
        return await Save(name, stream, stop);
    }

    /// <exception cref="InputException">There is no such upload, or no more.</exception>
    public string PathOf(string id)
    {
        var path = IsId(id) ? Path.Combine(Folder, id) : null;
        return path is not null && File.Exists(path) ? path : throw new InputException("The uploaded file is not there any more; hand it in again.");
    }

    /// <summary>Removes a file that no job needs any more.</summary>
    public void Remove(string id)
    {
        if (IsId(id)) File.Delete(Path.Combine(Folder, id));
    }

    static string? Ending(string name)
    {
        var lower = name.ToLowerInvariant();
        if (Endings.FirstOrDefault(e => lower.EndsWith(e, StringComparison.Ordinal)) is not { } ending) return null;
        return ending != ".gz" ? ending : Endings.FirstOrDefault(e => lower.EndsWith(e + ".gz", StringComparison.Ordinal)) is { } inner ? inner + ".gz" : null;
    }
}
