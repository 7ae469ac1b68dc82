using System.Text;

namespace Coterie.Collect;

/// <summary>How a table of text separates its fields.</summary>
/// <param name="Delimiter">One to four characters.</param>
/// <param name="Quote">Null where quotes are plain characters.</param>
/// <param name="Escape">What stands before a quote inside quotes: the quote itself, or a backslash.</param>
sealed record TextDialect(string Delimiter, char? Quote, char Escape);

/// <summary>One record of a sample.</summary>
/// <param name="Fields">An empty field is null.</param>
/// <param name="Line">Line of the text on which it begins, from 0.</param>
/// <param name="Ragged">Whether a quoted field goes on after its closing quote: the engine refuses such a record.</param>
/// <param name="Breaks">Whether a line break stands inside its quotes.</param>
readonly record struct TextRecord(string?[] Fields, int Line, bool Ragged, bool Breaks);

/// <summary>A plain reader of delimited text, for samples: the engine's rules, with no care for speed.</summary>
sealed class DelimitedText
{
    readonly string text;
    readonly TextDialect dialect;
    readonly List<TextRecord> records = [];
    readonly List<string?> fields = [];
    readonly StringBuilder field = new();
    int at;
    int line;
    int firstLine;
    bool quoted;
    bool ragged;

    DelimitedText(string text, TextDialect dialect) => (this.text, this.dialect) = (text, dialect);

    /// <summary>Records of a text; empty lines are skipped.</summary>
    /// <param name="complete">False when the text may end in the middle of a record, which is then left out.</param>
    public static IReadOnlyList<TextRecord> Records(string text, TextDialect dialect, bool complete, int limit = int.MaxValue)
    {
        var reader = new DelimitedText(text, dialect);
        reader.Read(limit);
        if (complete && reader.records.Count < limit) reader.EndRecord();
        return reader.records;
    }

    void Read(int limit)
    {
        while (at < text.Length && records.Count < limit)
        {
            var c = text[at];
            if (dialect.Quote == c && field.Length == 0 && !quoted)
            {
                at++;
                ReadQuoted(c);
            }
            else if (c is '\r' or '\n')
            {
                at += c == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1;
                EndRecord();
                firstLine = ++line;
            }
            else if (string.CompareOrdinal(text, at, dialect.Delimiter, 0, dialect.Delimiter.Length) == 0)
            {
                at += dialect.Delimiter.Length;
                EndField();
            }
            else
            {
                ragged |= quoted;
                field.Append(c);
                at++;
            }
        }
    }

    void ReadQuoted(char quote)
    {
        quoted = true;
        while (at < text.Length)
        {
            var c = text[at++];
            if (c == dialect.Escape && at < text.Length && text[at] == quote) field.Append(text[at++]);
            else if (c == quote) return;
            else field.Append(c);
            if (c == '\n') line++;
        }
    }

    void EndField()
    {
        fields.Add(field.Length == 0 ? null : field.ToString());
        field.Clear();
        quoted = false;
    }

    void EndRecord()
    {
        if (fields.Count == 0 && field.Length == 0 && !quoted) return;
        EndField();
        records.Add(new TextRecord([.. fields], firstLine, ragged, line > firstLine));
        fields.Clear();
        ragged = false;
    }
}
