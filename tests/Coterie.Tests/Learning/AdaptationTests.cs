using Coterie.Learning;
using Coterie.Learning.Adaptation;
using Coterie.Learning.Classification;
using Coterie.Learning.Models;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Tests.Support;
using CsCheck;
using static Coterie.Tests.Support.SomeWalkers;
using static TorchSharp.torch;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class AdaptationTests
{
    static readonly CustomerSequences Sequences = Two(100);

    public static TheoryData<string, string> Added => new()
    {
        { "lora", "transformer" }, { "lora", "cnn" }, { "adalora", "transformer" }, { "adalora", "cnn" }, { "bottleneck", "transformer" }, { "bottleneck", "cnn" },
    };

    static SequenceModel Base(string kind = "transformer", ulong seed = 1) => SequenceModel.Untrained(Sequences.Fields, Encoder(kind), new(seed));

    static FittedSegmentClassifier Fit(SequenceModel encoder, AdaptationOptions adaptation, SegmentClassificationOptions? options = null) =>
        SegmentClassification.Fit([Sequences], Labels(Sequences), (options ?? Brief) with { Adaptation = adaptation }, new(5), null, encoder);

    static ClassifierDescription Description(SequenceModel encoder, AdaptationOptions adaptation) => new()
    {
        Encoder = encoder.Options, Fields = encoder.Fields, Adaptation = adaptation, Ranks = null, Shape = new(2, 8, 0.1, 0, new()), Scale = null, Without = [], Base = encoder.Checksum,
    };

    static float[] Logits(SegmentClassifier model)
    {
        var pool = new SequencePool([Sequences]);
        return model.Logits(pool, [.. Enumerable.Range(0, pool.Count).Select(pool.Whole)], null, 1).Values;
    }

    [Theory, MemberData(nameof(Added))]
    public void AnAdapterAtItsStart_ChangesNothing(string kind, string encoder)
    {
        using var shared = Base(encoder);
        using var without = new SegmentClassifier(Description(shared, new FrozenEncoder()).Build(ModuleWeights.Of(shared.Encoder), new(5)), Description(shared, new FrozenEncoder()));
        using var with = new SegmentClassifier(Description(shared, Adaptation(kind)).Build(ModuleWeights.Of(shared.Encoder), new(5)), Description(shared, Adaptation(kind)));
        Assert.Equal(Logits(without), Logits(with));
    }

    [Theory, MemberData(nameof(Added))]
    public void Training_MovesTheAdapter_AndNoNumberOfTheEncoder(string kind, string encoder)
    {
        using var shared = Base(encoder);
        var before = Safetensors.Write(ModuleWeights.Of(shared.Encoder));
        using var model = Fit(shared, Adaptation(kind)).Model;
        Assert.Equal(before, Safetensors.Write(ModuleWeights.Of(model.Module.Encoder)));
        Assert.Equal(before, Safetensors.Write(ModuleWeights.Of(shared.Encoder)));
        Assert.Equal(shared.Checksum, model.Base);
        using var frozen = Fit(shared, new FrozenEncoder()).Model;
        Assert.NotEqual(Logits(frozen), Logits(model));
    }

    [Fact]
    public void FullTuning_MovesACopy_NotTheEncoderThatWasGiven()
    {
        using var shared = Base();
        var before = Safetensors.Write(ModuleWeights.Of(shared.Encoder));
        using var model = Fit(shared, new FullTuning()).Model;
        Assert.Equal(before, Safetensors.Write(ModuleWeights.Of(shared.Encoder)));
        Assert.NotEqual(before, Safetensors.Write(ModuleWeights.Of(model.Module.Encoder)));
        Assert.Null(model.Base);
    }

    [Theory, InlineData("lora", "transformer"), InlineData("lora", "cnn"), InlineData("adalora", "transformer"), InlineData("adalora", "cnn")]
    public void Merged_GivesTheSameOutputs_WithoutAnAdapter(string kind, string encoder)
    {
        using var shared = Base(encoder);
        using var model = Fit(shared, Adaptation(kind), Brief with { Training = Brief.Training with { LearningRate = 2e-2 } }).Model;
        using var merged = model.Merged();
        Assert.All(Logits(model).Zip(Logits(merged)), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.Empty(merged.Ranks);
        Assert.NotEqual(Safetensors.Write(ModuleWeights.Of(shared.Encoder)), Safetensors.Write(ModuleWeights.Of(merged.Module.Encoder)));
        Assert.Contains("only changes of low rank", Assert.Throws<ConfigurationException>(() => merged.Merged()).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("full"), InlineData("frozen"), InlineData("lora"), InlineData("adalora"), InlineData("bottleneck")]
    public void TheShareOfTrainedNumbers_IsWhatTheShapesSay(string kind)
    {
        using var shared = Base();
        var fitted = Fit(shared, Adaptation(kind));
        using var model = fitted.Model;
        // D = 16, feed-forward 32; the head has 16 x 8 + 8 and 8 x 2 + 2.
        const int d = 16, wide = 32, head = 16 * 8 + 8 + 8 * 2 + 2;
        var encoder = ModuleWeights.Of(shared.Encoder).Values.Sum(t => (long)t.Values.Length);
        int[] sums = [d + d, d + 3 * d, d + d, d + wide, wide + d];                  // inputs + outputs of before, query-key-value, output, widen, narrow
        long added = kind switch
        {
            "lora" => 4 * sums.Sum(),
            "adalora" => sums.Sum(s => 4 * (s + 1)),
            "bottleneck" => 2 * (6 * d + 6 + 6 * d + d),
            _ => 0,
        };
        Assert.Equal(encoder + added + head, fitted.Report.Parameters);
        Assert.Equal((kind == "full" ? encoder : added) + head, fitted.Report.Trained);
        Assert.Equal(kind == "full" ? encoder : added, fitted.Report.TrainedInEncoder);
        Assert.Equal(fitted.Report.Trained, fitted.Report.Training.Parameters);
        Assert.Equal((double)fitted.Report.Trained / fitted.Report.Parameters, fitted.Report.TrainedShare);
        // In the file pruned ranks are gone.
        if (kind == "adalora") added = model.Ranks.Zip([d + d, d + wide + 0L, d + d, 4L * d, d + wide], (r, s) => r.Value * (s + 1)).Sum();
        Assert.Equal(kind == "full" ? encoder + head : added + head, fitted.Report.Stored);
    }

    [Fact]
    public void TheBudget_Falls_FromAllRanksToThoseAskedFor() => Gen.Select(Gen.Int[1, 12], Gen.Double[0, 1], Gen.Double[0, 0.45], Gen.Double[0, 0.5], Gen.Int[1, 400]).Sample((rank, share, warm, settle, steps) =>
    {
        var options = new AdaLoraOptions { Rank = rank, Budget = Math.Max(0.1, share * rank), WarmUp = warm, Settle = settle };
        using var encoder = SequenceEncoder.Create(Sequences.Fields, Encoder("transformer"), new(1));
        using var adapter = (LowRankAdapter)EncoderAdapter.Create(encoder, options, null, new(1))!;
        using var budget = new RankBudget(adapter, options);
        var at = Enumerable.Range(0, steps).Select(s => budget.At(s, steps)).ToArray();
        for (var s = 1; s < steps; s++) Assert.True(at[s] <= at[s - 1]);
        Assert.All(at, b => Assert.InRange(b, budget.Last, 5 * rank));
        if ((int)Math.Ceiling(warm * steps) > 0) Assert.Equal(5 * rank, at[0]);
        Assert.Equal(Math.Max(1, (int)Math.Round(options.Budget * 5)), budget.Last);
        Assert.True(budget.Settled(steps, steps) || settle * steps < 1);
    }, iter: 40, threads: 1);

    [Theory, InlineData(0.4, false), InlineData(0.0, false), InlineData(0.4, true)]
    public void AdaLora_KeepsItsBudget_AlsoWhenTimeIsUp(double settle, bool hurried)
    {
        using var shared = Base();
        var options = new AdaLoraOptions { Rank = 6, Budget = 2.4, Every = 3, Settle = settle };
        var training = Brief.Training with { Epochs = 4, TimeBudget = hurried ? TimeSpan.FromTicks(1) : null };
        var fitted = Fit(shared, options, Brief with { Training = training });
        using var model = fitted.Model;
        Assert.Equal(12, model.Ranks.Values.Sum());
        Assert.Equal(model.Ranks, fitted.Report.Ranks);
        // Weights from before the last pruning are not kept, however good.
        if (!hurried) Assert.True(fitted.Report.Training.BestEpoch >= (settle > 0 ? 3 : 4));
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        using var loaded = SegmentClassifier.Load(folder.Path);
        Assert.Equal(model.Ranks, loaded.Ranks);
        Assert.Equal(Logits(model), Logits(loaded));
    }

    [Fact]
    public void Importance_IsThatOfThePaper_BesideAPlainTwin()
    {
        using var encoder = SequenceEncoder.Create(Sequences.Fields, Encoder("transformer"), new(1));
        using var adapter = (LowRankAdapter)EncoderAdapter.Create(encoder, new AdaLoraOptions { Rank = 3, Budget = 1 }, null, new(1))!;
        var change = adapter.Changes[0];
        using var importance = new RankImportance(change);
        var parts = new[] { change.Diagonal!, change.Up, change.Down };
        var rng = new Rng(3, 1);
        var means = parts.Select(p => new double[p.numel()]).ToArray();
        var spreads = parts.Select(p => new double[p.numel()]).ToArray();
        using (no_grad()) change.Diagonal!.copy_(tensor(new[] { 0.5f, -2f, 0.1f }));
        for (var step = 0; step < 5; step++)
        {
            for (var i = 0; i < parts.Length; i++)
            {
                float[] gradient = [.. Enumerable.Range(0, (int)parts[i].numel()).Select(_ => (float)rng.NextNormal())], values = ModuleWeights.Copy(parts[i]).Values;
                parts[i].grad = tensor(gradient, parts[i].shape);
                for (var j = 0; j < gradient.Length; j++)
                {
                    var now = Math.Abs(gradient[j] * values[j]);
                    means[i][j] = 0.85 * means[i][j] + 0.15 * now;
                    spreads[i][j] = 0.8 * spreads[i][j] + 0.2 * Math.Abs(now - means[i][j]);
                }
            }

            using var still = no_grad();
            importance.Observe(0.85, 0.8);
        }

        // Up is 16 x 3, down 3 x 16.
        double Score(int i, int j) => means[i][j] * spreads[i][j];
        var scores = importance.Scores();
        for (var r = 0; r < 3; r++)
            Assert.Equal(Score(0, r) + Enumerable.Range(0, 16).Average(o => Score(1, o * 3 + r)) + Enumerable.Range(0, 16).Average(o => Score(2, r * 16 + o)), scores[r], 1e-5);
    }

    [Fact]
    public void Orthogonality_IsThatOfThePaper_AndNothingForOrthonormalFactors()
    {
        using var encoder = SequenceEncoder.Create(Sequences.Fields, Encoder("transformer"), new(1));
        var options = new AdaLoraOptions { Rank = 2, Budget = 1, Layers = ["output"], Orthogonality = 0.5 };
        using var adapter = (LowRankAdapter)EncoderAdapter.Create(encoder, options, null, new(1))!;
        using var budget = new RankBudget(adapter, options);
        var change = adapter.Changes.Single();
        // They begin orthonormal.
        Assert.Equal(0, budget.Penalty()!.item<float>(), 1e-6);
        using (no_grad())
        {
            change.Up.normal_(0, 0.3);
            change.Down.normal_(0, 0.3);
        }

        float[] up = ModuleWeights.Copy(change.Up).Values, down = ModuleWeights.Copy(change.Down).Values;
        double expected = 0;
        for (var a = 0; a < 2; a++)
        {
            for (var b = 0; b < 2; b++)
            {
                double one = a == b ? 1 : 0, p = Enumerable.Range(0, 16).Sum(o => up[o * 2 + a] * up[o * 2 + b]), q = Enumerable.Range(0, 16).Sum(i => down[a * 16 + i] * down[b * 16 + i]);
                expected += (p - one) * (p - one) + (q - one) * (q - one);
            }
        }

        Assert.Equal(0.5 * expected, budget.Penalty()!.item<float>(), 1e-4);
    }

    [Theory, InlineData("lora"), InlineData("adalora"), InlineData("bottleneck"), InlineData("frozen")]
    public void OneEncoder_ServesManyShops_WithAFileEach(string kind)
    {
        using TemporaryFolder folder = new(), first = new(), second = new();
        using var shared = Base();
        shared.Save(folder.Path);
        var other = Brief with { Training = Brief.Training with { LearningRate = 1e-2 } };
        using SegmentClassifier one = Fit(shared, Adaptation(kind)).Model, two = Fit(shared, Adaptation(kind), other).Model;
        one.SaveAdapter(first.Path);
        two.SaveAdapter(second.Path);
        using var read = SequenceModel.Load(folder.Path);
        using SegmentClassifier again = SegmentClassifier.LoadAdapter(first.Path, read), too = SegmentClassifier.LoadAdapter(second.Path, read);
        Assert.Equal(Logits(one), Logits(again));
        Assert.Equal(Logits(two), Logits(too));
        Assert.NotEqual(Logits(again), Logits(too));
        long Size(string path) => new FileInfo(path).Length;
        Assert.True(Size(Path.Combine(first.Path, "adapter.safetensors")) < Size(Path.Combine(folder.Path, "encoder.safetensors")));
    }

    [Fact]
    public void AdaptersOfAnotherEncoder_AndDamagedOnes_AreRefusedWithTheReason()
    {
        using var folder = new TemporaryFolder();
        using SequenceModel shared = Base(), stranger = Base(seed: 2);
        string Said(SequenceModel? encoder = null) => Assert.Throws<InputException>(() => SegmentClassifier.LoadAdapter(folder.Path, encoder ?? shared)).Message;
        Assert.Contains("is not there", Said(), StringComparison.Ordinal);
        using (var model = Fit(shared, Adaptation("lora")).Model) model.SaveAdapter(folder.Path);
        Assert.Contains($"adapts another encoder: it was made for weights of SHA-256 {shared.Checksum}", Said(stranger), StringComparison.Ordinal);
        string numbers = Path.Combine(folder.Path, "adapter.safetensors"), manifest = Path.Combine(folder.Path, "adapter.json");
        var bytes = File.ReadAllBytes(numbers);
        var text = File.ReadAllText(manifest);
        File.WriteAllBytes(numbers, bytes[..^4]);
        Assert.Contains("the data has", Said(), StringComparison.Ordinal);
        bytes[^1] ^= 1;
        File.WriteAllBytes(numbers, bytes);
        Assert.Contains("SHA-256", Said(), StringComparison.Ordinal);
        bytes[^1] ^= 1;
        File.WriteAllBytes(numbers, bytes);

        void Changed(string from, string to, string says)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            File.WriteAllText(manifest, text.Replace(from, to, StringComparison.Ordinal));
            Assert.Contains(says, Said(), StringComparison.Ordinal);
        }

        Changed("\"blocks.0.widen\": 4", "\"blocks.0.widen\": 5", "expected [32, 5]");
        Changed("\"blocks.0.widen\": 4", "\"blocks.7.widen\": 4", "ranks are given for");
        Changed("\"Rank\": 4", "\"Rank\": -4", "rank is -4");
        Changed("\"view\"", "\"look\"", "other words");
        Changed("\"Dim\": 16", "\"Dim\": 32", "does not fit the model");
        Changed("coterie-adapter-1", "coterie-adapter-2", "coterie-adapter-2");
        Changed("\"adapter.safetensors\"", "\"../adapter.safetensors\"", "outside its folder");
        using var full = Fit(shared, new FullTuning()).Model;
        Assert.Contains("no adapter to save", Assert.Throws<ConfigurationException>(() => full.SaveAdapter(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LayersThatAreNotThere_AndOptionsThatCannotBe_AreNamed()
    {
        using SequenceModel transformer = Base(), cnn = Base("cnn");
        Assert.Contains("no layers filters", Assert.Throws<ConfigurationException>(() => Fit(transformer, new LoraOptions { Layers = ["output", "filters"] })).Message, StringComparison.Ordinal);
        Assert.Contains("no layers widen", Assert.Throws<ConfigurationException>(() => Fit(transformer, new BottleneckOptions { Layers = ["widen"] })).Message, StringComparison.Ordinal);
        Assert.Contains("rank is 17; expected at most the smaller side of every layer, and before has 16 x 16", Assert.Throws<ConfigurationException>(() => Fit(transformer, new AdaLoraOptions { Rank = 17 })).Message, StringComparison.Ordinal);
        Assert.Contains("expected filters", Assert.Throws<ConfigurationException>(() => Fit(cnn, new LoraOptions { Layers = ["output"] })).Message, StringComparison.Ordinal);
        Assert.Equal(6, new AdaLoraOptions { Rank = 2, Budget = 3, Alpha = 0, Orthogonality = -1, WarmUp = 0.6, Settle = 0.6, Every = 0, SensitivityDecay = 1 }.Problems().Count());
        Assert.Equal(2, new LoraOptions { Rank = 0, Alpha = -1 }.Problems().Count());
        Assert.Single(new BottleneckOptions { Width = 0 }.Problems());
        using var chosen = Fit(transformer, new LoraOptions { Layers = ["widen", "output"] }).Model;
        Assert.Equal(["blocks.0.output", "blocks.0.widen"], chosen.Ranks.Keys);
    }

    // A random encoder at rest tells little of the order; what is added to it does.
    [Theory, InlineData("lora"), InlineData("adalora"), InlineData("bottleneck")]
    public void WhatIsAdded_Learns_WhatTheEncoderAtRestCannotTell(string kind)
    {
        var sequences = Two(400, least: 6);
        using var shared = Base("cnn");
        double Accuracy(AdaptationOptions adaptation)
        {
            var options = Brief with { Adaptation = adaptation, Hidden = 0, PrefixShare = 0.2, Training = new() { Epochs = 8, Batch = 16, LearningRate = 1e-2, Threads = 1, TestShare = 0.3, Patience = 0 } };
            var fitted = SegmentClassification.Fit([sequences], Labels(sequences), options, new(5), null, shared);
            using var model = fitted.Model;
            return fitted.Report.HeldOut!.Accuracy;
        }

        double rest = Accuracy(new FrozenEncoder()), moved = Accuracy(kind == "adalora" ? new AdaLoraOptions { Rank = 8, Budget = 6, Alpha = 64, Every = 5 } : Adaptation(kind));
        Assert.True(moved >= rest + 0.05, $"{kind} {moved}, at rest {rest}");
    }
}
