using Coterie.Numerics;

namespace Coterie.Quality;

/// <summary>A generated set whose groups are known.</summary>
/// <param name="Truth">n, 0 .. Clusters-1; -1 is background.</param>
internal sealed record GeneratedSet(string Family, Matrix Rows, int[] Truth, int Clusters);

/// <summary>Small sets of many kinds on which the automatic choice was developed: what varies is drawn anew for each number of the seed.</summary>
internal static class SomeShapes
{
    internal static readonly string[] Families =
        ["round", "unequal", "densities", "stretched", "overlapping", "grid", "wide", "rings", "moons", "spirals", "curves", "blocks", "links", "nested", "mixed", "bridged"];

    internal static GeneratedSet Draw(int number)
    {
        var family = Families[number % Families.Length];
        var r = new Rng(0xC07E, (ulong)number);
        var points = new Points(r);
        switch (family)
        {
            case "round": Gaussians(points, r, Dims(r, 2, 6), Count(r), r.NextDouble() < 0.5 ? 1 : 3, 1, 1, Between(r, 4, 9)); break;
            case "unequal": Gaussians(points, r, Dims(r, 2, 5), Count(r), 12, 1, 1, Between(r, 4.5, 9)); break;
            case "densities": Gaussians(points, r, Dims(r, 2, 4), Math.Min(10, Count(r)), 3, 5, 1, Between(r, 4.5, 9)); break;
            case "stretched": Gaussians(points, r, Dims(r, 2, 5), Math.Min(10, Count(r)), 3, 2, 6, Between(r, 4.5, 8)); break;
            case "overlapping": Gaussians(points, r, Dims(r, 2, 4), Count(r), 2, 1.5, 2, Between(r, 2.8, 4)); break;
            case "grid": Grid(points, r); break;
            case "wide": Gaussians(points, r, Dims(r, 6, 10), Math.Min(12, Count(r)), 3, 1.5, 2.5, Between(r, 4, 8)); break;
            case "rings": Rings(points, r); break;
            case "moons": Moons(points, r); break;
            case "spirals": Spirals(points, r); break;
            case "curves": Curves(points, r); break;
            case "blocks": Blocks(points, r); break;
            case "links": Links(points, r); break;
            case "nested": Nested(points, r); break;
            case "mixed": Mixed(points, r); break;
            default: Bridged(points, r); break;
        }

        var truth = points.Labels;
        var k = truth.Max() + 1;
        if (r.NextDouble() < 0.2) Background(points, r);
        var scale = Math.Exp(2 * r.NextNormal());
        var d = points.Rows[0].Length;
        var rows = new Matrix(points.Rows.Count, d);
        var order = Enumerable.Range(0, rows.Rows).ToArray();
        r.Shuffle(order.AsSpan());
        for (var i = 0; i < order.Length; i++)
            for (var j = 0; j < d; j++) rows[i, j] = (float)(scale * points.Rows[order[i]][j]);
        return new(family, rows, [.. order.Select(i => points.Labels[i])], k);
    }

    sealed class Points(Rng r)
    {
        public readonly List<double[]> Rows = [];
        public readonly List<int> Labels = [];
        readonly Rng rng = r;

        public void Add(int label, params double[] row)
        {
            Rows.Add(row);
            Labels.Add(label);
        }

        public void Jittered(int label, double sd, params double[] row) => Add(label, [.. row.Select(x => x + sd * rng.NextNormal())]);
    }

    static double Between(Rng r, double low, double high) => low + (high - low) * r.NextDouble();

    static double Log(Rng r, double low, double high) => Math.Exp(Between(r, Math.Log(low), Math.Log(high)));

    static int Dims(Rng r, int low, int high) => r.NextDouble() < 0.5 ? low : low + r.NextInt(high - low + 1);

    static int Count(Rng r) => 2 + (int)Math.Min(14, Log(r, 0.5, 15));

    // Sizes whose largest is at most `ratio` times the smallest; at least 15 rows each.
    static int[] Sizes(Rng r, int k, double ratio)
    {
        var total = Log(r, 40 * k, Math.Max(60 * k, 1400));
        var w = Enumerable.Range(0, k).Select(_ => Log(r, 1, ratio)).ToArray();
        return [.. w.Select(x => Math.Max(15, (int)(total * x / w.Sum())))];
    }

    static double[][] Linear(Rng r, int d, double stretch)
    {
        // A random rotation by Gram-Schmidt, columns scaled.
        var q = new double[d][];
        for (var i = 0; i < d; i++)
        {
            var v = Enumerable.Range(0, d).Select(_ => r.NextNormal()).ToArray();
            for (var j = 0; j < i; j++)
            {
                var dot = v.Zip(q[j], (a, b) => a * b).Sum();
                for (var c = 0; c < d; c++) v[c] -= dot * q[j][c];
            }

            var norm = Math.Sqrt(v.Sum(x => x * x));
            q[i] = [.. v.Select(x => x / norm)];
        }

        var s = Enumerable.Range(0, d).Select(_ => Log(r, 1 / Math.Sqrt(stretch), Math.Sqrt(stretch))).ToArray();
        return [.. q.Select((v, i) => v.Select(x => x * s[i]).ToArray())];
    }

    static void Gaussians(Points p, Rng r, int d, int k, double sizeRatio, double scaleRatio, double stretch, double apart)
    {
        var sizes = Sizes(r, k, sizeRatio);
        var scales = sizes.Select(_ => Log(r, 1, scaleRatio)).ToArray();
        var side = 1.5 * apart * Math.Pow(k, 1.0 / d);
        var centres = new List<double[]>();
        for (var tries = 0; centres.Count < k; tries++)
        {
            if (tries % 200 == 199) side *= 1.15;
            var c = Enumerable.Range(0, d).Select(_ => side * r.NextDouble()).ToArray();
            var me = centres.Count;
            if (centres.Select((o, i) => Math.Sqrt(o.Zip(c, (a, b) => (a - b) * (a - b)).Sum()) >= apart * (scales[i] + scales[me]) / 2).All(x => x)) centres.Add(c);
        }

        for (var c = 0; c < k; c++)
        {
            var linear = Linear(r, d, stretch);
            for (var i = 0; i < sizes[c]; i++)
            {
                var row = (double[])centres[c].Clone();
                foreach (var axis in linear)
                {
                    var z = scales[c] * r.NextNormal();
                    for (var j = 0; j < d; j++) row[j] += z * axis[j];
                }

                p.Add(c, row);
            }
        }
    }

    static void Grid(Points p, Rng r)
    {
        int a = 2 + r.NextInt(3), b = 1 + r.NextInt(4);
        var step = Between(r, 4, 8);
        var n = (int)Log(r, 30, 1400.0 / (a * b));
        for (var x = 0; x < a; x++)
            for (var y = 0; y < b; y++)
                for (var i = 0; i < n; i++) p.Jittered(x * b + y, 1, x * step, y * step);
    }

    static void Rings(Points p, Rng r)
    {
        var k = 2 + r.NextInt(4);
        var core = r.NextDouble() < 0.6;
        var width = Between(r, 0.05, 0.16);
        var dense = Log(r, 15, 60);
        var gap = Between(r, 0.8, 1.5);
        for (var c = 0; c < k; c++)
        {
            var radius = c * gap + (core ? 0 : gap);
            if (radius == 0)
            {
                for (var i = 0; i < dense * 3; i++) p.Jittered(c, 0.18, 0, 0);
                continue;
            }

            for (var i = 0; i < dense * 2 * radius * (r.NextDouble() < 0.5 ? 1 : 1.5); i++)
            {
                var t = 2 * Math.PI * r.NextDouble();
                p.Jittered(c, width, radius * Math.Cos(t), radius * Math.Sin(t));
            }
        }
    }

    static void Moons(Points p, Rng r)
    {
        var k = 2 + r.NextInt(5);
        var width = Between(r, 0.04, 0.15);
        var n = Log(r, 60, 300);
        for (var c = 0; c < k; c++)
        {
            var m = n * Log(r, 0.5, 2);
            for (var i = 0; i < m; i++)
            {
                var t = Math.PI * r.NextDouble();
                var up = c % 2 == 0 ? 1 : -1;
                p.Jittered(c, width, c * 1.0 + Math.Cos(t), up * (Math.Sin(t) - 0.25));
            }
        }
    }

    static void Spirals(Points p, Rng r)
    {
        var k = 2 + r.NextInt(3);
        var turns = Between(r, 0.7, 1.6);
        var n = Log(r, 80, 350);
        var width = Between(r, 0.02, 0.12) / k;
        for (var c = 0; c < k; c++)
        {
            for (var i = 0; i < n; i++)
            {
                var t = 0.25 + 0.75 * Math.Sqrt(r.NextDouble());
                var angle = 2 * Math.PI * (turns * t + (double)c / k);
                p.Jittered(c, width, t * Math.Cos(angle) * turns, t * Math.Sin(angle) * turns);
            }
        }
    }

    static void Curves(Points p, Rng r)
    {
        var k = 2 + r.NextInt(6);
        var gap = Between(r, 0.6, 1.2);
        double swing = Between(r, 0, 1), wave = Between(r, 0.5, 2), width = Between(r, 0.05, 0.13);
        var n = Log(r, 60, 260);
        for (var c = 0; c < k; c++)
        {
            var m = n * Log(r, 0.6, 1.6);
            for (var i = 0; i < m; i++)
            {
                var t = 6 * r.NextDouble();
                p.Jittered(c, width, t, c * gap + swing * Math.Sin(wave * t));
            }
        }
    }

    // Uniform shapes beside each other, of two densities at most, with narrow gaps.
    static void Blocks(Points p, Rng r)
    {
        int a = 2 + r.NextInt(3), b = 1 + r.NextInt(2);
        var gap = Between(r, 0.1, 0.45);
        var dense = Log(r, 60, 250);
        var two = r.NextDouble() < 0.4 ? Log(r, 1, 4) : 1;
        for (var x = 0; x < a; x++)
            for (var y = 0; y < b; y++)
            {
                double w = Between(r, 0.6, 1), h = Between(r, 0.6, 1);
                var kind = r.NextInt(3);
                var m = dense * (r.NextDouble() < 0.5 ? two : 1) * w * h;
                for (var i = 0; i < m; i++)
                {
                    double u = r.NextDouble(), v = r.NextDouble();
                    if (kind == 1 && (u - 0.5) * (u - 0.5) + (v - 0.5) * (v - 0.5) > 0.25) continue;
                    if (kind == 2 && u > 0.4 && v > 0.4) continue;
                    p.Add(x * b + y, x * (1 + gap) + w * u, y * (1 + gap) + h * v);
                }
            }
    }

    // Rings in space that go through each other.
    static void Links(Points p, Rng r)
    {
        var k = 2 + r.NextInt(3);
        var width = Between(r, 0.03, 0.12);
        var n = Log(r, 80, 350);
        for (var c = 0; c < k; c++)
        {
            for (var i = 0; i < n; i++)
            {
                var t = 2 * Math.PI * r.NextDouble();
                if (c % 2 == 0) p.Jittered(c, width, 1.2 * c + Math.Cos(t), Math.Sin(t), 0);
                else p.Jittered(c, width, 1.2 * c + Math.Cos(t), 0, Math.Sin(t));
            }
        }
    }

    // Groups of two sizes: the finer ones are the truth where they stand apart, else the coarser.
    static void Nested(Points p, Rng r)
    {
        int outer = 2 + r.NextInt(3), inside = 2 + r.NextInt(3);
        var fine = r.NextDouble() < 0.7;
        var n = (int)Log(r, 25, 100);
        var near = fine ? Between(r, 5, 7) : Between(r, 1.2, 1.8);
        var far = near * Between(r, 3, 5) + 6;
        for (var o = 0; o < outer; o++)
        {
            var turn = 2 * Math.PI * r.NextDouble();
            double cx = far * Math.Cos(2 * Math.PI * o / outer), cy = far * Math.Sin(2 * Math.PI * o / outer);
            for (var c = 0; c < inside; c++)
            {
                var angle = turn + 2 * Math.PI * c / inside;
                var radius = near / 2 / Math.Sin(Math.PI / inside);
                for (var i = 0; i < n; i++) p.Jittered(fine ? o * inside + c : o, 1, cx + radius * Math.Cos(angle), cy + radius * Math.Sin(angle));
            }
        }
    }

    // Shapes of several kinds in the cells of a grid.
    static void Mixed(Points p, Rng r)
    {
        var cells = 2 + r.NextInt(5);
        var label = 0;
        var dense = Log(r, 50, 160);
        var step = Between(r, 2.6, 3.4);
        for (var cell = 0; cell < cells; cell++)
        {
            double x = cell % 3 * step, y = cell / 3 * step;
            switch (r.NextInt(5))
            {
                case 0:
                    for (var i = 0; i < dense; i++) p.Jittered(label, 0.35, x, y);
                    label++;
                    break;
                case 1:
                    for (var i = 0; i < 1.5 * dense; i++)
                    {
                        var t = 2 * Math.PI * r.NextDouble();
                        p.Jittered(label, 0.07, x + Math.Cos(t), y + Math.Sin(t));
                    }

                    if (r.NextDouble() < 0.5)
                    {
                        label++;
                        for (var i = 0; i < 0.5 * dense; i++) p.Jittered(label, 0.15, x, y);
                    }

                    label++;
                    break;
                case 2:
                    for (var i = 0; i < 1.5 * dense; i++) p.Add(label, x + Between(r, -1, 1), y + Between(r, -0.6, 0.6));
                    label++;
                    break;
                case 3:
                    for (var i = 0; i < dense; i++)
                    {
                        var t = Between(r, -1, 1);
                        p.Jittered(label, 0.1, x + t, y + 0.6 + 0.3 * Math.Cos(2 * t));
                        p.Jittered(label + 1, 0.1, x + t, y - 0.6 + 0.3 * Math.Cos(2 * t));
                    }

                    label += 2;
                    break;
                default:
                    for (var i = 0; i < dense; i++)
                    {
                        p.Jittered(label, 0.2, x - 0.6, y);
                        if (i % 2 == 0) p.Jittered(label + 1, 0.2, x + 0.6, y);
                    }

                    label += 2;
                    break;
            }
        }
    }

    // Round groups joined by a few rows between them.
    static void Bridged(Points p, Rng r)
    {
        var k = 2 + r.NextInt(5);
        var n = (int)Log(r, 40, 250);
        var far = Between(r, 5.5, 8);
        for (var c = 0; c < k; c++)
        {
            double x = c * far, y = 2 * r.NextNormal();
            var m = n * Log(r, 0.5, 2);
            for (var i = 0; i < m; i++) p.Jittered(c, 1, x, y);
            for (var i = 0; c > 0 && i < 4 + r.NextInt(6); i++) p.Add(c, x - far * r.NextDouble(), y * r.NextDouble());
        }
    }

    static void Background(Points p, Rng r)
    {
        var d = p.Rows[0].Length;
        var low = Enumerable.Range(0, d).Select(j => p.Rows.Min(x => x[j])).ToArray();
        var high = Enumerable.Range(0, d).Select(j => p.Rows.Max(x => x[j])).ToArray();
        var n = (int)(p.Rows.Count * Between(r, 0.01, 0.08));
        for (var i = 0; i < n; i++) p.Add(-1, [.. Enumerable.Range(0, d).Select(j => Between(r, low[j] - 0.05 * (high[j] - low[j]), high[j] + 0.05 * (high[j] - low[j])))]);
    }
}
