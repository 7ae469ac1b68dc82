using Coterie.Learning;
using Coterie.Learning.Models;
using Coterie.Learning.Native;
using Coterie.Learning.Objectives;
using Coterie.Learning.Training;
using Coterie.Learning.Weights;
using Coterie.Tests.Support;
using static TorchSharp.torch;

namespace Coterie.Tests.Learning;

/// <summary>Measures and disturbs the whole process, so nothing else may run beside it.</summary>
[Collection("memory")]
public class NativeMemoryTests
{
    public NativeMemoryTests() => LibTorch.Ready();

    // Small steps, so that ten thousand fit into a test: two customers, six events, one objective after the other, and still a transformer and the optimiser.
    static readonly BehaviourTransformerOptions Smallest = new() { Dim = 4, Heads = 1, Blocks = 1, FeedForward = 4, Length = 6 };

    // A step makes some hundred tensors of half a KB and more with their graph: nine thousand that kept them would hold 450 MB.
    [Fact]
    public void NativeMemory_DoesNotGrow_OverTenThousandSteps()
    {
        const int Steps = 10_000, Settled = 1_000;
        var pool = TrainerTests.Pool(64);
        using var module = PretrainingTask.Create(pool, Smallest, TrainerTests.All, new(1));
        PretrainingTask[] tasks = [.. new ObjectiveOptions[] { new() { Contrastive = 0 }, new() { Masked = 0 }, new() { Masked = 0, Contrastive = 0, Next = 1 } }
            .Select(o => new PretrainingTask(pool, module, Smallest, o))];
        long Resident()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var self = System.Diagnostics.Process.GetCurrentProcess();
            return self.WorkingSet64;
        }

        long tensors = 0, start = 0, startTensors = 0;
        // Threads that wait for each other at every one of these tiny products would spin for minutes on a busy machine.
        set_num_threads(1);
        using var optimiser = new Coterie.Learning.Training.AdamW(module, 0.01);
        for (var step = 0; step < Steps; step++)
        {
            if (step == Settled)
            {
                start = Resident();
                startTensors = Tensor.TotalCount;
            }

            using var scope = NewDisposeScope();
            optimiser.ZeroGradients();
            tasks[step % 3].Loss([step % 64, (step + 33) % 64], new((ulong)step), new()).backward();
            optimiser.Clip(1);
            optimiser.Step(1e-3);
            tensors = Tensor.TotalCount;
        }

        var grown = Resident() - start;
        Assert.True(grown < 100L << 20, $"{grown >> 20} MB more");
        // 9,000 steps that kept one tensor each would show in the count.
        Assert.True(tensors - startTensors < 1_000, $"{tensors - startTensors} tensors more");
    }

    // Numbers on their way into native code are objects that nothing else refers to.
    [Fact]
    public Task ACollectorThatNeverRests_ChangesNoByte() => Undisturbed(Steps);

    // Numbers of the classifier, its budget of ranks, and the layers that listen to the encoder's.
    [Theory, InlineData("adalora", "transformer"), InlineData("bottleneck", "cnn")]
    public Task ACollectorThatNeverRests_ChangesNoByteOfAnAdapter(string kind, string encoding) => Undisturbed(() =>
    {
        var sequences = SomeWalkers.Two(100);
        using var encoder = SequenceModel.Untrained(sequences.Fields, SomeWalkers.Encoder(encoding), new(1));
        var options = SomeWalkers.Brief with { Adaptation = SomeWalkers.Adaptation(kind), Training = SomeWalkers.Brief.Training with { Epochs = 6, Patience = 0 } };
        using var model = SegmentClassification.Fit([sequences], SomeWalkers.Labels(sequences), options, new(5), null, encoder).Model;
        return SomeWalkers.Bytes(model);
    });

    static async Task Undisturbed(Func<byte[]> steps)
    {
        var calm = steps();
        using var done = new CancellationTokenSource();
        var collecting = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        }, TestContext.Current.CancellationToken);
        var disturbed = steps();
        await done.CancelAsync();
        await collecting;
        Assert.Equal(calm, disturbed);
    }

    static byte[] Steps()
    {
        set_num_threads(1);
        var pool = TrainerTests.Pool(64);
        using var module = PretrainingTask.Create(pool, TrainerTests.Tiny, TrainerTests.All, new(1));
        var task = new PretrainingTask(pool, module, TrainerTests.Tiny, TrainerTests.All);
        using var optimiser = new AdamW(module, 0.01);
        for (var step = 0; step < 200; step++)
        {
            using var scope = NewDisposeScope();
            optimiser.ZeroGradients();
            task.Loss([step % 64, (step + 7) % 64, (step + 20) % 64, (step + 33) % 64], new((ulong)step), new()).backward();
            optimiser.Clip(1);
            optimiser.Step(1e-3);
        }

        return Safetensors.Write(ModuleWeights.Of(module));
    }
}
