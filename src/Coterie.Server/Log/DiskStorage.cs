using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coterie.Server.Log;

/// <summary>The log's files in a directory.</summary>
sealed partial class DiskStorage : LogStorage
{
    const string Rewriting = ".rewriting";

    readonly string directory;

    public DiskStorage(string directory)
    {
        this.directory = directory;
        Directory.CreateDirectory(directory);
        // Of a rewriting that was cut: the file it was for is whole.
        foreach (var left in Directory.EnumerateFiles(directory, "*" + Rewriting)) File.Delete(left);
    }

    public override IReadOnlyList<string> Names() => [.. Directory.EnumerateFiles(directory, "*" + EventLog.Extension).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public override LogFile Create(string name)
    {
        var file = new DiskFile(Path.Combine(directory, name), FileMode.CreateNew, FileShare.Read);
        try
        {
            SyncDirectory(directory);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override LogFile Open(string name) => new DiskFile(Path.Combine(directory, name), FileMode.Open, FileShare.ReadWrite | FileShare.Delete);

    public override LogFile Beside(string name) => new DiskFile(Path.Combine(directory, name + Rewriting), FileMode.Create, FileShare.None);

    public override void Replace(string name)
    {
        var path = Path.Combine(directory, name);
        File.Move(path + Rewriting, path, overwrite: true);
        SyncDirectory(directory);
    }

    public override void Delete(string name)
    {
        File.Delete(Path.Combine(directory, name));
        SyncDirectory(directory);
    }

    // A file's name is on the disk only when its directory is; .NET has no call for that.
    static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(path, 0);
        if (descriptor < 0) throw Failure(path);
        try
        {
            if (Sync(descriptor) != 0) throw Failure(path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    static IOException Failure(string path)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"The directory '{path}' could not be written through to the disk: {error.Message}.", error);
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    sealed class DiskFile : LogFile
    {
        readonly SafeFileHandle handle;
        long length;

        public DiskFile(string path, FileMode mode, FileShare share)
        {
            handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, share);
            length = RandomAccess.GetLength(handle);
        }

        public override long Length => length;

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            RandomAccess.Write(handle, bytes, length);
            length += bytes.Length;
        }

        public override void Sync() => RandomAccess.FlushToDisk(handle);

        public override int Read(long offset, Span<byte> to)
        {
            var read = 0;
            while (read < to.Length && RandomAccess.Read(handle, to[read..], offset + read) is var n and > 0) read += n;
            return read;
        }

        public override void Truncate(long to)
        {
            RandomAccess.SetLength(handle, to);
            length = to;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) handle.Dispose();
        }
    }
}
