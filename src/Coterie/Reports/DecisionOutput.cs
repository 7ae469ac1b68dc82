using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coterie.Decisions;

namespace Coterie.Reports;

/// <summary>What the page of a decision needs to know of the shop.</summary>
/// <param name="Currency">Of amounts; null where unknown.</param>
/// <param name="Segments">In the order of their colours; empty without a run.</param>
public sealed record DecisionShop(string? Currency, IReadOnlyList<SegmentRef> Segments);

/// <summary>A decision's page as data, as it is kept beside its results.</summary>
public sealed record DecisionPageFile(string? Currency, IReadOnlyList<SegmentRef> Segments, DecisionPage Page);

/// <summary>Writes what a decision came to into a directory: the result as JSON and each table as CSV, every file whole or not at all.</summary>
public static class DecisionOutput
{
    /// <summary>How results of decisions are written as JSON.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The end of the names of files that hold a page as data.</summary>
    public const string PageEnding = ".page.json";

    /// <summary>Reads a page that was kept as data.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public static DecisionPageFile ReadPage(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return JsonSerializer.Deserialize<DecisionPageFile>(stream, ReportJson.Options) ?? throw new JsonException("It holds nothing.");
        }
        catch (JsonException e)
        {
            throw new InputException($"'{file}' is damaged: {e.Message} Decide again.", e);
        }
    }

    /// <summary>Writes NAME.json (the result), NAME.html and NAME.page.json (the page), and a CSV for each table.</summary>
    /// <param name="shop">Whose currency and segments the page shows.</param>
    /// <param name="lang">en or zh: the language that the page opens in.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="ConfigurationException">One of them exists and <paramref name="force"/> is not given, or the path is a file.</exception>
    public static IReadOnlyList<string> Write(Decided decided, DecisionShop shop, string directory, bool force, string lang = "en")
    {
        if (File.Exists(directory)) throw new ConfigurationException($"--out: '{directory}' is a file; a directory is expected. Name another path.");
        var json = Path.Combine(directory, decided.Page.Id + ".json");
        var tables = decided.Files.Select(f => Path.Combine(directory, f.Name + ".csv")).ToArray();
        var page = Path.Combine(directory, decided.Page.Id + ".html");
        var data = Path.Combine(directory, decided.Page.Id + PageEnding);
        string[] all = [page, json, data, .. tables];
        var there = all.Where(File.Exists).ToArray();
        if (there.Length > 0 && !force)
            throw new ConfigurationException($"--out: {string.Join(" and ", there.Select(t => $"'{t}'"))} would be replaced. Name another directory, or add --force.");
        Directory.CreateDirectory(directory);
        Whole(json, stream => JsonSerializer.Serialize(stream, decided.Result, decided.Result.GetType(), Json));
        Whole(page, stream => stream.Write(Encoding.UTF8.GetBytes(DecisionHtml.Page(decided.Page, shop.Currency, shop.Segments, lang))));
        Whole(data, stream => JsonSerializer.Serialize(stream, new DecisionPageFile(shop.Currency, shop.Segments, decided.Page), ReportJson.Options));
        for (var i = 0; i < tables.Length; i++)
        {
            var file = decided.Files[i];
            Whole(tables[i], stream => Csv(stream, file));
        }

        return all;
    }

    /// <summary>Writes NAME.json and a CSV for each table into a directory of a run, which nothing else writes into.</summary>
    internal static void WriteTables(Decided decided, string directory)
    {
        Directory.CreateDirectory(directory);
        Whole(Path.Combine(directory, decided.Page.Id + ".json"), stream => JsonSerializer.Serialize(stream, decided.Result, decided.Result.GetType(), Json));
        foreach (var file in decided.Files) Whole(Path.Combine(directory, file.Name + ".csv"), stream => Csv(stream, file));
    }

    /// <summary>RFC 4180 with a header; texts that a spreadsheet would compute are guarded.</summary>
    public static void Csv(Stream stream, DecisionFile file)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(string.Join(',', file.Columns.Select(c => Quoted(c))));
        foreach (var row in file.Rows)
        {
            for (var j = 0; j < row.Count; j++)
            {
                if (j > 0) writer.Write(',');
                writer.Write(Value(row[j]));
            }

            writer.WriteLine();
        }
    }

    static string Value(object? value) => value switch
    {
        null or double.NaN => "",
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        float f => float.IsNaN(f) ? "" : f.ToString("R", CultureInfo.InvariantCulture),
        DateTime t => t.TimeOfDay == TimeSpan.Zero ? t.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : t.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        bool b => b ? "true" : "false",
        string s => Quoted(SpreadsheetText.Guard(s)),
        IFormattable n => n.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A cell holds a {value.GetType()}; expected text, a number, an instant or a truth value."),
    };

    static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static void Whole(string path, Action<Stream> write) => WholeFile.Write(path, part =>
    {
        using var stream = File.Create(part);
        write(stream);
    });
}
