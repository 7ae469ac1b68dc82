namespace Coterie.Decisions.Lookalikes;

/// <summary>A seed audience in a text file: one customer id a line, or a CSV whose column customer_id (else the first) holds them.</summary>
public static class SeedList
{
    /// <summary>The ids in the order of the file, each once; empty lines are passed over.</summary>
    /// <exception cref="InputException">The file is missing or holds no id.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        if (!File.Exists(path)) throw new InputException($"--seed-list: '{path}' does not exist; expected a file with one customer id a line.");
        var lines = File.ReadLines(path).Select(l => l.Trim('\uFEFF', ' ', '\t', '\r')).Where(l => l.Length > 0).ToArray();
        if (lines.Length == 0) throw new InputException($"--seed-list: '{path}' is empty; expected one customer id a line.");
        var header = lines[0].Split(',').Select(Plain).ToArray();
        var named = Array.FindIndex(header, h => h is "customer_id" or "customer" or "CustomerID");
        var column = Math.Max(0, named);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        List<string> ids = [];
        foreach (var line in named >= 0 ? lines[1..] : lines)
        {
            var cells = line.Split(',');
            if (column < cells.Length && Plain(cells[column]) is { Length: > 0 } id && seen.Add(id)) ids.Add(id);
        }

        if (ids.Count == 0) throw new InputException($"--seed-list: '{path}' holds no customer id; expected one a line.");
        return ids;
    }

    static string Plain(string cell) => cell.Trim().Trim('"').Trim();
}
