using System.Runtime.InteropServices;
using Coterie.Learning;
using Coterie.Learning.Classification;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Tests.Support;
using static Coterie.Tests.Support.SomeWalkers;
using static TorchSharp.torch;

namespace Coterie.Tests.Learning;

/// <summary>What is bad is counted, or refused with what was found, where, and the cure.</summary>
[Collection(OneAtATime.Name)]
public class SegmentClassifierInputTests
{
    static FittedSegmentClassifier Fit(CustomerSequences sequences, SegmentLabels labels, SegmentClassificationOptions? options = null) =>
        SegmentClassification.Fit([sequences], labels, options ?? Brief, new(5));

    static void Finite(SegmentPlacement placed) => Assert.All(placed.Probabilities.Values, p => Assert.InRange(p, 0, 1));

    [Fact]
    public void CustomersOfOneEvent_AndOfOneKindOnly_AreLearnedFromAndPlaced()
    {
        var one = Two(60, 1, 1);
        var same = Two(60);
        foreach (var codes in same.Codes) Array.Fill(codes, SequenceField.First);
        foreach (var sequences in new[] { one, same })
        {
            using var model = Fit(sequences, Labels(sequences)).Model;
            Finite(model.Place([sequences]));
        }
    }

    [Fact]
    public void ASingleSegment_AndAnEmptyOne_AreSaid()
    {
        var sequences = Two(60);
        var single = Fit(sequences, SegmentLabels.Of(sequences.Customers, new int[60]));
        using var model = single.Model;
        Assert.Contains(single.Report.Findings, f => f.Contains("All labels are of one segment", StringComparison.Ordinal));
        Assert.All(model.Place([sequences]).Assignment.Labels, l => Assert.Equal(0, l));
        Assert.All(model.Place([sequences]).Assignment.Second, l => Assert.Equal(-1, l));
        var gap = Fit(sequences, SegmentLabels.Of(sequences.Customers, [.. Truth(60).Select(l => 2 * l)], null, 4));
        using var other = gap.Model;
        Assert.Contains(gap.Report.Findings, f => f.Contains("Nobody is labelled with segment 1, 3", StringComparison.Ordinal));
        Assert.Equal(4, other.Segments);
    }

    [Fact]
    public void MissingLabels_AreCounted_AndNoneAtAllIsRefused()
    {
        var sequences = Two(60);
        var labels = SegmentLabels.Of([.. sequences.Customers[..40], "x", "y", "z"], [.. Truth(43).Select((l, i) => i < 5 ? -1 : l)], [.. Enumerable.Range(0, 43).Select(i => i == 9 ? 0.0 : 1)]);
        var fitted = Fit(sequences, labels);
        using var model = fitted.Model;
        Assert.Contains("25 of 60 customers have no label and were left out of training.", fitted.Report.Findings);
        Assert.Contains("1 of 60 customers have weight 0 and were left out of training.", fitted.Report.Findings);
        Assert.Contains("3 labels belong to customers without sequences and were left out.", fitted.Report.Findings);
        Assert.Equal(60, model.Place([sequences]).Customers.Length);
        Assert.Contains("None of 60 customers", Assert.Throws<InputException>(() => Fit(sequences, SegmentLabels.Of(["a"], [0]))).Message, StringComparison.Ordinal);
        Assert.Contains("no sequences", Assert.Throws<InputException>(() => SegmentClassification.Fit([], labels, Brief, new(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelsThatCannotBe_AreNamed()
    {
        var sequences = Two(4);
        string Said(Func<SegmentLabels> labels) => Assert.Throws<InputException>(() => Fit(sequences, labels())).Message;
        Assert.Contains("4 customers and 3 labels", Said(() => SegmentLabels.Of(sequences.Customers, [0, 1, 0])), StringComparison.Ordinal);
        Assert.Contains("a label is 5", Said(() => SegmentLabels.Of(sequences.Customers, [0, 1, 0, 5], null, 3)), StringComparison.Ordinal);
        Assert.Contains("'a' has two labels", Said(() => SegmentLabels.Of(["a", "a"], [0, 1])), StringComparison.Ordinal);
        Assert.Contains("weight -1", Said(() => SegmentLabels.Of(["a", "b"], [0, 1], [1, -1])), StringComparison.Ordinal);
        Assert.Contains("add up to 0.7", Said(() => SegmentLabels.Of(["a"], new Matrix([0.5f, 0.2f], 1, 2))), StringComparison.Ordinal);
        Assert.Contains("probability of NaN", Said(() => SegmentLabels.Of(["a"], new Matrix([float.NaN, 1], 1, 2))), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryProblemOfTheOptions_IsListed()
    {
        var bad = Brief with
        {
            Encoder = Brief.Encoder with { Dim = 0 }, Adaptation = new LoraOptions { Rank = 0 }, Hidden = -1, Dropout = 1, PrefixShare = 2, UnknownShare = -1, Without = ["colour"], EventsSeen = [0], Bins = 0,
        };
        var sequences = Two(10);
        var message = Assert.Throws<ConfigurationException>(() => Fit(sequences, Labels(sequences), bad)).Message;
        // Dim 0 is two problems' worth: no width, and no heads that divide it is none; adaptation without an encoder; rank.
        foreach (var named in new[] { "dim is 0", "no trained encoder", "rank is 0", "hidden is -1", "dropout is 1", "prefix-share is 2", "unknown-share is -1", "no field colour", "events-seen has 0", "bins is 0" })
            Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains("all fields are left out", Assert.Throws<ConfigurationException>(() => Fit(sequences, Labels(sequences), Brief with { Without = ["kind", "rank"] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValuesThatTrainingNeverSaw_AreUnknown_NotAnError()
    {
        var sequences = Two(60);
        using var model = Fit(sequences, Labels(sequences)).Model;
        var strange = sequences with { Codes = [.. sequences.Codes.Select(c => c.Select(_ => SequenceField.Unknown).ToArray())] };
        Finite(model.Place([strange]));
    }

    [Fact]
    public void SequencesOfAnotherCatalogue_AreRefused_InTrainingAndInPlacing()
    {
        var sequences = Two(60);
        var other = sequences with { Fields = [Walkers.Kind with { Words = ["view", "wishlist", "purchase"] }, Walkers.Rank] };
        using var model = Fit(sequences, Labels(sequences)).Model;
        Assert.Contains("field 1 (kind) has other words", Assert.Throws<InputException>(() => model.Place([other])).Message, StringComparison.Ordinal);
        using var encoder = SequenceModel.Untrained(sequences.Fields, Brief.Encoder, new(1));
        Assert.Contains("another catalogue", Assert.Throws<InputException>(() => SegmentClassification.Fit([other], Labels(sequences), Brief, new(1), null, encoder)).Message, StringComparison.Ordinal);
        // The fields are right, a code is not.
        var beyond = sequences with { Codes = [[.. sequences.Codes[0].Select(_ => (ushort)99)], sequences.Codes[1]] };
        Assert.Contains("holds code 99", Assert.Throws<InputException>(() => model.Place([beyond])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedClassifiers_AreRefusedWithTheReason()
    {
        using var folder = new TemporaryFolder();
        string Said() => Assert.Throws<InputException>(() => SegmentClassifier.Load(folder.Path)).Message;
        Assert.Contains("is not there", Said(), StringComparison.Ordinal);
        var sequences = Two(40);
        using (var model = Fit(sequences, Labels(sequences)).Model) model.Save(folder.Path);
        string numbers = Path.Combine(folder.Path, "classifier.safetensors"), manifest = Path.Combine(folder.Path, "classifier.json");
        var bytes = File.ReadAllBytes(numbers);
        var text = File.ReadAllText(manifest);

        File.WriteAllBytes(numbers, bytes[..^8]);
        Assert.Contains("the data has", Said(), StringComparison.Ordinal);
        var tampered = (byte[])bytes.Clone();
        tampered[^1] ^= 1;
        File.WriteAllBytes(numbers, tampered);
        Assert.Contains("SHA-256", Said(), StringComparison.Ordinal);
        File.WriteAllBytes(numbers, [0x80, 4, .. bytes]);
        Assert.Contains("pickle", Said(), StringComparison.Ordinal);
        File.Delete(numbers);
        Assert.Contains("which is not there", Said(), StringComparison.Ordinal);
        File.WriteAllBytes(numbers, bytes);

        void Changed(string from, string to, string says)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            File.WriteAllText(manifest, text.Replace(from, to, StringComparison.Ordinal));
            Assert.Contains(says, Said(), StringComparison.Ordinal);
        }

        Changed("\"Segments\": 2", "\"Segments\": 3", "has shape [2, 8]; expected [3, 8]");
        Changed("\"Segments\": 2", "\"Segments\": 0", "sizes that no classifier has");
        Changed("\"Temperature\": ", "\"Temperature\": -", "a temperature of -");
        Changed("coterie-classifier-1", "coterie-classifier-9", "coterie-classifier-9");
        Changed("\"classifier.safetensors\"", "\"../classifier.safetensors\"", "outside its folder");
        Changed("\"full\"", "\"System.IO.File\"", "not the description");
        Changed("\"Codes\": 5", "\"Codes\": 500000", "fields that no encoder has");
        File.WriteAllText(manifest, text[..100]);
        Assert.Contains("not the description", Said(), StringComparison.Ordinal);
    }

    /// <summary>A classification on a machine whose memory holds so many customers.</summary>
    sealed class Tight(TrainingTask inner, int memory) : TrainingTask
    {
        sealed class NoMemoryException(string message) : ExternalException(message);

        public override string Name => inner.Name;
        public override nn.Module Module => inner.Module;
        public override int Rows => inner.Rows;
        public override string Customer(int row) => inner.Customer(row);
        public override int Length(int row) => inner.Length(row);
        public override object Options => inner.Options;
        public override Tensor Loss(ReadOnlySpan<int> rows, Seed seed, LossParts parts) => rows.Length <= memory ? inner.Loss(rows, seed, parts)
            : throw new NoMemoryException("DefaultCPUAllocator: can't allocate memory");
    }

    [Fact]
    public void WhereMemoryEnds_BatchesAreHalved_TheLossIsTheSame_AndItIsSaid()
    {
        var sequences = Two(100);
        var labels = SegmentLabels.Of(sequences.Customers, Truth(100), [.. Enumerable.Range(0, 100).Select(i => i % 3 + 0.5)]);
        TrainingResult Train(int memory)
        {
            var pool = new SequencePool([sequences]);
            var options = Brief with { PrefixShare = 0, UnknownShare = 0, Dropout = 0, Encoder = Brief.Encoder with { Dropout = 0 } };
            var description = new ClassifierDescription
            {
                Encoder = options.Encoder, Fields = sequences.Fields, Adaptation = options.Adaptation, Ranks = null, Shape = new(2, 8, 0, 0, new()), Scale = null, Without = [], Base = null,
            };
            using var module = new ClassificationModule(description.Build(null, new(5)), null);
            LabelledRow[] rows = [.. Enumerable.Range(0, 100).Select(i => new LabelledRow(i, i, labels.Weights[i]))];
            return Trainer.Train(new Tight(new ClassificationTask(pool, module, labels, rows, null, options, [], description), memory), options.Training, new(5));
        }

        TrainingResult roomy = Train(1000), tight = Train(5);
        Assert.Contains("No memory for 16 customers at once: 8 at once from step 1 on.", tight.Findings);
        Assert.Contains("No memory for 8 customers at once: 4 at once from step 1 on.", tight.Findings);
        Assert.Equal(roomy.BestLoss, tight.BestLoss, 1e-4);
    }
}
