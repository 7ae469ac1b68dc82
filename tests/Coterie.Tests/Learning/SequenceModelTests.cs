using Coterie.Clustering;
using Coterie.Evaluation;
using Coterie.Learning;
using Coterie.Learning.Models;
using Coterie.Learning.Objectives;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Tests.Support;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class SequenceModelTests
{
    // Both groups do the three things equally often; one goes round one way, the other the other way.
    static readonly double[][] Round = [[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1]], Back = [[0.1, 0.1, 0.8], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1]];
    static readonly EncoderOptions Small = new BehaviourTransformerOptions { Dim = 24, Heads = 4, Blocks = 1, FeedForward = 48, Length = 32 };

    static CustomerSequences Two(int n, ulong seed = 3) => Walkers.Walks([Round, Back], [.. Enumerable.Range(0, n).Select(i => i % 2)], 8, 32, new(seed));

    static double Ari(Matrix embedded, int[] truth) =>
        LabelMetrics.CompareNumbered(truth, KMeans.Fit(embedded, new() { Clusters = 2, Starts = 4 }, new(1)).Assign(embedded, 1).Labels).Ari;

    public static TheoryData<string> Encoders => ["transformer", "cnn"];

    [Theory, MemberData(nameof(Encoders))]
    public void PersonasThatDifferInOrderOnly_AreTakenApart_AndAnUntrainedEncoderDoesNot(string kind)
    {
        var sequences = Two(400);
        var truth = Enumerable.Range(0, 400).Select(i => i % 2).ToArray();
        var encoder = kind == "cnn" ? new BehaviourCnnOptions { Dim = 24, Length = 32 } : Small;
        using var untrained = SequenceModel.Untrained(sequences.Fields, encoder, new(1));
        var fitted = Pretraining.Fit([sequences], new() { Encoder = encoder, Objectives = new() { Masked = 0.3, Contrastive = 1 }, Training = new() { Epochs = 12, Batch = 32, LearningRate = 5e-3, Threads = 1 } }, new(5));
        using var model = fitted.Model;
        Assert.True(Ari(untrained.Embed([sequences]).Values, truth) < 0.3);
        // Customers that training never saw.
        var fresh = Two(400, 77);
        var ari = Ari(model.Embed([fresh]).Values, truth);
        Assert.True(ari >= 0.9, $"ARI {ari}");
    }

    [Fact]
    public void Embeddings_AreTheSameBytes_ForAnyNumberOfThreads()
    {
        var sequences = Two(300);
        using var model = SequenceModel.Untrained(sequences.Fields, Small, new(1));
        var one = model.Embed([sequences], 1);
        Assert.Equal(sequences.Customers, one.Customers);
        Assert.Equal(one.Values.Values, model.Embed([sequences], 4).Values.Values);
        Assert.Equal(300 * model.Width, one.Values.Values.Length);
    }

    [Fact]
    public void Chunks_ChangeNothingButTheLastDigits()
    {
        var sequences = Two(90);
        using var model = SequenceModel.Untrained(sequences.Fields, Small, new(1));
        var whole = model.Embed([sequences]);
        var parts = model.Embed([.. new[] { (0, 1), (1, 50), (51, 39) }.Select(p => Walkers.Take(sequences, [.. Enumerable.Range(p.Item1, p.Item2)]))]);
        Assert.Equal(whole.Customers, parts.Customers);
        Assert.All(whole.Values.Values.Zip(parts.Values.Values), p => Assert.Equal(p.First, p.Second, 2e-5f));
        Assert.Empty(model.Embed([]).Customers);
    }

    [Theory, MemberData(nameof(Encoders))]
    public void AModel_IsLoadedAsItWasSaved(string kind)
    {
        using var folder = new TemporaryFolder();
        var sequences = Two(40);
        using var model = SequenceModel.Untrained(sequences.Fields, kind == "cnn" ? new BehaviourCnnOptions { Dim = 8 } : Small, new(1));
        model.Save(folder.Path);
        using var loaded = SequenceModel.Load(folder.Path);
        Assert.Equal(model.Options, loaded.Options);
        Assert.Equal(model.Embed([sequences]).Values.Values, loaded.Embed([sequences]).Values.Values);
    }

    [Fact]
    public void DamagedModels_AreRefusedWithTheReason()
    {
        using var folder = new TemporaryFolder();
        string Said() => Assert.Throws<InputException>(() => SequenceModel.Load(folder.Path)).Message;
        Assert.Contains("is not there", Said(), StringComparison.Ordinal);
        using (var model = SequenceModel.Untrained(Two(2).Fields, Small, new(1))) model.Save(folder.Path);
        string numbers = Path.Combine(folder.Path, "encoder.safetensors"), manifest = Path.Combine(folder.Path, "model.json");
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
        File.WriteAllBytes(numbers, bytes);

        File.WriteAllText(manifest, text.Replace("\"FeedForward\": 48", "\"FeedForward\": 40", StringComparison.Ordinal));
        Assert.Contains("has shape [48, 24]; expected [40, 24]", Said(), StringComparison.Ordinal);
        File.WriteAllText(manifest, text.Replace("\"Heads\": 4", "\"Heads\": 5", StringComparison.Ordinal));
        Assert.Contains("heads is 5", Said(), StringComparison.Ordinal);
        File.WriteAllText(manifest, text.Replace("coterie-encoder-2", "coterie-encoder-9", StringComparison.Ordinal));
        Assert.Contains("coterie-encoder-9", Said(), StringComparison.Ordinal);
        File.WriteAllText(manifest, text.Replace("\"encoder.safetensors\"", "\"../encoder.safetensors\"", StringComparison.Ordinal));
        Assert.Contains("outside its folder", Said(), StringComparison.Ordinal);
        File.WriteAllText(manifest, text[..100]);
        Assert.Contains("not the description", Said(), StringComparison.Ordinal);
        File.WriteAllText(manifest, text.Replace("\"transformer\"", "\"System.IO.File\"", StringComparison.Ordinal));
        Assert.Contains("not the description", Said(), StringComparison.Ordinal);
    }

    [Fact]
    public void SequencesOfAnotherCatalogue_AreRefused_FieldByField()
    {
        var sequences = Two(5);
        using var model = SequenceModel.Untrained(sequences.Fields, Small, new(1));
        var other = sequences with { Fields = [Walkers.Kind with { Words = ["view", "wishlist", "purchase"] }, Walkers.Rank with { Codes = 9 }] };
        var message = Assert.Throws<InputException>(() => model.Embed([other])).Message;
        Assert.Contains("field 1 (kind) has other words", message, StringComparison.Ordinal);
        Assert.Contains("rank with 9 codes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void CustomersOfOneEvent_AndOfOneKindOnly_CanBeTrainedOn()
    {
        var one = Walkers.Walks([Round], new int[40], 1, 1, new(1));
        using var a = Pretraining.Fit([one], new() { Encoder = Small, Training = new() { Epochs = 1, Batch = 16, Threads = 1 } }, new(1)).Model;
        using var b = Pretraining.Fit([one], new() { Encoder = Small, Objectives = new() { Masked = 0, Contrastive = 1, Next = 1 }, Training = new() { Epochs = 1, Batch = 16, Threads = 1 } }, new(1)).Model;
        var same = Two(40);
        foreach (var codes in same.Codes) Array.Fill(codes, SequenceField.First);
        using var c = Pretraining.Fit([same], new() { Encoder = Small, Objectives = new() { Next = 1, Contrast = Contrast.Margin }, Training = new() { Epochs = 1, Batch = 16, Threads = 1 } }, new(1)).Model;
        Assert.All(new[] { a.Embed([one]), b.Embed([one]), c.Embed([same]) }, e => Assert.All(e.Values.Values, v => Assert.True(float.IsFinite(v))));
    }

    [Fact]
    public void NothingToLearnFrom_AndBadOptions_AreNamed()
    {
        Assert.Contains("no sequences", Assert.Throws<InputException>(() => Pretraining.Fit([], new(), new(1))).Message, StringComparison.Ordinal);
        var bad = new PretrainingOptions { Encoder = Small with { Dim = 0 }, Objectives = new() { Slices = 0 }, Training = new() { Batch = 0 } };
        Assert.Equal(3, Assert.Throws<ConfigurationException>(() => Pretraining.Fit([Two(5)], bad, new(1))).Message.Split('\n').Length);
    }
}
