using System.Text;
using CsCheck;

namespace Coterie.Tests.Collect;

public class CollectLaws
{
    // Every column of an order table, in words and without.
    static readonly (string Name, Func<Logs.Line, string> Value)[] Columns =
    [
        ("order_id", l => l.Order), ("customer_id", l => l.Customer), ("order_date", l => l.Time.ToString("yyyy-MM-dd HH:mm:ss")), ("product_id", l => l.Product),
        ("category", l => l.Category), ("quantity", l => l.Quantity.ToString()), ("price", l => Logs.Plain(l.Price)), ("country", l => l.Country),
    ];

    static readonly string[] Nameless = ["a", "b", "c", "d", "e", "f", "g", "h"];

    static List<string> Understood(Collected c) => [.. c.Relation.Mapping.Select(m => $"{m.Target}={m.Source}").Order(StringComparer.Ordinal)];

    [Fact]
    public void Detection_DoesNotDependOnTheOrderOfColumns() =>
        Gen.Select(Gen.Shuffle(Enumerable.Range(0, 8).ToArray()), Gen.Bool, Gen.ULong[1, 20]).Sample((order, named, seed) =>
        {
            var lines = Logs.Orders(seed);
            var columns = Columns.Select((c, i) => (named ? c.Name : Nameless[i], c.Value)).ToArray();
            using var plain = Collected.Of(Logs.Csv(lines, ",", true, columns));
            using var moved = Collected.Of(Logs.Csv(lines, ",", true, [.. order!.Select(i => columns[i])]));
            return Understood(plain).SequenceEqual(Understood(moved));
        }, iter: 25);

    static readonly Encoding[] Encodings =
    [
        new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.Latin1,
    ];

    static readonly string[] Delimiters = [",", ";", "\t", "|"];

    static readonly Gen<string> Text =
        Gen.Char["abcXYZ019 ,;|\t\"'\néüß-.=\\"].Array[1, 12].Select(c => new string(c!)).Where(s => s is { Length: > 0 } && s.Trim() == s && !TableNulls!.Contains(s));

    static readonly HashSet<string> TableNulls = ["NULL", "null", "\\N", "NaN", "nan", "None", "N/A", "#N/A", "<NA>", "(null)", "(not set)"];

    [Fact]
    public void AnyDelimiterQuoteAndEncoding_RoundTripsValues() =>
        Gen.Select(Text.Array[3, 30], Gen.Int[0, 3].Select(i => Delimiters[i]), Gen.Int[0, Encodings.Length - 1], Gen.Bool.Select(b => b ? "\n" : "\r\n"), Gen.Bool).Sample((texts, delimiter, encoding, end, gzip) =>
        {
            var body = Logs.Csv(texts.Select((t, i) => (t, i)), delimiter, true,
                ("customer_id", x => $"c{x.i % 2}"), ("date", x => $"2024-01-{1 + (x.i % 28):00}"), ("comment", x => x.t), ("price", x => "5"));
            // Only the ends of lines, not the breaks inside quotes, are written the other way.
            if (end == "\r\n") body = OutsideQuotes(body);
            using var c = new Collected();
            var encoder = Encodings[encoding];
            byte[] bytes = [.. encoder.GetPreamble(), .. encoder.GetBytes(body)];
            var path = c.Write("t.csv", gzip ? GenericDetectionTests.Gzip(bytes) : bytes);
            c.Open(path);
            Assert.Equal(texts, c.Column("text"));
            Assert.Equal(texts.Select(t => t.Count(ch => ch == '\n').ToString()), c.Column("newlines").Select((n, i) => c.Relation.SelectSql.Contains("CAST(0 AS INTEGER) AS \"newlines\"") ? "0" : n));
            return c.Column("unreadable").TrueForAll(u => u is null) && c.Malformed().Count == 0;
        }, iter: 120);

    static string OutsideQuotes(string text)
    {
        var result = new StringBuilder();
        var quoted = false;
        foreach (var ch in text)
        {
            if (ch == '"') quoted = !quoted;
            result.Append(ch == '\n' && !quoted ? "\r\n" : ch.ToString());
        }

        return result.ToString();
    }

    [Fact]
    public void Gb18030_RoundTripsChinese()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var gb = Encoding.GetEncoding("GB18030");
        using var c = new Collected();
        var path = c.Write("订单.csv", gb.GetBytes("用户ID,下单时间,商品名称,金额\n张三,2024-01-01,红色的灯,5\n李四,2024-01-02,“圆桌”€𠀀,6\n"));
        c.Open(path);
        Assert.Equal(["张三", "李四"], c.Column("customer_id"));
        Assert.Equal(["红色的灯", "“圆桌”€𠀀"], c.Column("text"));
        Assert.Equal("gb18030", c.Relation.Files[0].Encoding);
    }

    [Fact]
    public void Windows1252_KeepsTheEuroSign()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var c = new Collected();
        c.Open(c.Write("x.csv", Encoding.GetEncoding(1252).GetBytes("customer_id,date,price\nJosé,2024-01-01,5 €\nZoë,2024-01-02,6 €\n")));
        Assert.Equal(["José", "Zoë"], c.Column("customer_id"));
        Assert.Equal(["EUR", "EUR"], c.Column("currency"));
    }

    [Fact]
    public void Map_AlwaysWins() =>
        Gen.Select(Gen.Shuffle(Nameless), Gen.ULong[1, 20], Gen.Bool).Sample((names, seed, named) =>
        {
            // Any assignment of the text-like targets that is possible by type is taken as given.
            string[] ids = ["customer_id", "product_id", "order_id", "category", "country"];
            string[] columns = named ? ["order_id", "customer_id", "product_id", "category", "country"] : ["a", "b", "d", "e", "h"];
            var shuffled = columns.OrderBy(c => Array.IndexOf(names, Nameless[Array.IndexOf(columns, c)])).ToArray();
            var map = ids.Zip(shuffled).Select(p => $"{p.First}={p.Second}").ToArray();
            using var c = Collected.Of(Logs.Csv(Logs.Orders(seed, orders: 80), ",", true, [.. Columns.Select((x, i) => (named ? x.Name : Nameless[i], x.Value))]), Collected.Map(map));
            return ids.Zip(shuffled).All(p => c.Relation.Mapping.Any(m => m.Target == p.First && m.Source == p.Second && m.Why == "map"));
        }, iter: 25);

    [Fact]
    public void DamagedText_IsReadOrRefused_AndNeverBreaksTheEngine() =>
        Gen.Select(Gen.ULong[1, 1000], Gen.Select(Gen.Int[0, 4000], Gen.Char["\"',;\n\r\t \\é|x"]).Array[0, 25]).Sample((seed, edits) =>
        {
            var text = new StringBuilder(Logs.Csv(Logs.Orders(seed, orders: 30), ",", true, Columns));
            foreach (var (at, c) in edits!)
            {
                if (c == 'x' && at < text.Length) text.Remove(at, 1);
                else text.Insert(Math.Min(at, text.Length), c);
            }

            try
            {
                using var c = Collected.Of(text.ToString());
                return c.Column("raw").Count + (c.Relation.MalformedSql is null ? 0 : c.Malformed().Count) > 0;
            }
            catch (InputException)
            {
                return true;
            }
        }, iter: 120);

    [Fact]
    public void TheSameFiles_GiveTheSameStatement()
    {
        using var c = new Collected();
        var path = c.Write("e.csv", Logs.Csv(Logs.Orders(1), ",", true, Columns));
        string Sql() => System.Text.RegularExpressions.Regex.Replace(c.Open(path).Relation.SelectSql, "coterie_(rejects|scans)_[0-9]+", "");
        Assert.Equal(Sql(), Sql());
    }
}
