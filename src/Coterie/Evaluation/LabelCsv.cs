using System.Text;

namespace Coterie.Evaluation;

/// <summary>A small reader of delimited text with quotes (RFC 4180); fields are trimmed unless quoted, blank lines are skipped.</summary>
static class LabelCsv
{
    // A label file of ten million customers is under 400 MB; beyond it the file is something else.
    const long MaxBytes = 2_000_000_000;

    /// <param name="path">The file.</param>
    /// <param name="of">What it should hold, for messages.</param>
    // Never empty.
    public static List<string[]> Read(string path, string of = "labels")
    {
        if (Directory.Exists(path)) throw new InputException($"{path} is a directory. Expected a CSV file of {of}.");
        if (!File.Exists(path)) throw new InputException($"{path} does not exist. Expected a CSV file of {of}.");
        string text;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new InputException($"{path} is larger than {MaxBytes / 1_000_000} MB. Expected a CSV file of ids and labels.");
            text = File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException($"{path} is not UTF-8 text. Expected a CSV file of {of}; save it as UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {e.Message}", e);
        }

        if (text.Contains('\0')) throw new InputException($"{path} holds NUL bytes and is no text. Expected a CSV file of {of}.");
        return Rows(path, text, of);
    }

    /// <summary>The rows of a text; never empty. The path is for messages.</summary>
    public static List<string[]> Rows(string path, string text, string of = "labels")
    {
        var rows = Parse(path, text, Delimiter(text));
        return rows.Count > 0 ? rows : throw new InputException($"{path} is empty. Expected a CSV file of {of}, one a row.");
    }

    // Of the first line: the candidate that occurs most, comma where none occurs.
    static char Delimiter(string text)
    {
        var end = text.AsSpan().IndexOf('\n');
        var line = end < 0 ? text.AsSpan() : text.AsSpan(0, end);
        int commas = line.Count(','), semicolons = line.Count(';'), tabs = line.Count('\t');
        return tabs > commas && tabs >= semicolons ? '\t' : semicolons > commas ? ';' : ',';
    }

    static List<string[]> Parse(string path, string text, char delimiter)
    {
        var rows = new List<string[]>();
        var fields = new List<string>();
        var field = new StringBuilder();
        bool inQuotes = false, wasQuoted = false;
        var line = 1;
        for (var i = 0; i <= text.Length; i++)
        {
            var atEnd = i == text.Length;
            var c = atEnd ? '\n' : text[i];
            if (c == '\n') line++;
            if (inQuotes)
            {
                if (atEnd)
                    throw new InputException($"{path}: a quote that opens in or before line {line - 1} is never closed. Close it, or remove it.");
                if (c != '"') field.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"') field.Append(text[++i]);
                else inQuotes = false;
                continue;
            }

            if (c == '"' && string.IsNullOrWhiteSpace(field.ToString()))
            {
                field.Clear();
                inQuotes = wasQuoted = true;
            }
            else if (c == delimiter || c == '\n')
            {
                fields.Add(wasQuoted ? field.ToString() : field.ToString().Trim());
                field.Clear();
                if (c == '\n')
                {
                    if (fields.Count > 1 || fields[0].Length > 0 || wasQuoted) rows.Add([.. fields]);
                    fields.Clear();
                }

                wasQuoted = false;
            }
            else if (!(wasQuoted && char.IsWhiteSpace(c)))
            {
                field.Append(c);
            }
        }

        return rows;
    }
}
