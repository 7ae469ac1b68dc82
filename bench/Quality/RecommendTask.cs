using System.IO.Compression;
using System.Text.Json;
using Coterie.Decisions;

namespace Coterie.Quality;

/// <summary>Public histories cut into past, choice and test, with what is known of products and customers.</summary>
internal sealed record RecommendTask
{
    internal required string Protocol { get; init; }
    internal required ItemHistories Past { get; init; }
    internal required IReadOnlyList<int[]> BeforeSecondLast { get; init; }
    internal required IReadOnlyList<int[]> SecondLast { get; init; }
    internal required IReadOnlyList<int[]> BeforeLast { get; init; }
    internal required IReadOnlyList<int[]> Last { get; init; }
    internal required IReadOnlyList<int> Segments { get; init; }
    internal required ProductFacts Facts { get; init; }
    internal bool Again { get; init; }

    internal int Customers => Past.Count;
    internal IReadOnlyList<string> Products => Past.Products;

    /// <summary>Segments are the age bands that customers gave; words are titles and genres.</summary>
    internal static RecommendTask MovieLens(string data)
    {
        var all = RecommendData.MovieLens(data);
        var films = Lines(Path.Combine(data, "movielens_1m", "movies.dat.gz")).Select(l => l.Replace("::", "\t").Split('\t')).Where(f => f.Length > 2).ToDictionary(f => f[0]);
        var ages = Lines(Path.Combine(data, "movielens_1m", "users.dat.gz")).Select(l => l.Replace("::", "\t").Split('\t')).Where(f => f.Length > 2).ToDictionary(f => f[0], f => f[2]);
        var bands = ages.Values.Distinct().Order(StringComparer.Ordinal).ToList();
        var facts = ProductFacts.None(all.Products.Count) with
        {
            Titles = [.. all.Products.Select(p => films.TryGetValue(p, out var film) ? $"{film[1]} {film[2].Replace('|', ' ')}" : null)],
        };
        return LeaveOneOut(all, [.. all.Customers.Select(c => bands.IndexOf(ages[c]))], facts);
    }

    /// <summary>No segments; words are the numbered attributes of S3-Rec (categories and brands).</summary>
    internal static RecommendTask Beauty(string data)
    {
        var all = RecommendData.Beauty(data);
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(data, "sequences_s3rec", "Beauty_item2attributes.json.gz")), CompressionMode.Decompress));
        var attributes = JsonSerializer.Deserialize<Dictionary<string, int[]>>(reader.ReadToEnd())!;
        var facts = ProductFacts.None(all.Products.Count) with { Titles = [.. all.Products.Select(p => attributes.TryGetValue(p, out var own) ? string.Join(' ', own.Select(a => $"a{a}")) : null)] };
        return LeaveOneOut(all, [.. Enumerable.Repeat(0, all.Count)], facts);
    }

    static RecommendTask LeaveOneOut(ItemHistories all, int[] segments, ProductFacts facts) => new()
    {
        Protocol = "leave one out: the last product is the target, the second last chooses, all learn from what lies before both; products of the history are off the list",
        Past = all.WithoutLast(2),
        BeforeSecondLast = [.. all.Histories.Select(h => h[..^2])],
        SecondLast = [.. all.Histories.Select(h => h[^2..^1])],
        BeforeLast = [.. all.Histories.Select(h => h[..^1])],
        Last = [.. all.Histories.Select(h => h[^1..])],
        Segments = segments,
        Facts = facts,
    };

    /// <summary>A grocer: customers with three baskets or more; products of earlier baskets may be on the list.</summary>
    internal static RecommendTask TaFeng(string data)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(data, "tafeng_baskets", "tafeng_merged.json.gz")), CompressionMode.Decompress));
        var baskets = JsonSerializer.Deserialize<Dictionary<string, int[][]>>(reader.ReadToEnd())!.Where(c => c.Value.Length >= 3).OrderBy(c => int.Parse(c.Key)).ToArray();
        var all = ItemHistories.Of([.. baskets.Select(c => c.Key)], [.. baskets.Select(c => c.Value.SelectMany(b => b).Select(p => $"{p}").ToArray())]);
        int[] Cut(int customer, int from, int to) =>
            all.Histories[customer][baskets[customer].Value[..from].Sum(b => b.Length)..baskets[customer].Value[..to].Sum(b => b.Length)];
        IReadOnlyList<int[]> Part(Func<int, int> from, Func<int, int> to) => [.. Enumerable.Range(0, all.Count).Select(c => Cut(c, from(baskets[c].Value.Length), to(baskets[c].Value.Length)))];
        var before = Part(_ => 0, n => n - 2);
        return new()
        {
            Protocol = "the last basket is the target, the second last chooses, all learn from what lies before both; products of earlier baskets may be on the list",
            Past = all with { Histories = before },
            BeforeSecondLast = before,
            SecondLast = Part(n => n - 2, n => n - 1),
            BeforeLast = Part(_ => 0, n => n - 1),
            Last = Part(n => n - 1, n => n),
            Segments = [.. Enumerable.Repeat(0, all.Count)],
            Facts = ProductFacts.None(all.Products.Count),
            Again = true,
        };
    }

    static IEnumerable<string> Lines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return line;
    }
}
