using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>The statement by which the engine reads tables of text, with nothing left to its own guessing.</summary>
static class CsvScan
{
    // Names of reject tables must differ within a session, also between sources.
    static int rejectTables;

    /// <summary>A scan and where the engine puts the lines that are no rows.</summary>
    /// <param name="Sql">Yields file_index and c0, c1 … as VARCHAR.</param>
    /// <param name="Rejects">Name of the temporary table with the refused lines.</param>
    public sealed record Scan(string Sql, string Rejects);

    /// <summary>One read of neighbouring files that are written in the same way.</summary>
    public static Scan Of(IReadOnlyList<TableFile> files, Dialect dialect)
    {
        var file = files[0];
        var columns = string.Join(", ", file.Names.Select((_, i) => $"'c{i}': 'VARCHAR'"));
        var quote = file.Dialect.Quote is { } q ? dialect.Text(q.ToString()) : "''";
        var escape = file.Dialect.Quote is null ? "''" : dialect.Text(file.Dialect.Escape.ToString());
        var nulls = string.Join(", ", TableFile.NullWords.Select(dialect.Text));
        return Read(files, dialect,
            $"columns = {{{columns}}}, delim = {dialect.Text(file.Dialect.Delimiter)}, quote = {quote}, escape = {escape}, "
            + $"header = {(file.Header ? "true" : "false")}, skip = {file.Skip}, nullstr = [{nulls}]");
    }

    /// <summary>Every line as one text c0, for JSON Lines.</summary>
    public static Scan Lines(IReadOnlyList<TableFile> files, Dialect dialect) =>
        Read(files, dialect, "columns = {'c0': 'VARCHAR'}, delim = '\u0001', quote = '', escape = '', header = false");

    static Scan Read(IReadOnlyList<TableFile> files, Dialect dialect, string options)
    {
        var number = Interlocked.Increment(ref rejectTables);
        var rejects = $"coterie_rejects_{number}";
        var paths = string.Join(", ", files.Select(f => dialect.Text(Literal(f.ReadPath))));
        // The buffer is DuckDB's default of 32 MB; it would otherwise grow with the longest line allowed, for every thread.
        var sql = $"read_csv([{paths}], auto_detect = false, {options}, encoding = {dialect.Text(files[0].EngineEncoding)}, "
            + $"compression = '{(files[0].Gzip ? "gzip" : "none")}', max_line_size = {Survey.MaxLineBytes}, buffer_size = 33554432, "
            + $"store_rejects = true, rejects_table = '{rejects}', rejects_scan = 'coterie_scans_{number}', rejects_limit = 0)";
        return new Scan(sql, rejects);
    }

    /// <summary>A path in which the engine finds no pattern.</summary>
    public static string Literal(string path) => path.AsSpan().IndexOfAny("*?[") < 0
        ? path
        : string.Concat(path.Select(c => c is '*' or '?' or '[' ? $"[{c}]" : c.ToString()));
}
