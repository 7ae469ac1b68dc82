namespace Coterie.Reports;

/// <summary>Writes a file whole or not at all: a half-written one never stands under the final name.</summary>
static class WholeFile
{
    /// <param name="path">Where it will be; its directory is made.</param>
    /// <param name="write">Writes to the path it is given, which ends like the final one.</param>
    public static void Write(string path, Action<string> write)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory) Directory.CreateDirectory(directory);
        var part = path + ".part" + Path.GetExtension(path);
        try
        {
            write(part);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
