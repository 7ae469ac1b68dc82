using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Coterie.Privacy;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>What to back up, and where to.</summary>
public sealed record BackupOptions
{
    /// <summary>The workspace's directory.</summary>
    public required string Workspace { get; init; }
    /// <summary>The archive to write, .tar.gz; not inside the workspace.</summary>
    public required string Out { get; init; }
    /// <summary>Replaces an archive that is there.</summary>
    public bool Force { get; init; }
    /// <summary>Copies a database file (.db) that this process has open to another place, as of one instant: SQLite's VACUUM INTO. Null: nobody has one open.</summary>
    public Action<string, string>? Snapshot { get; init; }
    public DuckDbOptions Storage { get; init; } = new();
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>What a backup holds.</summary>
/// <param name="Out">The archive.</param>
/// <param name="Files">How many files are in it.</param>
/// <param name="Bytes">Their length.</param>
/// <param name="ArchiveBytes">The archive's length.</param>
public sealed record BackupResult(string Out, int Files, long Bytes, long ArchiveBytes);

/// <summary>Copies a workspace into one file, all of it as of one moment: events, runs, settings, what receivers know, erasures, and the server's log.</summary>
/// <remarks>The warehouse is closed while it is copied, so its file is whole; files of the log may grow meanwhile and are taken up to where they were. The archive is
/// readable by its owner only, for it holds everything.</remarks>
public static class Backup
{
    /// <summary>Opens the workspace and backs it up.</summary>
    /// <exception cref="ConfigurationException">The archive is there already, or would lie inside the workspace.</exception>
    /// <exception cref="InputException">It is no workspace, held, or an erasure is underway.</exception>
    public static BackupResult Run(BackupOptions options)
    {
        using var workspace = Workspace.Open(options.Workspace, options.Storage, create: false);
        return Run(workspace, options);
    }

    /// <summary>Backs up a workspace that is open. Its <see cref="Workspace.Warehouse"/> is another object afterwards, and nobody else may use it meanwhile.</summary>
    public static BackupResult Run(Workspace workspace, BackupOptions options)
    {
        var target = Path.GetFullPath(options.Out);
        if (Directory.Exists(target)) throw new ConfigurationException($"--out: '{options.Out}' is a directory; name the file to write, such as backup.tar.gz.");
        if (File.Exists(target) && !options.Force) throw new ConfigurationException($"--out: '{options.Out}' is there already. Name another file, or add --force.");
        if (target.StartsWith(workspace.Directory + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ConfigurationException($"--out: '{options.Out}' lies inside the workspace; a backup belongs elsewhere, best onto another disk.");
        if (ErasureJournal.Open(SuppressionList.FolderOf(workspace.Directory)) is not null)
            throw new InputException("An erasure is underway and was cut; a backup would keep who is being erased. Finish it first: run the same erase command again.");
        BackupResult? result = null;
        workspace.Offline((_, _) => result = Write(workspace.Directory, workspace.TemporaryDirectory, target, options));
        return result!;
    }

    sealed record Taken(string Path, string From, long Length);

    static BackupResult Write(string workspace, string temporary, string target, BackupOptions options)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var taken = Files(workspace, temporary, options.Snapshot);
        try
        {
            return Write(taken, target, options);
        }
        finally
        {
            foreach (var copy in taken.Where(t => t.From.StartsWith(temporary + Path.DirectorySeparatorChar, StringComparison.Ordinal))) File.Delete(copy.From);
        }
    }

    static BackupResult Write(List<Taken> taken, string target, BackupOptions options)
    {
        var files = taken.Select(t => new BackupFile(t.Path, t.Length, Hash(t))).ToArray();
        var manifest = new BackupManifest(BackupManifest.CurrentSchema, options.Clock.GetUtcNow().UtcDateTime, files);
        Durable.Write(target, stream =>
        {
            using var packed = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
            using var tar = new TarWriter(packed, TarEntryFormat.Pax, leaveOpen: true);
            using (var text = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, BackupManifest.Json)))
                tar.WriteEntry(Entry(BackupManifest.Name, text, manifest.Created));
            for (var i = 0; i < taken.Count; i++)
            {
                using var from = new FileHead(taken[i].From, taken[i].Length);
                tar.WriteEntry(Entry(taken[i].Path, from, manifest.Created));
                if (from.Sha256() != files[i].Sha256) throw new IOException($"'{taken[i].Path}' changed while it was copied. Stop what writes there, and run this again.");
            }
        });
        return new(target, files.Length, manifest.Total, new FileInfo(target).Length);
    }

    static PaxTarEntry Entry(string name, Stream data, DateTime time) =>
        new(TarEntryType.RegularFile, name) { DataStream = data, ModificationTime = time, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite };

    static List<Taken> Files(string workspace, string temporary, Action<string, string>? snapshot)
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var taken = new List<Taken>();
        foreach (var path in Directory.EnumerateFiles(workspace, "*", all).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(workspace, path).Replace('\\', '/');
            if (IsPassing(name)) continue;
            var from = path;
            if (snapshot is not null && Path.GetExtension(name) == ".db")
            {
                Directory.CreateDirectory(temporary);
                from = Path.Combine(temporary, $"backup-{taken.Count}.db");
                snapshot(path, from);
            }
            else if (snapshot is not null && (name.EndsWith(".db-wal", StringComparison.Ordinal) || name.EndsWith(".db-shm", StringComparison.Ordinal)))
            {
                continue;
            }

            taken.Add(new(name, from, new FileInfo(from).Length));
        }

        return taken;
    }

    // Of work that is going on, or that was cut; nothing that anybody needs again.
    static bool IsPassing(string name) => name.StartsWith("temporary/", StringComparison.Ordinal) || name.StartsWith("runs/.", StringComparison.Ordinal)
        || Path.GetExtension(name) is ".lock" or ".part" or ".erasing" or ".rewriting" or ".new" || name == "server/loading.jsonl";

    static string Hash(Taken file)
    {
        using var from = new FileHead(file.From, file.Length);
        from.CopyTo(Stream.Null);
        return from.Sha256();
    }

    /// <summary>The first bytes of a file that may grow, and what they hash to.</summary>
    sealed class FileHead(string path, long length) : Stream
    {
        readonly FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long at;

        public override bool CanRead => true;
        // The archive asks for the length before it reads.
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => at; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var wanted = (int)Math.Min(buffer.Length, length - at);
            if (wanted == 0) return 0;
            var read = file.Read(buffer[..wanted]);
            if (read == 0) throw new IOException($"'{path}' became shorter while it was copied. Stop what writes there, and run this again.");
            hash.AppendData(buffer[..read]);
            at += read;
            return read;
        }

        public string Sha256() => Convert.ToHexStringLower(hash.GetCurrentHash());

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                file.Dispose();
                hash.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
