using System.Text;

namespace Coterie.Collect;

/// <summary>How the characters of a text file are stored, and the decision which it is.</summary>
/// <param name="Name">For people and for DuckDB: utf-8, latin-1, windows-1252, gb18030, utf-16.</param>
/// <param name="Engine">Whether the engine reads it itself; otherwise the file is rewritten as UTF-8 first.</param>
sealed record TextEncoding(string Name, Encoding Decoder, bool Engine)
{
    static TextEncoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static TextEncoding Utf8 { get; } = new("utf-8", new UTF8Encoding(false), true);

    /// <summary>Chooses by evidence over the whole file: a byte order mark, valid UTF-8, pairs of high bytes as Chinese has them, else
    /// Latin-1.</summary>
    public static TextEncoding Of(Survey survey)
    {
        if (survey.Utf16)
            return new("utf-16", survey.Head[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode, false);
        if (survey.ValidUtf8 || MostlyUtf8(survey)) return Utf8;
        if (LooksChinese([.. survey.Head, .. survey.Suspects])) return new("gb18030", Encoding.GetEncoding("GB18030"), false);

        // DuckDB refuses 0x80 to 0x9F in latin-1; there Windows-1252 has its curly quotes and the euro sign.
        return survey.HasC1
            ? new("windows-1252", Encoding.GetEncoding(1252), false)
            : new("latin-1", Encoding.Latin1, true);
    }

    /// <summary>Single broken bytes do not make a UTF-8 file another one: the rows that hold them are counted as malformed.</summary>
    static bool MostlyUtf8(Survey survey)
    {
        byte[] bytes = [.. survey.Head, .. survey.Suspects];
        var good = 0;
        var bad = 0;
        var rest = bytes.AsSpan();
        while (rest.Length > 0)
        {
            var ok = Rune.DecodeFromUtf8(rest, out _, out var used) == System.Buffers.OperationStatus.Done;
            if (ok && used > 1) good++;
            if (!ok) bad++;
            rest = rest[used..];
        }

        return good > 20 * bad;
    }

    // In GB2312 and its supersets the characters in common use are pairs of bytes from 0xA1 upwards (leads 0xA1-0xA9 signs, 0xB0-0xD7 the
    // common hanzi of level 1, up to 0xF7 the rare ones of level 2: GB 2312-1980). In Western text high bytes mostly stand alone, and where
    // two meet they are small letters, from 0xDF upwards.
    static bool LooksChinese(ReadOnlySpan<byte> bytes)
    {
        var inPairs = 0;
        var high = 0;
        var common = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80) continue;
            high++;
            if (i + 1 < bytes.Length && bytes[i] is (>= 0xA1 and <= 0xA9) or (>= 0xB0 and <= 0xF7) && bytes[i + 1] >= 0xA1
                && bytes[i + 1] < 0xFF)
            {
                inPairs += 2;
                if (bytes[i] <= 0xD7) common += 2;
                high++;
                i++;
            }
        }

        return high > 1 && inPairs >= 0.8 * high && common >= 0.5 * inPairs;
    }
}
