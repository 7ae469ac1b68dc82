namespace Coterie.Decisions.Pricing;

/// <summary>A product in the weeks in which it was on sale.</summary>
/// <param name="Product">Its place among the products bought.</param>
/// <param name="Group">Its group.</param>
/// <param name="First">The first week, counted from 0.</param>
/// <param name="Price">weeks on sale: the price of the week.</param>
/// <param name="Units">segments x weeks on sale, then everybody's in the last row.</param>
/// <param name="Known">weeks on sale: whether the price was seen, and not carried on from the week before.</param>
sealed record PanelProduct(int Product, int Group, int First, double[] Price, double[][] Units, bool[] Known)
{
    public int Weeks => Price.Length;
}

/// <summary>What was found on the way to the panel.</summary>
public sealed record PanelFindings
{
    public required int Weeks { get; init; }
    public required int ProductsBought { get; init; }
    /// <summary>Products with enough weeks and a price known in enough of them.</summary>
    public required int ProductsUsed { get; init; }
    public required int TooFewWeeks { get; init; }
    /// <summary>Bought in too few of their weeks for their price to be known.</summary>
    public required int PriceUnknown { get; init; }
    public required int WithoutGroup { get; init; }
    /// <summary>Share of product weeks in which nothing was bought.</summary>
    public required double ZeroWeeks { get; init; }
    /// <summary>Share of product weeks whose price is carried on from the week before.</summary>
    public required double CarriedPrices { get; init; }
    /// <summary>Whether views and carts show the price of weeks without a purchase.</summary>
    public required bool PricesFromViews { get; init; }
    /// <summary>Whether large quantities are cheaper within a product and week; then small lines give the price.</summary>
    public required bool QuantityDiscounts { get; init; }
    /// <summary>By how much log price falls when the quantity of a line doubles, within product and week.</summary>
    public required double PriceOfDoubleQuantity { get; init; }
    /// <summary>Lines of more than twenty times the usual quantity, counted as twenty times it.</summary>
    public required long CappedLines { get; init; }
    /// <summary>Weeks whose price was more than four times above or below the product's usual one, not believed.</summary>
    public required int WildPrices { get; init; }
    /// <summary>Products with two prices or more.</summary>
    public required int ProductsWithTwoPrices { get; init; }
}

/// <summary>Units by product, week and segment against the price of the week.</summary>
sealed record PricePanel(int Weeks, int Segments, IReadOnlyList<PanelProduct> Products, PanelFindings Findings)
{
    /// <summary>The rows of some products in weeks [from, to), for one segment (or, with <see cref="Segments"/>, everybody). Products keep their order.</summary>
    public PanelRows Rows(IEnumerable<PanelProduct> products, int segment, int from = 0, int to = int.MaxValue)
    {
        List<int> offsets = [0], week = [];
        List<double> x = [], y = [];
        foreach (var p in products)
        {
            for (var t = Math.Max(0, from - p.First); t < Math.Min(p.Weeks, to - p.First); t++)
            {
                week.Add(p.First + t);
                x.Add(Math.Log(p.Price[t]));
                y.Add(p.Units[segment][t]);
            }

            offsets.Add(week.Count);
        }

        return new PanelRows(Weeks, [.. offsets], [.. week], [.. x], [.. y]);
    }
}
