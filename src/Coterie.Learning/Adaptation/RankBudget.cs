using Coterie.Learning.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Adaptation;

/// <summary>Running averages of how much the loss hangs on the numbers of one low-rank change.</summary>
/// <remarks>They are parameters that are not trained, so that checkpoints hold them.</remarks>
sealed class RankImportance : nn.Module
{
    readonly Parameter[] numbers;
    readonly ParameterList sensitivity;
    readonly ParameterList uncertainty;
    readonly Parameter kept;

    public RankImportance(LowRankChange change) : base(nameof(RankImportance))
    {
        Change = change;
        numbers = [change.Diagonal!, change.Up, change.Down];
        sensitivity = new([.. numbers.Select(Zeros)]);
        uncertainty = new([.. numbers.Select(Zeros)]);
        kept = new(ones(change.Rank), requires_grad: false);
        RegisterComponents();
    }

    static Parameter Zeros(Parameter like) => new(zeros(like.shape), requires_grad: false);

    public LowRankChange Change { get; }

    /// <summary>Takes a step's gradients in: the sensitivity |w dL/dw| and its distance from its own average (equations 8 to 10).</summary>
    public void Observe(double sensitivityDecay, double uncertaintyDecay)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            using var scope = NewDisposeScope();
            if (numbers[i].grad is not { } gradient) continue;
            var now = (numbers[i] * gradient).abs();
            sensitivity[i].ScaleInPlace(sensitivityDecay).AddInPlace(now, 1 - sensitivityDecay);
            uncertainty[i].ScaleInPlace(uncertaintyDecay).AddInPlace(now.Minus(sensitivity[i]).abs(), 1 - uncertaintyDecay);
        }
    }

    /// <summary>R: the score of each rank, that of its place on the diagonal plus the means of its column and row (equation 7).</summary>
    public float[] Scores()
    {
        using var scope = NewDisposeScope();
        Tensor Score(int i) => sensitivity[i] * uncertainty[i];
        return Score(0).Plus(Score(1).mean([0])).Plus(Score(2).flatten(1).mean([1])).cpu().data<float>().ToArray();
    }

    public bool[] Kept => [.. kept.cpu().data<float>().ToArray().Select(k => k > 0)];

    /// <summary>Which ranks are kept from now on.</summary>
    public void Keep(bool[] ranks) => ModuleWeights.Fill(kept, new([ranks.Length], [.. ranks.Select(k => k ? 1f : 0)]));

    /// <summary>The others' places on the diagonal become zero again after the optimiser moved them.</summary>
    public void Prune() => Change.Diagonal!.mul_(kept);
}

/// <summary>Shares a falling number of ranks out among layers by importance while they are trained (Zhang et al. 2023, algorithm 1).</summary>
sealed class RankBudget : nn.Module
{
    readonly AdaLoraOptions options;
    readonly ModuleList<RankImportance> layers;

    public RankBudget(LowRankAdapter adapter, AdaLoraOptions options) : base(nameof(RankBudget))
    {
        this.options = options;
        layers = new([.. adapter.Changes.Select(c => new RankImportance(c))]);
        RegisterComponents();
    }

    /// <summary>Ranks of all layers together at the end.</summary>
    public int Last => Math.Max(1, (int)Math.Round(options.Budget * layers.Count));

    int First => layers.Sum(l => l.Change.Rank);

    /// <summary>Ranks of all layers together after a step (equation 12).</summary>
    /// <param name="step">From 0.</param>
    public int At(int step, int steps)
    {
        double begin = Math.Ceiling(options.WarmUp * steps), end = Begins(steps);
        if (step < begin) return First;
        if (step >= end) return Last;
        var left = 1 - (step - begin) / (end - begin);
        return (int)Math.Round(Last + (First - Last) * left * left * left);
    }

    // The first step of the last phase.
    double Begins(int steps) => Math.Floor((1 - options.Settle) * steps);

    /// <summary>Whether the budget has reached its end: weights from before are larger than asked for.</summary>
    public bool Settled(int steps, int all) => steps > Begins(all);

    /// <summary>Weight * (|P'P - I|² + |QQ' - I|²), mean over the layers.</summary>
    public Tensor? Penalty()
    {
        if (options.Orthogonality == 0) return null;
        using var scope = NewDisposeScope();
        Tensor? sum = null;
        foreach (var layer in layers)
        {
            var one = eye(layer.Change.Rank, device: layer.Change.Up.device);
            var down = layer.Change.Down.flatten(1);
            var distance = layer.Change.Up.t().mm(layer.Change.Up).Minus(one).Squared().sum().Plus(down.mm(down.t()).Minus(one).Squared().sum());
            sum = sum is null ? distance : sum.Plus(distance);
        }

        return sum!.Times(options.Orthogonality / layers.Count).MoveToOuterDisposeScope();
    }

    /// <summary>After the optimiser: the gradients are still there.</summary>
    /// <param name="step">From 0.</param>
    public void AfterStep(int step, int steps)
    {
        using var still = no_grad();
        var end = Begins(steps);
        if (step <= end)
        {
            foreach (var layer in layers) layer.Observe(options.SensitivityDecay, options.UncertaintyDecay);
            // In the last phase the ranks stay as its first step chose them.
            if (step >= end || step % options.Every == 0) Choose(At(step, steps));
        }

        foreach (var layer in layers)
        {
            using var scope = NewDisposeScope();
            layer.Prune();
        }
    }

    /// <summary>Down to the last budget at once, for a training that ends before its time.</summary>
    public void PruneToTheEnd()
    {
        using var still = no_grad();
        using var scope = NewDisposeScope();
        Choose(Last);
        foreach (var layer in layers) layer.Prune();
    }

    // The ranks of highest scores over all layers; of equals the first.
    void Choose(int budget)
    {
        var scores = layers.Select(l => l.Scores()).ToArray();
        var order = scores.SelectMany((s, l) => s.Select((score, r) => (Layer: l, Rank: r, Score: score)))
            .OrderByDescending(x => x.Score).ThenBy(x => x.Layer).ThenBy(x => x.Rank);
        var kept = Array.ConvertAll(scores, s => new bool[s.Length]);
        foreach (var best in order.Take(budget)) kept[best.Layer][best.Rank] = true;
        for (var l = 0; l < kept.Length; l++) layers[l].Keep(kept[l]);
    }

    /// <summary>The kept ranks of each layer, in the adapter's order.</summary>
    public IReadOnlyList<int[]> KeptRanks => [.. layers.Select(l => l.Kept).Select(kept => Enumerable.Range(0, kept.Length).Where(r => kept[r]).ToArray())];
}
