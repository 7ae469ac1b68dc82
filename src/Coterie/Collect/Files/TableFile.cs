namespace Coterie.Collect;

/// <summary>The three ways in which the engine reads a file.</summary>
enum FileFormat
{
    Text,
    JsonLines,
    Parquet,
}

/// <summary>One file as it lies there: how to read it, its columns, and rows of it to look at.</summary>
sealed record TableFile
{
    /// <summary>As the operator named it.</summary>
    public required string Path { get; init; }
    /// <summary>What the engine reads: the same, or a rewritten copy.</summary>
    public required string ReadPath { get; init; }
    public required FileFormat Format { get; init; }
    /// <summary>For people: csv, tsv, white-space table, json lines, json, parquet; with "gzip" where compressed.</summary>
    public required string Shown { get; init; }
    public required string Encoding { get; init; }
    public required long Bytes { get; init; }
    public bool Gzip { get; init; }
    /// <summary>Name of the encoding for the engine.</summary>
    public string EngineEncoding { get; init; } = "utf-8";
    public TextDialect Dialect { get; init; } = new(",", '"', '"');
    public bool Header { get; init; }
    /// <summary>Lines before the header or the first row that are no part of the table.</summary>
    public int Skip { get; init; }
    /// <summary>Lines before the first row.</summary>
    public int HeaderLines { get; init; }
    public bool BreaksInQuotes { get; init; }
    /// <summary>Column names, unique.</summary>
    public required IReadOnlyList<string> Names { get; init; }
    /// <summary>Native types of the columns where the format has them; else all are VARCHAR.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];
    /// <summary>JSON pointers of the columns (RFC 6901), for JSON Lines only.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];
    /// <summary>Pieces of neighbouring rows: the first from the file's head, the others from further on.</summary>
    public required IReadOnlyList<IReadOnlyList<string?[]>> Chunks { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];

    public SourceFile Source => new(Path, Shown, Encoding, Bytes) { HeaderLines = HeaderLines };

    /// <summary>Values that stand for "nothing" in exports of pandas, R, MySQL and spreadsheets.</summary>
    public static readonly IReadOnlyList<string> NullWords = ["", "NULL", "null", "\\N", "NaN", "nan", "None", "N/A", "#N/A", "<NA>",
        "(null)", "(not set)"];
}
