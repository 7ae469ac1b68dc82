using Coterie.Learning.Models;
using Coterie.Learning.Native;
using Coterie.Learning.Objectives;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Tests.Support;
using static TorchSharp.torch;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class ObjectiveTests
{
    static SequencePool Pool(int n, int least, int most) => new([Walkers.Walks([EncoderTests.Even], new int[n], least, most, new(2))]);

    static SequenceBatch Batch(SequencePool pool, CodeTable table) => new(pool, [.. Enumerable.Range(0, pool.Count).Select(pool.Whole)], table, 64);

    [Fact]
    public void OfTheEventsToGuess_80PercentAreHidden_10Replaced_10Left()
    {
        var pool = Pool(400, 20, 60);
        var table = new CodeTable(pool.Chunk(0).Fields, 64);
        var before = Batch(pool, table);
        var batch = Batch(pool, table);
        var guessed = MaskedEvents.Hide(batch, table, 0.15, new Rng(1, 1));
        var events = batch.Events.Count(e => e);
        Assert.InRange(guessed.Places.Length, 0.14 * events, 0.16 * events);
        var width = table.Fields + 1;
        int hidden = 0, left = 0;
        foreach (int place in guessed.Places)
        {
            Assert.True(batch.Events[place]);
            if (Enumerable.Range(0, table.Fields).All(f => batch.Codes[place * width + f] == table.Starts[f] + table.Codes[f])) hidden++;
            else if (Enumerable.Range(0, table.Fields).All(f => batch.Codes[place * width + f] == before.Codes[place * width + f])) left++;
        }

        Assert.InRange((double)hidden / guessed.Places.Length, 0.77, 0.83);
        // A replaced event is by chance what it was: 1 in 12.
        Assert.InRange((double)left / guessed.Places.Length, 0.08, 0.14);
        var asked = guessed.Places.ToHashSet();
        for (var i = 0; i < batch.Codes.Length; i++)
            if (!asked.Contains(i / width)) Assert.Equal(before.Codes[i], batch.Codes[i]);
        for (var m = 0; m < guessed.Places.Length; m++)
            for (var f = 0; f < table.Fields; f++) Assert.Equal(before.Codes[guessed.Places[m] * width + f] - table.Starts[f], guessed.Targets[f][m]);
    }

    [Fact]
    public void EveryCustomerHasAnEventToGuess_EvenOfOne()
    {
        var pool = Pool(50, 1, 4);
        var table = new CodeTable(pool.Chunk(0).Fields, 64);
        var batch = Batch(pool, table);
        var guessed = MaskedEvents.Hide(batch, table, 0.15, new Rng(1, 1));
        Assert.Equal(50, guessed.Places.Select(p => p / batch.Length).Distinct().Count());
    }

    [Fact]
    public void Slices_AreContiguousPartsOfTheirCustomer()
    {
        var pool = Pool(60, 1, 50);
        var whole = Enumerable.Range(0, 60).Select(pool.Whole).ToArray();
        var options = new ObjectiveOptions { Slices = 3 };
        var slices = SubSequences.Slices(whole, options, 20, new Rng(1, 1));
        Assert.Equal(3 * whole.Count(w => w.Length > 1), slices.Length);
        Assert.All(slices, s =>
        {
            var of = pool.Whole(s.Row);
            Assert.InRange(s.Length, 1, 20);
            Assert.True(s.Begin >= of.Begin && s.End <= of.End);
        });
        Assert.All(slices.Chunk(3), c => Assert.Single(c.Select(s => s.Row).Distinct()));
    }

    static double[][] Unit(int n, int d, ulong seed)
    {
        var rng = new Rng(seed, 1);
        return [.. Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, d).Select(_ => rng.NextNormal()).ToArray()).Select(r => r.Select(v => v / Math.Sqrt(r.Sum(w => w * w))).ToArray())];
    }

    static Tensor Of(double[][] rows) => tensor(rows.SelectMany(r => r).Select(v => (float)v).ToArray(), [rows.Length, rows[0].Length]);

    static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    [Theory, InlineData(2), InlineData(3)]
    public void Softmax_IsItsPlainTwin(int slices)
    {
        LibTorch.Ready();
        using var scope = NewDisposeScope();
        var rows = Unit(4 * slices, 5, 3);
        double sum = 0;
        for (var i = 0; i < rows.Length; i++)
            for (var j = 0; j < rows.Length; j++)
                if (i != j && i / slices == j / slices)
                    sum -= Math.Log(Math.Exp(Dot(rows[i], rows[j]) / 0.2) / Enumerable.Range(0, rows.Length).Where(k => k != i).Sum(k => Math.Exp(Dot(rows[i], rows[k]) / 0.2)));
        Assert.Equal(sum / (rows.Length * (slices - 1)), SubSequences.Softmax(Of(rows), slices, 0.2).item<float>(), 4);
    }

    [Theory, InlineData(2), InlineData(3)]
    public void Margin_IsItsPlainTwin(int slices)
    {
        LibTorch.Ready();
        using var scope = NewDisposeScope();
        var rows = Unit(4 * slices, 3, 4);
        double Squared(int i, int j) => rows[i].Zip(rows[j], (x, y) => (x - y) * (x - y)).Sum();
        double near = 0, far = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            near += Enumerable.Range(0, rows.Length).Where(j => j != i && i / slices == j / slices).Sum(j => Squared(i, j));
            far += Enumerable.Range(0, rows.Length).Where(j => i / slices != j / slices).Select(j => Math.Sqrt(Squared(i, j))).Order().Take(2).Sum(d => Math.Pow(Math.Max(0, 0.9 - d), 2));
        }

        Assert.Equal(near / (rows.Length * (slices - 1)) + far / (2 * rows.Length), SubSequences.Margin(Of(rows), slices, 0.9, 2).item<float>(), 4);
    }

    [Fact]
    public void ABlindGuess_CostsOne_WhateverTheFieldsSize()
    {
        LibTorch.Ready();
        using var scope = NewDisposeScope();
        SequenceField[] fields = [new("small", "", 4, []), new("large", "", 3000, [])];
        var heads = new FieldHeads(fields, [], 6);
        using (no_grad())
            foreach (var p in heads.parameters()) p.zero_();
        Assert.Equal(1, heads.Loss(randn(10, 6), [new long[10], new long[10]]).item<float>(), 4);
    }

    [Fact]
    public void Options_ListEveryProblem()
    {
        var problems = new ObjectiveOptions { Masked = 0, Contrastive = 0, Slices = 1, Fields = ["colour"], Temperature = 0, SliceLeast = 0.9 }.Problems(["kind"]).ToArray();
        Assert.Equal(5, problems.Length);
        Assert.Contains("colour", string.Join('\n', problems), StringComparison.Ordinal);
    }
}
