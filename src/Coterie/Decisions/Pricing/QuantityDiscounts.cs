namespace Coterie.Decisions.Pricing;

/// <summary>Whether the unit price of a line falls with its quantity, within product and week: then price is a consequence of quantity.</summary>
/// <param name="Slope">Of log price on log quantity.</param>
/// <param name="StandardError">Clustered by product.</param>
/// <param name="Found">Clearly below zero: more than three standard errors, and more than 0.5 % for a doubling.</param>
sealed record QuantityDiscounts(double Slope, double StandardError, bool Found)
{
    const int FewestProducts = 5;

    internal static QuantityDiscounts Measure(PurchaseLines lines, IReadOnlyList<List<int>> ofProduct)
    {
        double[] xy = new double[ofProduct.Count], xx = new double[ofProduct.Count];
        for (var p = 0; p < ofProduct.Count; p++)
        {
            foreach (var week in ofProduct[p].GroupBy(i => lines.Ago[i] / PanelBuilder.WeekSeconds))
            {
                var (n, sx, sy, sxx, sxy) = (0, 0.0, 0.0, 0.0, 0.0);
                foreach (var i in week)
                {
                    if (!(lines.Quantity[i] > 0)) continue;
                    double x = Math.Log(lines.Quantity[i]), y = Math.Log(lines.Price[i]);
                    (n, sx, sy, sxx, sxy) = (n + 1, sx + x, sy + y, sxx + x * x, sxy + x * y);
                }

                if (n < 2) continue;
                xy[p] += sxy - sx * sy / n;
                xx[p] += sxx - sx * sx / n;
            }
        }

        var (sum, products) = (xx.Sum(), xx.Count(v => v > 1e-9));
        if (products < FewestProducts) return new(0, double.PositiveInfinity, false);
        var slope = xy.Sum() / sum;
        var squares = 0.0;
        for (var p = 0; p < xx.Length; p++) squares += Math.Pow(xy[p] - slope * xx[p], 2);
        var error = Math.Sqrt(squares * products / (products - 1)) / sum;
        return new(slope, error, slope < -3 * error && slope * Math.Log(2) < -0.005);
    }
}
