using System.Text;
using System.Text.Json;

namespace Coterie.Collect;

/// <summary>Understands JSON Lines and JSON arrays of objects: nested members become columns with dotted names.</summary>
static class JsonFiles
{
    const int MaxDepth = 5;
    const int MaxColumns = 2_000;

    /// <summary>The file with its columns, or null when it is no JSON after all.</summary>
    public static TableFile? TryRead(TableFile file, string head, List<string> windows, bool complete, string temporaryDirectory)
    {
        if (head.AsSpan().TrimStart()[0] == '[' || !FirstLineIsObject(head))
        {
            if (!LooksLikeJson(head)) return null;
            var lines = Rewrite(file, temporaryDirectory);
            var survey = Survey.Of(lines);
            file = file with { ReadPath = lines, Gzip = false, EngineEncoding = "utf-8", Shown = "json" };
            head = Encoding.UTF8.GetString(survey.Head);
            windows = [.. survey.Windows.Select(Encoding.UTF8.GetString)];
            complete = survey.WholeFileInHead;
        }
        else
        {
            file = file with { Shown = "json lines" };
        }

        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var chunks = new List<List<Dictionary<int, string>>> { Objects(head, columns, complete) };
        chunks.AddRange(windows.Select(w => Objects(w, columns, false)));
        if (chunks[0].Count == 0) return null;
        if (columns.Count > MaxColumns)
        {
            throw new InputException(
                $"'{file.Path}' has {columns.Count:N0} different members in its first objects. Expected events with the same members; "
                + "use values, not names, for ids.", $"“{file.Path}”开头的对象有 {columns.Count:N0} 种不同的成员。各事件的成员应相同；编号应写在值中，而不是成员名中。");
        }

        // A list of records with the sampled values in the columns' places.
        string?[] Row(Dictionary<int, string> o) => [.. Enumerable.Range(0, columns.Count).Select(i => o.GetValueOrDefault(i))];
        return file with
        {
            Format = FileFormat.JsonLines,
            Names = TextFiles.UniqueNames([.. columns.OrderBy(c => c.Value).Select(c => DottedName(c.Key))], file.Path, out var notes),
            Paths = [.. columns.OrderBy(c => c.Value).Select(c => c.Key)],
            Notes = notes,
            Chunks = [.. chunks.Where(c => c.Count > 0).Select(c => (IReadOnlyList<string?[]>)[.. c.Select(Row)])],
            BreaksInQuotes = false,
        };
    }

    /// <summary>Files of the same kind of objects under one list of columns, since not every file shows every member.</summary>
    public static IReadOnlyList<TableFile> Merged(IReadOnlyList<TableFile> files)
    {
        var paths = files.SelectMany(f => f.Paths).Distinct(StringComparer.Ordinal).ToList();
        var names = TextFiles.UniqueNames([.. paths.Select(DottedName)], files[0].Path, out _);
        return [.. files.Select(f =>
        {
            var places = paths.Select(p => f.Paths.ToList().IndexOf(p)).ToList();
            return f with
            {
                Paths = paths, Names = names,
                Chunks = [.. f.Chunks
                    .Select(c => (IReadOnlyList<string?[]>)[.. c.Select(r => places.Select(at => at < 0 ? null : r[at]).ToArray())])],
            };
        })];
    }

    static bool FirstLineIsObject(string head)
    {
        var line = head.TrimStart();
        var end = line.IndexOf('\n', StringComparison.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(end < 0 ? line : line[..end]);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false; // Not on one line: tried as objects over several lines next.
        }
    }

    static bool LooksLikeJson(string head)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(head), isFinalBlock: false,
            new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
        try
        {
            for (var tokens = 0; tokens < 20 && reader.Read(); tokens++)
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false; // Text that only begins with a bracket: read as a table.
        }
    }

    /// <summary>One object a line. A single object that only wraps a list is taken for the list.</summary>
    static string Rewrite(TableFile file, string folder)
    {
        var target = Rewriting.Target(file.Path, folder);
        using var writer = new StreamWriter(target, false, new UTF8Encoding(false), 1 << 16);
        using var source = File.OpenRead(file.ReadPath);
        using Stream plain = file.Gzip ? new System.IO.Compression.GZipStream(source, System.IO.Compression.CompressionMode.Decompress)
            : source;
        var count = 0;
        try
        {
            var isArray = FirstByte(file) == '[';
            var elements = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(plain, topLevelValues: !isArray);
            foreach (var element in elements.ToBlockingEnumerable())
            {
                foreach (var item in Unwrapped(element))
                {
                    writer.WriteLine(JsonSerializer.Serialize(item));
                    count++;
                }
            }
        }
        catch (JsonException e)
        {
            throw new InputException(
                $"'{file.Path}' begins as JSON but is damaged after {count:N0} object(s): {e.Message} Expected a list of objects, "
                    + "or one object a line.",
                $"“{file.Path}”以 JSON 开头，但在 {count:N0} 个对象之后损坏（第 {e.LineNumber + 1} 行）。应为对象列表，或每行一个对象。", e);
        }

        if (count == 0) throw new InputException($"'{file.Path}' holds an empty list. Expected at least one event.", $"“{file.Path}”是空列表。至少应有一个事件。");
        return target;
    }

    static int FirstByte(TableFile file)
    {
        using var bytes = new PlainBytes(file.ReadPath, file.Gzip);
        foreach (var b in bytes.Next())
        {
            if (b is (byte)'[' or (byte)'{') return b;
        }

        return 0;
    }

    static IEnumerable<JsonElement> Unwrapped(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return [element];
        var lists = element.EnumerateObject()
            .Where(p => p.Value.ValueKind == JsonValueKind.Array
                && p.Name is "batch" or "events" or "data" or "orders" or "items" or "records").ToList();
        var isWrapper = lists.Count == 1
            && element.EnumerateObject().Count(p => p.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)) <= 3
            && lists[0].Value.GetArrayLength() > 0 && lists[0].Value[0].ValueKind == JsonValueKind.Object && lists[0].Name != "items";
        return isWrapper ? lists[0].Value.EnumerateArray() : [element];
    }

    static List<Dictionary<int, string>> Objects(string text, Dictionary<string, int> columns, bool complete)
    {
        var lines = text.Split('\n');
        var objects = new List<Dictionary<int, string>>();
        foreach (var line in complete ? lines : lines[..^1])
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                using var document = JsonDocument.Parse(line);
                if (document.RootElement.ValueKind != JsonValueKind.Object) continue;
                var row = new Dictionary<int, string>();
                Flatten(document.RootElement, "", 0, columns, row);
                objects.Add(row);
            }
            catch (JsonException)
            {
                // A sample only: the engine reads every line and counts this one as unreadable.
            }
        }

        return objects;
    }

    public static string DottedName(string pointer) =>
        pointer[1..].Replace('/', '.').Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    // Columns are kept by their JSON pointer (RFC 6901), which is also what the engine is asked with.
    static void Flatten(JsonElement element, string prefix, int depth, Dictionary<string, int> columns, Dictionary<int, string> row)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = $"{prefix}/{member.Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
            if (member.Value.ValueKind == JsonValueKind.Object && depth < MaxDepth)
            {
                Flatten(member.Value, name, depth + 1, columns, row);
                continue;
            }

            if (!columns.TryGetValue(name, out var index)) columns[name] = index = columns.Count;
            var value = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : member.Value.GetRawText();
            if (member.Value.ValueKind != JsonValueKind.Null && !string.IsNullOrEmpty(value)) row[index] = value!;
        }
    }
}
