using System.Runtime.InteropServices;
using System.Text.Json;
using Coterie.Learning.Models;
using Coterie.Learning.Native;
using Coterie.Learning.Objectives;
using Coterie.Learning.Training;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using Coterie.Tests.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class TrainerTests
{
    internal static readonly EncoderOptions Tiny = new BehaviourTransformerOptions { Dim = 8, Heads = 2, Blocks = 1, FeedForward = 16, Length = 12 };
    internal static readonly ObjectiveOptions All = new() { Next = 0.5 };

    internal static SequencePool Pool(int n = 120) => new([Walkers.Walks([EncoderTests.Even], new int[n], 1, 14, new(9))]);

    static TrainingOptions Options => new() { Epochs = 3, Batch = 16, Threads = 1, CheckpointSteps = 2 };

    sealed record Trained(TrainingResult Result, byte[] Weights);

    static Trained Train(TrainingOptions options, string? folder = null, ulong seed = 4, IProgress<TrainingProgress>? progress = null, CancellationToken stop = default)
    {
        var pool = Pool();
        using var module = PretrainingTask.Create(pool, Tiny, All, new(seed));
        var result = Trainer.Train(new PretrainingTask(pool, module, Tiny, All), options, new(seed), folder, progress: progress, stop: stop);
        return new(result, Safetensors.Write(ModuleWeights.Of(module)));
    }

    sealed class Watch(Action<TrainingProgress> on) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => on(value);
    }

    [Fact]
    public void TheSameSeed_GivesTheSameBytes_AndAnotherDoesNot()
    {
        var a = Train(Options);
        var b = Train(Options);
        Assert.Equal(a.Weights, b.Weights);
        Assert.Equal(a.Result.Curve.Select(e => e.Validation), b.Result.Curve.Select(e => e.Validation));
        Assert.NotEqual(a.Weights, Train(Options, seed: 5).Weights);
    }

    [Theory, InlineData(1), InlineData(5), InlineData(9), InlineData(13)]
    public void AStoppedTraining_GoesOnToTheSameResult(int after)
    {
        using var folder = new TemporaryFolder();
        var whole = Train(Options);
        using (var stop = new CancellationTokenSource())
            Assert.Throws<OperationCanceledException>(() => Train(Options, folder.Path, progress: new Watch(p => { if (p.Step == after) stop.Cancel(); }), stop: stop.Token));
        var resumed = Train(Options, folder.Path);
        Assert.Equal(whole.Weights, resumed.Weights);
        Assert.Equal(whole.Result.Steps, resumed.Result.Steps);
        Assert.Equal(JsonSerializer.Serialize(whole.Result.Curve), JsonSerializer.Serialize(resumed.Result.Curve));
    }

    [Fact]
    public void AKilledTraining_GoesOnFromItsLastCheckpoint_ToTheSameResult()
    {
        using var folder = new TemporaryFolder();
        // Nothing is written on the way out, as when the process is killed: the last checkpoint is two steps old at most.
        Assert.Throws<InvalidTimeZoneException>(() => Train(Options, folder.Path, progress: new Watch(p => { if (p.Step == 11) throw new InvalidTimeZoneException(); })));
        Assert.Equal(Train(Options).Weights, Train(Options, folder.Path).Weights);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "checkpoint*"));
    }

    [Fact]
    public void ACheckpointOfAnotherRun_OrOneThatWasChanged_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InvalidTimeZoneException>(() => Train(Options, folder.Path, progress: new Watch(p => { if (p.Step == 6) throw new InvalidTimeZoneException(); })));
        Assert.Contains("other customers, options or seed", Assert.Throws<InputException>(() => Train(Options, folder.Path, seed: 5)).Message, StringComparison.Ordinal);
        Assert.Contains("other customers, options or seed", Assert.Throws<InputException>(() => Train(Options with { LearningRate = 0.1 }, folder.Path)).Message, StringComparison.Ordinal);
        var numbers = Directory.EnumerateFiles(folder.Path, "*.safetensors").Single();
        var bytes = File.ReadAllBytes(numbers);
        bytes[^1] ^= 1;
        File.WriteAllBytes(numbers, bytes);
        Assert.Contains("SHA-256", Assert.Throws<InputException>(() => Train(Options, folder.Path)).Message, StringComparison.Ordinal);
        File.Delete(numbers);
        Assert.Contains("not there", Assert.Throws<InputException>(() => Train(Options, folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder.Path, "checkpoint.json"), "{");
        Assert.Contains("not a checkpoint", Assert.Throws<InputException>(() => Train(Options, folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARun_LeavesItsRecordAndTensorBoardsFiles()
    {
        using var folder = new TemporaryFolder();
        var result = Train(Options, folder.Path).Result;
        using var record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.Path, "training.json")));
        Assert.Equal(4UL, record.RootElement.GetProperty("seed").GetUInt64());
        Assert.Equal(3, record.RootElement.GetProperty("result").GetProperty("curve").GetArrayLength());
        Assert.Equal("transformer", record.RootElement.GetProperty("model").GetProperty("encoder").GetProperty("kind").GetString());
        Assert.StartsWith("2.", record.RootElement.GetProperty("versions").GetProperty("libtorch").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(folder.Path, "tensorboard"), "*tfevents*", SearchOption.AllDirectories));
        Assert.Equal(120, result.TrainingRows + result.ValidationRows + result.TestRows);
        Assert.NotNull(result.TestLoss);
        Assert.Equal(result.Curve.Min(e => e.Validation), result.BestLoss);
        Assert.Equal("all 3 epochs", result.Ended);
    }

    [Fact]
    public void Progress_CountsTheSteps()
    {
        var seen = new List<TrainingProgress>();
        var result = Train(Options, progress: new Watch(seen.Add)).Result;
        Assert.Equal(Enumerable.Range(1, result.Steps), seen.Select(p => p.Step));
        Assert.Equal(TimeSpan.Zero, seen[^1].Left);
        Assert.All(seen, p => Assert.Equal(result.Steps, p.Steps));
    }

    sealed class NoMemoryException(string message) : ExternalException(message);

    /// <summary>y = 3 x by one number, with a memory that ends at so many rows, and a validation loss that can be made to rise.</summary>
    sealed class LineTask(int rows, int memory, bool worse) : TrainingTask, IDisposable
    {
        readonly Linear line = nn.Linear(1, 1);
        int judged;

        public int Largest { get; private set; }
        public override string Name => "line";
        public override nn.Module Module => line;
        public override int Rows => rows;
        public override string Customer(int row) => $"c{row}";
        public override int Length(int row) => 1;
        public override object Options => "line";

        public override Tensor Loss(ReadOnlySpan<int> rows, Seed seed, LossParts parts)
        {
            if (rows.Length > memory) throw new NoMemoryException($"[enforce fail at alloc_cpu.cpp] . DefaultCPUAllocator: can't allocate memory: you tried to allocate {rows.Length} bytes.");
            Largest = Math.Max(Largest, rows.Length);
            using var scope = NewDisposeScope();
            var x = tensor(rows.ToArray().Select(r => r % 7 - 3f).ToArray(), [rows.Length, 1]);
            var loss = (line.call(x) - 3 * x).square().mean();
            if (worse && !line.training) loss = loss * 0 + judged++;
            return loss.MoveToOuterDisposeScope();
        }

        public void Dispose() => line.Dispose();
    }

    static LineTask Line(int rows, int memory = int.MaxValue, bool worse = false)
    {
        LibTorch.Ready();
        manual_seed(1);
        return new(rows, memory, worse);
    }

    [Fact]
    public void WhereMemoryEnds_BatchesAreHalved_TheResultIsTheSame_AndItIsSaid()
    {
        using var roomy = Line(200);
        using var tight = Line(200, 10);
        var options = new TrainingOptions { Epochs = 2, Batch = 32, Threads = 1 };
        var a = Trainer.Train(roomy, options, new(1));
        var b = Trainer.Train(tight, options, new(1));
        Assert.Empty(a.Findings);
        Assert.Equal(2, b.Findings.Count);
        Assert.Contains("No memory for 32 customers at once: 16 at once from step 1 on.", b.Findings);
        Assert.Equal(8, tight.Largest);
        Assert.Equal(a.BestLoss, b.BestLoss, 1e-4 * a.BestLoss);
        using var none = Line(200, 0);
        Assert.Contains("single customer", Assert.Throws<InputException>(() => Trainer.Train(none, options, new(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutABetterValidationLoss_ItStops_AndKeepsTheBest()
    {
        using var task = Line(200, worse: true);
        var result = Trainer.Train(task, new() { Epochs = 50, Batch = 200, Patience = 3, Threads = 1, TestShare = 0 }, new(1));
        Assert.Equal(4, result.Curve.Count);
        Assert.Equal(1, result.BestEpoch);
        Assert.Null(result.TestLoss);
        Assert.Equal("no better validation loss for 3 epochs", result.Ended);
    }

    [Fact]
    public void ALine_IsLearned()
    {
        using var task = Line(200);
        Assert.True(Trainer.Train(task, new() { Epochs = 60, Batch = 16, LearningRate = 0.05, WeightDecay = 0, Threads = 1 }, new(1)).TestLoss < 1e-3);
    }

    // Exclusive or: what no straight line can tell.
    [Fact]
    public void APerceptronOverFeatures_LearnsBehindTheSameTrainer()
    {
        LibTorch.Ready();
        manual_seed(2);
        var rng = new Rng(1, 1);
        var features = new Matrix(400, 2);
        for (var i = 0; i < features.Values.Length; i++) features.Values[i] = (float)rng.NextNormal();
        int[] labels = [.. Enumerable.Range(0, 400).Select(i => features[i, 0] * features[i, 1] > 0 ? 1 : 0)];
        var options = new FeatureMlpOptions { Layers = [16], Dropout = 0 };
        using var module = new FeatureClassifierModule(2, 2, options);
        var task = new FeatureClassification([.. labels.Select((_, i) => $"c{i}")], features, labels, module, options);
        Assert.True(Trainer.Train(task, new() { Epochs = 60, Batch = 32, LearningRate = 0.02, Threads = 1, Patience = 0 }, new(1)).TestLoss < 0.35);
        Assert.Equal(2, new FeatureMlpOptions { Layers = [0], Dropout = -1 }.Problems().Count());
    }

    [Fact]
    public void TooFewCustomers_AndBadOptions_AreNamed()
    {
        using var none = Line(0);
        Assert.Contains("none of 0 customers", Assert.Throws<InputException>(() => Trainer.Train(none, new(), new(1))).Message, StringComparison.Ordinal);
        using var some = Line(10);
        var bad = new TrainingOptions { Epochs = 0, Batch = 0, LearningRate = double.NaN, ValidationShare = 0.6, TestShare = 0.5, Clip = 0 };
        Assert.Equal(5, Assert.Throws<ConfigurationException>(() => Trainer.Train(some, bad, new(1))).Message.Split('\n').Length);
    }

    [Fact]
    public void TheTimeBudget_EndsTraining_AndItIsSaid()
    {
        using var task = Line(200);
        var result = Trainer.Train(task, new() { Epochs = 1000, Batch = 4, TimeBudget = TimeSpan.FromTicks(1) }, new(1));
        Assert.Equal(1, result.Steps);
        Assert.Contains("time budget", result.Ended, StringComparison.Ordinal);
    }
}
