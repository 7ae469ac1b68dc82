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

    /// <summary>Numbers of others, beside which ours stand.</summary>
    internal static readonly Dictionary<string, PublishedRow[]> Published = new()
    {
        ["beauty"] =
        [
            new("SASRec", 0.0387, 0.0249, 0.0605, 0.0318, "Rajput et al. 2023 (TIGER), table 1, after Zhou et al. 2020 (S3-Rec); one wrong product for each right one in the loss; the same histories"),
            new("BERT4Rec", 0.0203, 0.0124, 0.0347, 0.0170, "the same table"),
        ],
        ["ml-1m"] =
        [
            new("SASRec", null, null, 0.2392, 0.1259, "Petrov and Macdonald 2023, README of asash/gSASRec-pytorch; learns from all but the last product of most customers"),
            new("gSASRec", null, null, 0.3003, 0.1726, "the same; 256 wrong products for each right one"),
            new("BERT4Rec", null, null, 0.282, 0.152, "Petrov and Macdonald 2022, A systematic review and replicability study of BERT4Rec (rounded)"),
        ],
    };

    /// <summary>Full ranking, leave one out, as published; what differs from our protocol is in the note.</summary>
    internal sealed record PublishedRow(string Model, double? Hr5, double? Ndcg5, double Hr10, double Ndcg10, string Source);
}
