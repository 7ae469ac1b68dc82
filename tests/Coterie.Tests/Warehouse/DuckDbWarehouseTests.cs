using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;

namespace Coterie.Tests.Warehouse;

public class DuckDbWarehouseTests
{
    [Fact]
    public void AQuotedName_StaysAName_WhateverIsInIt()
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        Gen.String.Where(s => s.Length > 0 && !s.Contains('\0', StringComparison.Ordinal) && IsUnicode(s)).Sample(name =>
        {
            var q = warehouse.Dialect.Name(name);
            return warehouse.Single(new Step("name", $"SELECT {q} FROM (SELECT 7 AS {q})"), r => r.GetInt32(0)) == 7;
        }, iter: 200);
    }

    [Fact]
    public void AParameter_ComesBackUnchanged()
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        var value = "\"; DROP TABLE x; --'";
        var step = new Step("echo", "SELECT $v") { Parameters = new Dictionary<string, object?> { ["v"] = value } };
        Assert.Equal(value, warehouse.Single(step, r => r.GetString(0)));
    }

    [Fact]
    public void ARefusedStatement_IsNamed() =>
        Assert.Equal("nonsense", Assert.Throws<WarehouseException>(() =>
        {
            using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
            warehouse.Execute(new Step("nonsense", "SELEC 1"));
        }).Step.Name);

    static bool IsUnicode(string s) => s.EnumerateRunes().All(r => r != System.Text.Rune.ReplacementChar);
}
