namespace Coterie.Profiles;

/// <summary>Numbers that people would choose as a border.</summary>
static class HumanNumbers
{
    /// <summary>The number of fewest digits above a and not above b (a &lt; b), nearest their middle: 5 for 4 and 5, 200 for 1.2 and
    /// 340, 0.25 for 0.2312 and 0.2677. It separates a from b exactly as their middle does.</summary>
    public static double Between(double a, double b)
    {
        if (a < 0 && b >= 0) return 0;
        var middle = a / 2 + b / 2;
        var top = (int)Math.Floor(Math.Log10(Math.Max(Math.Abs(a), Math.Abs(b))));
        for (var exponent = top; exponent >= top - 16; exponent--)
        {
            var nearest = InSteps(middle, exponent);
            foreach (var steps in new[] { nearest, nearest - 1, nearest + 1 })
                if (FromSteps(steps, exponent) is var t && t > a && t <= b) return t;
        }

        return b;
    }

    /// <summary>To so many significant digits, half away from zero; 0 stays 0.</summary>
    public static double Round(double value, int digits)
    {
        if (value == 0 || !double.IsFinite(value)) return value;
        var exponent = (int)Math.Floor(Math.Log10(Math.Abs(value))) - digits + 1;
        return FromSteps(InSteps(value, exponent), exponent);
    }

    static double InSteps(double value, int exponent) =>
        Math.Round(exponent >= 0 ? value / Math.Pow(10, exponent) : value * Math.Pow(10, -exponent), MidpointRounding.AwayFromZero);

    // A power of ten with a positive exponent is exact up to 22, and one division rounds once: 0.3 is the double nearest 0.3.
    static double FromSteps(double steps, int exponent) =>
        exponent >= 0 ? steps * Math.Pow(10, exponent) : steps / Math.Pow(10, -exponent);
}
