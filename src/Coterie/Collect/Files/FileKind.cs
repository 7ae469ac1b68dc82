namespace Coterie.Collect;

/// <summary>Tells text tables and Parquet from files that are neither, by their first bytes.</summary>
static class FileKind
{
    // Signatures as listed by the formats' own documents (PNG: W3C; ZIP: PKWARE APPNOTE 4.3.7; OLE: MS-CFB 2.2; PDF: ISO 32000).
    static readonly (byte[] Magic, string What, string WhatZh, Cure Cure)[] Binaries =
    [
        ([0x89, 0x50, 0x4E, 0x47], "a PNG picture", "PNG 图片", Other),
        ([0xFF, 0xD8, 0xFF], "a JPEG picture", "JPEG 图片", Other),
        ([0x47, 0x49, 0x46, 0x38], "a GIF picture", "GIF 图片", Other),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive (perhaps an Excel workbook, .xlsx)", "ZIP 压缩包（可能是 Excel 工作簿 .xlsx）",
            new("In the spreadsheet, save or export it as CSV (UTF-8); unpack an archive first.", "请在表格软件中另存为 CSV（UTF-8）；压缩包请先解压。")),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Office file (perhaps an Excel workbook, .xls)", "旧版 Office 文件（可能是 Excel 工作簿 .xls）",
            new("In the spreadsheet, save or export it as CSV (UTF-8).", "请在表格软件中另存为 CSV（UTF-8）。")),
        ([0x25, 0x50, 0x44, 0x46], "a PDF document", "PDF 文档", new("Export the data as CSV.", "请将数据导出为 CSV。")),
        ([0x53, 0x51, 0x4C, 0x69, 0x74, 0x65], "an SQLite database", "SQLite 数据库", new("Export the table as CSV.", "请将表导出为 CSV。")),
        ([0x42, 0x5A, 0x68], "a bzip2 file", "bzip2 文件", Gzip),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "an xz file", "xz 文件", Gzip),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7-Zip archive", "7-Zip 压缩包", new("Unpack it first.", "请先解压。")),
        ([0x28, 0xB5, 0x2F, 0xFD], "a zstd file", "zstd 文件", Gzip),
        ([0x4F, 0x52, 0x43], "an ORC file", "ORC 文件", Convert),
        ([0x4F, 0x62, 0x6A, 0x01], "an Avro file", "Avro 文件", Convert),
        ([0x7F, 0x45, 0x4C, 0x46], "a program", "程序", Other),
        ([0x80, 0x04, 0x95], "a Python pickle", "Python pickle 文件", new("Save the table as CSV or Parquet.", "请将表另存为 CSV 或 Parquet。")),
    ];

    // Reading files comes before profiles, where texts of two languages live.
    sealed record Cure(string En, string Zh);

    static Cure Other => new("Name a file of events instead.", "请改用事件文件。");

    static Cure Gzip => new("Unpack it, or compress it with gzip.", "请先解压，或改用 gzip 压缩。");

    static Cure Convert => new("Convert it to Parquet or CSV.", "请转换为 Parquet 或 CSV。");

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
        foreach (var (magic, what, zh, cure) in Binaries)
        {
            if (first.StartsWith(magic))
                throw new InputException($"'{path}' is {what}, not a table. Expected CSV, TSV, JSON Lines or Parquet (or one of the "
                    + $"text kinds with gzip). {cure.En}", $"“{path}”不是数据表（{zh}）。应为 CSV、TSV、JSON Lines 或 Parquet（文本格式可用 gzip 压缩）。{cure.Zh}");
        }
    }

    public static InputException NulBytes(string path, long offset) => new(
        $"'{path}' holds a NUL byte at byte {offset:N0}: it is a binary file, or a damaged text file. Expected text (UTF-8, UTF-16 "
            + "with a byte order mark, "
        + "Latin-1 or GB18030) or Parquet. Export it again as CSV; if only single bytes are damaged, remove them with: tr -d "
        + "'\\000' < FILE > CLEAN",
        $"“{path}”在第 {offset:N0} 字节处含有 NUL 字节：这是二进制文件，或文本已损坏。应为文本（UTF-8、带字节序标记的 UTF-16、Latin-1 或 GB18030）或 Parquet，请重新导出为 CSV。");
}
