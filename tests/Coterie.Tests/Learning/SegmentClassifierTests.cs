using Coterie.Learning;
using Coterie.Learning.Classification;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Tests.Support;
using static Coterie.Tests.Support.SomeWalkers;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class SegmentClassifierTests
{
    static byte[] Fitted(CustomerSequences sequences, SegmentLabels labels, SegmentClassificationOptions? options = null, ulong seed = 5)
    {
        using var model = SegmentClassification.Fit([sequences], labels, options ?? Brief, new(seed)).Model;
        return Bytes(model);
    }

    [Theory, InlineData("transformer"), InlineData("cnn")]
    public void SegmentsThatDifferInOrderOnly_AreLearned_AndFewEventsSufficeForMost(string kind)
    {
        var sequences = Two(500, least: 4);
        var options = Brief with { Encoder = kind == "cnn" ? Encoder(kind) : new BehaviourTransformerOptions { Dim = 24, Blocks = 1, FeedForward = 48, Length = 24 }, Hidden = 16, PrefixShare = 0.3, EventsSeen = [3, 6, 12], Training = new() { Epochs = 10, Batch = 32, LearningRate = 1e-2, Threads = 1, TestShare = 0.3, Patience = 0 } };
        var fitted = SegmentClassification.Fit([sequences], Labels(sequences), options, new(5));
        using var model = fitted.Model;
        Assert.True(fitted.Report.HeldOut!.MacroF1 >= 0.9, $"F1 {fitted.Report.HeldOut.MacroF1}");
        // Customers that nobody has seen.
        var fresh = Two(300, least: 10, seed: 77);
        var placed = model.Place([fresh]);
        Assert.True(placed.Assignment.Labels.Zip(Truth(300)).Count(p => p.First == p.Second) >= 270);
        Assert.Equal([3, 6, 12, null], fitted.Report.ByEvents.Select(b => b.Events));
        Assert.True(fitted.Report.ByEvents[0].Accuracy.Value >= 0.7, $"after three events {fitted.Report.ByEvents[0].Accuracy.Value}");
        Assert.True(fitted.Report.ByEvents[2].Accuracy.Value >= 0.9, $"after twelve events {fitted.Report.ByEvents[2].Accuracy.Value}");
    }

    [Fact]
    public void ByEvents_CountsOnlyWhoHasSoMany_AndComparesThemWithTheirWholeHistories()
    {
        var sequences = Two(200);
        var fitted = SegmentClassification.Fit([sequences], Labels(sequences), Brief with { Training = Brief.Training with { TestShare = 0.4 } }, new(5));
        using var model = fitted.Model;
        // Plain twin: the same customers by the rule of the split, each asked by itself.
        var split = new Seed(5).Child(1);
        int[] held = [.. Enumerable.Range(0, 200).Where(i => CustomerSplit.Place(sequences.Customers[i], split) < 0.4)];
        Assert.Equal(held.Length, fitted.Report.HeldOut!.Count);
        foreach (var line in fitted.Report.ByEvents)
        {
            int[] enough = [.. held.Where(i => sequences.Offsets[i + 1] - sequences.Offsets[i] >= (line.Events ?? 0))];
            Assert.Equal(enough.Length, line.Customers);
            var right = enough.Count(i => model.Place([First(Walkers.Take(sequences, [i]), line.Events ?? int.MaxValue)]).Assignment.Labels[0] == i % 2);
            Assert.Equal((double)right / enough.Length, line.Accuracy.Value, 1e-9);
            Assert.Equal((double)enough.Count(i => model.Place([Walkers.Take(sequences, [i])]).Assignment.Labels[0] == i % 2) / enough.Length, line.AccuracyOfWhole, 1e-9);
        }
    }

    static CustomerSequences First(CustomerSequences one, int events)
    {
        events = Math.Min(events, one.Events);
        return one with { Offsets = [0, events], Codes = [.. one.Codes.Select(c => c[..events])], Seconds = one.Seconds[..events] };
    }

    [Fact]
    public void TheSameSeed_GivesTheSameBytes_AndAnotherDoesNot()
    {
        var sequences = Two(120);
        var one = Fitted(sequences, Labels(sequences));
        Assert.Equal(one, Fitted(sequences, Labels(sequences)));
        Assert.NotEqual(one, Fitted(sequences, Labels(sequences), seed: 6));
    }

    [Fact]
    public void LabelsAndWeights_AreTakenAsTheyAreMeant()
    {
        var sequences = Two(120);
        var plain = Fitted(sequences, Labels(sequences));
        // Certain probabilities are labels; weights are relative; the order of the labels says nothing; weight 0 is no label.
        var certain = new Matrix(120, 2);
        for (var i = 0; i < 120; i++) certain[i, i % 2] = 1;
        Assert.Equal(plain, Fitted(sequences, SegmentLabels.Of(sequences.Customers, certain, [.. Enumerable.Repeat(2.0, 120)])));
        Assert.Equal(plain, Fitted(sequences, SegmentLabels.Of([.. sequences.Customers.Reverse()], [.. Truth(120).Reverse()])));
        Assert.Equal(plain, Fitted(sequences, SegmentLabels.Of(sequences.Customers.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i % 2))));
        var without = SegmentLabels.Of(sequences.Customers, [.. Truth(120).Select((l, i) => i < 20 ? -1 : l)]);
        var weightless = Labels(sequences) with { Weights = [.. Enumerable.Range(0, 120).Select(i => i < 20 ? 0.0 : 1)] };
        Assert.Equal(Fitted(sequences, without), Fitted(sequences, weightless));
        Assert.NotEqual(plain, Fitted(sequences, without));
    }

    [Fact]
    public void ConfidentCustomers_Outweigh_ThoseOfDoubtfulLabels()
    {
        // Two of three customers bear the other segment's label, with a small weight.
        var sequences = Two(600, least: 8);
        bool Doubtful(int i) => i % 6 > 1;
        var labels = SegmentLabels.Of(sequences.Customers, [.. Truth(600).Select((l, i) => Doubtful(i) ? 1 - l : l)], [.. Enumerable.Range(0, 600).Select(i => Doubtful(i) ? 0.02 : 1)]);
        var options = Brief with { Encoder = Encoder("cnn"), Training = Brief.Training with { Epochs = 10, LearningRate = 1e-2, Patience = 0 } };
        using var model = SegmentClassification.Fit([sequences], labels, options, new(5)).Model;
        var fresh = Two(200, least: 10, seed: 78);
        Assert.True(model.Place([fresh]).Assignment.Labels.Zip(Truth(200)).Count(p => p.First == p.Second) >= 170);
    }

    [Theory, InlineData("full"), InlineData("adalora")]
    public void AKilledTraining_GoesOnToTheSameBytes_ButNotWithOtherLabels(string kind)
    {
        using var folder = new TemporaryFolder();
        var sequences = Two(120);
        using var encoder = SequenceModel.Untrained(sequences.Fields, Brief.Encoder, new(1));
        var options = Brief with { Adaptation = Adaptation(kind), Training = Brief.Training with { Epochs = 3, CheckpointSteps = 2 } };
        byte[] Fit(string? into, SegmentLabels labels, IProgress<TrainingProgress>? progress = null)
        {
            using var model = SegmentClassification.Fit([sequences], labels, options, new(5), null, encoder, into, progress).Model;
            return Bytes(model);
        }

        Assert.Throws<InvalidTimeZoneException>(() => Fit(folder.Path, Labels(sequences), new Killer(11)));
        var other = SegmentLabels.Of(sequences.Customers, [.. Truth(120).Select(l => 1 - l)]);
        Assert.Contains("other customers, options or seed", Assert.Throws<InputException>(() => Fit(folder.Path, other)).Message, StringComparison.Ordinal);
        Assert.Equal(Fit(null, Labels(sequences)), Fit(folder.Path, Labels(sequences)));
    }

    sealed class Killer(int step) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step) throw new InvalidTimeZoneException();
        }
    }

    [Fact]
    public void Placing_DoesNotDependOnThreads_NorOnChunks_NorOnHowAHistoryIsCut()
    {
        var sequences = Two(200);
        using var model = SegmentClassification.Fit([sequences], Labels(sequences), Brief, new(5)).Model;
        var one = model.Place([sequences], threads: 1);
        Assert.Equal(sequences.Customers, one.Customers);
        Assert.Equal(one.Probabilities.Values, model.Place([sequences], threads: 4).Probabilities.Values);
        for (var i = 0; i < 200; i++)
        {
            var row = one.Probabilities.Row(i);
            Assert.Equal(1, row[0] + row[1], 1e-5);
            Assert.Equal(row[0] >= row[1] ? 0 : 1, one.Assignment.Labels[i]);
            Assert.Equal(1 - one.Assignment.Labels[i], one.Assignment.Second[i]);
            Assert.Equal(Math.Max(row[0], row[1]), one.Assignment.Confidence[i]);
        }

        void Alike(SegmentPlacement other)
        {
            Assert.Equal(one.Customers, other.Customers);
            Assert.All(one.Probabilities.Values.Zip(other.Probabilities.Values), p => Assert.Equal(p.First, p.Second, 1e-4f));
        }

        Alike(model.Place([Walkers.Take(sequences, [.. Enumerable.Range(0, 70)]), Walkers.Take(sequences, [.. Enumerable.Range(70, 130)])]));
        // Every history of four events or more as two sequences of the same customer.
        var customers = new List<string>();
        var offsets = new List<int> { 0 };
        for (var i = 0; i < 200; i++)
        {
            int begin = sequences.Offsets[i], end = sequences.Offsets[i + 1];
            foreach (var cut in end - begin >= 4 ? new[] { begin + 3, end } : [end])
            {
                customers.Add(sequences.Customers[i]);
                offsets.Add(cut);
            }
        }

        Alike(model.Place([sequences with { Customers = [.. customers], Offsets = [.. offsets] }]));
        Assert.Empty(model.Place([]).Customers);
    }

    [Fact]
    public void Features_AreLookedAtBesideTheHistories_AndMayBeMissing()
    {
        // The order says which half, a feature says which quarter; the second column is noise on a wild scale.
        var sequences = Two(600, least: 8);
        int[] truth = [.. Enumerable.Range(0, 600).Select(i => i % 2 + 2 * (i / 2 % 2))];
        var rng = new Rng(1, 1);
        var values = new Matrix(600, 2);
        for (var i = 0; i < 600; i++)
        {
            values[i, 0] = (float)(1000 + (truth[i] / 2 == 0 ? -3 : 3) + rng.NextNormal());
            values[i, 1] = (float)(1e6 * rng.NextNormal());
        }

        var features = new CustomerFeatures(["level", "noise"], sequences.Customers, values);
        var options = Brief with { Encoder = Encoder("cnn"), Hidden = 16, Dropout = 0, PrefixShare = 0.2, Training = Brief.Training with { Epochs = 12, LearningRate = 1e-2, TestShare = 0.3, Patience = 0 }, Features = new() { Layers = [16], Dropout = 0 } };
        var fitted = SegmentClassification.Fit([sequences], SegmentLabels.Of(sequences.Customers, truth), options, new(5), features);
        using var model = fitted.Model;
        Assert.True(fitted.Report.HeldOut!.MacroF1 >= 0.85, $"F1 {fitted.Report.HeldOut.MacroF1}");
        Assert.Equal(["level", "noise"], model.FeatureColumns);
        // Without its feature a customer is in the right half still.
        var alone = model.Place([sequences]);
        Assert.True(Enumerable.Range(0, 600).Count(i => alone.Assignment.Labels[i] % 2 == i % 2) >= 500);
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        using var loaded = SegmentClassifier.Load(folder.Path);
        Assert.Equal(model.Place([sequences], features).Probabilities.Values, loaded.Place([sequences], features).Probabilities.Values);
        Assert.NotEqual(alone.Probabilities.Values, loaded.Place([sequences], features).Probabilities.Values);

        Assert.Contains("missing level; unknown height", Assert.Throws<InputException>(() => model.Place([sequences], features with { Columns = ["height", "noise"] })).Message, StringComparison.Ordinal);
        Assert.Contains("order differs", Assert.Throws<InputException>(() => model.Place([sequences], features with { Columns = ["noise", "level"] })).Message, StringComparison.Ordinal);
        values[3, 1] = float.NaN;
        Assert.Contains("noise of customer 'c00003' is NaN", Assert.Throws<InputException>(() => model.Place([sequences], features)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Beginnings_StartAtTheFirstEvent_AndAreShortAsOftenAsLong()
    {
        var rng = new Rng(1, 1);
        var lengths = Enumerable.Range(0, 4000).Select(_ => ClassificationTask.Beginning(new(0, 10, 73), rng)).ToArray();
        Assert.All(lengths, s => Assert.True(s.Begin == 10 && s.Length is >= 1 and <= 63));
        // P(length < 8) = log 8 / log 64 = 1/2.
        Assert.InRange(lengths.Count(s => s.Length < 8), 1850, 2150);
        Assert.Equal(new EventSpan(0, 4, 5), ClassificationTask.Beginning(new(0, 4, 5), rng));
    }

    [Fact]
    public void AFieldThatIsLeftOut_ChangesNothing_AndUnknownValuesAreSpreadOverEvents()
    {
        var sequences = Two(100);
        using var model = SegmentClassification.Fit([sequences], Labels(sequences), Brief with { Without = ["rank"] }, new(5)).Model;
        var shuffled = sequences with { Codes = [sequences.Codes[0], [.. sequences.Codes[1].Reverse()]] };
        Assert.Equal(model.Place([sequences]).Probabilities.Values, model.Place([shuffled]).Probabilities.Values);

        var table = new CodeTable(sequences.Fields, 24);
        var pool = new SequencePool([sequences]);
        EventSpan[] spans = [.. Enumerable.Range(0, 100).Select(pool.Whole)];
        SequenceBatch before = new(pool, spans, table, 24), after = new(pool, spans, table, 24);
        HistoryFields.Forget(after, table, 0.2, new Rng(1, 1));
        int changed = 0, values = 0;
        for (var at = 0; at < before.Codes.Length; at++)
        {
            var f = at % 3;
            if (f == 2 || before.Codes[at] == table.Starts[f] + SequenceField.Padding)
            {
                Assert.Equal(before.Codes[at], after.Codes[at]);
                continue;
            }

            values++;
            if (before.Codes[at] == after.Codes[at]) continue;
            Assert.Equal(table.Starts[f] + SequenceField.Unknown, after.Codes[at]);
            changed++;
        }

        Assert.InRange((double)changed / values, 0.17, 0.23);
    }
}
