using Coterie.Learning.Native;
using Coterie.Learning.Training;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using CsCheck;
using static TorchSharp.torch;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class TrainingRulesTests
{
    sealed class Named(string[] customers) : TrainingTask
    {
        public override string Name => "rows";
        public override nn.Module Module => throw new InvalidOperationException("The split does not look at the model.");
        public override object Options => "";
        public override int Rows => customers.Length;
        public override string Customer(int row) => customers[row];
        public override int Length(int row) => 1;
        public override Tensor Loss(ReadOnlySpan<int> rows, Seed seed, LossParts parts) => throw new InvalidOperationException("The split does not train.");
    }

    [Fact]
    public void ACustomersPart_HangsOnTheIdAndTheSeedAlone()
    {
        string[] all = [.. Enumerable.Range(0, 5_000).Select(i => $"c{i % 4_000}")];
        var split = CustomerSplit.Of(new Named(all), 0.1, 0.2, new(3));
        Assert.Equal(Enumerable.Range(0, 5_000), split.Training.Concat(split.Validation).Concat(split.Test).Order());
        Assert.InRange(split.Validation.Length, 420, 580);
        Assert.InRange(split.Test.Length, 900, 1_100);
        // Rows of one customer stay together; fewer customers change nobody's part.
        string[] Ids(int[] rows) => [.. rows.Select(r => all[r]).Distinct()];
        Assert.Empty(Ids(split.Training).Intersect(Ids(split.Validation)));
        var fewer = CustomerSplit.Of(new Named(all[..100]), 0.1, 0.2, new(3));
        Assert.Equal(split.Test.Where(r => r < 100), fewer.Test);
        Assert.NotEqual(split.Test, CustomerSplit.Of(new Named(all), 0.1, 0.2, new(4)).Test);
    }

    [Fact]
    public void Schedule_RisesToThePeak_ThenFallsToTheFloor() =>
        Gen.Select(Gen.Int[1, 500], Gen.Double[0, 0.9], Gen.Double[0, 1]).Sample((steps, warmUp, floor) =>
        {
            var rates = Enumerable.Range(0, steps).Select(s => Schedule.Rate(s, steps, 2, warmUp, floor)).ToArray();
            var peak = Array.IndexOf(rates, rates.Max());
            Assert.All(rates, r => Assert.InRange(r, Math.Min(2 * floor, 2.0 / steps) - 1e-12, 2 + 1e-12));
            for (var s = 1; s < steps; s++) Assert.True(s <= peak ? rates[s] >= rates[s - 1] : rates[s] <= rates[s - 1] + 1e-12);
            var rising = (int)Math.Ceiling(warmUp * steps);
            if (steps - rising > 1)
            {
                Assert.Equal(2, rates.Max(), 1e-9);
                Assert.Equal(2 * floor, rates[^1], 1e-9);
            }
        }, iter: 300);

    [Fact]
    public void Batches_HoldEveryRowOnce_AndLikeLengths() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[1, 40], Gen.ULong).Sample((n, batch, seed) =>
        {
            var rows = Enumerable.Range(5, n).ToArray();
            int Length(int row) => row * 37 % 64;
            var batches = LengthBuckets.Shuffled(rows, Length, batch, new Rng(seed, 1));
            Assert.Equal(rows, batches.SelectMany(b => b).Order());
            Assert.Equal((n + batch - 1) / batch, batches.Length);
            Assert.All(LengthBuckets.Sorted(rows, Length, batch).SelectMany(b => b).Zip(rows.OrderBy(Length).ThenBy(r => r)), p => Assert.Equal(p.Second, p.First));
        }, iter: 100);

    // The plain twin of algorithm 2 of the paper, in double precision.
    [Fact]
    public void AdamW_IsItsPlainTwin()
    {
        LibTorch.Ready();
        using var scope = NewDisposeScope();
        manual_seed(3);
        var line = nn.Linear(3, 2);
        using var optimiser = new AdamW(line, 0.1);
        var weights = line.parameters().Select(p => p.data<float>().ToArray().Select(v => (double)v).ToArray()).ToArray();
        double[][] m = [.. weights.Select(w => new double[w.Length])], v = [.. weights.Select(w => new double[w.Length])];
        var x = randn(5, 3);
        for (var step = 1; step <= 20; step++)
        {
            optimiser.ZeroGradients();
            line.call(x).square().mean().backward();
            var gradients = line.parameters().Select(p => p.grad!.data<float>().ToArray()).ToArray();
            var rate = 0.01 * step;
            for (var p = 0; p < 2; p++)
                for (var i = 0; i < weights[p].Length; i++)
                {
                    double g = gradients[p][i];
                    m[p][i] = 0.9 * m[p][i] + 0.1 * g;
                    v[p][i] = 0.999 * v[p][i] + 0.001 * g * g;
                    weights[p][i] -= rate * (m[p][i] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(v[p][i] / (1 - Math.Pow(0.999, step))) + 1e-8) + (p == 0 ? 0.1 * weights[p][i] : 0));
                }

            optimiser.Step(rate);
        }

        foreach (var (parameter, twin) in line.parameters().Zip(weights))
            Assert.All(parameter.data<float>().ToArray().Zip(twin), p => Assert.Equal(p.Second, p.First, 2e-4));
    }

    [Fact]
    public void Clip_ShortensLongGradients_AndLeavesShortOnes()
    {
        LibTorch.Ready();
        using var scope = NewDisposeScope();
        var line = nn.Linear(3, 2);
        using var optimiser = new AdamW(line, 0);
        (line.call(ones(4, 3)) * 10).sum().backward();
        var before = optimiser.Clip(1e9);
        Assert.Equal(before, optimiser.Clip(0.5), 1e-4 * before);
        Assert.Equal(0.5, optimiser.Clip(10), 1e-5);
    }

    [Fact]
    public void Weights_OfAnotherShapeOrName_AreAllNamed()
    {
        LibTorch.Ready();
        using var scope = NewDisposeScope();
        var line = nn.Linear(3, 2);
        var stored = new Dictionary<string, StoredTensor> { ["weight"] = new([3, 2], new float[6]), ["colour"] = new([1], [1]) };
        var message = Assert.Throws<InputException>(() => ModuleWeights.Fill(line, stored, "w.safetensors")).Message;
        Assert.Contains("'bias' is missing", message, StringComparison.Ordinal);
        Assert.Contains("'weight' has shape [3, 2]; expected [2, 3]", message, StringComparison.Ordinal);
        Assert.Contains("'colour' belongs to no part", message, StringComparison.Ordinal);
        stored = new() { ["weight"] = new([2, 3], [1, 2, 3, 4, float.NaN, 6]), ["bias"] = new([2], [1, 2]) };
        Assert.Contains("not finite", Assert.Throws<InputException>(() => ModuleWeights.Fill(line, stored, "w")).Message, StringComparison.Ordinal);
    }
}
