using System.Text.Json;
using Coterie.Evaluation;
using Coterie.Numerics;
using Coterie.Sequences;
using CsCheck;

namespace Coterie.Tests.Sequences;

public class MarkovMixtureTests
{
    // The made-up customers turn through kinds whichever they are.
    static MarkovMixtureOptions Two => new() { Components = 2, MinEvents = 10, Starts = 2, LeftOutKinds = [] };

    static double Ari(int[] labels) => LabelMetrics.CompareNumbered([.. labels.Select((_, i) => i % 2)], labels).Ari;

    [Fact]
    public void CustomersThatDifferInOrderOnly_AreToldApart()
    {
        var sequences = SomeSequences.Turning(400, 40, 5, least: 15);
        var placed = MarkovMixture.Fit([sequences], SomeSequences.AsOf, Two, new Seed(1)).Place(sequences, SomeSequences.AsOf);
        Assert.InRange(Ari(placed.Assignment.Labels), 0.95, 1);
    }

    [Fact]
    public void ProbabilitiesAreProper_AndSurerWhereMoreIsKnown()
    {
        var sequences = SomeSequences.Turning(400, 40, 6);
        var placed = MarkovMixture.Fit([sequences], SomeSequences.AsOf, Two, new Seed(1)).Place(sequences, SomeSequences.AsOf);
        for (var i = 0; i < sequences.Count; i++)
        {
            var row = placed.Probabilities.Row(i);
            Assert.Equal(1, row[0] + row[1], 1e-5);
            Assert.Equal(Math.Max(row[0], row[1]), placed.Assignment.Confidence[i], 1e-6);
            Assert.Equal(1, placed.Assignment.Labels[i] + placed.Assignment.Second[i]);
        }

        double Sure(Func<int, bool> events) => Enumerable.Range(0, sequences.Count)
            .Where(i => events(sequences.Offsets[i + 1] - sequences.Offsets[i])).Average(i => placed.Assignment.Confidence[i]);
        Assert.True(Sure(n => n <= 2) < Sure(n => n is > 2 and < 8) && Sure(n => n is > 2 and < 8) < Sure(n => n > 20));
    }

    [Fact]
    public void TheLikelihood_NeverFalls()
    {
        var sequences = SomeSequences.Turning(200, 30, 8);
        var options = Two with { Tolerance = 0, Prior = 1e-3, MinCustomers = 1 };
        var customers = new MixtureOutcomes(options, sequences).Of(sequences, SomeSequences.AsOf);
        var table = OutcomeTable.Of(customers, 1);
        var counts = table.Counts(customers);
        var rng = new Rng(1, 1);
        var start = Enumerable.Range(0, customers.Length).SelectMany(_ => rng.NextDouble() is var u ? new[] { u, 1 - u } : []).ToArray();
        var path = Enumerable.Range(1, 15).Select(steps => MixtureKernel.Run(counts, counts.Transposed(), table, start, options, steps).LogLikelihood).ToList();
        Assert.All(path.Zip(path.Skip(1)), p => Assert.True(p.Second >= p.First - 1e-6 * Math.Abs(p.First)));
    }

    [Fact]
    public void ChunksTheirOrderAndThreads_ChangeNoByte()
    {
        var sequences = SomeSequences.Turning(150, 30, 11);
        var one = MarkovMixture.Fit([sequences], SomeSequences.AsOf, Two with { Threads = 1 }, new Seed(2));
        CustomerSequences[] parts = [SomeSequences.Part(sequences, 70, 150), SomeSequences.Part(sequences, 0, 70)];
        var two = MarkovMixture.Fit(parts, SomeSequences.AsOf, Two with { Threads = 4 }, new Seed(2));
        Assert.Equal(one.LogShares, two.LogShares);
        Assert.Equal(one.Outcomes, two.Outcomes);
        Assert.Equal(one.Place(sequences, SomeSequences.AsOf).Probabilities.Values[140..], two.Place(parts[0], SomeSequences.AsOf).Probabilities.Values);
    }

    [Fact]
    public void ASavedModel_GivesTheSameBytes()
    {
        var sequences = SomeSequences.Turning(100, 30, 12);
        var model = MarkovMixture.Fit([sequences], SomeSequences.AsOf, Two, new Seed(1));
        var read = JsonSerializer.Deserialize<MarkovMixtureModel>(JsonSerializer.Serialize(model))!;
        Assert.Equal(model.Place(sequences, SomeSequences.AsOf).Probabilities.Values, read.Place(sequences, SomeSequences.AsOf).Probabilities.Values);
    }

    /// <summary>The posterior of a customer by the definition: the weight of the component times the shares of all that happened.</summary>
    [Fact]
    public void APlacement_IsBayesRule() => Gen.Int[0, 1000].Sample(seed =>
    {
        var sequences = SomeSequences.Turning(60, 25, (ulong)seed, least: 5);
        var model = MarkovMixture.Fit([sequences], SomeSequences.AsOf, Two, new Seed(1));
        var placed = model.Place(sequences, SomeSequences.AsOf);
        var customers = new MixtureOutcomes(model.Options, sequences).Of(sequences, SomeSequences.AsOf);
        for (var i = 0; i < customers.Length; i++)
        {
            var odds = model.LogWeights[0] - model.LogWeights[1];
            foreach (var outcome in customers[i].Outcomes)
                if (model.Outcomes.ToList().IndexOf(outcome) is var t and >= 0) odds += model.LogShares[2 * t] - model.LogShares[2 * t + 1];
            Assert.Equal(1 / (1 + Math.Exp(-odds)), placed.Probabilities[i, 0], 1e-4);
        }
    }, iter: 5);

    [Fact]
    public void WhatCannotBeFitted_IsSaid()
    {
        var few = SomeSequences.Turning(20, 4, 1);
        Assert.Contains("No customer has 5 events or more", Assert.Throws<InputException>(() =>
            MarkovMixture.Fit([few], SomeSequences.AsOf, new(), new Seed(1))).Message, StringComparison.Ordinal);
        var wrong = new MarkovMixtureOptions
        {
            LeftOutKinds = ["dance"], Components = 0, MinEvents = 0, EnoughCustomers = 0, FewestEvents = 0, MinCustomers = 0, Prior = 0, Starts = 0, MaxIterations = 0, Tolerance = -1, MaxCustomers = 0, Threads = 0,
        };
        Assert.Equal(12, Assert.Throws<ConfigurationException>(() => MarkovMixture.Fit([], SomeSequences.AsOf, wrong, new Seed(1))).Message.Split('\n').Length);
        Assert.Contains("purchase-marks is 'nothing'", Assert.Throws<ConfigurationException>(() =>
            MarkovMixture.Fit([few], SomeSequences.AsOf, new() { PurchaseMarks = ["nothing"] }, new Seed(1))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30, 20)]
    [InlineData(60, 15)]
    [InlineData(1000, 5)]
    public void WhereFewHaveManyEvents_TheBarIsLowered(int enough, int expected)
    {
        // 50 customers each of 20, 15 and 8 events.
        var sequences = SomeSequences.Of([.. Enumerable.Range(0, 150).Select(i => Enumerable.Range(0, (i % 3) switch { 0 => 20, 1 => 15, _ => 8 }).Select(e => e % 3).ToArray())]);
        var model = MarkovMixture.Fit([sequences], SomeSequences.AsOf, Two with { MinEvents = 20, EnoughCustomers = enough }, new Seed(1));
        Assert.Equal((expected, enough switch { 30 => 50, 60 => 100, _ => 150 }), (model.MinEvents, model.Customers));
    }

    [Fact]
    public void MoreComponentsThanCustomers_AndEqualCustomers_AreDefined()
    {
        var same = SomeSequences.Of([.. Enumerable.Range(0, 3).Select(_ => new[] { 0, 1, 2, 0, 1, 2 })]);
        var placed = MarkovMixture.Fit([same], SomeSequences.AsOf, new() { Components = 5, MinEvents = 1 }, new Seed(1)).Place(same, SomeSequences.AsOf);
        Assert.Single(placed.Assignment.Labels.Distinct());
        Assert.All(placed.Probabilities.Values, p => Assert.True(float.IsFinite(p)));
    }
}
