using System.Text;
using System.Text.Json;

namespace Coterie.Privacy;

/// <summary>Takes a person's rows out of tables in text, and leaves every other row as it was, byte by byte.</summary>
static class RowErasure
{
    static readonly UTF8Encoding Plain = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>A CSV or TSV with a header.</summary>
    /// <returns>Rows left out.</returns>
    internal static long Csv(Stream from, Stream to, char separator, ErasedPerson person)
    {
        using var reader = new StreamReader(from, Plain, detectEncodingFromByteOrderMarks: true, 1 << 16, leaveOpen: true);
        using var writer = new StreamWriter(to, Plain, 1 << 16, leaveOpen: true);
        var record = new Record(reader, separator);
        if (!record.Read()) return 0;
        if (reader.CurrentEncoding is UTF8Encoding && from.CanSeek && HasMark(from)) writer.Write('\uFEFF');
        var ids = record.Fields.Select(person.IsKey).ToArray();
        var raw = record.Fields.Select(f => f == "raw").ToArray();
        writer.Write(record.Raw);
        long removed = 0;
        while (record.Read())
        {
            if (IsOf(record.Fields)) removed++;
            else writer.Write(record.Raw);
        }

        return removed;

        bool IsOf(List<string> fields)
        {
            for (var i = 0; i < fields.Count; i++)
            {
                if (i < ids.Length && ids[i] && person.Is(fields[i])) return true;
                if (i < raw.Length && raw[i] ? IsRefused(fields[i], person) : person.Mentions(fields[i])) return true;
            }

            return false;
        }
    }

    /// <summary>Whether a refused row, as the quarantine keeps it, is the person's: JSON, or a line that could not be read.</summary>
    internal static bool IsRefused(string raw, ErasedPerson person)
    {
        if (person.Mentions(raw)) return true;
        var text = raw.AsSpan().TrimStart('\'').TrimStart();
        if (text.StartsWith("{", StringComparison.Ordinal))
        {
            try
            {
                using var document = JsonDocument.Parse(text.ToString());
                return JsonErasure.IsOf(document.RootElement, person);
            }
            catch (JsonException)
            {
                // A line that only looks like an object is read as a line.
            }
        }

        foreach (var part in text.SplitAny(",;\t|\" "))
            if (person.IsNamedBy(text[part].ToString())) return true;
        return false;
    }

    /// <summary>JSON, one document a line.</summary>
    internal static void JsonLines(Stream from, Stream to, ErasedPerson person, JsonErasure.Count count)
    {
        using var reader = new StreamReader(from, Plain, detectEncodingFromByteOrderMarks: true, 1 << 16, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            var bytes = Plain.GetBytes(line);
            byte[]? clean;
            try
            {
                clean = line.Length == 0 ? bytes : JsonErasure.Clean(bytes, person, count);
            }
            catch (JsonException)
            {
                clean = Plain.GetBytes(person.Without(line));
                if (person.Mentions(line)) count.Masked++;
            }

            if (clean is null) continue;
            to.Write(clean);
            to.WriteByte((byte)'\n');
        }
    }

    static bool HasMark(Stream from)
    {
        var at = from.Position;
        from.Position = 0;
        Span<byte> start = stackalloc byte[3];
        var read = from.ReadAtLeast(start, 3, throwOnEndOfStream: false);
        from.Position = at;
        return read == 3 && start.SequenceEqual(Encoding.UTF8.Preamble);
    }

    /// <summary>Records of RFC 4180, each with its text as it stands.</summary>
    sealed class Record(TextReader reader, char separator)
    {
        readonly StringBuilder text = new(), field = new();

        public string Raw { get; private set; } = "";
        public List<string> Fields { get; } = [];

        public bool Read()
        {
            text.Clear();
            field.Clear();
            Fields.Clear();
            var quoted = false;
            while (reader.Read() is var next and >= 0)
            {
                var c = (char)next;
                text.Append(c);
                if (quoted)
                {
                    if (c != '"')
                    {
                        field.Append(c);
                    }
                    else if (reader.Peek() == '"')
                    {
                        text.Append((char)reader.Read());
                        field.Append('"');
                    }
                    else
                    {
                        quoted = false;
                    }
                }
                else if (c == '"' && field.Length == 0)
                {
                    quoted = true;
                }
                else if (c == separator)
                {
                    End();
                }
                else if (c == '\n')
                {
                    if (field.Length > 0 && field[^1] == '\r') field.Length--;
                    break;
                }
                else
                {
                    field.Append(c);
                }
            }

            if (text.Length == 0) return false;
            End();
            Raw = text.ToString();
            return true;
        }

        void End()
        {
            Fields.Add(field.ToString());
            field.Clear();
        }
    }
}
