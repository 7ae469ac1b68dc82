using System.Text;

namespace Coterie.Tables;

/// <summary>How the lines of a text table are divided, as its first line of content tells.</summary>
/// <param name="Delimiter">Between fields; a space stands for any run of spaces and tabs.</param>
/// <param name="Names">Column names, or null where the first line holds numbers.</param>
sealed record TextLayout(byte Delimiter, int Columns, IReadOnlyList<string>? Names)
{
    const byte Space = (byte)' ';

    public bool WhiteSpace => Delimiter == Space;

    /// <summary>The name of a column for messages.</summary>
    public string Place(int column) => Names is null ? $"column {column + 1}" : $"column {column + 1} ({Names[column]})";

    /// <summary>Of the first line that is neither blank nor a comment.</summary>
    public static TextLayout Of(ReadOnlySpan<byte> line, string path, int number)
    {
        var text = Encoding.UTF8.GetString(line).Trim('\r', ' ');
        if (text.AsSpan().Trim().Length == 0) throw new InputException($"{path}, line {number} is blank. Expected names or numbers.");
        // In the order of how seldom a character stands inside a field.
        var delimiter = text.Contains('\t', StringComparison.Ordinal) ? '\t' : text.Contains(';', StringComparison.Ordinal) ? ';'
            : text.Contains(',', StringComparison.Ordinal) ? ',' : ' ';
        // Numbers aligned by blanks and tabs alike are white-space text, not fields between tabs.
        if (delimiter == '\t' && text.Split('\t').Any(f => f.Length == 0 || f.Trim().Contains(' ', StringComparison.Ordinal) && !f.Contains('"', StringComparison.Ordinal))
            && text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).All(IsNumber)) delimiter = ' ';
        var fields = Fields(text, delimiter);
        var numbers = fields.Count(IsNumber);
        if (numbers == fields.Count || (numbers > 0 && fields.All(f => IsNumber(f) || IsMissing(f)))) return new((byte)delimiter, fields.Count, null);
        if (numbers > 0 || fields.All(IsMissing))
        {
            var odd = fields.FindIndex(f => !IsNumber(f));
            throw new InputException($"{path}, line {number}, column {odd + 1}: '{ShortText.Of(fields[odd])}' stands among numbers. "
                + "Expected a first line of names or of numbers only. Leave text and index columns out, and give every column a name.");
        }

        return new((byte)delimiter, fields.Count, fields);
    }

    public static bool IsMissing(string field) => field.Trim().ToUpperInvariant() is "" or "NA" or "N/A" or "NAN" or "NULL" or "NONE" or "INF" or "-INF" or "INFINITY";

    static bool IsNumber(string field)
    {
        var bytes = Encoding.UTF8.GetBytes(field.Trim());
        var at = 0;
        return TextNumber.Read(bytes, ref at, out _) && at == bytes.Length;
    }

    static List<string> Fields(string line, char delimiter)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"')
            {
                if (quoted && i + 1 < line.Length && line[i + 1] == '"') field.Append(line[i++]);
                else quoted = !quoted;
            }
            else if (!quoted && (c == delimiter || (delimiter == ' ' && c == '\t')))
            {
                if (delimiter != ' ' || field.Length > 0) fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        if (delimiter != ' ' || field.Length > 0) fields.Add(field.ToString().Trim());
        return fields;
    }
}
