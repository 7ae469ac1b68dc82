using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coterie.Numerics;

/// <summary>The inverse of a large symmetric positive definite matrix, by Cholesky over tiles: A = L L^T, W = L^-1, A^-1 = W^T W
/// (Golub and Van Loan 2013, sections 4.2.9 and 3.1.8). Every tile is summed in a fixed order by one thread, so threads do not matter.</summary>
sealed class SpdInverse
{
    // A tile of 64 x 64 doubles is 32 KB: three of them stay in a core's second cache.
    const int B = 64, Tile = B * B;

    readonly double[][] tiles;

    SpdInverse(double[][] tiles) => this.tiles = tiles;

    public double this[int i, int j] => i < j ? this[j, i] : tiles[At(i / B, j / B)][i % B * B + j % B];

    /// <summary>Numbers that are held at once for a matrix of n x n: two lower triangles.</summary>
    public static long Numbers(int n) => ((long)n + B) * (n + B);

    /// <param name="n">Rows.</param>
    /// <param name="row">Fills row i of the matrix up to its diagonal: row[0..i]; called once for each i, by any thread.</param>
    /// <param name="threads">Threads.</param>
    /// <returns>Null when the matrix is not positive definite.</returns>
    public static SpdInverse? Of(int n, Action<int, double[]> row, int threads)
    {
        var count = (n + B - 1) / B;
        var tiles = Read(n, count, row, threads);
        var diagonals = new double[count][];
        using var scratch = new ThreadLocal<double[]>(() => new double[2 * Tile]);
        for (var j = 0; j < count; j++)
        {
            Downdate(tiles, j, j, scratch.Value!);
            if (Cholesky.Factor(tiles[At(j, j)], B) is not { } factor) return null;
            diagonals[j] = Square(Cholesky.Inverse(factor, B));
            var column = j;
            Chunks.Each(count - j - 1, threads, at =>
            {
                var i = column + 1 + at;
                var space = scratch.Value!;
                Downdate(tiles, i, column, space);
                // L_ij = A_ij L_jj^-T
                Transpose(diagonals[column], space.AsSpan(0, Tile));
                var product = space.AsSpan(Tile, Tile);
                product.Clear();
                AddProduct(product, tiles[At(i, column)], space.AsSpan(0, Tile));
                product.CopyTo(tiles[At(i, column)]);
            });
        }

        var inverse = new double[tiles.Length][];
        Chunks.Each(count, threads, j => InvertColumn(tiles, diagonals, inverse, j, count, scratch.Value!));
        // The factor is no longer needed: its tiles take the result.
        Chunks.Each(tiles.Length, threads, t => MultiplyTransposed(inverse, tiles[t], t, count, scratch.Value!));
        return new(tiles);
    }

    static double[][] Read(int n, int count, Action<int, double[]> row, int threads)
    {
        var tiles = new double[count * (count + 1) / 2][];
        Chunks.Each(count, threads, i =>
        {
            var buffer = new double[n];
            for (var j = 0; j <= i; j++) tiles[At(i, j)] = new double[Tile];
            for (var r = 0; r < B; r++)
            {
                var at = i * B + r;
                if (at >= n)
                {
                    // Beyond the end: the identity, which leaves the rest alone.
                    tiles[At(i, i)][r * B + r] = 1;
                    continue;
                }

                row(at, buffer);
                for (var j = 0; j <= i; j++)
                {
                    var length = Math.Min(B, at + 1 - j * B);
                    if (length > 0) buffer.AsSpan(j * B, length).CopyTo(tiles[At(i, j)].AsSpan(r * B, length));
                }
            }
        });
        return tiles;
    }

    // A_ij -= sum over k < j of L_ik L_jk^T.
    static void Downdate(double[][] tiles, int i, int j, double[] space)
    {
        Span<double> transposed = space.AsSpan(0, Tile), sum = space.AsSpan(Tile, Tile);
        sum.Clear();
        for (var k = 0; k < j; k++)
        {
            Transpose(tiles[At(j, k)], transposed);
            AddProduct(sum, tiles[At(i, k)], transposed);
        }

        var own = tiles[At(i, j)];
        for (var e = 0; e < Tile; e++) own[e] -= sum[e];
        if (i != j) return;
        // The upper half of a diagonal tile mirrors the lower.
        for (var r = 0; r < B; r++)
            for (var c = r + 1; c < B; c++) own[r * B + c] = own[c * B + r];
    }

    // W_ij = -L_ii^-1 sum over j <= k < i of L_ik W_kj.
    static void InvertColumn(double[][] tiles, double[][] diagonals, double[][] inverse, int j, int count, double[] space)
    {
        var sum = space.AsSpan(0, Tile);
        inverse[At(j, j)] = diagonals[j];
        for (var i = j + 1; i < count; i++)
        {
            sum.Clear();
            for (var k = j; k < i; k++) AddProduct(sum, tiles[At(i, k)], inverse[At(k, j)]);
            var own = new double[Tile];
            AddProduct(own, diagonals[i], sum);
            for (var e = 0; e < Tile; e++) own[e] = -own[e];
            inverse[At(i, j)] = own;
        }
    }

    // P_ij = sum over k >= i of W_ki^T W_kj.
    static void MultiplyTransposed(double[][] inverse, double[] own, int t, int count, double[] space)
    {
        var i = (int)((Math.Sqrt(8.0 * t + 1) - 1) / 2);
        while (At(i + 1, 0) <= t) i++;
        while (At(i, 0) > t) i--;
        var j = t - At(i, 0);
        Array.Clear(own);
        var transposed = space.AsSpan(0, Tile);
        for (var k = i; k < count; k++)
        {
            Transpose(inverse[At(k, i)], transposed);
            AddProduct(own, transposed, inverse[At(k, j)]);
        }
    }

    static double[] Square(double[] packed)
    {
        var tile = new double[Tile];
        for (var i = 0; i < B; i++) packed.AsSpan(i * (i + 1) / 2, i + 1).CopyTo(tile.AsSpan(i * B, i + 1));
        return tile;
    }

    static void Transpose(ReadOnlySpan<double> tile, Span<double> result)
    {
        for (var i = 0; i < B; i++)
            for (var j = 0; j < B; j++) result[j * B + i] = tile[i * B + j];
    }

    /// <summary>c += a b, each B x B, row-major: four rows by eight columns at a time in registers.</summary>
    static void AddProduct(Span<double> c, ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var c0 = ref c[0];
        ref var a0 = ref Unsafe.AsRef(in a[0]);
        ref var b0 = ref Unsafe.AsRef(in b[0]);
        if (Vector512.IsHardwareAccelerated)
        {
            AddProductWide(ref c0, ref a0, ref b0);
            return;
        }

        for (var i = 0; i < B; i += 4)
        {
            for (var j = 0; j < B; j += 8)
            {
                ref var at = ref Unsafe.Add(ref c0, i * B + j);
                Vector256<double> p0 = Vector256.LoadUnsafe(ref at), q0 = Vector256.LoadUnsafe(ref at, 4);
                Vector256<double> p1 = Vector256.LoadUnsafe(ref at, B), q1 = Vector256.LoadUnsafe(ref at, B + 4);
                Vector256<double> p2 = Vector256.LoadUnsafe(ref at, 2 * B), q2 = Vector256.LoadUnsafe(ref at, 2 * B + 4);
                Vector256<double> p3 = Vector256.LoadUnsafe(ref at, 3 * B), q3 = Vector256.LoadUnsafe(ref at, 3 * B + 4);
                ref var left = ref Unsafe.Add(ref a0, i * B);
                ref var right = ref Unsafe.Add(ref b0, j);
                for (var k = 0; k < B; k++)
                {
                    Vector256<double> u = Vector256.LoadUnsafe(ref right, (nuint)(k * B)), v = Vector256.LoadUnsafe(ref right, (nuint)(k * B + 4));
                    var x = Vector256.Create(Unsafe.Add(ref left, k));
                    p0 = Vector256.FusedMultiplyAdd(x, u, p0);
                    q0 = Vector256.FusedMultiplyAdd(x, v, q0);
                    x = Vector256.Create(Unsafe.Add(ref left, B + k));
                    p1 = Vector256.FusedMultiplyAdd(x, u, p1);
                    q1 = Vector256.FusedMultiplyAdd(x, v, q1);
                    x = Vector256.Create(Unsafe.Add(ref left, 2 * B + k));
                    p2 = Vector256.FusedMultiplyAdd(x, u, p2);
                    q2 = Vector256.FusedMultiplyAdd(x, v, q2);
                    x = Vector256.Create(Unsafe.Add(ref left, 3 * B + k));
                    p3 = Vector256.FusedMultiplyAdd(x, u, p3);
                    q3 = Vector256.FusedMultiplyAdd(x, v, q3);
                }

                p0.StoreUnsafe(ref at);
                q0.StoreUnsafe(ref at, 4);
                p1.StoreUnsafe(ref at, B);
                q1.StoreUnsafe(ref at, B + 4);
                p2.StoreUnsafe(ref at, 2 * B);
                q2.StoreUnsafe(ref at, 2 * B + 4);
                p3.StoreUnsafe(ref at, 3 * B);
                q3.StoreUnsafe(ref at, 3 * B + 4);
            }
        }
    }

    // The same with twice as many columns in a register: each number is summed in the same order, so the bytes are the same.
    static void AddProductWide(ref double c0, ref double a0, ref double b0)
    {
        for (var i = 0; i < B; i += 4)
        {
            for (var j = 0; j < B; j += 16)
            {
                ref var at = ref Unsafe.Add(ref c0, i * B + j);
                Vector512<double> p0 = Vector512.LoadUnsafe(ref at), q0 = Vector512.LoadUnsafe(ref at, 8);
                Vector512<double> p1 = Vector512.LoadUnsafe(ref at, B), q1 = Vector512.LoadUnsafe(ref at, B + 8);
                Vector512<double> p2 = Vector512.LoadUnsafe(ref at, 2 * B), q2 = Vector512.LoadUnsafe(ref at, 2 * B + 8);
                Vector512<double> p3 = Vector512.LoadUnsafe(ref at, 3 * B), q3 = Vector512.LoadUnsafe(ref at, 3 * B + 8);
                ref var left = ref Unsafe.Add(ref a0, i * B);
                ref var right = ref Unsafe.Add(ref b0, j);
                for (var k = 0; k < B; k++)
                {
                    Vector512<double> u = Vector512.LoadUnsafe(ref right, (nuint)(k * B)), v = Vector512.LoadUnsafe(ref right, (nuint)(k * B + 8));
                    var x = Vector512.Create(Unsafe.Add(ref left, k));
                    p0 = Vector512.FusedMultiplyAdd(x, u, p0);
                    q0 = Vector512.FusedMultiplyAdd(x, v, q0);
                    x = Vector512.Create(Unsafe.Add(ref left, B + k));
                    p1 = Vector512.FusedMultiplyAdd(x, u, p1);
                    q1 = Vector512.FusedMultiplyAdd(x, v, q1);
                    x = Vector512.Create(Unsafe.Add(ref left, 2 * B + k));
                    p2 = Vector512.FusedMultiplyAdd(x, u, p2);
                    q2 = Vector512.FusedMultiplyAdd(x, v, q2);
                    x = Vector512.Create(Unsafe.Add(ref left, 3 * B + k));
                    p3 = Vector512.FusedMultiplyAdd(x, u, p3);
                    q3 = Vector512.FusedMultiplyAdd(x, v, q3);
                }

                p0.StoreUnsafe(ref at);
                q0.StoreUnsafe(ref at, 8);
                p1.StoreUnsafe(ref at, B);
                q1.StoreUnsafe(ref at, B + 8);
                p2.StoreUnsafe(ref at, 2 * B);
                q2.StoreUnsafe(ref at, 2 * B + 8);
                p3.StoreUnsafe(ref at, 3 * B);
                q3.StoreUnsafe(ref at, 3 * B + 8);
            }
        }
    }

    static int At(int i, int j) => i * (i + 1) / 2 + j;
}
