using Coterie.Numerics;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;

namespace Coterie.Tests.Warehouse;

public class EmbeddingTableTests
{
    static readonly Gen<Embeddings> Some = Gen.Select(Gen.Int[0, 30], Gen.Int[1, 9]).SelectMany((n, d) =>
        Gen.Float[-1e3f, 1e3f].Array[n * d].Select(values => new Embeddings("r'1", "m\"x", [.. Enumerable.Range(0, n).Select(i => $"c{i * 7 % 31:00}")], new Matrix(values, n, d))));

    [Fact]
    public void WhatIsWritten_IsReadBack_BitForBit_InOrdinalOrder()
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        EmbeddingTable.Write(warehouse, new("other", "m\"x", ["c00"], new Matrix([1], 1, 1)));
        Some.Where(e => e.Customers.Length > 0).Sample(e =>
        {
            EmbeddingTable.Write(warehouse, e);
            var read = EmbeddingTable.Read(warehouse, e.Run, e.Model);
            var order = e.Customers.Select((c, i) => (c, i)).OrderBy(p => p.c, StringComparer.Ordinal).Select(p => p.i).ToArray();
            Assert.Equal(order.Select(i => e.Customers[i]), read.Customers);
            Assert.Equal(e.Values.Take(order).Values.Select(BitConverter.SingleToInt32Bits), read.Values.Values.Select(BitConverter.SingleToInt32Bits));
        }, iter: 15, threads: 1);
        Assert.Equal(["c00"], EmbeddingTable.Read(warehouse, "other", "m\"x").Customers);
    }

    [Fact]
    public void ChunksThatAreAdded_EqualOneWriting()
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        var all = new Embeddings("r", "m", ["a", "b", "c"], new Matrix([1, 2, 3, 4, 5, 6], 3, 2));
        EmbeddingTable.Clear(warehouse, "r", "m");
        EmbeddingTable.Add(warehouse, all with { Customers = ["c"], Values = all.Values.Take([2]) });
        EmbeddingTable.Add(warehouse, all with { Customers = ["a", "b"], Values = all.Values.Take([0, 1]) });
        Assert.Equal(all.Values.Values, EmbeddingTable.Read(warehouse, "r", "m").Values.Values);
    }

    [Fact]
    public void WhatCannotBeKept_IsRefused()
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        Assert.Contains("no embeddings of the model 'm' of run 'r'", Assert.Throws<InputException>(() => EmbeddingTable.Read(warehouse, "r", "m")).Message, StringComparison.Ordinal);
        Assert.Contains("of customer 'b' has NaN in dimension 1", Assert.Throws<InputException>(() =>
            EmbeddingTable.Write(warehouse, new("r", "m", ["a", "b"], new Matrix([1, 2, float.NaN, 4], 2, 2)))).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => EmbeddingTable.Write(warehouse, new("r", "m", ["a"], new Matrix([1, 2], 2, 1))));
        EmbeddingTable.Write(warehouse, new("r", "m", ["a"], new Matrix([1, 2], 1, 2)));
        EmbeddingTable.Add(warehouse, new("r", "m", ["b"], new Matrix([1], 1, 1)));
        Assert.Contains("have 1 and 2 dimensions", Assert.Throws<InputException>(() => EmbeddingTable.Read(warehouse, "r", "m")).Message, StringComparison.Ordinal);
    }
}
