namespace Coterie.Collect;

/// <summary>Where a table begins, whether its first line names the columns, and the rows behind it.</summary>
/// <param name="Names">Of the header, or null for each column without one.</param>
/// <param name="Skip">Lines before the header or the first row.</param>
/// <param name="HeaderLines">Lines before the first row.</param>
/// <param name="Title">Records before the header or the first row that are left out.</param>
/// <param name="ByEngine">Whether the engine can skip the header as a record: it has as many fields as the rows.</param>
sealed record Header(IReadOnlyList<string?> Names, bool HasHeader, int Skip, int HeaderLines, bool ByEngine,
    IReadOnlyList<TextRecord> Title, IReadOnlyList<TextRecord> Rows)
{
    // A title, a separator line or an export's remarks before the table; more is no longer a table with a title.
    const int MostTitleRecords = 20;

    /// <param name="usual">The usual number of fields.</param>
    public static Header Find(IReadOnlyList<TextRecord> records, int usual)
    {
        var first = 0;
        while (first < Math.Min(MostTitleRecords, records.Count) && records[first].Fields.Length != usual
            && !MayBeShort(records[first], usual)) first++;
        if (first == Math.Min(MostTitleRecords, records.Count)) first = 0;
        var start = records[first];
        var rest = records.Skip(first + 1).Where(r => r.Fields.Length == usual && !r.Ragged).Take(500).Select(r => r.Fields).ToList();
        var skip = start.Line;
        if (!IsHeader(start.Fields, rest))
            return new Header(new string?[usual], false, skip, skip, false, [.. records.Take(first)], [.. records.Skip(first)]);

        var next = first + 1 < records.Count ? records[first + 1].Line : start.Line + 1;
        var names = Fitted(start.Fields, usual, rest);
        return new Header(names, true, skip, next, start.Fields.Length == usual, [.. records.Take(first)], [.. records.Skip(first + 1)]);
    }

    static bool MayBeShort(TextRecord record, int usual) => usual > 2 && record.Fields.Length == usual - 1
        && record.Fields.All(f => f is not null);

    // One name short: either every row ends with a separator, or the first column (row names of R) has no name.
    static IReadOnlyList<string?> Fitted(string?[] names, int usual, List<string?[]> rows)
    {
        if (names.Length == usual) return names;
        if (names.Length > usual) return names[..usual];
        var lastEmpty = rows.Count(r => r[^1] is null) >= 0.95 * rows.Count;
        return lastEmpty || names.Length != usual - 1
            ? [.. names, .. new string?[usual - names.Length]]
            : [null, .. names];
    }

    static bool IsHeader(string?[] first, List<string?[]> rows)
    {
        var named = first.OfType<string>().Select(f => f.Trim()).ToList();
        if (named.Count == 0) return false;
        var known = named.Count(n => KindWords.KindOf(n) is null
            && Vocabulary.Roles.Any(role => Vocabulary.Fit(ColumnName.Of(n), role) >= 0.9));
        var values = named.Count(IsValue);
        if (values > 0 && (known < 2 || values >= known)) return false;
        if (known > 0 || rows.Count == 0) return true;

        // No word is known: values below that are numbers or times, where the first line has words, make it a header.
        for (var i = 0; i < first.Length; i++)
        {
            if (first[i] is not { } name || IsValue(name)) continue;
            var column = rows.Where(r => i < r.Length).Select(r => r[i]).OfType<string>().ToList();
            if (column.Count > 0 && column.Count(IsValue) >= 0.9 * column.Count) return true;
        }

        // All are words: a header's words do not come again below it.
        var distinct = named.Distinct(StringComparer.OrdinalIgnoreCase).Count() == named.Count;
        return distinct && !first.Where((f, i) => f is not null && rows.Exists(r => i < r.Length && r[i] == f)).Any();
    }

    static bool IsValue(string text) =>
        double.TryParse(text, out _) || TimeShape.Of(text) is not null
            || (text.Any(char.IsAsciiDigit) && NumberFormat.Of([text]) is not null);
}
