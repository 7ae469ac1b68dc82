using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Coterie;

/// <summary>Which backup to restore, and where to.</summary>
/// <param name="File">The archive.</param>
/// <param name="Workspace">A new or empty directory.</param>
public sealed record RestoreOptions(string File, string Workspace);

/// <summary>What was restored.</summary>
/// <param name="Workspace">Where it is now.</param>
/// <param name="Created">When the backup was made.</param>
/// <param name="Files">How many files.</param>
/// <param name="Bytes">Their length.</param>
public sealed record RestoreResult(string Workspace, DateTime Created, int Files, long Bytes);

/// <summary>Makes a workspace of a backup. Everything is checked in a directory beside the target first, which is moved into place at the end: a damaged archive leaves
/// nothing behind.</summary>
/// <remarks>The archive may come from anywhere: only plain files that its manifest names, of the lengths it names, are taken, and no more bytes than fit on the disk. Links,
/// devices, paths that lead out, and files named twice are refused.</remarks>
public static class Restore
{
    /// <exception cref="InputException">The archive is none, damaged, or of a version that cannot be read.</exception>
    /// <exception cref="ConfigurationException">The target is not new or empty.</exception>
    public static RestoreResult Run(RestoreOptions options)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Workspace));
        if (!File.Exists(options.File)) throw new InputException($"There is no file '{options.File}'.");
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new ConfigurationException($"--workspace: '{options.Workspace}' is not empty. Name a new or empty directory; nothing is ever restored over something else.");
        var parent = Path.GetDirectoryName(target) ?? throw new ConfigurationException("--workspace: name a directory of its own.");
        Directory.CreateDirectory(parent);
        var beside = Path.Combine(parent, $".{Path.GetFileName(target)}.restoring-{Guid.NewGuid():N}"[..^24]);
        try
        {
            Directory.CreateDirectory(beside);
            var manifest = Unpack(options.File, beside);
            Workspace.SettingsOf(beside);
            if (Directory.Exists(target)) Directory.Delete(target);
            Directory.Move(beside, target);
            Durable.FlushDirectory(parent);
            return new(target, manifest.Created, manifest.Files.Count, manifest.Total);
        }
        finally
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        }
    }

    static BackupManifest Unpack(string file, string into)
    {
        try
        {
            using var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
            using var tar = new TarReader(packed);
            var manifest = Manifest(file, tar.GetNextEntry());
            if (new DriveInfo(into).AvailableFreeSpace is var free && manifest.Total > free)
                throw new InputException($"'{file}' unpacks to {manifest.Total >> 20:N0} MB; the disk has {free >> 20:N0} MB left. Free disk, or restore elsewhere.");
            var left = manifest.Files.ToDictionary(f => f.Path, StringComparer.Ordinal);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) throw Bad(file, $"'{entry.Name}' is a {entry.EntryType}; only plain files are taken");
                if (!left.Remove(entry.Name, out var named)) throw Bad(file, $"'{entry.Name}' is not in its manifest, or there twice");
                if (entry.Length != named.Bytes) throw Bad(file, $"'{entry.Name}' has {entry.Length:N0} bytes; its manifest says {named.Bytes:N0}");
                Take(file, entry, named, into);
            }

            // To the end, whose checksum covers all of it; padding is short.
            var rest = new byte[1 << 16];
            long after = 0;
            while (packed.Read(rest) is var read and > 0)
                if ((after += read) > 1 << 20) throw Bad(file, "something follows its end");
            if (left.Count > 0) throw Bad(file, $"'{left.Keys.Order(StringComparer.Ordinal).First()}' is missing");
            return manifest;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw Bad(file, e.Message, e);
        }
    }

    static BackupManifest Manifest(string file, TarEntry? entry)
    {
        if (entry is not { EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile, Name: BackupManifest.Name, DataStream: not null }) throw Bad(file, $"its first entry is not {BackupManifest.Name}");
        if (entry.Length > BackupManifest.MostBytes) throw Bad(file, $"its manifest has {entry.Length:N0} bytes");
        var manifest = JsonSerializer.Deserialize<BackupManifest>(entry.DataStream, BackupManifest.Json) ?? throw Bad(file, "its manifest is empty");
        return manifest.Problem() is { } problem ? throw Bad(file, problem) : manifest;
    }

    static void Take(string file, TarEntry entry, BackupFile named, string into)
    {
        var path = Path.Combine(into, named.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Owner only, as in the backup: it names customers.
        using var to = new FileStream(path, Durable.Options(FileMode.CreateNew));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        long length = 0;
        while (entry.DataStream?.Read(buffer) is { } read and > 0)
        {
            length += read;
            hash.AppendData(buffer, 0, read);
            to.Write(buffer, 0, read);
        }

        if (length != named.Bytes || !Convert.ToHexStringLower(hash.GetHashAndReset()).Equals(named.Sha256, StringComparison.Ordinal)) throw Bad(file, $"'{named.Path}' is not what was backed up: its checksum differs");
        to.Flush(flushToDisk: true);
    }

    static InputException Bad(string file, string why, Exception? inner = null) =>
        new($"'{file}' cannot be restored: {why}. Nothing was written. Use another backup.", inner);
}
