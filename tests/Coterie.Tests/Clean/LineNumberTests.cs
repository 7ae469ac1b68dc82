using Coterie.Collect;
using Coterie.Warehouse.DuckDb;
using CsCheck;
using static Coterie.Tests.Clean.Rows;

namespace Coterie.Tests.Clean;

public class LineNumberTests
{
    static readonly Gen<string> Field = Gen.Int[0, 5].Select(i => new[] { "x", "two\nlines", "three\n\nlines", "say \"hi\"", "a,b", "" }[i]);

    [Fact]
    public void ARefusedRow_IsAtItsLineInTheFile_WhateverLineBreaksAreQuotedBefore() =>
        Gen.Select(Field, Field, Gen.Bool).List[1, 40].Sample(rows =>
        {
            var text = new System.Text.StringBuilder("customer,\"a\ntitle\",b\n");
            var expected = new List<string>();
            var line = 3;
            foreach (var (a, b, refused) in rows)
            {
                if (refused) expected.Add($"no_customer file.csv:{line}");
                text.Append(refused ? "" : "c").Append(',').Append(Quoted(a)).Append(',').Append(Quoted(b)).Append('\n');
                line += 1 + a.Count(c => c == '\n') + b.Count(c => c == '\n');
            }
            var path = Path.GetTempFileName();
            try
            {
                File.WriteAllText(path, text.ToString());
                using var warehouse = Open();
                Load(warehouse, Csv(path));
                return Refused(warehouse).SequenceEqual(expected);
            }
            finally
            {
                File.Delete(path);
            }
        }, iter: 12);

    static string Quoted(string field) => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static RawRelation Csv(string path)
    {
        var columns = RawColumns.All.Where(c => c.Name != "newlines").Select(c => $"CAST({c.Name switch
        {
            "customer_id" => "nullif(customer, '')",
            "kind" => "'view'",
            "time" => "TIMESTAMP '2024-01-01 00:00:00'",
            "text" => "a",
            "properties" => "b",
            _ => "NULL",
        }} AS {c.Type}) AS \"{c.Name}\"");
        const string breaks = "length(coalesce(a, '')) - length(replace(coalesce(a, ''), chr(10), '')) + length(coalesce(b, '')) - length(replace(coalesce(b, ''), chr(10), ''))";
        return new RawRelation
        {
            Layout = "generic",
            Files = [new SourceFile("file.csv", "csv", "utf-8", 0) { HeaderLines = 2 }],
            Mapping = [],
            SelectSql = $"SELECT CAST(0 AS SMALLINT) AS file_no, {string.Join(", ", columns)}, CAST({breaks} AS INTEGER) AS newlines, to_json(struct_pack(customer := customer, a := a, b := b)) AS raw " +
                $"FROM read_csv({DuckDbDialect.Instance.Text(path)}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', columns = {{'customer': 'VARCHAR', 'a': 'VARCHAR', 'b': 'VARCHAR'}})",
            Present = new HashSet<string> { "customer_id", "kind", "time", "text", "properties" },
            HasTimeOfDay = false,
        };
    }
}
