using System.Text;
using Coterie.Numerics;

namespace Coterie.Tables;

/// <summary>Reads a text table in blocks of whole lines, several blocks at a time. Blank lines are skipped, and lines that begin with #
/// before the first line of content.</summary>
static class TextTable
{
    const int BlockBytes = 4 << 20;
    // A line of this length has a hundred million digits: it is no line of a table.
    const int MostLineBytes = 256 << 20;

    /// <summary>The table of a stream; <paramref name="path"/> is for messages.</summary>
    public static NumericTable Read(Stream stream, string path, int threads)
    {
        var source = new Lines(stream, path);
        if (source.Next() is not { } block) throw new InputException($"{path} is empty. Expected rows of numbers.");
        RefuseBinary(block.Span, path);
        if (block.Span.StartsWith("\uFEFF"u8)) block = block[3..];
        var lines = SkipToContent(ref block);
        if (block.Length == 0) throw new InputException($"{path} has no rows. Expected rows of numbers.");
        var first = Line(block.Span);
        var layout = TextLayout.Of(block.Span[..first], path, lines + 1);
        if (layout.Names is not null)
        {
            block = block[Math.Min(block.Length, first + 1)..];
            lines++;
        }

        var parsed = new List<TextBlock>();
        long rows = 0;
        ReadOnlyMemory<byte>? next = block;
        while (next is not null)
        {
            var batch = new List<ReadOnlyMemory<byte>>();
            for (; next is not null; next = source.Next())
            {
                batch.Add(next.Value);
                if (batch.Count == Math.Max(1, threads)) break;
            }

            var done = new TextBlock[batch.Count];
            Chunks.Each(batch.Count, threads, b => done[b] = TextBlock.Parse(batch[b].Span, layout));
            foreach (var part in done)
            {
                if (part.Problem is { } problem) throw new InputException($"{path}, line {lines + problem.Line}{problem.What}");
                lines += part.Lines;
                rows += part.Rows;
                if (part.Rows > 0) parsed.Add(part);
            }

            next = source.Next();
        }

        var room = NumericTables.Room(path, rows, layout.Columns);
        var at = 0;
        for (var p = 0; p < parsed.Count; p++)
        {
            parsed[p].Values.AsSpan(0, parsed[p].Rows * layout.Columns).CopyTo(room.Values.AsSpan(at));
            at += parsed[p].Rows * layout.Columns;
            // Given back while the rest is copied.
            parsed[p] = TextBlock.Nothing;
        }

        return new(room, layout.Names);
    }

    static int Line(ReadOnlySpan<byte> text) => text.IndexOf((byte)'\n') is var end and >= 0 ? end : text.Length;

    static int SkipToContent(ref ReadOnlyMemory<byte> block)
    {
        var lines = 0;
        while (block.Length > 0)
        {
            var line = block.Span[..Line(block.Span)].Trim(" \t\r"u8);
            if (line.Length > 0 && line[0] != '#') break;
            block = block[Math.Min(block.Length, Line(block.Span) + 1)..];
            lines++;
        }

        return lines;
    }

    static void RefuseBinary(ReadOnlySpan<byte> start, string path)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw new InputException($"{path} is UTF-16 text. Expected UTF-8: save it as UTF-8.");
        if (start.Contains((byte)0)) throw new InputException($"{path} holds NUL bytes and is no text. Expected CSV or white-space text, or a name that ends in .npy or .parquet.");
    }

    // Blocks that end with a line's end; the last one may not.
    sealed class Lines(Stream stream, string path)
    {
        byte[] carried = [];
        bool ended;

        public ReadOnlyMemory<byte>? Next()
        {
            if (ended) return null;
            var size = Math.Max(BlockBytes, carried.Length + BlockBytes / 4);
            var buffer = GC.AllocateUninitializedArray<byte>(size);
            carried.CopyTo(buffer, 0);
            var filled = carried.Length;
            while (true)
            {
                var read = stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
                filled += read;
                if (filled < buffer.Length)
                {
                    ended = true;
                    carried = [];
                    return filled == 0 ? null : (ReadOnlyMemory<byte>?)buffer.AsMemory(0, filled);
                }

                var last = buffer.AsSpan(0, filled).LastIndexOf((byte)'\n');
                if (last >= 0)
                {
                    carried = buffer[(last + 1)..filled];
                    return buffer.AsMemory(0, last + 1);
                }

                if (buffer.Length >= MostLineBytes) throw new InputException($"{path} has a line of more than {MostLineBytes >> 20} MB. Expected rows of numbers, one a line.");
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}

/// <summary>The rows of one block of text, or what is wrong with it.</summary>
/// <param name="Lines">Lines passed, blank ones too.</param>
sealed record TextBlock(float[] Values, int Rows, int Lines, TextProblem? Problem)
{
    public static readonly TextBlock Nothing = new([], 0, 0, null);

    /// <summary>Parses whole lines.</summary>
    public static TextBlock Parse(ReadOnlySpan<byte> text, TextLayout layout)
    {
        var d = layout.Columns;
        var values = GC.AllocateUninitializedArray<float>(Math.Max(d, text.Length / 8 / d * d + d));
        int rows = 0, lines = 0, at = 0;
        while (at < text.Length)
        {
            lines++;
            Skip(text, ref at);
            if (at == text.Length) break;
            if (Ends(text, at))
            {
                at = Behind(text, at);
                continue;
            }

            if ((rows + 1) * (long)d > values.Length) Array.Resize(ref values, (int)Math.Min(Array.MaxLength, Math.Max(values.Length * 2L, values.Length + (long)d)));
            if (Row(text, ref at, layout, values.AsSpan(rows * d, d)) is { } what) return new([], rows, lines, new(lines, what));
            rows++;
        }

        return new(values, rows, lines, null);
    }

    // One row; what is wrong, or null. The place then stands behind the line's end.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    static string? Row(ReadOnlySpan<byte> text, ref int at, TextLayout layout, Span<float> row)
    {
        for (var j = 0; j < row.Length; j++)
        {
            if (!layout.WhiteSpace) Blanks(text, ref at);
            var start = at;
            var quoted = at < text.Length && text[at] == '"';
            if (quoted) at++;
            if (!TextNumber.Read(text, ref at, out var value)) return NotANumber(text, start, layout, j, row.Length);
            if (quoted && (at >= text.Length || text[at++] != '"')) return NotANumber(text, start, layout, j, row.Length);
            row[j] = (float)value;
            if (!float.IsFinite(row[j])) return $", {layout.Place(j)}: '{Field(text, start, layout)}' is beyond single precision. Scale the column, or take its logarithm.";
            var before = at;
            if (layout.WhiteSpace) Skip(text, ref at);
            else Blanks(text, ref at);
            if (Ends(text, at))
            {
                at = Behind(text, at);
                return j == row.Length - 1 ? null : $" has {j + 1} fields; the first line has {row.Length}. Expected the same number in every line.";
            }

            if (layout.WhiteSpace ? at == before : text[at] != layout.Delimiter) return NotANumber(text, start, layout, j, row.Length);
            if (!layout.WhiteSpace) at++;
        }

        return $" has more than {row.Length} fields; the first line has {row.Length}. Expected the same number in every line.";
    }

    static string NotANumber(ReadOnlySpan<byte> text, int start, TextLayout layout, int column, int columns)
    {
        var field = Field(text, start, layout);
        if (TextLayout.IsMissing(field))
        {
            return Ends(text, start) && column > 0 && text[start - 1] != layout.Delimiter
                ? $" has {column} fields; the first line has {columns}. Expected the same number in every line."
                : $", {layout.Place(column)} is {(field.Length == 0 ? "empty" : $"'{field}'")}; expected finite numbers. Fill or remove missing and infinite values first.";
        }

        return $", {layout.Place(column)}: '{ShortText.Of(field)}' is not a number. Expected numbers only: leave the column out, or write it as a number.";
    }

    static string Field(ReadOnlySpan<byte> text, int start, TextLayout layout)
    {
        var end = start;
        while (!Ends(text, end) && text[end] != layout.Delimiter && !(layout.WhiteSpace && text[end] == '\t') && end - start < 200) end++;
        return Encoding.UTF8.GetString(text[start..end]).Trim().Trim('"');
    }

    static bool Ends(ReadOnlySpan<byte> text, int at) =>
        at >= text.Length || text[at] == '\n' || (text[at] == '\r' && (at + 1 >= text.Length || text[at + 1] == '\n'));

    static int Behind(ReadOnlySpan<byte> text, int at) => at < text.Length && text[at] == '\r' ? at + 2 : at + 1;

    static void Blanks(ReadOnlySpan<byte> text, ref int at)
    {
        while (at < text.Length && text[at] == ' ') at++;
    }

    static void Skip(ReadOnlySpan<byte> text, ref int at)
    {
        while (at < text.Length && (text[at] is (byte)' ' or (byte)'\t')) at++;
    }
}

/// <summary>What is wrong with a line, counted from 1 within its block.</summary>
sealed record TextProblem(int Line, string What);
