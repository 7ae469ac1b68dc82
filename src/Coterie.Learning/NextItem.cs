using Coterie.Decisions;
using Coterie.Learning.Models;
using Coterie.Learning.Objectives;
using Coterie.Learning.Training;
using Coterie.Numerics;

namespace Coterie.Learning;

/// <summary>A trained guesser of the next product and how its training went. Dispose of the model.</summary>
public sealed record FittedNextItem(NextItemModel Model, TrainingResult Training);

/// <summary>Learns what customers take next: histories, options and a seed become a model.</summary>
public static class NextItem
{
    /// <summary>Fits a causal Transformer to the histories; customers with fewer than two events teach nothing and are passed over.</summary>
    /// <param name="folder">Takes checkpoints while it runs and the record afterwards; a killed training goes on from there to the same result. Null keeps nothing.</param>
    /// <exception cref="ConfigurationException">Lists every problem of the options.</exception>
    /// <exception cref="InputException">The histories are not usable, or no customer has two events.</exception>
    public static FittedNextItem Fit(
        ItemHistories histories, NextItemOptions options, Seed seed, string? folder = null, IProgress<TrainingProgress>? progress = null, CancellationToken stop = default)
    {
        var problems = options.Problems().ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        histories.Check();
        if (histories.Histories.All(h => h.Length < 2)) throw new InputException("No customer has two events, so nothing ever follows anything; expected histories of two events or more.");
        var module = CatalogueTransformer.Create(histories.Products.Count, options, seed.Child(0));
        try
        {
            if (options.Counted) module.Begin(ItemVectors.Fit(histories, new() { Dim = options.Dim, Threads = options.Training.Threads }, seed.Child(1)).Vectors);
            var result = Trainer.Train(new NextItems(histories, module, options), options.Training, seed, folder, progress: progress, stop: stop);
            return new(new NextItemModel(module, options, histories.Products), result);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }
}
