using System.Globalization;
using System.IO.Compression;
using System.Text;
using Coterie.Evaluation;

namespace Coterie.Decisions.Campaigns;

/// <summary>A table of texts with named columns: CSV with a header, also as .gz.</summary>
internal sealed class ResultColumns
{
    readonly string[] names;
    readonly List<string[]> rows;

    ResultColumns(string path, string[] names, List<string[]> rows) => (Path, this.names, this.rows) = (path, names, rows);

    public string Path { get; }

    public int Count => rows.Count;

    public IReadOnlyList<string> Names => names;

    /// <exception cref="InputException">Missing, empty, not text, or rows of unequal length.</exception>
    public static ResultColumns Read(string path, string expected)
    {
        if (Directory.Exists(path)) throw new InputException($"{path} is a directory. Expected {expected}.");
        if (!File.Exists(path)) throw new InputException($"{path} does not exist. Expected {expected}.");
        string text;
        try
        {
            using Stream file = File.OpenRead(path);
            using var stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
            text = reader.ReadToEnd();
        }
        catch (Exception e) when (e is DecoderFallbackException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read as UTF-8 text: {e.Message} Expected {expected}.", e);
        }

        if (text.Contains('\0')) throw new InputException($"{path} holds NUL bytes and is no text. Expected {expected}.");
        var all = LabelCsv.Rows(path, text);
        var header = Array.ConvertAll(all[0], h => h.Trim().TrimStart('\uFEFF'));
        if (header.GroupBy(h => h, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InputException($"{path}: the column '{twice.Key}' is there {twice.Count()} times. Give every column a name of its own.");
        if (all.Count == 1) throw new InputException($"{path} has a header and no rows. Expected {expected}.");
        var odd = all.FindIndex(r => r.Length != header.Length);
        if (odd > 0) throw new InputException($"{path}, row {odd + 1} has {all[odd].Length} fields; the header has {header.Length}. Expected the same number in every row.");
        return new(path, header, all[1..]);
    }

    /// <summary>Refuses the columns that are not there, all in one message.</summary>
    public void Require(IEnumerable<string> wanted)
    {
        var missing = wanted.Where(w => !names.Contains(w, StringComparer.Ordinal)).Distinct().ToArray();
        if (missing.Length > 0)
            throw new InputException($"{Path} has no column {string.Join(" and none ", missing.Select(m => $"'{m}'"))}. It has: {string.Join(", ", names)}.");
    }

    public bool Has(string name) => names.Contains(name, StringComparer.Ordinal);

    /// <summary>The texts of a column that is there.</summary>
    public string[] Texts(string name)
    {
        var at = Array.IndexOf(names, name);
        return [.. rows.Select(r => r[at])];
    }

    /// <summary>Numbers, with yes and no as 1 and 0; NaN where the cell is empty.</summary>
    /// <exception cref="InputException">A cell is neither: with its row.</exception>
    public double[] Numbers(string name)
    {
        var texts = Texts(name);
        var numbers = new double[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            if (Number(texts[i]) is not { } value)
                throw new InputException($"{Path}, row {i + 2}, column '{name}': '{texts[i]}' is not a number. Expected numbers, or yes and no.");
            numbers[i] = value;
        }

        return numbers;
    }

    /// <summary>The number that a cell holds, NaN for an empty one, null for a text.</summary>
    public static double? Number(string text) => text.Trim() switch
    {
        "" or "NA" or "NaN" or "nan" or "NULL" or "null" => double.NaN,
        var t when t.Equals("true", StringComparison.OrdinalIgnoreCase) || t.Equals("yes", StringComparison.OrdinalIgnoreCase) => 1,
        var t when t.Equals("false", StringComparison.OrdinalIgnoreCase) || t.Equals("no", StringComparison.OrdinalIgnoreCase) => 0,
        var t when double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v) => v,
        _ => null,
    };
}
