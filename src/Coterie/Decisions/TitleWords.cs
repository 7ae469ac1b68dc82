namespace Coterie.Decisions;

/// <summary>Groups products by a word of their titles: a greedy cover (Chvátal 1979). The word on most lines that no word has taken yet takes them.</summary>
static class TitleWords
{
    const int MostWords = 24;
    const int FewestProducts = 5;

    // Words that say how many, how large or which colour, and little words.
    static readonly HashSet<string> Empty = new(StringComparer.Ordinal)
    {
        "a", "an", "and", "the", "of", "for", "with", "in", "on", "to", "by", "or", "at", "from", "my", "your", "our", "no", "not", "w",
        "set", "pack", "assorted", "asstd", "large", "small", "medium", "mini", "big", "tall", "size", "piece", "pieces", "pcs", "cm", "mm", "ml", "kg", "new", "design", "style",
        "red", "blue", "green", "pink", "white", "black", "yellow", "orange", "purple", "grey", "gray", "ivory", "cream", "gold", "silver", "brown", "colour", "color", "coloured", "dark", "light",
    };

    /// <summary>The word of each product, null where none fits; null where titles do not share words.</summary>
    internal static string?[]? Of(IReadOnlyList<SoldProduct> products, ReadOnlySpan<long> bought)
    {
        var words = products.Select(p => p.Title is { } title && title != p.Id ? Split(title).ToArray() : []).ToArray();
        var all = words.SelectMany(w => w).ToHashSet(StringComparer.Ordinal);
        Dictionary<string, List<int>> having = new(StringComparer.Ordinal);
        for (var p = 0; p < products.Count; p++)
        {
            // A word in s whose singular occurs too is its plural; "christmas" is not.
            foreach (var word in words[p].Select(w => w[^1] == 's' && all.Contains(w[..^1]) ? w[..^1] : w).Distinct(StringComparer.Ordinal))
            {
                if (!having.TryGetValue(word, out var list)) having[word] = list = [];
                list.Add(p);
            }
        }

        string[] candidates = [.. having.Where(h => h.Value.Count >= FewestProducts).Select(h => h.Key).Order(StringComparer.Ordinal)];
        var taken = new string?[products.Count];
        for (var round = 0; round < MostWords; round++)
        {
            var (best, most) = ("", 0L);
            foreach (var word in candidates)
            {
                long lines = 0;
                var free = 0;
                foreach (var p in having[word])
                {
                    if (taken[p] is not null) continue;
                    lines += bought[p];
                    free++;
                }

                if (free >= FewestProducts && lines > most) (best, most) = (word, lines);
            }

            if (most == 0) break;
            foreach (var p in having[best]) taken[p] ??= best;
        }

        return taken.Where(t => t is not null).Distinct().Count() >= 3 ? taken : null;
    }

    static IEnumerable<string> Split(string title)
    {
        var start = -1;
        for (var i = 0; i <= title.Length; i++)
        {
            if (i < title.Length && char.IsLetter(title[i]))
            {
                if (start < 0) start = i;
                continue;
            }

            if (start >= 0 && Word(title[start..i]) is { } word) yield return word;
            start = -1;
        }
    }

    static string? Word(string text)
    {
        var word = text.ToLowerInvariant();
        return word.Length < 3 || Empty.Contains(word) ? null : word;
    }
}
