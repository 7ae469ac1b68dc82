using Coterie.Numerics;

namespace Coterie.Quality;

/// <summary>Rows with and without groups, by seed.</summary>
internal static class Shapes
{
    static readonly (int N, int D)[] Sizes = [(100, 2), (300, 1), (500, 5), (1000, 3), (1000, 20), (2000, 2), (2000, 10), (5000, 4)];

    static (int N, int D) Size(ulong seed) => Sizes[seed % (ulong)Sizes.Length];

    internal static IEnumerable<(string Name, Func<ulong, Matrix> Make)> Without =>
    [
        ("uniform in a cube", seed => Fill(seed, (r, row) => { for (var j = 0; j < row.Length; j++) row[j] = (float)r.NextDouble(); })),
        ("uniform in a ball", seed => Fill(seed, Ball)),
        ("one Gaussian", seed => Fill(seed, (r, row) => { for (var j = 0; j < row.Length; j++) row[j] = (float)r.NextNormal(); })),
        ("one Gaussian, correlated", seed => Fill(seed, Correlated)),
        ("one Student t, 5 degrees of freedom", seed => Fill(seed, (r, row) => Student(r, row, 5))),
        ("one Student t, 2 degrees of freedom", seed => Fill(seed, (r, row) => Student(r, row, 2))),
        ("log-normal", seed => Fill(seed, (r, row) => { for (var j = 0; j < row.Length; j++) row[j] = (float)Math.Exp(r.NextNormal()); })),
        ("counts", seed => Fill(seed, (r, row) => { for (var j = 0; j < row.Length; j++) row[j] = (float)Math.Floor(Math.Exp(0.7 * r.NextNormal())); })),
    ];

    internal static IEnumerable<(string Name, Func<ulong, Matrix> Make)> With =>
    [
        .. new[] { (2, 2), (3, 2), (3, 5), (5, 3), (8, 2), (8, 10) }.Select(x => ($"{x.Item1} blobs 4 deviations apart, d = {x.Item2}", (Func<ulong, Matrix>)(seed => Blobs(seed, 1000, x.Item2, x.Item1, 4)))),
        ("two moons", seed => Plane(seed, 1000, (r, i) => Moon(r, i % 2))),
        ("three rings inside each other", seed => Plane(seed, 1000, (r, i) => Ring(r, 1 + i % 3, 0.12))),
        ("two spirals", seed => Plane(seed, 1000, (r, i) => Spiral(r, i % 2))),
        ("dense core in a thin cloud", seed => Plane(seed, 1000, (r, i) => i % 2 == 0 ? (0.15 * r.NextNormal(), 0.15 * r.NextNormal()) : (2 * r.NextNormal(), 2 * r.NextNormal()))),
        ("four long stripes, slanting", seed => Plane(seed, 1000, (r, i) => Stripe(r, i % 4))),
    ];

    static Matrix Fill(ulong seed, Action<Rng, Span<float>> fill)
    {
        var (n, d) = Size(seed);
        var rng = new Rng(seed, 5);
        var rows = new Matrix(n, d);
        for (var i = 0; i < n; i++) fill(rng, rows.Row(i));
        return rows;
    }

    static void Ball(Rng rng, Span<float> row)
    {
        var square = 0.0;
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = (float)rng.NextNormal();
            square += row[j] * row[j];
        }

        var factor = Math.Pow(rng.NextDouble(), 1.0 / row.Length) / Math.Sqrt(square);
        for (var j = 0; j < row.Length; j++) row[j] = (float)(row[j] * factor);
    }

    // Each column leans on the one before: correlations of about 0.8, falling off.
    static void Correlated(Rng rng, Span<float> row)
    {
        for (var j = 0; j < row.Length; j++) row[j] = (float)(rng.NextNormal() + (j > 0 ? 1.2 * row[j - 1] / Math.Sqrt(j) : 0));
    }

    static void Student(Rng rng, Span<float> row, int freedom)
    {
        var square = 0.0;
        for (var f = 0; f < freedom; f++) square += Math.Pow(rng.NextNormal(), 2);
        var stretch = Math.Sqrt(freedom / square);
        for (var j = 0; j < row.Length; j++) row[j] = (float)(rng.NextNormal() * stretch);
    }

    static Matrix Blobs(ulong seed, int n, int d, int k, double apart)
    {
        var rng = new Rng(seed, 4);
        var centres = new List<double[]>();
        for (var spread = apart / Math.Sqrt(2.0 * d); centres.Count < k; spread *= 1.01)
        {
            var centre = new double[d];
            for (var j = 0; j < d; j++) centre[j] = spread * rng.NextNormal();
            if (centres.TrueForAll(c => Math.Sqrt(c.Zip(centre, (a, b) => (a - b) * (a - b)).Sum()) >= apart)) centres.Add(centre);
        }

        var rows = new Matrix(n, d);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < d; j++) rows[i, j] = (float)(centres[i % k][j] + rng.NextNormal());
        return rows;
    }

    static Matrix Plane(ulong seed, int n, Func<Rng, int, (double X, double Y)> point)
    {
        var rng = new Rng(seed, 6);
        var rows = new Matrix(n, 2);
        for (var i = 0; i < n; i++)
        {
            var (x, y) = point(rng, i);
            (rows[i, 0], rows[i, 1]) = ((float)x, (float)y);
        }

        return rows;
    }

    static (double, double) Moon(Rng rng, int side)
    {
        var angle = Math.PI * rng.NextDouble();
        var (x, y) = (Math.Cos(angle), Math.Sin(angle));
        if (side == 1) (x, y) = (1 - x, 0.5 - y);
        return (x + 0.08 * rng.NextNormal(), y + 0.08 * rng.NextNormal());
    }

    static (double, double) Ring(Rng rng, double radius, double noise)
    {
        var angle = 2 * Math.PI * rng.NextDouble();
        var r = radius + noise * rng.NextNormal();
        return (r * Math.Cos(angle), r * Math.Sin(angle));
    }

    static (double, double) Spiral(Rng rng, int arm)
    {
        var turn = 4 * Math.PI * Math.Sqrt(0.05 + 0.95 * rng.NextDouble());
        var angle = turn + Math.PI * arm;
        return (turn * Math.Cos(angle) + 0.3 * rng.NextNormal(), turn * Math.Sin(angle) + 0.3 * rng.NextNormal());
    }

    static (double, double) Stripe(Rng rng, int which)
    {
        double along = 20 * rng.NextDouble(), across = which * 1.5 + 0.25 * rng.NextNormal();
        return ((along - across) / Math.Sqrt(2), (along + across) / Math.Sqrt(2));
    }
}
