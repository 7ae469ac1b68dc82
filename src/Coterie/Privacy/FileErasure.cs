using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Coterie.Privacy;

/// <summary>Takes a person out of a file, by what kind of file it is. A file is replaced whole or stays as it was.</summary>
static class FileErasure
{
    /// <summary>What was found in a file.</summary>
    /// <param name="Cleaned">False where the file names the person and is of a kind that cannot be cleaned.</param>
    internal sealed record Outcome(long Removed, long Masked, bool Cleaned = true);

    /// <summary>Cleans a file. <paramref name="before"/> is told what was found before the file is replaced.</summary>
    /// <exception cref="InputException">A file of our own kinds is damaged.</exception>
    internal static Outcome Clean(string path, ErasedPerson person, Action<Outcome> before)
    {
        var part = path + ".erasing";
        try
        {
            var outcome = Write(path, part, person);
            if (outcome is { Cleaned: true } and not { Removed: 0, Masked: 0 })
            {
                before(outcome);
                using (var written = new FileStream(part, FileMode.Open, FileAccess.ReadWrite)) written.Flush(flushToDisk: true);
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(part, File.GetUnixFileMode(path));
                File.Move(part, path, overwrite: true);
                Durable.FlushDirectory(Path.GetDirectoryName(path)!);
            }

            return outcome;
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Whether a file still names the person in its bytes.</summary>
    internal static bool Names(string path, ErasedPerson person)
    {
        if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) return Bytes(path, person);
        var plain = path + ".looking";
        try
        {
            return Unpack(path, plain) ? Bytes(plain, person) : Bytes(path, person);
        }
        finally
        {
            File.Delete(plain);
        }
    }

    static Outcome Write(string path, string to, ErasedPerson person)
    {
        var name = path.ToLowerInvariant();
        if (name.EndsWith(".gz", StringComparison.Ordinal)) return Packed(path, to, person);
        switch (Path.GetExtension(name))
        {
            case ".csv" or ".tsv":
            {
                using var from = File.OpenRead(path);
                using var into = File.Create(to);
                return new(RowErasure.Csv(from, into, name.EndsWith(".tsv", StringComparison.Ordinal) ? '\t' : ',', person), 0);
            }

            case ".jsonl" or ".ndjson":
            {
                var count = new JsonErasure.Count();
                using var from = File.OpenRead(path);
                using var into = File.Create(to);
                RowErasure.JsonLines(from, into, person, count);
                return new(count.Removed, count.Masked);
            }

            case ".json":
                return Json(path, to, person);
            case ".parquet":
                return ParquetErasure.Clean(path, to, person);
            default:
                return Text(path, to, person);
        }
    }

    static Outcome Json(string path, string to, ErasedPerson person)
    {
        var count = new JsonErasure.Count();
        try
        {
            var clean = JsonErasure.Clean(File.ReadAllBytes(path), person, count);
            if (count.Any) File.WriteAllBytes(to, clean ?? "{}\n"u8.ToArray());
            return new(count.Removed, count.Masked);
        }
        catch (JsonException)
        {
            // Of somebody else's making: as text.
            return Text(path, to, person);
        }
    }

    static Outcome Text(string path, string to, ErasedPerson person)
    {
        if (IsBinary(path)) return Bytes(path, person) ? new(0, 1, Cleaned: false) : new(0, 0);
        long masked = 0;
        using var reader = new StreamReader(path, new UTF8Encoding(false));
        using var writer = new StreamWriter(to, append: false, new UTF8Encoding(false));
        // Line by line, line ends as they are.
        var line = new StringBuilder();
        while (reader.Read() is var c && (c >= 0 || line.Length > 0))
        {
            if (c >= 0) line.Append((char)c);
            if (c >= 0 && c != '\n') continue;
            var text = line.ToString();
            if (person.Mentions(text)) masked++;
            writer.Write(person.Without(text));
            line.Clear();
        }

        return new(0, masked);
    }

    static Outcome Packed(string path, string to, ErasedPerson person)
    {
        // The name inside says of what kind it is.
        var inner = to + Path.GetExtension(path[..^3]);
        var clean = inner + ".clean";
        try
        {
            if (!Unpack(path, inner)) return Bytes(path, person) ? new(0, 1, Cleaned: false) : new(0, 0);
            var outcome = Write(inner, clean, person);
            if (outcome is not { Removed: 0, Masked: 0 } && outcome.Cleaned)
            {
                using var from = File.OpenRead(clean);
                using var packed = new GZipStream(File.Create(to), CompressionLevel.Optimal);
                from.CopyTo(packed);
            }

            return outcome;
        }
        finally
        {
            File.Delete(inner);
            File.Delete(clean);
        }
    }

    static bool Unpack(string path, string to)
    {
        try
        {
            using var from = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var into = File.Create(to);
            from.CopyTo(into);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    static bool IsBinary(string path)
    {
        var start = new byte[1 << 13];
        using var file = File.OpenRead(path);
        return start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)).Contains((byte)0);
    }

    // Bytes are looked at as Latin letters; ids with others are looked for in their UTF-8 form.
    static bool Bytes(string path, ErasedPerson person)
    {
        var latin = new ErasedPerson([], [], person.Searched.Select(s => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(s))), person.Searched.Select(s => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(s))), []);
        var overlap = latin.Searched.Count == 0 ? 0 : latin.Searched.Max(s => s.Length) + 1;
        if (overlap == 0) return false;
        using var file = File.OpenRead(path);
        var buffer = new byte[(1 << 20) + overlap];
        var held = 0;
        while (file.Read(buffer, held, buffer.Length - held) is var read and > 0)
        {
            held += read;
            if (latin.Mentions(Encoding.Latin1.GetString(buffer, 0, held))) return true;
            var keep = Math.Min(overlap, held);
            buffer.AsSpan(held - keep, keep).CopyTo(buffer);
            held = keep;
        }

        return false;
    }
}
