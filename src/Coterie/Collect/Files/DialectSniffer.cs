namespace Coterie.Collect;

/// <summary>Finds delimiter, quote and escape of a table of text: those under which its records have the same number of fields.</summary>
static class DialectSniffer
{
    const int Records = 400;

    // At least this share of records must have the usual number of fields; the rest are counted as malformed rows later.
    const double LeastConsistency = 0.7;

    // Less is enough where the first line, the header, has three or more fields and the same number.
    const double LeastWithHeader = 0.4;

    static readonly string[] Delimiters = [",", "\t", ";", "|", "::", "^", "~", "\u0001"];

    /// <summary>A way to read the text and how well it fits.</summary>
    sealed record Trial(TextDialect Dialect, int Fields, int Good, int Records, bool FirstFits, bool Title)
    {
        public double Consistency => Records == 0 ? 0 : (double)Good / Records;
    }

    /// <summary>The dialect, or null where no delimiter divides the text into columns.</summary>
    public static TextDialect? Find(string head, bool complete)
    {
        // Excel's own first line, "sep=;", names the separator and is no row.
        if (head.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
            && head.IndexOf('\n', StringComparison.Ordinal) is > 4 and < 8 and var end) head = head[(end + 1)..];
        var quote = QuoteOf(head);
        var trials = Delimiters
            .Where(d => head.Contains(d, StringComparison.Ordinal))
            .Select(d => Best(head, d, quote, complete))
            .Where(t => t.Fields > 1 && t.Consistency >= (t.FirstFits && t.Fields > 2 ? LeastWithHeader : LeastConsistency))
            .ToList();
        if (trials.Count == 0) return null;

        var best = trials.Max(Score);
        var near = trials.Where(t => Score(t) >= best - 0.05).ToList();
        if (near.Count > 1 && near.Any(t => t.Dialect.Delimiter == ",") && near.Any(t => t.Dialect.Delimiter != ",") && OnlyInNumbers(head))
            near.RemoveAll(t => t.Dialect.Delimiter == ",");
        return near.OrderByDescending(t => t.Fields).ThenByDescending(Score).First().Dialect;
    }

    static double Score(Trial t) => t.Consistency + (t.FirstFits ? 0.1 : 0) - (t.Title ? 0.2 : 0);

    static Trial Best(string head, string delimiter, char quote, bool complete)
    {
        var plain = Try(head, new TextDialect(delimiter, quote, quote), complete);
        if (plain.Consistency >= 1 || !head.Contains(quote)) return plain;

        // A quote sign may be an inch sign, or escaped by a backslash: taken so only where clearly more records come out whole.
        var others = new[] { new TextDialect(delimiter, quote, '\\'), new TextDialect(delimiter, null, quote) };
        var other = others
            .Where(d => d.Quote is null || head.Contains($"\\{quote}", StringComparison.Ordinal))
            .Select(d => Try(head, d, complete))
            .MaxBy(t => t.Consistency);
        return other is not null && other.Fields > 1 && other.Consistency > plain.Consistency + 0.02 && other.Good > plain.Good
            + 2 ? other : plain;
    }

    static Trial Try(string head, TextDialect dialect, bool complete)
    {
        // A title above the table has one field a line and says nothing about the dialect.
        var all = DelimitedText.Records(head, dialect, complete, Records);
        var records = all.SkipWhile(r => r.Fields.Length == 1).ToList();
        if (records.Count == 0) return new Trial(dialect, 0, 0, 0, false, false);
        // The usual number of fields; among equally usual ones the larger.
        var usual = records.GroupBy(r => r.Fields.Length).OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key).First().Key;
        var good = records.Count(r => r.Fields.Length == usual && !r.Ragged);
        return new Trial(dialect, usual, good, records.Count, records[0].Fields.Length == usual, records.Count < all.Count);
    }

    // Single quotes are taken for quotes only where they stand at the border of most fields.
    static char QuoteOf(string head)
    {
        var starts = Delimiters.Sum(d => Occurrences(head, d + "'"));
        var doubles = Delimiters.Sum(d => Occurrences(head, d + "\""));
        var lines = head.Count(c => c == '\n') + 1;
        return starts > doubles && starts >= lines && Delimiters.Sum(d => Occurrences(head, "'" + d)) >= lines ? '\'' : '"';
    }

    static int Occurrences(string text, string part)
    {
        var count = 0;
        for (var i = text.IndexOf(part, StringComparison.Ordinal); i >= 0; i = text.IndexOf(part, i
            + part.Length, StringComparison.Ordinal)) count++;
        return count;
    }

    // Commas that stand only between digits are decimal commas.
    static bool OnlyInNumbers(string head)
    {
        for (var i = head.IndexOf(','); i >= 0; i = head.IndexOf(',', i + 1))
        {
            if (i == 0 || i + 1 >= head.Length || !char.IsAsciiDigit(head[i - 1]) || !char.IsAsciiDigit(head[i + 1])) return false;
        }

        return true;
    }
}
