using System.Globalization;
using System.Text;
using Coterie.Numerics;

namespace Coterie.Simulation;

/// <summary>What the shop sells: 32 categories with equally many products, in order of price inside each.</summary>
sealed class Catalogue
{
    readonly ulong seed;
    readonly Calendar calendar;
    readonly int[] listCents;   // products
    readonly byte[][] identity; // products: "id,category,brand" as in the event file

    public Catalogue(SimulationOptions options, Calendar calendar)
    {
        seed = new Seed(options.Seed).Child(0xCA7A).Value;
        this.calendar = calendar;
        PerLeaf = Math.Max(6, (options.Products + Leaves - 1) / Leaves);
        listCents = new int[PerLeaf * Leaves];
        identity = new byte[listCents.Length][];
        for (var product = 0; product < listCents.Length; product++)
        {
            var leaf = CatalogueWords.Leaves[LeafOf(product)];
            // From 0.4 to 2.5 times the middle price, evenly in the logarithm, and never a round amount.
            var place = (product % PerLeaf + 0.5) / PerLeaf * 2 - 1;
            listCents[product] = Math.Max(1, (int)(leaf.MiddlePrice * Portable.Exp(0.9 * place))) * 100 - 1;
            identity[product] = Encoding.UTF8.GetBytes($"{Id(product)},{leaf.Path},{Brand(product)}");
        }
    }

    public static int Leaves => CatalogueWords.Leaves.Length;
    public int PerLeaf { get; }
    public int Count => listCents.Length;

    public int LeafOf(int product) => product / PerLeaf;

    public int ListCents(int product) => listCents[product];

    public ReadOnlySpan<byte> Identity(int product) => identity[product];

    /// <summary>What the product costs on a day. Offers change every week and are deep and many in sales.</summary>
    public int Cents(int product, int day)
    {
        var sale = calendar.IsSale(day);
        var hash = Hash(product, sale ? 10_000 + day / 14 : day / 7);
        var (share, low, high) = sale ? (0.45, 20, 50) : (0.08, 10, 25);
        if ((hash & 0xFFFF) >= share * 0x10000) return listCents[product];
        var percent = low + (int)((hash >> 32) % (ulong)(high - low + 1));
        return listCents[product] * (100 - percent) / 100;
    }

    /// <summary>How good the product is, 0 to 1: what reviews depend on.</summary>
    public double Quality(int product) => (Hash(product, -1) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A product of this category near this quantile of its prices; one in five is the category's best seller near by.</summary>
    public int Near(Draws draws, int leaf, double quantile)
    {
        var place = Math.Clamp(quantile + 0.15 * draws.Normal(), 0, 0.9999);
        var best = draws.Chance(0.2);
        var within = (int)(place * PerLeaf);
        if (best) within = Math.Min(PerLeaf - 1, within / 5 * 5 + 2);
        return leaf * PerLeaf + within;
    }

    /// <summary>Another product of the same category, a few places up or down in price.</summary>
    public int Rival(Draws draws, int product)
    {
        var step = 1 + draws.Int(4);
        var within = product % PerLeaf;
        within = draws.Chance(0.5) ? within + step : within - step;
        if (within < 0 || within >= PerLeaf) within = (product % PerLeaf + PerLeaf / 2) % PerLeaf;
        return product / PerLeaf * PerLeaf + within;
    }

    public void Write(string path)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        writer.WriteLine("product_id,title,description,category,brand,price,image");
        for (var product = 0; product < Count; product++)
        {
            var leaf = CatalogueWords.Leaves[LeafOf(product)];
            var noun = leaf.Nouns[product % leaf.Nouns.Length];
            var adjective = CatalogueWords.Adjectives[(int)(Hash(product, -3) % (ulong)CatalogueWords.Adjectives.Length)];
            var virtue = CatalogueWords.Virtues[(int)(Hash(product, -4) % (ulong)CatalogueWords.Virtues.Length)];
            var price = (listCents[product] / 100m).ToString("0.00", CultureInfo.InvariantCulture);
            writer.WriteLine($"{Id(product)},{Brand(product)} {adjective} {noun},\"{Capital(adjective)} {noun} by {Brand(product)}, {virtue}.\","
                + $"{leaf.Path},{Brand(product)},{price},https://shop.example/images/{Id(product)}.jpg");
        }
    }

    static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    static string Id(int product) => "p" + (product + 1).ToString("00000", CultureInfo.InvariantCulture);

    // Five brands for each category, some of them in the neighbouring ones too.
    string Brand(int product)
        => CatalogueWords.Brands[(int)((Hash(product, -2) % 5 + (ulong)LeafOf(product) * 3) % (ulong)CatalogueWords.Brands.Length)];

    ulong Hash(int product, int what) => Rng.Mix(seed ^ Rng.Mix(((ulong)(uint)product << 32) | (uint)what));
}
