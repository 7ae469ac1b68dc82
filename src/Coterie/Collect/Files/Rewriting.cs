using System.Text;

namespace Coterie.Collect;

/// <summary>Writes a file that the engine cannot read as it is into the temporary folder, as UTF-8 with one kind of line end, in one
/// stream.</summary>
static class Rewriting
{
    /// <summary>The same text in UTF-8 with line feeds at the ends of lines, so that physical lines stay what they were.</summary>
    public static string AsUtf8(string path, bool gzip, TextEncoding encoding, string folder)
    {
        var target = Target(path, folder);
        using var source = new PlainBytes(path, gzip);
        using var writer = Writer(target);
        var decoder = encoding.Decoder.GetDecoder();
        var chars = new char[encoding.Decoder.GetMaxCharCount(1 << 19)];
        var unify = new LineEnds();
        var first = true;
        while (true)
        {
            var chunk = source.Next();
            var count = decoder.GetChars(chunk, chars, flush: chunk.Length == 0);
            var text = chars.AsSpan(0, count);
            if (first && text.Length > 0 && text[0] == '\uFEFF') text = text[1..];
            first &= count == 0;
            writer.Write(unify.Apply(text));
            if (chunk.Length == 0) return target;
        }
    }

    /// <summary>A table whose columns are separated by any white space, with tabs instead. A line stays a line.</summary>
    public static string Tabbed(string path, bool gzip, TextEncoding encoding, string folder)
    {
        var target = Target(path, folder);
        using var source = new PlainBytes(path, gzip);
        using var writer = Writer(target);
        var decoder = encoding.Decoder.GetDecoder();
        var chars = new char[encoding.Decoder.GetMaxCharCount(1 << 19)];
        var inField = false;
        var fields = 0;
        while (true)
        {
            var chunk = source.Next();
            var count = decoder.GetChars(chunk, chars, flush: chunk.Length == 0);
            foreach (var c in chars.AsSpan(0, count))
            {
                if (c == '\n')
                {
                    writer.Write('\n');
                    (inField, fields) = (false, 0);
                }
                else if (char.IsWhiteSpace(c) || c == '\uFEFF')
                {
                    inField = false;
                }
                else
                {
                    if (!inField && fields++ > 0) writer.Write('\t');
                    inField = true;
                    writer.Write(c);
                }
            }

            if (chunk.Length == 0) return target;
        }
    }

    /// <summary>A new file in the temporary folder that carries the source's name.</summary>
    public static string Target(string path, string folder)
    {
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"{Path.GetRandomFileName()}-{Path.GetFileName(path)}.txt");
    }

    static StreamWriter Writer(string target) => new(target, false, new UTF8Encoding(false), 1 << 16);

    /// <summary>Carriage returns, alone or with a line feed, become line feeds, also inside quotes: the engine refuses a whole file
    /// in which one kind of line end turns up among the other outside quotes, and with stray quotes nobody knows what is outside.</summary>
    sealed class LineEnds
    {
        char[] buffer = [];
        bool afterReturn;

        public ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
        {
            if (buffer.Length < text.Length) buffer = new char[text.Length];
            var n = 0;
            foreach (var c in text)
            {
                if (!(afterReturn && c == '\n')) buffer[n++] = c == '\r' ? '\n' : c;
                afterReturn = c == '\r';
            }

            return buffer.AsSpan(0, n);
        }
    }
}
