namespace Coterie.Collect;

/// <summary>Tells text tables and Parquet from files that are neither, by their first bytes.</summary>
static class FileKind
{
    // Signatures as listed by the formats' own documents (PNG: W3C; ZIP: PKWARE APPNOTE 4.3.7; OLE: MS-CFB 2.2; PDF: ISO 32000).
    static readonly (byte[] Magic, string What, string Cure)[] Binaries =
    [
        ([0x89, 0x50, 0x4E, 0x47], "a PNG picture", "Name a file of events instead."),
        ([0xFF, 0xD8, 0xFF], "a JPEG picture", "Name a file of events instead."),
        ([0x47, 0x49, 0x46, 0x38], "a GIF picture", "Name a file of events instead."),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive (perhaps an Excel workbook, .xlsx)",
            "In the spreadsheet, save or export it as CSV (UTF-8); unpack an archive first."),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Office file (perhaps an Excel workbook, .xls)",
            "In the spreadsheet, save or export it as CSV (UTF-8)."),
        ([0x25, 0x50, 0x44, 0x46], "a PDF document", "Export the data as CSV."),
        ([0x53, 0x51, 0x4C, 0x69, 0x74, 0x65], "an SQLite database", "Export the table as CSV."),
        ([0x42, 0x5A, 0x68], "a bzip2 file", "Unpack it, or compress it with gzip."),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "an xz file", "Unpack it, or compress it with gzip."),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7-Zip archive", "Unpack it first."),
        ([0x28, 0xB5, 0x2F, 0xFD], "a zstd file", "Unpack it, or compress it with gzip."),
        ([0x4F, 0x52, 0x43], "an ORC file", "Convert it to Parquet or CSV."),
        ([0x4F, 0x62, 0x6A, 0x01], "an Avro file", "Convert it to Parquet or CSV."),
        ([0x7F, 0x45, 0x4C, 0x46], "a program", "Name a file of events instead."),
        ([0x80, 0x04, 0x95], "a Python pickle", "Save the table as CSV or Parquet."),
    ];

    public static byte[] FirstBytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        var bytes = new byte[64];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    public static bool IsParquet(ReadOnlySpan<byte> first) => first.StartsWith("PAR1"u8);

    /// <exception cref="InputException">The bytes begin like a known kind of file that is no table of text.</exception>
    public static void RefuseBinary(string path, ReadOnlySpan<byte> first)
    {
        foreach (var (magic, what, cure) in Binaries)
        {
            if (first.StartsWith(magic))
                throw new InputException($"'{path}' is {what}, not a table. Expected CSV, TSV, JSON Lines or Parquet (or one of the "
                    + $"text kinds with gzip). {cure}");
        }
    }

    public static InputException NulBytes(string path, long offset) => new(
        $"'{path}' holds a NUL byte at byte {offset:N0}: it is a binary file, or a damaged text file. Expected text (UTF-8, UTF-16 "
            + "with a byte order mark, "
        + "Latin-1 or GB18030) or Parquet. Export it again as CSV; if only single bytes are damaged, remove them with: tr -d "
        + "'\\000' < FILE > CLEAN");
}
