using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>Arithmetic of alternating least squares. Rows of factors are padded with zeros to a multiple of eight numbers. Each row is computed by itself,
/// and sums over rows are made in fixed chunks: threads do not matter.</summary>
static class AlsKernel
{
    // Rows that a thread takes at once; results do not depend on it.
    const int RowsAtOnce = 64;

    public static int Padded(int factors) => (factors + 7) / 8 * 8;

    /// <summary>scale x Y^T Y, f x f, for y of n x f (f a multiple of 8).</summary>
    public static float[] Gram(Matrix y, float scale, int threads)
    {
        var f = y.Columns;
        var parts = new float[Chunks.Count(y.Rows)][];
        Chunks.For(y.Rows, threads, (chunk, start, end) => parts[chunk] = GramOf(y, start, end));
        var sums = new double[f * f];
        foreach (var part in parts)
            for (var e = 0; e < sums.Length; e++) sums[e] += part[e];
        var gram = new float[f * f];
        for (var e = 0; e < gram.Length; e++) gram[e] = (float)(scale * sums[e]);
        return gram;
    }

    static float[] GramOf(Matrix y, int start, int end)
    {
        var f = y.Columns;
        var gram = new float[f * f];
        var zeros = new float[f];
        ref var g = ref gram[0];
        for (var r = start; r < end; r += 4)
        {
            // Four rows at once: a sum is loaded and stored once for four.
            ref var a = ref y.Row(r)[0];
            ref var b = ref (r + 1 < end ? y.Row(r + 1) : zeros)[0];
            ref var c = ref (r + 2 < end ? y.Row(r + 2) : zeros)[0];
            ref var d = ref (r + 3 < end ? y.Row(r + 3) : zeros)[0];
            for (var i = 0; i < f; i++)
            {
                Vector256<float> va = Vector256.Create(Unsafe.Add(ref a, i)), vb = Vector256.Create(Unsafe.Add(ref b, i));
                Vector256<float> vc = Vector256.Create(Unsafe.Add(ref c, i)), vd = Vector256.Create(Unsafe.Add(ref d, i));
                ref var row = ref Unsafe.Add(ref g, i * f);
                for (var j = 0; j < f; j += 8)
                {
                    var sum = Vector256.LoadUnsafe(ref row, (nuint)j);
                    sum = Vector256.FusedMultiplyAdd(va, Vector256.LoadUnsafe(ref a, (nuint)j), sum);
                    sum = Vector256.FusedMultiplyAdd(vb, Vector256.LoadUnsafe(ref b, (nuint)j), sum);
                    sum = Vector256.FusedMultiplyAdd(vc, Vector256.LoadUnsafe(ref c, (nuint)j), sum);
                    sum = Vector256.FusedMultiplyAdd(vd, Vector256.LoadUnsafe(ref d, (nuint)j), sum);
                    sum.StoreUnsafe(ref row, (nuint)j);
                }
            }
        }

        return gram;
    }

    /// <summary>One half of a pass: moves every row of x towards the minimum given y, by <paramref name="steps"/> steps of conjugate gradients from where it
    /// stands (Takács, Pilászy and Tikk 2011). A row without cells becomes zero.</summary>
    /// <param name="cells">Rows of x by rows of y; a value is by how much the cell weighs more than an unobserved one.</param>
    /// <param name="y">The other side.</param>
    /// <param name="unobserved">Weight of a cell that was not observed.</param>
    /// <param name="penalties">Ridge penalty of each row of x.</param>
    /// <param name="x">Read and written.</param>
    public static void Half(SparseMatrix cells, Matrix y, float unobserved, float[] penalties, int steps, int threads, Matrix x)
    {
        var gram = Gram(y, unobserved, threads);
        var f = y.Columns;
        Chunks.Each((x.Rows + RowsAtOnce - 1) / RowsAtOnce, threads, block =>
        {
            float[] residual = new float[f], direction = new float[f], image = new float[f];
            for (var u = block * RowsAtOnce; u < Math.Min(x.Rows, (block + 1) * RowsAtOnce); u++)
            {
                var row = x.Row(u);
                int from = cells.Offsets[u], to = cells.Offsets[u + 1];
                if (from == to) row.Clear();
                else Solve(cells.Places.AsSpan(from, to - from), cells.Values.AsSpan(from, to - from), y, gram, unobserved, penalties[u], steps, row, residual, direction, image);
            }
        });
    }

    static void Solve(ReadOnlySpan<int> places, ReadOnlySpan<float> excess, Matrix y, float[] gram, float unobserved, float penalty, int steps,
        Span<float> x, float[] r, float[] p, float[] image)
    {
        // r = Y^T C 1 - (w Y^T Y + Y^T (C - w) Y + penalty) x
        Times(gram, penalty, x, r);
        for (var c = 0; c < r.Length; c++) r[c] = -r[c];
        AddCells(places, excess, y, x, unobserved, 1, -1, r);
        r.CopyTo(p.AsSpan());
        var old = Dot(r, r);
        for (var step = 0; step < steps && old > 1e-20f; step++)
        {
            Times(gram, penalty, p, image);
            AddCells(places, excess, y, p, unobserved, 0, 1, image);
            var alpha = old / Dot(p, image);
            AddScaled(alpha, p, x);
            AddScaled(-alpha, image, r);
            var now = Dot(r, r);
            var beta = now / old;
            for (var c = 0; c < p.Length; c++) p[c] = r[c] + beta * p[c];
            old = now;
        }
    }

    // result = (gram + penalty) v; gram is symmetric, so its rows are summed with weights v.
    static void Times(float[] gram, float penalty, ReadOnlySpan<float> v, Span<float> result)
    {
        var f = v.Length;
        ref var g = ref gram[0];
        ref var o = ref result[0];
        var ridge = Vector256.Create(penalty);
        for (var j = 0; j < f; j += 8) (ridge * Vector256.Create(v.Slice(j, 8))).StoreUnsafe(ref o, (nuint)j);
        for (var i = 0; i < f; i += 4)
        {
            Vector256<float> a = Vector256.Create(v[i]), b = Vector256.Create(v[i + 1]), c = Vector256.Create(v[i + 2]), d = Vector256.Create(v[i + 3]);
            ref var row = ref Unsafe.Add(ref g, i * f);
            for (var j = 0; j < f; j += 8)
            {
                var sum = Vector256.LoadUnsafe(ref o, (nuint)j);
                sum = Vector256.FusedMultiplyAdd(a, Vector256.LoadUnsafe(ref row, (nuint)j), sum);
                sum = Vector256.FusedMultiplyAdd(b, Vector256.LoadUnsafe(ref row, (nuint)(f + j)), sum);
                sum = Vector256.FusedMultiplyAdd(c, Vector256.LoadUnsafe(ref row, (nuint)(2 * f + j)), sum);
                sum = Vector256.FusedMultiplyAdd(d, Vector256.LoadUnsafe(ref row, (nuint)(3 * f + j)), sum);
                sum.StoreUnsafe(ref o, (nuint)j);
            }
        }
    }

    // result += sum over cells of (constant (excess + unobserved) + linear excess y·v) y. Four cells at once, so that their sums overlap.
    static void AddCells(ReadOnlySpan<int> places, ReadOnlySpan<float> excess, Matrix y, ReadOnlySpan<float> v, float unobserved, float constant, float linear, Span<float> result)
    {
        var f = v.Length;
        ref var values = ref y.Values[0];
        ref var vector = ref Unsafe.AsRef(in v[0]);
        ref var o = ref result[0];
        var e = 0;
        for (; e + 4 <= places.Length; e += 4)
        {
            ref var a = ref Unsafe.Add(ref values, (nint)places[e] * f);
            ref var b = ref Unsafe.Add(ref values, (nint)places[e + 1] * f);
            ref var c = ref Unsafe.Add(ref values, (nint)places[e + 2] * f);
            ref var d = ref Unsafe.Add(ref values, (nint)places[e + 3] * f);
            Vector256<float> da = Vector256<float>.Zero, db = da, dc = da, dd = da;
            for (var j = 0; j < f; j += 8)
            {
                var w = Vector256.LoadUnsafe(ref vector, (nuint)j);
                da = Vector256.FusedMultiplyAdd(w, Vector256.LoadUnsafe(ref a, (nuint)j), da);
                db = Vector256.FusedMultiplyAdd(w, Vector256.LoadUnsafe(ref b, (nuint)j), db);
                dc = Vector256.FusedMultiplyAdd(w, Vector256.LoadUnsafe(ref c, (nuint)j), dc);
                dd = Vector256.FusedMultiplyAdd(w, Vector256.LoadUnsafe(ref d, (nuint)j), dd);
            }

            var sa = Vector256.Create(Weight(excess[e], Sum(da), unobserved, constant, linear));
            var sb = Vector256.Create(Weight(excess[e + 1], Sum(db), unobserved, constant, linear));
            var sc = Vector256.Create(Weight(excess[e + 2], Sum(dc), unobserved, constant, linear));
            var sd = Vector256.Create(Weight(excess[e + 3], Sum(dd), unobserved, constant, linear));
            for (var j = 0; j < f; j += 8)
            {
                var sum = Vector256.LoadUnsafe(ref o, (nuint)j);
                sum = Vector256.FusedMultiplyAdd(sa, Vector256.LoadUnsafe(ref a, (nuint)j), sum);
                sum = Vector256.FusedMultiplyAdd(sb, Vector256.LoadUnsafe(ref b, (nuint)j), sum);
                sum = Vector256.FusedMultiplyAdd(sc, Vector256.LoadUnsafe(ref c, (nuint)j), sum);
                sum = Vector256.FusedMultiplyAdd(sd, Vector256.LoadUnsafe(ref d, (nuint)j), sum);
                sum.StoreUnsafe(ref o, (nuint)j);
            }
        }

        for (; e < places.Length; e++)
        {
            var row = y.Row(places[e]);
            AddScaled(Weight(excess[e], Dot(row, v), unobserved, constant, linear), row, result);
        }
    }

    static float Weight(float excess, float dot, float unobserved, float constant, float linear) => constant * (excess + unobserved) + linear * excess * dot;

    // The halves are added in one fixed order, whatever the machine's own instruction does.
    static float Sum(Vector256<float> v)
    {
        var h = v.GetLower() + v.GetUpper();
        return h[0] + h[1] + (h[2] + h[3]);
    }

    /// <summary>a · b, lengths a multiple of 8.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = Vector256<float>.Zero;
        for (var j = 0; j < a.Length; j += 8) sum = Vector256.FusedMultiplyAdd(Vector256.Create(a.Slice(j, 8)), Vector256.Create(b.Slice(j, 8)), sum);
        return Sum(sum);
    }

    /// <summary>y += scale x; any length.</summary>
    public static void AddScaled(float scale, ReadOnlySpan<float> x, Span<float> y)
    {
        var s = Vector256.Create(scale);
        var j = 0;
        for (; j + 8 <= x.Length; j += 8)
        {
            var to = y.Slice(j, 8);
            Vector256.FusedMultiplyAdd(s, Vector256.Create(x.Slice(j, 8)), Vector256.Create((ReadOnlySpan<float>)to)).CopyTo(to);
        }

        for (; j < x.Length; j++) y[j] = MathF.FusedMultiplyAdd(scale, x[j], y[j]);
    }

    /// <summary>The objective that is made small: weighted squares over all cells and penalties, summed in double.</summary>
    /// <param name="cells">As in <see cref="Half"/>.</param>
    /// <param name="rowPenalties">Of x.</param>
    /// <param name="columnPenalties">Of y.</param>
    public static double Objective(SparseMatrix cells, Matrix x, Matrix y, float unobserved, float[] rowPenalties, float[] columnPenalties, int threads)
    {
        var gram = Gram(y, unobserved, threads);
        var parts = new double[Chunks.Count(x.Rows)];
        Chunks.For(x.Rows, threads, (chunk, start, end) =>
        {
            var image = new float[y.Columns];
            var sum = 0.0;
            for (var u = start; u < end; u++)
            {
                var row = x.Row(u);
                // All cells as if unobserved, w (x·y)^2, then what observed ones differ by: (e + w)(1 - s)^2 - w s^2.
                Times(gram, rowPenalties[u], row, image);
                sum += Dot(row, image);
                for (var e = cells.Offsets[u]; e < cells.Offsets[u + 1]; e++)
                {
                    double s = Dot(row, y.Row(cells.Places[e])), weight = cells.Values[e] + unobserved;
                    sum += weight * (1 - s) * (1 - s) - unobserved * s * s;
                }
            }

            parts[chunk] = sum;
        });
        var total = parts.Sum();
        for (var i = 0; i < y.Rows; i++) total += columnPenalties[i] * (double)Dot(y.Row(i), y.Row(i));
        return total;
    }
}
