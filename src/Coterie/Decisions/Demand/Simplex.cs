namespace Coterie.Decisions.Demand;

/// <summary>Minimises without derivatives (Nelder and Mead 1965, the usual coefficients 1, 2, 1/2, 1/2). Ours and not a library's because tens of
/// thousands of fits of two to six numbers are needed, and the library's allocates vectors at each step.</summary>
static class Simplex
{
    /// <param name="value">May return infinity outside of its region; begin inside.</param>
    /// <param name="point">d numbers to begin at; holds the best at the end.</param>
    /// <param name="step">First step in each direction.</param>
    /// <param name="evaluations">At most so many.</param>
    /// <returns>The smallest value.</returns>
    internal static double Minimise(Func<double[], double> value, double[] point, double[] step, int evaluations)
    {
        var d = point.Length;
        var corners = new double[d + 1][];
        var values = new double[d + 1];
        for (var i = 0; i <= d; i++)
        {
            corners[i] = [.. point];
            if (i > 0) corners[i][i - 1] += step[i - 1];
            values[i] = value(corners[i]);
            if (i > 0 && double.IsInfinity(values[i]))
            {
                corners[i][i - 1] = point[i - 1] - step[i - 1] / 2;
                values[i] = value(corners[i]);
            }
        }

        var used = d + 1;
        double[] centre = new double[d], tried = new double[d], further = new double[d];
        while (used < evaluations)
        {
            Array.Sort(values, corners);
            if (values[d] - values[0] <= 1e-10 * (Math.Abs(values[0]) + 1e-10)) break;
            Array.Clear(centre);
            for (var i = 0; i < d; i++)
                for (var j = 0; j < d; j++) centre[j] += corners[i][j] / d;
            var reflected = At(tried, 1);
            if (reflected < values[0])
            {
                if (At(further, 2) is var expanded && expanded < reflected) Replace(further, expanded);
                else Replace(tried, reflected);
            }
            else if (reflected < values[d - 1])
            {
                Replace(tried, reflected);
            }
            else
            {
                var contracted = At(further, reflected < values[d] ? 0.5 : -0.5);
                if (contracted < Math.Min(reflected, values[d])) Replace(further, contracted);
                else Shrink();
            }
        }

        Array.Sort(values, corners);
        corners[0].CopyTo(point, 0);
        return values[0];

        double At(double[] into, double along)
        {
            for (var j = 0; j < d; j++) into[j] = centre[j] + along * (centre[j] - corners[d][j]);
            used++;
            return value(into);
        }

        void Replace(double[] by, double its)
        {
            by.CopyTo(corners[d], 0);
            values[d] = its;
        }

        void Shrink()
        {
            for (var i = 1; i <= d; i++)
            {
                for (var j = 0; j < d; j++) corners[i][j] = 0.5 * (corners[0][j] + corners[i][j]);
                values[i] = value(corners[i]);
                used++;
            }
        }
    }
}
