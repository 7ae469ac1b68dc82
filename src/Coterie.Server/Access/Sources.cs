using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Coterie.Server.Access;

/// <summary>A place that sends events: a website, an app, a shop's server.</summary>
/// <param name="Id">Eight characters, the head of its key.</param>
/// <param name="Name">For people.</param>
/// <param name="KeyHash">SHA-256 of the key in hexadecimal; the key itself is not kept.</param>
/// <param name="Created">When.</param>
/// <param name="Enabled">A source that is not answers 404.</param>
public sealed record EventSource(string Id, string Name, string KeyHash, DateTime Created, bool Enabled = true);

/// <summary>A new source and its key, which is shown once.</summary>
public sealed record NewSource(EventSource Source, string Key);

/// <summary>The sources of a workspace, in <c>server/sources.json</c>.</summary>
public sealed class Sources
{
    const string Alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
    const int IdLength = 8, SecretLength = 32;
    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };
    readonly string file;
    readonly Lock gate = new();
    IReadOnlyList<EventSource> all;
    DateTime read;

    /// <param name="directory">The server's folder in the workspace.</param>
    /// <exception cref="InputException">The file is damaged.</exception>
    public Sources(string directory)
    {
        file = Path.Combine(directory, "sources.json");
        all = File.Exists(file) ? Read(file) : [];
        read = File.Exists(file) ? File.GetLastWriteTimeUtc(file) : default;
    }

    static EventSource[] Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<EventSource[]>(File.ReadAllBytes(file), Json) ?? [];
        }
        catch (JsonException e)
        {
            throw new InputException($"'{file}' is damaged: {e.Message} Restore it, or remove it and make new sources (their keys change).", e);
        }
    }

    public IReadOnlyList<EventSource> All => all;

    /// <summary>Makes a source.</summary>
    /// <exception cref="ConfigurationException">The name is empty, too long, or taken.</exception>
    public NewSource Add(string name)
    {
        name = name.Trim();
        if (name.Length is 0 or > 100) throw new ConfigurationException($"The name of a source has {name.Length} characters; expected 1 to 100.");
        lock (gate)
        {
            if (all.Any(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) throw new ConfigurationException($"There is a source '{name}' already; choose another name.");
            var id = RandomNumberGenerator.GetString(Alphabet, IdLength);
            var key = id + RandomNumberGenerator.GetString(Alphabet, SecretLength);
            var source = new EventSource(id, name, Hash(key), DateTime.UtcNow);
            Keep([.. all, source]);
            return new NewSource(source, key);
        }
    }

    /// <summary>The source of a key, enabled or not; null for a key that nobody has. Takes the same time for every wrong key of a source.</summary>
    public EventSource? Of(string? key)
    {
        if (key is not { Length: IdLength + SecretLength }) return null;
        var source = Find(key[..IdLength]);
        var given = Encoding.ASCII.GetBytes(Hash(key));
        var kept = Encoding.ASCII.GetBytes(source?.KeyHash ?? Hash(""));
        return CryptographicOperations.FixedTimeEquals(given, kept) ? source : null;
    }

    // A source may have been made by another process since.
    EventSource? Find(string id)
    {
        if (all.FirstOrDefault(s => s.Id == id) is { } known) return known;
        lock (gate)
        {
            if (!File.Exists(file) || File.GetLastWriteTimeUtc(file) == read) return null;
            (all, read) = (Read(file), File.GetLastWriteTimeUtc(file));
        }

        return all.FirstOrDefault(s => s.Id == id);
    }

    static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    void Keep(IReadOnlyList<EventSource> sources)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var next = file + ".new";
        var how = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(next, how))
        {
            JsonSerializer.Serialize(stream, sources, Json);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, file, overwrite: true);
        (all, read) = (sources, File.GetLastWriteTimeUtc(file));
    }
}
