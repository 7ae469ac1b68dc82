using static TorchSharp.torch;

namespace Coterie.Learning.Weights;

/// <summary>Between a module's parameters and stored tensors.</summary>
static class ModuleWeights
{
    /// <summary>Copies of all parameters, by name.</summary>
    public static SortedDictionary<string, StoredTensor> Of(nn.Module module)
    {
        var stored = new SortedDictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (var (name, parameter) in module.named_parameters()) stored.Add(name, Copy(parameter));
        return stored;
    }

    public static StoredTensor Copy(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return new([.. tensor.shape], tensor.numel() == 0 ? [] : tensor.detach().cpu().contiguous().data<float>().ToArray());
    }

    public static void Fill(Tensor target, StoredTensor stored)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        if (stored.Values.Length > 0) target.copy_(tensor(stored.Values, stored.Shape));
    }

    /// <summary>Puts stored tensors in the place of the parameters.</summary>
    /// <exception cref="InputException">Names or shapes differ; all differences are listed.</exception>
    public static void Fill(nn.Module module, IReadOnlyDictionary<string, StoredTensor> stored, string source)
    {
        var problems = new List<string>();
        var parameters = module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var (name, parameter) in parameters.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (!stored.TryGetValue(name, out var tensor)) problems.Add($"'{name}' is missing");
            else if (!tensor.Shape.SequenceEqual(parameter.shape)) problems.Add($"'{name}' has shape {tensor.ShapeText}; expected [{string.Join(", ", parameter.shape)}]");
            else if (tensor.Values.Any(v => !float.IsFinite(v))) problems.Add($"'{name}' holds a number that is not finite");
        }

        problems.AddRange(stored.Keys.Where(n => !parameters.ContainsKey(n)).Select(n => $"'{n}' belongs to no part of the model"));
        if (problems.Count > 0)
            throw new InputException($"{source} does not fit the model:\n  {string.Join("\n  ", problems.Take(12))}{(problems.Count > 12 ? $"\n  and {problems.Count - 12} more" : "")}\nTake both from the same run.");
        foreach (var (name, parameter) in parameters) Fill(parameter, stored[name]);
    }
}
