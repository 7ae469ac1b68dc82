using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Coterie.Numerics;
using Coterie.Tables;
using Coterie.Tests.Support;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;

namespace Coterie.Tests.Tables;

public sealed class TableReadingTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("coterie-tables-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    string Put(string name, byte[] bytes)
    {
        var path = Path.Combine(root, name);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var zip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
            zip.Write(bytes);
        }
        else
        {
            File.WriteAllBytes(path, bytes);
        }

        return path;
    }

    NumericTable Text(string text, string name = "t.csv") => NumericTables.Read(Put(name, Encoding.UTF8.GetBytes(text)), 2);

    string Refused(string name, byte[] bytes)
    {
        var message = Assert.Throws<InputException>(() => NumericTables.Read(Put(name, bytes), 2)).Message;
        Assert.Contains(name, message, StringComparison.Ordinal);
        return message;
    }

    string Refused(string text, string name = "t.csv") => Refused(name, Encoding.UTF8.GetBytes(text));

    static void Holds(Matrix rows, int n, int d, params float[] values)
    {
        Assert.Equal((n, d), (rows.Rows, rows.Columns));
        Assert.Equal(values, rows.Values);
    }

    static readonly Gen<float> Finite = Gen.OneOf(Gen.Float.Where(float.IsFinite), Gen.Float[-1000, 1000], Gen.Int[-99, 99].Select(i => (float)i));

    static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    [Fact]
    public void Numbers_written_are_the_numbers_read() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 9], OneOf(",", ";", "\t", " ", "   "), Gen.Bool, Gen.Bool, OneOf("\n", "\r\n")).SelectMany((n, d, separator, header, last, end) =>
            Finite.Array[n * d].Select(values => (n, d, separator, header, last, end, values))).Sample(x =>
        {
            var lines = Enumerable.Range(0, x.n).Select(i => string.Join(x.separator, x.values.Skip(i * x.d).Take(x.d).Select(v => v.ToString("R", CultureInfo.InvariantCulture)))).ToList();
            if (x.header) lines.Insert(0, string.Join(x.separator, Enumerable.Range(0, x.d).Select(j => $"c{j}")));
            var table = Text(string.Join(x.end, lines) + (x.last ? x.end : ""));
            return table.Rows.Rows == x.n && table.Rows.Columns == x.d && table.Rows.Values.SequenceEqual(x.values) && table.Names is not null == x.header;
        }, iter: 200, threads: 1);

    [Fact]
    public void A_number_is_read_as_the_library_reads_it() => Gen.Select(Gen.Double, OneOf("R", "E5", "F3", "E20", "G9")).Where(x => double.IsFinite(x.Item1)).Sample(x =>
    {
        var text = Encoding.UTF8.GetBytes(x.Item1.ToString(x.Item2, CultureInfo.InvariantCulture));
        var at = 0;
        var expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return TextNumber.Read(text, ref at, out var value) && at == text.Length && Math.Abs(value - expected) <= 4e-16 * Math.Abs(expected);
    });

    [Fact]
    public void Large_tables_are_read_in_blocks_in_order()
    {
        var text = new StringBuilder("a,b\n");
        for (var i = 0; i < 900_000; i++) text.Append(i % 1000).Append(',').Append(i / 1000).Append(".25\n");
        foreach (var name in new[] { "long.csv", "long.csv.gz" })
        {
            var rows = Text(text.ToString(), name).Rows;
            Assert.Equal(900_000, rows.Rows);
            Assert.All(new[] { 0, 1, 333_333, 899_999 }, i => Assert.Equal((i % 1000, i / 1000 + 0.25f), (rows[i, 0], rows[i, 1])));
        }

        text.Append("1,x\n");
        Assert.Contains("line 900002, column 2 (b): 'x' is not a number", Refused(text.ToString()), StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_comments_blank_lines_quotes_and_marks_are_understood()
    {
        var table = Text("\uFEFF# made by hand\n\n\"age, years\",\"x\"\n 1 ,\"2.5\"\n\n3,-4e-1\n");
        Assert.Equal(["age, years", "x"], table.Names);
        Holds(table.Rows, 2, 2, 1, 2.5f, 3, -0.4f);
        Holds(Text("  1.5   2\n\t3 4  \n", "w.txt").Rows, 2, 2, 1.5f, 2, 3, 4);
        Holds(Text("7\n").Rows, 1, 1, 7);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "has no rows")]
    [InlineData("a,b\n", "has no rows")]
    [InlineData("a,b\n1,2\n3,abc\n", "line 3, column 2 (b): 'abc' is not a number")]
    [InlineData("1,2\n3,2024-01-01\n", "line 2, column 2: '2024-01-01' is not a number")]
    [InlineData("1,2\n\n3\n", "line 3 has 1 fields; the first line has 2")]
    [InlineData("1,2\n3,4,5\n", "line 2 has more than 2 fields")]
    [InlineData("1 2\n3\n", "line 2 has 1 fields")]
    [InlineData("1 2\n3 4 5\n", "line 2 has more than 2 fields")]
    [InlineData("a,b\n1,\n", "line 2, column 2 (b) is empty")]
    [InlineData("a,b\n,1\n", "line 2, column 1 (a) is empty")]
    [InlineData("a,b\n1,NaN\n", "line 2, column 2 (b) is 'NaN'")]
    [InlineData("a,b\ninf,1\n", "line 2, column 1 (a) is 'inf'")]
    [InlineData("1,2\n1,1e39\n", "line 2, column 2: '1e39' is beyond single precision")]
    [InlineData("1,x\n1,2\n", "line 1, column 2: 'x' stands among numbers")]
    [InlineData("1,2\n\"1,2\n", "line 2, column 1")]
    [InlineData("a\0b\n", "NUL")]
    public void Text_that_is_no_table_of_numbers_is_one_error_with_its_place(string text, string expected) =>
        Assert.Contains(expected, Refused(text), StringComparison.Ordinal);

    [Fact]
    public void A_cut_gzip_a_directory_and_a_missing_file_are_told()
    {
        var whole = File.ReadAllBytes(Put("whole.csv.gz", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i},{i * 7919 % 1000}\n")))));
        File.WriteAllBytes(Path.Combine(root, "cut.csv.gz"), whole[..(whole.Length / 2)]);
        Assert.Contains("cut.csv.gz", Assert.Throws<InputException>(() => NumericTables.Read(Path.Combine(root, "cut.csv.gz"), 2)).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => NumericTables.Read(root, 1));
        Assert.Throws<InputException>(() => NumericTables.Read(Path.Combine(root, "absent.csv"), 1));
    }

    static byte[] Npy(string descr, bool fortran, string shape, byte[] data, byte major = 1)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}".PadRight(117) + "\n");
        byte[] size = major == 1 ? [(byte)header.Length, 0] : [(byte)header.Length, 0, 0, 0];
        return [0x93, .. "NUMPY"u8, major, 0, .. size, .. header, .. data];
    }

    static byte[] Bytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();

    [Fact]
    public void Npy_of_every_type_version_and_order_is_read()
    {
        float[] expected = [1, 2, 3, 4, 5, 6];
        var data = new (string, byte[])[]
        {
            ("<f4", Bytes<float>(1, 2, 3, 4, 5, 6)), ("<f8", Bytes<double>(1, 2, 3, 4, 5, 6)), ("<f2", Bytes<Half>((Half)1, (Half)2, (Half)3, (Half)4, (Half)5, (Half)6)),
            ("|i1", Bytes<sbyte>(1, 2, 3, 4, 5, 6)), ("|u1", Bytes<byte>(1, 2, 3, 4, 5, 6)), ("<i2", Bytes<short>(1, 2, 3, 4, 5, 6)),
            ("<u2", Bytes<ushort>(1, 2, 3, 4, 5, 6)), ("<i4", Bytes<int>(1, 2, 3, 4, 5, 6)), ("<u4", Bytes<uint>(1, 2, 3, 4, 5, 6)), ("<i8", Bytes<long>(1, 2, 3, 4, 5, 6)),
            ("<u8", Bytes<ulong>(1, 2, 3, 4, 5, 6)),
        };
        foreach (var (descr, bytes) in data)
        {
            foreach (var name in new[] { "a.npy", "a.npy.gz" })
            {
                foreach (var version in new byte[] { 1, 2, 3 })
                    Holds(NumericTables.Read(Put(name, Npy(descr, false, "(2, 3)", bytes, version)), 2).Rows, 2, 3, expected);
                Holds(NumericTables.Read(Put(name, Npy(descr, true, "(2, 3)", bytes)), 2).Rows, 2, 3, 1, 3, 5, 2, 4, 6);
                Holds(NumericTables.Read(Put(name, Npy(descr, false, "(6,)", bytes)), 2).Rows, 6, 1, expected);
            }
        }

        Holds(NumericTables.Read(Put("b.npy", Npy("|b1", false, "(2, 1)", [0, 1])), 2).Rows, 2, 1, 0, 1);
    }

    [Fact]
    public void Npy_in_both_orders_is_the_same_matrix_across_blocks()
    {
        var rows = new Matrix(9000, 37);
        for (var i = 0; i < rows.Values.Length; i++) rows.Values[i] = i;
        var columns = new float[rows.Values.Length];
        for (var i = 0; i < rows.Rows; i++)
            for (var j = 0; j < rows.Columns; j++) columns[j * rows.Rows + i] = rows[i, j];
        foreach (var name in new[] { "a.npy", "a.npy.gz" })
        {
            Assert.Equal(rows.Values, NumericTables.Read(Put(name, Npy("<f4", false, "(9000, 37)", Bytes(rows.Values))), 2).Rows.Values);
            Assert.Equal(rows.Values, NumericTables.Read(Put(name, Npy("<f4", true, "(9000, 37)", Bytes(columns))), 2).Rows.Values);
        }
    }

    [Theory]
    [InlineData("|O", "(2, 1)", "Python objects")]
    [InlineData(">f4", "(2, 1)", "big-endian")]
    [InlineData("<U5", "(2, 1)", "type <U5")]
    [InlineData("<c8", "(2, 1)", "type <c8")]
    [InlineData("<f4", "(2, 1, 1)", "3 dimensions")]
    [InlineData("<f4", "()", "0 dimensions")]
    [InlineData("<f4", "(0, 4)", "no rows")]
    [InlineData("<f4", "(4, 0)", "no columns")]
    [InlineData("<f4", "(3, 1)", "cut off")]
    [InlineData("<f4", "(1, 1)", "Something follows")]
    [InlineData("<f4", "(999999999999, 999999)", "one table holds at most")]
    [InlineData("<f4", "(-2, 1)", "a shape")]
    [InlineData("<f4', __import__('os'): '", "(2, 1)", "a header that numpy.save does not write")]
    public void Npy_that_is_no_plain_array_is_refused(string descr, string shape, string expected) =>
        Assert.Contains(expected, Refused("x.npy", Npy(descr, false, shape, Bytes(1f, 2))), StringComparison.Ordinal);

    [Fact]
    public void Npy_with_missing_or_infinite_numbers_names_the_first()
    {
        Assert.Contains("row 2, column 1 is NaN", Refused("x.npy", Npy("<f4", false, "(2, 2)", Bytes(1f, 2, float.NaN, float.PositiveInfinity))), StringComparison.Ordinal);
        Assert.Contains("row 1, column 2", Refused("x.npy", Npy("<f8", false, "(1, 2)", Bytes(1.0, 1e300))), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_behind_the_magic_are_read_or_refused_and_nothing_else() => Gen.Byte.Array[0, 200].Sample(noise =>
    {
        try
        {
            NumericTables.Read(Put("noise.npy", [0x93, .. "NUMPY"u8, 1, 0, .. noise]), 1);
        }
        catch (InputException)
        {
        }
    }, iter: 300, threads: 1);

    [Fact]
    public void Parquet_is_read_in_row_order_and_text_in_it_refused()
    {
        using (var warehouse = new DuckDbWarehouse(new()))
        {
            warehouse.Execute(new Step("write", $"COPY (SELECT i::INTEGER AS a, (i * 0.5)::DOUBLE AS \"b c\", (i / 4)::DECIMAL(9, 2) AS d FROM range(5000) t(i)) TO '{root}/p.parquet' (FORMAT parquet)"));
            warehouse.Execute(new Step("write", $"COPY (SELECT 1.5 AS a, 'x' AS t) TO '{root}/t.parquet' (FORMAT parquet)"));
            warehouse.Execute(new Step("write", $"COPY (SELECT 1.5 AS a UNION ALL SELECT NULL) TO '{root}/m.parquet' (FORMAT parquet)"));
        }

        var table = NumericTables.Read($"{root}/p.parquet", 2);
        Assert.Equal(["a", "b c", "d"], table.Names);
        Assert.Equal((5000, 3), (table.Rows.Rows, table.Rows.Columns));
        Assert.All(new[] { 0, 1, 2047, 2048, 4999 }, i => Assert.Equal((i, i * 0.5f), (table.Rows[i, 0], table.Rows[i, 1])));
        Assert.Contains("column 2 (t) is of type VARCHAR", Assert.Throws<InputException>(() => NumericTables.Read($"{root}/t.parquet", 1)).Message, StringComparison.Ordinal);
        Assert.Contains("row 2, column 1 (a) is missing", Assert.Throws<InputException>(() => NumericTables.Read($"{root}/m.parquet", 1)).Message, StringComparison.Ordinal);
        File.WriteAllText($"{root}/no.parquet", "a,b\n1,2\n");
        Assert.Throws<InputException>(() => NumericTables.Read($"{root}/no.parquet", 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(4097)]
    [InlineData(300_001)]
    public void Parquet_by_columns_gives_the_bytes_of_value_by_value(int rows)
    {
        // Every type that counts as a number, several row groups.
        const string Columns = "(hash(i) % 1000003)::FLOAT / 7 AS f, sin(i) AS d, (i % 100)::TINYINT AS t, (i * 1001)::BIGINT AS b, (hash(i) % 2 = 0) AS \"b b\", (i::HUGEINT * 1000000007) AS h, (i / 3)::DECIMAL(18, 4) AS m";
        var path = $"{root}/{rows}.parquet";
        using var warehouse = new DuckDbWarehouse(new());
        warehouse.Execute(new Step("write", $"COPY (SELECT {Columns} FROM range({rows}) r(i)) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 50000)"));
        var plain = new List<float>();
        warehouse.Query(new Step("read", $"SELECT * FROM read_parquet('{path}')"), r =>
        {
            for (var j = 0; j < 7; j++) plain.Add((float)Convert.ToDouble(r.GetValue(j) is System.Numerics.BigInteger b ? (double)b : r.GetValue(j), CultureInfo.InvariantCulture));
        });
        Assert.Equal(plain, NumericTables.Read(path, 2).Rows.Values);
    }

    [Fact]
    public void The_first_missing_value_of_a_Parquet_table_is_named() => Gen.Select(Gen.Int[0, 9999], Gen.Int[0, 2], Gen.Int[0, 9999], Gen.Int[0, 2]).Sample((row, column, later, other) =>
    {
        using (var warehouse = new DuckDbWarehouse(new()))
        {
            var columns = Enumerable.Range(0, 3).Select(j => $"CASE WHEN (i = {row} AND {column} = {j}) OR (i = {later} AND {other} = {j}) THEN NULL ELSE i * 1.5 END AS c{j}");
            warehouse.Execute(new Step("write", $"COPY (SELECT {string.Join(", ", columns)} FROM range(10000) r(i)) TO '{root}/gap.parquet' (FORMAT parquet)"));
        }

        var (r, c) = (row, column).CompareTo((later, other)) <= 0 ? (row, column) : (later, other);
        Assert.Contains($"row {r + 1}, column {c + 1} (c{c}) is missing", Assert.Throws<InputException>(() => NumericTables.Read($"{root}/gap.parquet", 2)).Message, StringComparison.Ordinal);
    }, iter: 12, threads: 1);

    [Fact]
    public void Reference_sets_are_read_as_they_are()
    {
        var rows = NumericTables.Read(Shared.Data("clustering/sipu/s2.data.gz"), 2).Rows;
        Assert.Equal((5000, 2), (rows.Rows, rows.Columns));
    }

    [Fact]
    public void What_is_written_reads_back_and_a_failed_write_leaves_the_old_file() => Gen.Select(Gen.Int[1, 20], Gen.Int[1, 6]).SelectMany((k, d) => Finite.Array[d].Array[k]).Sample(rows =>
    {
        string csv = Path.Combine(root, "w.csv"), npy = Path.Combine(root, "w.npy");
        TableFiles.Write(new TableFile(csv, TableFiles.Csv(rows, [.. rows[0].Select((_, j) => $"a\"b, {j}")])), new TableFile(npy, TableFiles.Npy(rows, rows[0].Length)));
        var values = rows.SelectMany(r => r).ToArray();
        Assert.Throws<IOException>(() => TableFiles.Write(new TableFile(csv, s => s.WriteByte(1)), new TableFile(npy, _ => throw new IOException("full"))));
        return NumericTables.Read(csv, 1).Rows.Values.SequenceEqual(values) && NumericTables.Read(npy, 1).Rows.Values.SequenceEqual(values)
            && Directory.GetFiles(root, "*.part").Length == 0;
    }, iter: 40, threads: 1);
}
