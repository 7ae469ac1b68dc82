using Coterie.Decisions;
using CsCheck;

namespace Coterie.Tests.Decisions;

/// <summary>Small catalogues and histories over them; some customers took nothing.</summary>
static class SomeHistories
{
    public static readonly Gen<ItemHistories> Any =
        from products in Gen.Int[1, 9]
        from histories in Gen.Int[0, products - 1].Array[0, 12].Array[1, 8]
        where histories.Any(h => h.Length > 0)
        select Of(products, histories);

    public static ItemHistories Of(int products, int[][] histories) => new()
    {
        Customers = [.. histories.Select((_, i) => $"c{i}")],
        Products = [.. Enumerable.Range(0, products).Select(p => $"p{p:00}")],
        Histories = histories,
    };

    /// <summary>Everybody walks around the same ring of products, each from a place of their own.</summary>
    public static ItemHistories Ring(int products, int customers, int length)
    {
        // In steps of five, so that the order is not that of the numbers; no multiple of five.
        int Next(int p) => (p + 5) % products;
        var histories = new int[customers][];
        for (var c = 0; c < customers; c++)
        {
            histories[c] = new int[length];
            histories[c][0] = c % products;
            for (var l = 1; l < length; l++) histories[c][l] = Next(histories[c][l - 1]);
        }

        return Of(products, histories);
    }
}
