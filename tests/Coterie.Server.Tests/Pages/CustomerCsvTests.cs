using CsCheck;
using Coterie.Server.Customers;
using Coterie.Tests.Support;

namespace Coterie.Tests.Server.Pages;

/// <summary>Rows of a decision's table found by customer, against a reading of the whole file.</summary>
public class CustomerCsvTests
{
    static string Field(string text) => text.AsSpan().IndexOfAny("\",\n\r") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    [Fact]
    public void EveryRow_IsFound_WhateverItsFieldsHold()
    {
        var field = Gen.OneOf(Gen.OneOf(new[] { "", "a,b", "say \"hi\"", "two\nlines", "=1+1", "'", "客户", "\"" }.Select(Gen.Const).ToArray()), Gen.String[Gen.Char['a', 'z'], 0, 5]);
        Gen.Select(Gen.OneOf(Gen.OneOf(new[] { "c,1", "=c", "c\"2", "客" }.Select(Gen.Const).ToArray()), Gen.String[Gen.Char['a', 'c'], 1, 3]), field, field).List[0, 30].Sample(rows =>
        {
            using var folder = new TemporaryFolder();
            var file = folder.File("table.csv");
            File.WriteAllText(file, "customer_id,x,y\n" + string.Concat(rows.Select(r => string.Join(',', new[] { r.Item1, r.Item2, r.Item3 }.Select(v => Field(SpreadsheetText.Guard(v)))) + "\n")));
            var table = CustomerCsv.Open(file);
            foreach (var id in rows.Select(r => r.Item1).Append("nobody").Distinct())
            {
                var expected = rows.Where(r => r.Item1 == id).Select(r => (r.Item2, r.Item3));
                Assert.Equal(expected, table.Of(id).Select(r => (r["x"], r["y"])));
            }
        }, iter: 200);
    }
}
