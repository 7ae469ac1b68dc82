using System.Security.Cryptography;
using System.Text;

namespace Coterie.Privacy;

/// <summary>Who was erased from a workspace, as keyed hashes: later events of them are refused, and nobody can read who they are.</summary>
/// <remarks>HMAC-SHA-256 under a key of 32 random bytes that stays in the workspace (<c>erasures/key</c>, readable by its owner only): a hash without a
/// key could be undone by trying all addresses or numbers.</remarks>
public sealed class SuppressionList
{
    const int KeyBytes = 32;

    readonly byte[] key;
    readonly HashSet<string> hashes;

    SuppressionList(string folder, byte[] key, HashSet<string> hashes)
    {
        Folder = folder;
        this.key = key;
        this.hashes = hashes;
    }

    /// <summary>The folder in a workspace.</summary>
    public string Folder { get; }

    public int Count => hashes.Count;

    /// <summary>Where a workspace keeps its erasures.</summary>
    public static string FolderOf(string workspace) => Path.Combine(workspace, "erasures");

    static string ListOf(string folder) => Path.Combine(folder, "suppressed.txt");

    static string KeyOf(string folder) => Path.Combine(folder, "key");

    /// <summary>The list of a workspace; null where nobody was ever erased. Makes nothing.</summary>
    /// <exception cref="InputException">It is damaged.</exception>
    public static SuppressionList? Read(string workspace)
    {
        var folder = FolderOf(workspace);
        return File.Exists(ListOf(folder)) ? Load(folder) : null;
    }

    /// <summary>The list of a workspace; its key is made where there is none.</summary>
    /// <exception cref="InputException">It is damaged.</exception>
    public static SuppressionList Open(string workspace)
    {
        var folder = FolderOf(workspace);
        MakeFolder(folder);
        if (!File.Exists(KeyOf(folder)))
        {
            if (File.Exists(ListOf(folder))) throw Lost(folder);
            var fresh = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
            Durable.Write(KeyOf(folder), stream => stream.Write(Encoding.ASCII.GetBytes(fresh + "\n")));
        }

        return Load(folder);
    }

    internal static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    static SuppressionList Load(string folder)
    {
        if (!File.Exists(KeyOf(folder))) throw Lost(folder);
        var text = File.ReadAllText(KeyOf(folder)).Trim();
        if (text.Length != 2 * KeyBytes || !text.All(char.IsAsciiHexDigitLower)) throw new InputException($"'{KeyOf(folder)}' is damaged: expected {2 * KeyBytes} hexadecimal digits. Restore it from a backup.");
        var list = ListOf(folder);
        var lines = File.Exists(list) ? File.ReadAllLines(list) : [];
        if (Array.FindIndex(lines, l => l.Length != 64 || !l.All(char.IsAsciiHexDigitLower)) is var wrong and >= 0)
            throw new InputException($"'{list}' is damaged in line {wrong + 1}: expected 64 hexadecimal digits. Restore it from a backup: without it, erased customers would come back.");
        return new(folder, Convert.FromHexString(text), [.. lines]);
    }

    static InputException Lost(string folder) =>
        new($"'{KeyOf(folder)}' is missing, and '{ListOf(folder)}' cannot be read without it. Restore it from a backup: without it, erased customers would come back.");

    /// <summary>The keyed hash of an id, 64 hexadecimal digits.</summary>
    public string Hash(string id) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(id)));

    /// <summary>Whether an id was erased.</summary>
    public bool Has(string? id) => id is not null && hashes.Count > 0 && hashes.Contains(Hash(id));

    /// <summary>Adds ids; they are on the disk when it returns.</summary>
    public void Add(IEnumerable<string> ids)
    {
        var before = hashes.Count;
        hashes.UnionWith(ids.Select(Hash));
        if (hashes.Count > before || !File.Exists(ListOf(Folder))) Keep();
    }

    /// <summary>Lets ids come back: their later events are taken again.</summary>
    /// <returns>How many were on the list.</returns>
    public int Lift(IEnumerable<string> ids)
    {
        var lifted = ids.Select(Hash).Distinct().Count(hashes.Remove);
        if (lifted > 0) Keep();
        return lifted;
    }

    /// <summary>Looks at the erasures/ folder of another workspace.</summary>
    /// <exception cref="InputException">It is none, or damaged.</exception>
    public static void CheckFolder(string folder)
    {
        if (!File.Exists(ListOf(folder))) throw new InputException($"'{folder}' has no suppressed.txt; name the erasures/ folder of a workspace in which somebody was erased.");
        Load(folder);
    }

    /// <summary>Takes over who was erased in a former workspace of the same shop, under its key: for a workspace that was restored from an older backup.</summary>
    /// <exception cref="InputException">Both have keys and they differ, so that one list cannot be read with the other's.</exception>
    public static void Adopt(string workspace, string folder)
    {
        var former = Load(folder);
        if (Read(workspace) is { } own && !own.key.AsSpan().SequenceEqual(former.key))
            throw new InputException($"'{folder}' is of another workspace than the backup: their keys differ. Erase the customers again by their ids.");
        var mine = FolderOf(workspace);
        MakeFolder(mine);
        Durable.Write(KeyOf(mine), stream => stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(former.key) + "\n")));
        var list = Load(mine);
        list.hashes.UnionWith(former.hashes);
        list.Keep();
    }

    void Keep() => Durable.Write(ListOf(Folder), stream =>
    {
        foreach (var hash in hashes.Order(StringComparer.Ordinal)) stream.Write(Encoding.ASCII.GetBytes(hash + "\n"));
    });
}
