using Coterie.Numerics;

namespace Coterie.Decisions.Pricing;

/// <summary>Products in weeks: the rows of product i are [Offsets[i], Offsets[i + 1]).</summary>
/// <param name="Weeks">Weeks in all; <paramref name="Week"/> counts from 0.</param>
/// <param name="Offsets">products + 1.</param>
/// <param name="Week">rows; no week twice in a product.</param>
/// <param name="X">rows: log price.</param>
/// <param name="Y">rows: units, at least 0.</param>
sealed record PanelRows(int Weeks, int[] Offsets, int[] Week, double[] X, double[] Y)
{
    public int Products => Offsets.Length - 1;
}

/// <summary>A slope with product and week effects.</summary>
sealed record FixedEffectsPoissonFit
{
    public required double Slope { get; init; }
    /// <summary>Of the cluster jackknife over products; infinite where it cannot be had.</summary>
    public required double StandardError { get; init; }
    /// <summary>Degrees of freedom of Student's t: products whose price moved, less one.</summary>
    public required double Freedom { get; init; }
    /// <summary>Products that were bought and whose price moved.</summary>
    public required int Moved { get; init; }
    /// <summary>How many equal products would carry as much: far fewer than <see cref="Moved"/> where a few decide.</summary>
    public required double Effective { get; init; }
    /// <summary>Standard deviation of log price that product and week leave, weighted by expected units.</summary>
    public required double Spread { get; init; }
    /// <summary>Expected units in all, and Pearson's dispersion: with <see cref="Spread"/> they say what spread would be enough.</summary>
    public required double Units { get; init; }
    public required double Dispersion { get; init; }
    /// <summary>products: how the slope moves when the product is left out; 0 where it has no say.</summary>
    public required double[] Without { get; init; }
    /// <summary>products: the product effect; NaN where it was not bought.</summary>
    public required double[] Effects { get; init; }
}

/// <summary>Poisson pseudo-maximum likelihood with product and week effects: E y = exp(a_i + g_t + b x). Right whatever the distribution of y, zeros too,
/// as long as the mean is (Gourieroux, Monfort and Trognon 1984; Santos Silva and Tenreyro 2006).</summary>
/// <remarks>
/// Given the sum of a product, its weeks are multinomial with shares exp(g_t + b x) / sum: the product effects drop out without bias (Hausman, Hall and
/// Griliches 1984), what is left is concave in (g, b), and Newton's steps find its top. Products are the clusters: the variance is the jackknife that leaves
/// one product out and takes one Newton step (CV3 of MacKinnon, Nielsen and Webb 2023), which stays honest with few and uneven products.
/// </remarks>
static class FixedEffectsPoisson
{
    const int MostSteps = 60;
    // Log prices nearer than this are the same price.
    const double Smallest = 1e-6;

    /// <param name="rows">Validated.</param>
    /// <param name="slope">Null estimates it; a number holds it there.</param>
    /// <returns>Null where nothing can be estimated: fewer than two products bought, or all in one week.</returns>
    internal static FixedEffectsPoissonFit? Fit(PanelRows rows, double? slope = null)
    {
        var place = Places(rows);
        var d = place.Max() + 2;
        if (d < 3 || Bought(rows) < 2) return null;
        // Parameters: week effects but the first's, which is 0, then the slope.
        var theta = new double[d - 1];
        // Without a price that moves there is no slope; it stays at 0 and has no error.
        if (slope is null && !Moves(rows)) slope = 0;
        if (slope is { } held) theta[^1] = held;
        var work = new Work(rows, place, d - 1, slope is null);
        var value = work.Evaluate(theta);
        for (var step = 0; step < MostSteps; step++)
        {
            if (work.Factor() is not { } l) return null;
            var move = Cholesky.Solve(l, theta.Length, work.Gradient);
            var scale = 1.0;
            double next;
            double[] tried;
            while (true)
            {
                tried = [.. theta.Zip(move, (t, m) => t + scale * m)];
                next = work.Evaluate(tried);
                if (next >= value - 1e-12 * Math.Abs(value)) break;
                scale /= 2;
                if (scale < 1e-8) return null;
            }

            theta = tried;
            value = next;
            if (move.Max(Math.Abs) < 1e-9) break;
            // Flat directions (a week alone) creep: what is left of the step must be nothing to a reader.
            if (step == MostSteps - 1 && move.Max(Math.Abs) > 1e-5) return null;
        }

        return work.Conclude(theta);
    }

    // Weeks in which nothing was bought say nothing and have no effect: -1. The others are numbered; number 0 is the reference and has no parameter.
    static int[] Places(PanelRows rows)
    {
        var sums = new double[rows.Weeks];
        for (var r = 0; r < rows.Y.Length; r++) sums[rows.Week[r]] += rows.Y[r];
        var next = 0;
        return [.. sums.Select(s => s > 0 ? next++ : -1)];
    }

    static bool Moves(PanelRows rows)
    {
        for (var i = 0; i < rows.Products; i++)
            for (var r = rows.Offsets[i] + 1; r < rows.Offsets[i + 1]; r++)
                if (Math.Abs(rows.X[r] - rows.X[r - 1]) > Smallest) return true;
        return false;
    }

    static int Bought(PanelRows rows)
    {
        var count = 0;
        for (var i = 0; i < rows.Products; i++)
            if (rows.Y.AsSpan(rows.Offsets[i], rows.Offsets[i + 1] - rows.Offsets[i]).IndexOfAnyExcept(0.0) >= 0) count++;
        return count;
    }

    // d parameters: week effects 1 .. d-1 at 0 .. d-2, and the slope at d-1.
    sealed class Work(PanelRows rows, int[] place, int d, bool free)
    {
        readonly double[] mean = new double[rows.Y.Length];
        readonly double[] information = new double[d * d];
        public readonly double[] Gradient = new double[d];

        // The conditional log likelihood, its gradient and its information.
        public double Evaluate(double[] theta)
        {
            Array.Clear(information);
            Array.Clear(Gradient);
            var value = 0.0;
            for (var i = 0; i < rows.Products; i++)
            {
                value += Means(theta, i);
                AddScore(i, Gradient);
                AddInformation(i, information, 1);
            }

            if (!free) Gradient[d - 1] = 0;
            return value;
        }

        // Expected units of product i given its sum; returns sum of y log share.
        double Means(double[] theta, int i)
        {
            var (sum, weight, top) = (0.0, 0.0, double.NegativeInfinity);
            for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
            {
                sum += rows.Y[r];
                mean[r] = place[rows.Week[r]] < 0 ? double.NegativeInfinity : Linear(theta, r);
                top = Math.Max(top, mean[r]);
            }

            if (sum == 0)
            {
                Array.Clear(mean, rows.Offsets[i], rows.Offsets[i + 1] - rows.Offsets[i]);
                return 0;
            }

            var value = 0.0;
            for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
            {
                if (rows.Y[r] > 0) value += rows.Y[r] * (mean[r] - top);
                mean[r] = Math.Exp(mean[r] - top);
                weight += mean[r];
            }

            for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++) mean[r] *= sum / weight;
            return value - sum * Math.Log(weight);
        }

        double Linear(double[] theta, int r) => (place[rows.Week[r]] is var t and > 0 ? theta[t - 1] : 0) + theta[d - 1] * rows.X[r];

        void AddScore(int i, double[] score)
        {
            for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
            {
                var rest = rows.Y[r] - mean[r];
                if (place[rows.Week[r]] is var t and > 0) score[t - 1] += rest;
                score[d - 1] += rest * rows.X[r];
            }
        }

        // Adds sign x D' (diag m - m m' / sum m) D for the rows D = (week, x) of a product; x is centred first, which changes nothing but rounding.
        void AddInformation(int i, double[] into, double sign)
        {
            var (sum, centre) = (0.0, 0.0);
            for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
            {
                sum += mean[r];
                centre += mean[r] * rows.X[r];
            }

            if (sum == 0) return;
            centre /= sum;
            var (last, square) = (d - 1, 0.0);
            for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
            {
                var (m, x) = (mean[r], rows.X[r] - centre);
                if (m == 0) continue;
                square += m * x * x;
                var t = place[rows.Week[r]] - 1;
                if (t < 0) continue;
                into[t * d + t] += sign * m;
                into[last * d + t] += sign * m * x;
                var row = into.AsSpan(t * d, t + 1);
                var share = sign * m / sum;
                for (var q = rows.Offsets[i]; q < rows.Offsets[i + 1]; q++)
                {
                    // The lower half only, and weeks ascend within a product.
                    var u = place[rows.Week[q]] - 1;
                    if (u > t) break;
                    if (u >= 0) row[u] -= share * mean[q];
                }
            }

            into[last * d + last] += sign * square;
        }

        public double[]? Factor() => Factor(information);

        double[]? Factor(double[] lower)
        {
            var full = lower.ToArray();
            for (var i = 0; i < d; i++)
            {
                // A hair on the diagonal: a week that only one product lives in must not stop the factorisation.
                full[i * d + i] += 1e-10 * (1 + Math.Abs(full[i * d + i]));
            }

            if (!free)
            {
                for (var i = 0; i < d - 1; i++) full[(d - 1) * d + i] = 0;
                full[^1] = 1;
            }

            return Cholesky.Factor(full, d);
        }

        public FixedEffectsPoissonFit? Conclude(double[] theta)
        {
            if (Factor() is not { } l) return null;
            var unit = new double[d];
            unit[^1] = 1;
            // The last column of the inverse: its end is 1 / A with A the information on the slope alone, and -c for the weeks' share of x.
            var column = Cholesky.Solve(l, d, unit);
            var alone = 1 / column[^1];
            var weeks = column.Select(c => -c * alone).ToArray();
            var (units, pearson, excess, square, cells) = (0.0, 0.0, 0.0, 0.0, 0);
            for (var r = 0; r < mean.Length; r++)
            {
                if (mean[r] <= 0) continue;
                var rest = rows.Y[r] - mean[r];
                units += mean[r];
                pearson += rest * rest / mean[r];
                excess += rest * rest - mean[r];
                square += mean[r] * mean[r];
                cells++;
            }

            var alpha = Math.Max(0, excess / square);
            var (without, effects, moved, clusters) = (new double[rows.Products], new double[rows.Products], 0, 0);
            var (shares, shareSquares, jackknife) = (0.0, 0.0, 0.0);
            var (left, score) = (new double[d * d], new double[d]);
            var broken = false;
            for (var i = 0; i < rows.Products; i++)
            {
                effects[i] = Effect(theta, i);
                if (double.IsNaN(effects[i])) continue;
                clusters++;
                if (Moves(i)) moved++;
                var share = Share(weeks, alpha, i);
                shares += share;
                shareSquares += share * share;
                if (!free) continue;
                information.CopyTo(left, 0);
                AddInformation(i, left, -1);
                Array.Clear(score);
                AddScore(i, score);
                if (Factor(left) is { } rest) without[i] = -Cholesky.Solve(rest, d, score)[^1];
                else broken = true;
                jackknife += without[i] * without[i];
            }

            var effective = shareSquares > 0 ? shares * shares / shareSquares : 0;
            var identified = free && !broken && clusters > 1 && moved > 1 && alone > 1e-9 * (1 + units);
            return new FixedEffectsPoissonFit
            {
                Slope = theta[^1],
                StandardError = identified ? Math.Sqrt(jackknife * (clusters - 1) / clusters) : double.PositiveInfinity,
                Freedom = Math.Max(1, moved - 1),
                Moved = moved,
                Effective = effective,
                Spread = Math.Sqrt(Math.Max(0, alone / units)),
                Units = units,
                Dispersion = Math.Max(1, pearson / Math.Max(1, cells - clusters - d)),
                Without = without,
                Effects = effects,
            };
        }

        bool Moves(int i)
        {
            var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
            {
                if (mean[r] <= 0) continue;
                (least, most) = (Math.Min(least, rows.X[r]), Math.Max(most, rows.X[r]));
            }

            return most - least > Smallest;
        }

        double Effect(double[] theta, int i)
        {
            var (sum, weight) = (0.0, 0.0);
            for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
            {
                sum += rows.Y[r];
                if (place[rows.Week[r]] >= 0) weight += Math.Exp(Linear(theta, r));
            }

            return sum > 0 ? Math.Log(sum / weight) : double.NaN;
        }

        // What a product adds to the variance of the slope when units scatter as m + alpha m^2: says how many products really carry the estimate.
        double Share(double[] weeks, double alpha, int i)
        {
            var (sum, centre) = (0.0, 0.0);
            for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
            {
                sum += mean[r];
                centre += mean[r] * Rest(weeks, r);
            }

            if (sum == 0) return 0;
            centre /= sum;
            var share = 0.0;
            for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
            {
                var x = Rest(weeks, r) - centre;
                share += x * x * (mean[r] + alpha * mean[r] * mean[r]);
            }

            return share;
        }

        double Rest(double[] weeks, int r) => rows.X[r] - (place[rows.Week[r]] is var t and > 0 ? weeks[t - 1] : 0);
    }
}
