using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>How products are put together for people.</summary>
public enum ProductGrouping
{
    Category,
    Brand,
    /// <summary>A word of the title that many products share.</summary>
    Word,
    Product,
}

/// <summary>Products in named groups.</summary>
/// <param name="Grouping">How.</param>
/// <param name="Names">The groups, most lines bought first.</param>
/// <param name="OfProduct">Product to group; -1 where the log does not say.</param>
/// <param name="Note">What was used and why, for the page.</param>
public sealed record ProductGroups(ProductGrouping Grouping, IReadOnlyList<string> Names, int[] OfProduct, Bilingual Note)
{
    /// <summary>The most groups that a person can still look over.</summary>
    const int Readable = 60;

    /// <summary>Share of lines that have to name a category or a brand before it is used by itself.</summary>
    const double Enough = 0.3;

    /// <summary>Groups by what is asked; with null by the first of category, brand, title word that the log carries, else by product.</summary>
    /// <exception cref="ConfigurationException">What is asked is not in the log.</exception>
    public static ProductGroups Of(PurchaseLines lines, ProductGrouping? asked)
    {
        var bought = new long[lines.Products.Count];
        foreach (var p in lines.Product)
            if (p >= 0) bought[p]++;
        var total = Math.Max(1, bought.Sum());
        double Share(Func<SoldProduct, string?> of) => (double)bought.Where((_, p) => of(lines.Products[p]) is not null).Sum() / total;
        var (categories, brands) = (Share(p => p.Category), Share(p => p.Brand));
        if (asked is ProductGrouping.Category && categories == 0) throw new ConfigurationException(
            "--by category: no line that was bought names a category. Use --by brand or --by product, or map a column with --map category=NAME.");
        if (asked is ProductGrouping.Brand && brands == 0) throw new ConfigurationException(
            "--by brand: no line that was bought names a brand. Use --by category or --by product, or map a column with --map brand=NAME.");
        switch (asked)
        {
            case ProductGrouping.Category:
                return Categories(lines, bought);
            case ProductGrouping.Brand:
                return Named(ProductGrouping.Brand, [.. lines.Products.Select(p => p.Brand)], bought, new("Products are grouped by brand.", "商品按品牌分组。"));
            case ProductGrouping.Word when TitleWords.Of(lines.Products, bought) is { } asWords:
                return Named(ProductGrouping.Word, asWords, bought, Words);
            case ProductGrouping.Word:
                throw new ConfigurationException("No word is shared by enough titles of products; use category, brand or product.");
            case ProductGrouping.Product:
                return Named(ProductGrouping.Product, [.. lines.Products.Select(p => p.Name)], bought, new("Products stand by themselves.", "每件商品单独成组。"));
            default:
                if (categories >= Enough && Categories(lines, bought) is { Names.Count: > 1 } groups) return groups;
                if (brands >= Enough) return Of(lines, ProductGrouping.Brand);
                if (TitleWords.Of(lines.Products, bought) is { } words) return Named(ProductGrouping.Word, words, bought, Words);
                if (categories > 0) return Categories(lines, bought);
                return Named(ProductGrouping.Product, [.. lines.Products.Select(p => p.Name)], bought,
                    new("The log names neither categories nor brands, and titles share no words: products stand by themselves.", "日志中既无品类也无品牌，商品标题亦无共同词语：每件商品单独成组。"));
        }
    }

    static Bilingual Words { get; } = new(
        "The log names neither categories nor brands: products are grouped by a word of their titles, the most common first (a bag with hearts goes to the more common of bag and heart).",
        "日志中既无品类也无品牌：商品按标题中最常见的词语分组（标题含多个常见词时归入更常见的一组）。");

    // A path a/b/c is cut where there are few enough groups to look over.
    static ProductGroups Categories(PurchaseLines lines, long[] bought)
    {
        var paths = lines.Products.Select(p => p.Category?.Split('/', '.', '>')).ToArray();
        var deepest = paths.Max(p => p?.Length ?? 0);
        var depth = deepest;
        while (depth > 1 && paths.Where(p => p is not null).Select(p => Cut(p!, depth)).Distinct().Count() > Readable) depth--;
        var note = depth == deepest ? new Bilingual("Products are grouped by category.", "商品按品类分组。")
            : new Bilingual($"Products are grouped by the first {depth} of {deepest} levels of their category.", $"商品按品类的前 {depth} 级（共 {deepest} 级）分组。");
        return Named(ProductGrouping.Category, [.. paths.Select(p => p is null ? null : Cut(p, depth))], bought, note);
    }

    static string Cut(string[] path, int depth) => string.Join(" / ", path.Take(depth).Select(s => s.Trim()));

    static ProductGroups Named(ProductGrouping grouping, string?[] names, long[] bought, Bilingual note)
    {
        Dictionary<string, long> lines = new(StringComparer.Ordinal);
        for (var p = 0; p < names.Length; p++)
            if (names[p] is { } name) lines[name] = lines.GetValueOrDefault(name) + bought[p];
        string[] order = [.. lines.OrderByDescending(l => l.Value).ThenBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Key)];
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (var g = 0; g < order.Length; g++) places[order[g]] = g;
        return new ProductGroups(grouping, order, [.. names.Select(n => n is null ? -1 : places[n])], note);
    }
}
