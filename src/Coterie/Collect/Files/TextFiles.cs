using System.Text;

namespace Coterie.Collect;

/// <summary>Understands one file of text: encoding, line ends, JSON or table, dialect, header.</summary>
static class TextFiles
{
    const int MaxColumns = 2_000;

    public static TableFile Read(InputPath input, string temporaryDirectory)
    {
        var path = input.Path;
        var survey = Survey.Of(path);
        var encoding = TextEncoding.Of(survey);
        var file = new TableFile
        {
            Path = path, ReadPath = path, Format = FileFormat.Text, Shown = "", Encoding = encoding.Name, Bytes = survey.Bytes,
                Gzip = survey.Gzip,
            EngineEncoding = encoding.Name, Names = [], Chunks = [],
        };
        if (!encoding.Engine || survey.MixedBreaks)
        {
            var rewritten = Rewriting.AsUtf8(path, survey.Gzip, encoding, temporaryDirectory);
            survey = Survey.Of(rewritten);
            encoding = TextEncoding.Utf8;
            file = file with { ReadPath = rewritten, Gzip = false, EngineEncoding = "utf-8" };
        }

        var head = Decode(survey.Head, encoding, survey.WholeFileInHead);
        if (head.AsSpan().Trim().Length == 0)
            throw new InputException($"'{path}' holds only white space. Expected a table of events with a header line.", $"“{path}”只含空白。应为带表头的事件表。");
        var windows = survey.Windows.Select(w => WholeLines(encoding.Decoder.GetString(w))).ToList();
        file = file with { BreaksInQuotes = survey.BreaksInQuotes };

        if (head.AsSpan().TrimStart() is ['{' or '[', ..]
            && JsonFiles.TryRead(file, head, windows, survey.WholeFileInHead, temporaryDirectory) is { } json)
            return Named(json, survey.Gzip);
        var dialect = DialectSniffer.Find(head, survey.WholeFileInHead);
        if (dialect is null && WhiteSpaceColumns(head) > 1)
        {
            var tabbed = Rewriting.Tabbed(file.ReadPath, file.Gzip, encoding, temporaryDirectory);
            survey = Survey.Of(tabbed);
            head = Decode(survey.Head, TextEncoding.Utf8, survey.WholeFileInHead);
            windows = [.. survey.Windows.Select(w => WholeLines(Encoding.UTF8.GetString(w)))];
            dialect = new TextDialect("\t", null, '"');
            file = file with { ReadPath = tabbed, Gzip = false, EngineEncoding = "utf-8", Shown = "white-space table",
                BreaksInQuotes = false };
        }

        if (dialect is null)
        {
            throw new InputException(
                $"'{path}' has one column: its lines are not divided by comma, tab, semicolon, | or white space (first line: "
                    + $"'{Shown.Text(FirstLine(head))}'). "
                + "Expected a table with at least a customer and a time in each row; check the export's column separator.",
                $"“{path}”只有一列：各行未以逗号、制表符、分号、| 或空白分隔（第一行：“{Shown.Text(FirstLine(head))}”）。每行至少应有客户与时间，请检查导出时的列分隔符。");
        }

        return Named(Divide(file, head, windows, dialect, survey.WholeFileInHead), survey.Gzip);
    }

    static TableFile Named(TableFile file, bool gzip)
    {
        var kind = file.Shown.Length > 0 ? file.Shown
            : file.Dialect.Delimiter switch { "\t" => "tsv", "," => "csv", var d => $"csv with '{d}'" };
        return file with { Shown = gzip ? kind + ", gzip" : kind };
    }

    static string Decode(byte[] bytes, TextEncoding encoding, bool whole)
    {
        // A character cut off at the end of the piece is left out.
        var text = whole ? encoding.Decoder.GetString(bytes) : new string(encoding.Decoder.GetString(bytes).AsSpan().TrimEnd('\uFFFD'));
        return text.Length > 0 && text[0] == '\uFEFF' ? text[1..] : text;
    }

    static string WholeLines(string piece)
    {
        var first = piece.IndexOf('\n', StringComparison.Ordinal);
        var last = piece.LastIndexOf('\n');
        return first < 0 || last <= first ? "" : piece[(first + 1)..(last + 1)];
    }

    static string FirstLine(string text) => text.TrimStart().Split('\n', '\r')[0];

    // Fields by white space, where every line has the same number; else 0.
    static int WhiteSpaceColumns(string head)
    {
        var counts = head.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .SkipLast(1)
            .DefaultIfEmpty(head)
            .Take(500)
            .Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length)
            .Where(n => n > 0)
            .ToList();
        if (counts.Count == 0) return 0;
        var usual = counts.GroupBy(n => n).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First();
        return usual.Count() >= 0.95 * counts.Count ? usual.Key : 0;
    }

    // A name may be wrapped in its quotes; a line of it with the separators of a row is a row.
    static bool HoldsRows(string name, TextDialect dialect, int usual) =>
        usual > 1 && name.Split('\n').Skip(1).Any(line => line.AsSpan().Count(dialect.Delimiter) >= usual - 1);

    static TableFile Divide(TableFile file, string head, List<string> windows, TextDialect dialect, bool complete)
    {
        var records = DelimitedText.Records(head, dialect, complete);
        if (records.Count == 0 && !complete) records = DelimitedText.Records(head, dialect, true);
        var usual = records.Take(1000).GroupBy(r => r.Fields.Length).OrderByDescending(g => g.Count())
            .ThenByDescending(g => g.Key).First().Key;
        if (usual > MaxColumns || records[0].Fields.Length > MaxColumns)
        {
            throw new InputException(
                $"'{file.Path}' has {Math.Max(usual, records[0].Fields.Length):N0} columns. Expected an event log: one row for each "
                    + "thing that happened, with at most "
                + $"{MaxColumns:N0} columns. If products or days stand in columns, export the table in its long form.",
                $"“{file.Path}”有 {Math.Max(usual, records[0].Fields.Length):N0} 列。应为事件日志：每件事一行，最多 {MaxColumns:N0} 列。如商品或日期占用了列，请导出为长表。");
        }

        var start = Header.Find(records, usual);
        if (start.Names.OfType<string>().FirstOrDefault(n => HoldsRows(n, dialect, usual)) is { } swallowed)
        {
            throw new InputException(
                $"'{file.Path}': the name of a column holds rows ('{Shown.Text(swallowed.ReplaceLineEndings(" "))}'): a quote is opened in the header and "
                + "closed in a later line. Expected a name on one line; close or remove the quote.",
                $"“{file.Path}”的某个列名含有多行内容（“{Shown.Text(swallowed.ReplaceLineEndings(" "))}”）：引号在表头中打开，到后面的行才关闭。列名应在一行之内，请关闭或删去该引号。");
        }

        if (start.Rows.Count == 0 && complete)
        {
            throw new InputException(
                $"'{file.Path}' holds only a header ({Shown.Names(start.Names.OfType<string>())}) and no row. Expected at least one "
                    + "event; export it again.", $"“{file.Path}”只有表头（{Shown.Names(start.Names.OfType<string>())}），没有数据行。至少应有一个事件，请重新导出。");
        }

        var header = UniqueNames(start.Names, file.Path, out var notes);
        if (start.Title.Any(r => r.Breaks))
        {
            throw new InputException(
                $"'{file.Path}' begins with a quote that is not closed on its line ('{Shown.Text(FirstLine(head))}'), so that its "
                    + "header cannot be told from its rows. "
                + "Expected a header line or a row; remove the quote.",
                $"“{file.Path}”开头的引号未在同一行关闭（“{Shown.Text(FirstLine(head))}”），无法区分表头与数据行。请删去该引号。");
        }

        if (start.Title.Count > 0) notes.Add($"'{file.Path}': the first {start.Skip} line(s) are no part of the table and were left out.");
        IReadOnlyList<string?[]>[] chunks =
        [
            Rows(start.Rows, header.Count),
            .. windows.Select(w => Rows(DelimitedText.Records(w, dialect, true), header.Count)).Where(c => c.Count > 0),
        ];
        if (chunks.All(c => c.Count == 0))
        {
            throw new InputException(
                $"'{file.Path}': no row has the {header.Count} fields of its header ({Shown.Names(header)}). Expected the same "
                    + "number of fields in every line; "
                + $"the fields seem to be divided by '{dialect.Delimiter}': check the export's separator and quotes.",
                $"“{file.Path}”没有一行与表头的 {header.Count} 个字段（{Shown.Names(header)}）相符。每行的字段数应相同；字段似乎以“{dialect.Delimiter}”分隔，请检查导出时的分隔符与引号。");
        }

        return file with
        {
            Dialect = dialect, Names = header, Chunks = chunks, Notes = notes,
            Header = start.ByEngine, Skip = start.Skip + (start.HasHeader && !start.ByEngine ? 1 : 0), HeaderLines = start.HeaderLines,
        };
    }

    static List<string?[]> Rows(IEnumerable<TextRecord> records, int columns)
    {
        var nulls = TableFile.NullWords.ToHashSet(StringComparer.Ordinal);
        return [.. records.Where(r => r.Fields.Length == columns && !r.Ragged)
            .Select(r => r.Fields.Select(f => f is null || nulls.Contains(f) ? null : f).ToArray())];
    }

    /// <summary>Names made unique and never empty; what was changed is noted.</summary>
    public static List<string> UniqueNames(IReadOnlyList<string?> names, string path, out List<string> notes)
    {
        notes = [];
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var unique = new List<string>();
        for (var i = 0; i < names.Count; i++)
        {
            var name = names[i]?.Trim() is { Length: > 0 } given ? given : $"column_{i + 1}";
            var candidate = name;
            for (var n = 2; !taken.Add(candidate); n++) candidate = $"{name}_{n}";
            if (candidate != name) notes.Add($"'{path}' has several columns named '{Shown.Text(name)}'; number {i + 1} is called "
                + $"'{Shown.Text(candidate)}' here.");
            unique.Add(candidate);
        }

        return unique;
    }
}
