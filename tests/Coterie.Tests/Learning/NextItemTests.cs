using System.Text;
using Coterie.Decisions;
using Coterie.Evaluation;
using Coterie.Learning;
using Coterie.Learning.Models;
using Coterie.Learning.Native;
using Coterie.Learning.Objectives;
using Coterie.Learning.Training;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using Coterie.Tests.Decisions;
using Coterie.Tests.Support;
using CsCheck;
using static TorchSharp.torch;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class NextItemTests
{
    public NextItemTests() => LibTorch.Ready();

    static readonly NextItemOptions Tiny = new()
    {
        Dim = 8, Heads = 2, Blocks = 1, FeedForward = 16, Length = 6, Dropout = 0.1, Spread = 0.5,
        Training = new() { Epochs = 3, Batch = 8, Threads = 1, CheckpointSteps = 2, ValidationShare = 0.2, TestShare = 0, LearningRate = 5e-3 },
    };

    static readonly ItemHistories Ring = SomeHistories.Ring(11, 60, 14);

    static float[] Numbers(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    static void Near(IReadOnlyList<float> expected, IReadOnlyList<float> found)
    {
        Assert.Equal(expected.Count, found.Count);
        for (var i = 0; i < expected.Count; i++) Assert.Equal(expected[i], found[i], 1e-4f);
    }

    static byte[] Weights(FittedNextItem fitted) => Safetensors.Write(ModuleWeights.Of(fitted.Model.Module));

    [Fact]
    public void WhatComesLater_ChangesNothing() => Gen.Select(Gen.Long[0, 10].Array[6], Gen.Long[0, 10].Array[6], Gen.Int[1, 6]).Sample((a, b, same) =>
    {
        using var scope = NewDisposeScope();
        using var module = CatalogueTransformer.Create(11, Tiny, new(3));
        module.eval();
        Array.Copy(a, b, same);
        var (first, second) = (Numbers(module.Read(tensor(a, [1, 6]))), Numbers(module.Read(tensor(b, [1, 6]))));
        Near(first[..(same * 8)], second[..(same * 8)]);
    }, iter: 30, threads: 1);

    [Fact]
    public void ScoresOfAHistory_DoNotDependOnThoseBesideIt() => SomeHistories.Any.Sample(h =>
    {
        using var model = new NextItemModel(CatalogueTransformer.Create(h.Products.Count, Tiny, new(5)), Tiny, h.Products);
        var together = model.Score(h.Histories);
        for (var c = 0; c < h.Count; c++) Near(together.Row(c).ToArray(), model.Score([h.Histories[c]]).Row(0).ToArray());
    }, iter: 30, threads: 1);

    [Fact]
    public void BegunFromCounts_ItRanksAsThe_FadingSumOfVectorsDoes()
    {
        using var module = CatalogueTransformer.Create(11, Tiny with { Spread = 1e-9 }, new(5));
        var vectors = ItemVectors.Fit(Ring, new() { Dim = 8, Threads = 1 }, new(1));
        module.Begin(vectors.Vectors);
        using var model = new NextItemModel(module, Tiny, Ring.Products);
        // The last normalisation takes the mean off the sum and scales it: one product decides where the history is one event.
        var scores = model.Score([[4]]);
        var sum = vectors.Vectors.Row(4).ToArray();
        var mean = sum.Average();
        var expected = Enumerable.Range(0, 11).Select(p => Enumerable.Range(0, 8).Sum(c => (sum[c] - mean) * vectors.Vectors[p, c])).ToArray();
        Assert.Equal(Enumerable.Range(0, 11).OrderBy(p => MathF.Round(expected[p], 4)).ThenBy(p => p), Enumerable.Range(0, 11).OrderBy(p => MathF.Round(scores[0, p] / scores[0, 4] * expected[4], 4)).ThenBy(p => p));
    }

    [Fact]
    public void OfALongHistory_TheNewestEventsAreRead()
    {
        using var model = new NextItemModel(CatalogueTransformer.Create(11, Tiny, new(5)), Tiny, Ring.Products);
        Near(model.Score([Ring.Histories[0]]).Values, model.Score([Ring.Histories[0][^6..]]).Values);
    }

    [Fact]
    public void EveryEventButTheFirst_IsGuessedOnce() => Gen.Select(Gen.Int[0, 40], Gen.Int[1, 9]).Sample((events, length) =>
    {
        var pieces = NextItems.Cut(0, events, length).ToArray();
        Assert.Equal(Enumerable.Range(1, Math.Max(0, events - 1)), pieces.SelectMany(p => Enumerable.Range(p.Begin + 1, p.End - p.Begin - 1)).Order());
        Assert.All(pieces, p => Assert.InRange(p.End - p.Begin - 1, 1, length));
        if (pieces.Length > 0) Assert.Equal(events, pieces[0].End);
    });

    [Fact]
    public void StepsAhead_AreAsOftenAsTheirShareSays()
    {
        var rng = new Seed(3).Stream(0);
        var counts = new int[5];
        for (var i = 0; i < 22_000; i++) counts[NextItems.Steps(3, rng)]++;
        Assert.InRange(counts[1], 11_600, 12_400); // 6, 3 and 2 elevenths
        Assert.InRange(counts[2], 5_700, 6_300);
        Assert.InRange(counts[3], 3_700, 4_300);
        Assert.Equal(1, NextItems.Steps(0, rng));
    }

    [Fact]
    public void ASampleThatIsTheWholeCatalogue_GivesTheWholeLoss()
    {
        using var scope = NewDisposeScope();
        using var module = CatalogueTransformer.Create(11, Tiny, new(7));
        var hidden = randn(5, 8);
        var right = tensor(new long[] { 0, 3, 10, 3, 7 });
        var all = nn.functional.cross_entropy(module.Score(hidden), right).item<float>();
        Assert.Equal(all, NextItems.Sampled(module, hidden, right, [.. Enumerable.Range(0, 11).Select(i => (long)i)]).item<float>(), 1e-5f);
    }

    [Fact]
    public void ScoresOfSomeProducts_AreThoseOfAll()
    {
        using var scope = NewDisposeScope();
        using var module = CatalogueTransformer.Create(11, Tiny, new(7));
        var hidden = randn(3, 8);
        var all = Numbers(module.Score(hidden));
        Near([all[4], all[9], all[15], all[20], all[26], all[31]], Numbers(module.Score(hidden, tensor(new long[] { 4, 9 }))));
        Near([all[2], all[11], all[32]], Numbers(module.ScoreEach(hidden, tensor(new long[] { 2, 0, 10 }))));
    }

    [Theory, InlineData(0), InlineData(6)]
    public void ARing_IsLearned(int sampled)
    {
        var ring = SomeHistories.Ring(23, 300, 12);
        var options = Tiny with { Dim = 16, Length = 10, Dropout = 0, Sampled = sampled, Training = Tiny.Training with { Epochs = 16, Batch = 16, LearningRate = 1e-2 } };
        using var model = NextItem.Fit(ring.WithoutLast(2), options, new(1)).Model;
        var before = ring.WithoutLast(1);
        var scores = model.Score(before.Histories);
        // The ring passes no product twice in twelve steps: nothing that is known comes back.
        var metrics = RankingMetrics.Of([.. Enumerable.Range(0, ring.Count).Select(c => TargetPlace.Of(scores.Row(c), ring.Histories[c][^1], []))]);
        Assert.InRange(metrics.HitRate1, 0.9, 1);
        Assert.Equal(ring.Histories[5][^1], model.Recommend(before.Histories[5], 1, known: true)[0].Product);
    }

    [Fact]
    public void WhatWasKeptForTheTest_IsNeverSeen()
    {
        // Two shops that differ in the last two events of every customer only.
        var other = Ring with { Histories = [.. Ring.Histories.Select(h => (int[])[.. h[..^2], 0, 0])] };
        using var one = NextItem.Fit(Ring.WithoutLast(2), Tiny, new(1)).Model;
        using var two = NextItem.Fit(other.WithoutLast(2), Tiny, new(1)).Model;
        Assert.Equal(one.Score(Ring.WithoutLast(1).Histories).Values, two.Score(Ring.WithoutLast(1).Histories).Values);
    }

    [Fact]
    public void TheSameSeed_GivesTheSameBytes_AndAStoppedTrainingGoesOnToThem()
    {
        using var folder = new TemporaryFolder();
        var options = Tiny with { Sampled = 4, Ahead = 3, Hidden = 0.2 };
        var whole = NextItem.Fit(Ring, options, new(4));
        var again = NextItem.Fit(Ring, options, new(4));
        var other = NextItem.Fit(Ring, options, new(5));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => NextItem.Fit(Ring, options, new(4), folder.Path, new At(7, stop.Cancel), stop.Token));
        var resumed = NextItem.Fit(Ring, options, new(4), folder.Path);
        using var models = new Disposed(whole.Model, again.Model, other.Model, resumed.Model);
        Assert.Equal(Weights(whole), Weights(again));
        Assert.Equal(Weights(whole), Weights(resumed));
        Assert.NotEqual(Weights(whole), Weights(other));
    }

    sealed class At(int step, Action then) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == step) then();
        }
    }

    sealed class Disposed(params IDisposable[] all) : IDisposable
    {
        public void Dispose() => Array.ForEach(all, a => a.Dispose());
    }

    [Fact]
    public void ACatalogueOfOneProduct_IsGuessedRight()
    {
        using var model = NextItem.Fit(SomeHistories.Of(1, [[0, 0, 0], [0, 0], [0]]), Tiny with { Training = Tiny.Training with { ValidationShare = 0 } }, new(1)).Model;
        Assert.Equal(0, Assert.Single(model.Recommend([], 3)).Product);
        Assert.Empty(model.Recommend([0], 3));
    }

    [Fact]
    public void WhatWasSaved_IsReadBack_AndDamageIsNamed()
    {
        using var folder = new TemporaryFolder();
        using var model = new NextItemModel(CatalogueTransformer.Create(11, Tiny, new(5)), Tiny, Ring.Products);
        model.Save(folder.Path);
        using (var back = NextItemModel.Load(folder.Path))
        {
            Assert.Equal(model.Score(Ring.Histories).Values, back.Score(Ring.Histories).Values);
            Assert.Equal(model.Products, back.Products);
            Assert.Equal(model.Options, back.Options);
        }

        var (manifest, numbers) = (Path.Combine(folder.Path, "model.json"), Path.Combine(folder.Path, "next-item.safetensors"));
        var (text, bytes) = (File.ReadAllText(manifest), File.ReadAllBytes(numbers));
        void Refused(string says) => Assert.Contains(says, Assert.Throws<InputException>(() => NextItemModel.Load(folder.Path)).Message, StringComparison.Ordinal);
        foreach (var (changed, says) in new[] { ("{", "not the description"), ("{}", "lacks options"), (text.Replace("next-item-1", "next-item-9", StringComparison.Ordinal), "has format"),
            (text.Replace("\"Dim\": 8", "\"Dim\": 0", StringComparison.Ordinal), "dim is 0"), (text.Replace("\"Dim\": 8", "\"Dim\": 4000", StringComparison.Ordinal), "larger than"),
            (text.Replace("\"Dim\": 8", "\"Dim\": 4", StringComparison.Ordinal), "has shape") })
        {
            File.WriteAllText(manifest, changed);
            Refused(says);
        }

        File.WriteAllText(manifest, text);
        bytes[^1] ^= 1;
        File.WriteAllBytes(numbers, bytes);
        Refused("was changed");
        File.WriteAllBytes(numbers, bytes[..^9]);
        Refused("not a usable safetensors file");
        File.WriteAllBytes(numbers, [.. Encoding.ASCII.GetBytes("PK"), .. bytes]);
        Refused("can carry code");
        File.Delete(numbers);
        Refused("is not there");
        File.Delete(manifest);
        Refused("is not there");
    }

    [Fact]
    public void WhatCannotBeUsed_IsRefused_WithTheReason()
    {
        var wrong = Tiny with { Dim = 7, Length = 0, Blocks = 0, FeedForward = 0, Dropout = 1, Spread = 0, Sampled = -1, Ahead = 0, Hidden = 1, Training = new() { Epochs = 0 } };
        Assert.Equal(10, Assert.Throws<ConfigurationException>(() => NextItem.Fit(Ring, wrong, new(1))).Message.Split('\n').Length);
        Assert.Contains("two events", Assert.Throws<InputException>(() => NextItem.Fit(SomeHistories.Of(2, [[0], [1], []]), Tiny, new(1))).Message, StringComparison.Ordinal);
        using var model = new NextItemModel(CatalogueTransformer.Create(11, Tiny, new(5)), Tiny, Ring.Products);
        Assert.Contains("product 11; expected 0 to 10", Assert.Throws<InputException>(() => model.Score([[0], [11]])).Message, StringComparison.Ordinal);
    }
}
