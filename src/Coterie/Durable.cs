using System.Runtime.InteropServices;

namespace Coterie;

/// <summary>Files that are there after a power cut once a call has returned.</summary>
static partial class Durable
{
    /// <summary>Writes a file beside its place, puts it on the disk, and moves it into place: whole or not at all.</summary>
    internal static void Write(string path, Action<Stream> write)
    {
        var part = path + ".part";
        try
        {
            using (var stream = new FileStream(part, Options(FileMode.Create)))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: true);
            FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Only the owner may read what is made so: it names customers.</summary>
    internal static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>A new name lasts only when its directory is on the disk too. Windows has no such call and needs none on NTFS, whose names are journalled.</summary>
    internal static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(directory, 0);
        if (descriptor < 0) throw new IOException($"'{directory}' cannot be opened: error {Marshal.GetLastPInvokeError()}.");
        try
        {
            // EINVAL (22): a file system, such as some network ones, on which a directory cannot be flushed at all.
            if (Flush(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error and not 22)
                throw new IOException($"'{directory}' cannot be put on the disk: error {error}.");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
