using Coterie.Decisions;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Decisions;

/// <summary>Small catalogues and histories over them; some customers took nothing.</summary>
static class SomeBaskets
{
    public static readonly Gen<ItemHistories> Any =
        from products in Gen.Int[2, 9]
        from histories in Gen.Int[0, products - 1].Array[0, 8].Array[1, 8]
        where histories.Any(h => h.Length > 0)
        select Of(products, histories);

    public static ItemHistories Of(int products, int[][] histories) => new()
    {
        Customers = [.. histories.Select((_, i) => $"c{i}")],
        Products = [.. Enumerable.Range(0, products).Select(p => $"p{p:00}")],
        Histories = histories,
    };

    /// <summary>Customers keep to one of several groups of products.</summary>
    public static ItemHistories Tastes(int groups, int each, int customers, int length, ulong seed)
    {
        var rng = new Seed(seed).Stream(0);
        return Of(groups * each, [.. Enumerable.Range(0, customers).Select(c => Enumerable.Range(0, length).Select(_ => c % groups * each + rng.NextInt(each)).ToArray())]);
    }
}
