using System.IO.Compression;
using Coterie.Decisions;

namespace Coterie.Quality;

/// <summary>The two public sets of histories, prepared as in the papers.</summary>
internal static class RecommendData
{
    /// <summary>Amazon Beauty, five events or more for each customer and product: a line is a customer, then products in order of time.</summary>
    internal static ItemHistories Beauty(string data)
    {
        var lines = Lines(Path.Combine(data, "amazon_beauty", "Beauty.txt.gz")).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        return ItemHistories.Of([.. lines.Select(l => l[0])], [.. lines.Select(l => l[1..])]);
    }

    /// <summary>MovieLens 1M, every rating an event; films with fewer than five ratings are left out (every customer has twenty or more).</summary>
    internal static ItemHistories MovieLens(string data)
    {
        var rows = Lines(Path.Combine(data, "movielens_1m", "ratings_in_order.csv.gz")).Skip(1).Select(l => l.Split(',')).ToArray();
        var often = rows.GroupBy(r => r[1]).Where(g => g.Count() >= 5).Select(g => g.Key).ToHashSet();
        var customers = rows.Where(r => often.Contains(r[1])).GroupBy(r => r[0]).OrderBy(g => int.Parse(g.Key)).ToArray();
        return ItemHistories.Of([.. customers.Select(c => c.Key)], [.. customers.Select(c => c.OrderBy(r => int.Parse(r[3])).Select(r => r[1]).ToArray())]);
    }

    static IEnumerable<string> Lines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return line;
    }
}
