using Coterie.Learning.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Training;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2); its two moments can be stored and put back.</summary>
sealed class AdamW : IDisposable
{
    const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    readonly string[] names;
    readonly Parameter[] parameters;
    readonly Tensor[] first;
    readonly Tensor[] second;
    readonly double decay;
    int steps;

    public AdamW(nn.Module module, double decay)
    {
        var trained = module.named_parameters().Where(p => p.parameter.requires_grad).ToArray();
        names = [.. trained.Select(p => p.name)];
        parameters = [.. trained.Select(p => p.parameter)];
        first = [.. parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
        second = [.. parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
        this.decay = decay;
    }

    public void ZeroGradients()
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in parameters) parameter.grad?.zero_();
    }

    /// <summary>Shortens the gradient of all parameters together to <paramref name="longest"/> (Pascanu et al. 2013).</summary>
    /// <returns>Its length before.</returns>
    public double Clip(double longest)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var gradients = parameters.Select(p => p.grad).OfType<Tensor>().ToArray();
        if (gradients.Length == 0) return 0;
        var length = (double)stack(gradients.Select(g => g.norm())).norm().item<float>();
        if (length > longest)
            foreach (var gradient in gradients) gradient.ScaleInPlace(longest / length);
        return length;
    }

    public void Step(double rate)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        steps++;
        var unbias1 = 1 - Math.Pow(Beta1, steps);
        var unbias2 = Math.Sqrt(1 - Math.Pow(Beta2, steps));
        for (var i = 0; i < parameters.Length; i++)
        {
            using var inner = NewDisposeScope();
            var gradient = parameters[i].grad;
            if (gradient is null) continue;
            if (decay > 0 && parameters[i].dim() > 1) parameters[i].ScaleInPlace(1 - rate * decay);
            first[i].ScaleInPlace(Beta1).AddInPlace(gradient, 1 - Beta1);
            second[i].ScaleInPlace(Beta2).AddProductInPlace(gradient, gradient, 1 - Beta2);
            // rate / unbias1 * m / (sqrt(v) / unbias2 + epsilon)
            parameters[i].AddQuotientInPlace(first[i], second[i].sqrt().DivideInPlace(unbias2).ShiftInPlace(Epsilon), -rate / unbias1);
        }
    }

    /// <summary>The moments, under the parameters' names with a prefix.</summary>
    public void Store(SortedDictionary<string, StoredTensor> into)
    {
        for (var i = 0; i < names.Length; i++)
        {
            into[$"first/{names[i]}"] = ModuleWeights.Copy(first[i]);
            into[$"second/{names[i]}"] = ModuleWeights.Copy(second[i]);
        }
    }

    public void Restore(IReadOnlyDictionary<string, StoredTensor> from, int done)
    {
        for (var i = 0; i < names.Length; i++)
        {
            ModuleWeights.Fill(first[i], from[$"first/{names[i]}"]);
            ModuleWeights.Fill(second[i], from[$"second/{names[i]}"]);
        }

        steps = done;
    }

    public void Dispose()
    {
        foreach (var tensor in first.Concat(second)) tensor.Dispose();
    }
}
