using Coterie.Decisions.Positioning;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class CorrespondenceAnalysisTests
{
    // Greenacre's smoking data (Greenacre 1984): five groups of staff by none, light, medium, heavy.
    static readonly double[,] Smoking = { { 4, 2, 3, 2 }, { 4, 3, 7, 4 }, { 25, 10, 12, 4 }, { 18, 24, 33, 13 }, { 10, 6, 7, 2 } };

    [Fact]
    public void The_smoking_data_come_out_as_published()
    {
        var map = CorrespondenceAnalysis.Of(Smoking);
        Assert.Equal(0.0852, map.Inertia, 0.00005);
        Assert.Equal([0.0748, 0.0100, 0.0004], map.Principal.Select(p => Math.Round(p, 4)));
        // Senior managers, junior managers, senior employees, junior employees, secretaries; then none, light, medium, heavy; signs are free.
        double[][] rows = [[0.0658, 0.1937], [-0.2590, 0.2433], [0.3806, 0.0107], [-0.2330, -0.0577], [0.2011, -0.0789]];
        double[][] columns = [[0.3933, 0.0305], [-0.0995, -0.1411], [-0.1963, -0.0074], [-0.2938, 0.1978]];
        for (var axis = 0; axis < 2; axis++)
        {
            var sign = Math.Sign(rows[2][axis] * map.Rows[2][axis]);
            for (var i = 0; i < rows.Length; i++) Assert.Equal(rows[i][axis], sign * map.Rows[i][axis], 0.0001);
            for (var j = 0; j < columns.Length; j++) Assert.Equal(columns[j][axis], sign * map.Columns[j][axis], 0.0001);
        }
    }

    static readonly Gen<double[,]> Tables = Gen.Select(Gen.Int[2, 6], Gen.Int[2, 9]).SelectMany((r, c) => Gen.Int[1, 40].Select(v => (double)v).Array[r * c].Select(v =>
    {
        var table = new double[r, c];
        for (var i = 0; i < r * c; i++) table[i / c, i % c] = v[i];
        return table;
    }));

    [Fact]
    public void Inertia_is_the_sum_of_principal_inertias_and_of_masses_times_squares() => Tables.Sample(table =>
    {
        var map = CorrespondenceAnalysis.Of(table);
        var chi = CorrespondenceAnalysis.Inertia(table);
        Assert.Equal(chi, map.Inertia, 1e-9);
        Assert.Equal(chi, map.Rows.Select((r, i) => map.RowMasses[i] * r.Sum(x => x * x)).Sum(), 1e-9);
        Assert.Equal(chi, map.Columns.Select((r, i) => map.ColumnMasses[i] * r.Sum(x => x * x)).Sum(), 1e-9);
    }, iter: 200);

    [Fact]
    public void Distances_between_rows_are_chi_square_distances_of_profiles() => Tables.Sample(table =>
    {
        var map = CorrespondenceAnalysis.Of(table);
        double Sum(int i) => Enumerable.Range(0, table.GetLength(1)).Sum(j => table[i, j]);
        var plain = Enumerable.Range(0, table.GetLength(1)).Sum(j => Math.Pow(table[0, j] / Sum(0) - table[1, j] / Sum(1), 2) / map.ColumnMasses[j]);
        Assert.Equal(plain, map.Rows[0].Zip(map.Rows[1], (a, b) => (a - b) * (a - b)).Sum(), 1e-8);
    }, iter: 200);

    [Fact]
    public void A_row_put_on_the_map_again_falls_on_itself() => Tables.Sample(table =>
    {
        var map = CorrespondenceAnalysis.Of(table);
        var again = CorrespondenceAnalysis.Supplementary(map, [.. Enumerable.Range(0, table.GetLength(1)).Select(j => table[0, j])]);
        for (var a = 0; a < again.Length; a++)
            if (map.Principal[a] > 1e-6) Assert.Equal(map.Rows[0][a], again[a], 1e-6);
    }, iter: 200);

    [Fact]
    public void Independent_tables_have_no_inertia()
    {
        var map = CorrespondenceAnalysis.Of(new double[,] { { 1, 2, 3 }, { 10, 20, 30 } });
        Assert.Equal(0, map.Inertia, 1e-12);
    }

    [Fact]
    public void An_empty_row_is_refused() => Assert.Throws<ArgumentException>(() => CorrespondenceAnalysis.Of(new double[,] { { 1, 2 }, { 0, 0 } }));
}
