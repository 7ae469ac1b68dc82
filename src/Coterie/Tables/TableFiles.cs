using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Coterie.Tables;

/// <summary>One file to write.</summary>
public sealed record TableFile(string Path, Action<Stream> Write);

/// <summary>Writes tables. Files stand under their names whole or not at all.</summary>
public static class TableFiles
{
    static readonly SearchValues<char> Special = SearchValues.Create(",\"\n\r;\t ");

    /// <summary>Writes every file beside its place first, and then moves all into place; replaces files of those names.</summary>
    public static void Write(params IReadOnlyList<TableFile> files)
    {
        var written = new List<string>();
        try
        {
            foreach (var file in files)
            {
                if (Path.GetDirectoryName(Path.GetFullPath(file.Path)) is { } directory) Directory.CreateDirectory(directory);
                written.Add(file.Path + ".part");
                using var stream = new FileStream(file.Path + ".part", FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
                file.Write(stream);
            }

            foreach (var file in files) File.Move(file.Path + ".part", file.Path, overwrite: true);
        }
        finally
        {
            foreach (var part in written) File.Delete(part);
        }
    }

    /// <summary>One column <c>label</c>, in row order.</summary>
    public static Action<Stream> Labels(int[] labels) => stream =>
    {
        stream.Write("label\n"u8);
        Span<byte> line = stackalloc byte[16];
        foreach (var label in labels)
        {
            Utf8Formatter.TryFormat(label, line, out var length);
            line[length++] = (byte)'\n';
            stream.Write(line[..length]);
        }
    };

    /// <summary>A matrix as CSV, in the fewest digits that give the same number back; names as header where there are some.</summary>
    public static Action<Stream> Csv(float[][] rows, IReadOnlyList<string>? names) => stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        if (names is not null) writer.WriteLine(string.Join(',', names.Select(Quoted)));
        foreach (var row in rows) writer.WriteLine(string.Join(',', row.Select(x => x.ToString("R", CultureInfo.InvariantCulture))));
    };

    /// <summary>A matrix as .npy, version 1.0, float32 in C order.</summary>
    public static Action<Stream> Npy(float[][] rows, int columns) => stream =>
    {
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows.Length}, {columns}), }}";
        // Numbers begin at a multiple of 64, as the format asks for.
        header = header.PadRight((10 + header.Length + 1 + 63) / 64 * 64 - 11) + "\n";
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header)]);
        foreach (var row in rows) stream.Write(MemoryMarshal.AsBytes<float>(row));
    };

    static string Quoted(string name) => name.AsSpan().IndexOfAny(Special) < 0 ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
