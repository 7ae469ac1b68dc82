namespace Coterie.Decisions;

/// <summary>Which products may be on no list, whoever it is for.</summary>
static class ProductFilters
{
    /// <summary>What the filters leave.</summary>
    /// <param name="Off">One a product.</param>
    /// <param name="Unknown">Excluded ids that the log does not know.</param>
    internal sealed record Outcome(bool[] Off, int Unknown)
    {
        internal int Offered => Off.Count(o => !o);
    }

    /// <exception cref="InputException">No product is left, with what each filter took; or the log does not know what a filter asks for.</exception>
    internal static Outcome Of(ShopLog log, RecommendationOptions options)
    {
        var (facts, count) = (log.Facts, log.Products.Count);
        var off = new bool[count];
        var steps = new List<string> { $"{count:N0} products in the log" };
        void Apply(string name, Func<int, bool> stays)
        {
            for (var p = 0; p < count; p++) off[p] |= !stays(p);
            steps.Add($"{off.Count(o => !o):N0} left after {name}");
        }

        if (options.Category is { } category)
        {
            var known = facts.Categories.Where(c => !string.IsNullOrEmpty(c)).Select(c => c!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
            if (known.Length == 0) throw new InputException($"--category '{category}': the log names no categories. Map their column: --map category=COLUMN.");
            bool Within(string? c) => c is not null && (string.Equals(c, category, StringComparison.OrdinalIgnoreCase) || c.StartsWith(category + "/", StringComparison.OrdinalIgnoreCase));
            if (!known.Any(Within))
                throw new InputException($"--category '{category}' is not in the log; it has {string.Join(", ", known.Take(8))}{(known.Length > 8 ? $" and {known.Length - 8:N0} more" : "")}.");
            Apply("--category", p => Within(facts.Categories[p]));
        }

        // A product without a price cannot be said to lie within the limits.
        if (options.MinPrice is { } low) Apply("--min-price", p => facts.Prices[p] >= low);
        if (options.MaxPrice is { } high) Apply("--max-price", p => facts.Prices[p] <= high);
        var excluded = options.Exclude.ToHashSet(StringComparer.Ordinal);
        if (excluded.Count > 0) Apply("--exclude", p => !excluded.Contains(log.Products[p]));
        if (off.All(o => o)) throw new InputException($"No product is left for a list: {string.Join(", ", steps)}. Loosen a filter.");
        return new Outcome(off, excluded.Count - log.Products.Count(excluded.Contains));
    }
}
