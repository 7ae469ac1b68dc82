using System.Security.Cryptography;
using System.Text.Json;
using Coterie.Learning.Models;
using Coterie.Learning.Training;

namespace Coterie.Learning.Weights;

/// <summary>A guesser of the next product in a folder: <c>model.json</c> (options, catalogue, checksum) and <c>next-item.safetensors</c>.</summary>
static class NextItemFiles
{
    const string Manifest = "model.json", Numbers = "next-item.safetensors", Format = "coterie-next-item-1";
    static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    sealed record Description(string Format, NextItemOptions Options, IReadOnlyList<string> Products, string Sha256);

    public static void Save(string folder, CatalogueTransformer module, NextItemOptions options, IReadOnlyList<string> products)
    {
        Directory.CreateDirectory(folder);
        var bytes = Safetensors.Write(ModuleWeights.Of(module));
        Checkpoint.WriteWhole(Path.Combine(folder, Numbers), bytes);
        var description = new Description(Format, options, [.. products], Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Checkpoint.WriteWhole(Path.Combine(folder, Manifest), JsonSerializer.SerializeToUtf8Bytes(description, Pretty));
    }

    /// <exception cref="InputException">A file is missing, cut off or changed, or the two do not belong together.</exception>
    public static NextItemModel Load(string folder)
    {
        var manifest = Path.Combine(folder, Manifest);
        var description = Describe(manifest);
        var numbers = Path.Combine(folder, Numbers);
        if (!File.Exists(numbers)) throw new InputException($"{numbers} is not there. Copy the whole folder of the model.");
        var bytes = File.ReadAllBytes(numbers);
        // What the file is comes first: a pickle is called a pickle.
        var tensors = Safetensors.Read(bytes, numbers);
        var found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (found != description.Sha256) throw new InputException($"{numbers} was changed: its SHA-256 is {found}; {Manifest} expects {description.Sha256}. Copy the folder of the model again.");
        // The embeddings alone must be in the file: sizes beyond it would only be an order to fill the memory.
        if ((long)description.Products.Count * description.Options.Dim * 4 > bytes.Length || (long)description.Options.Length * description.Options.Dim * 4 > bytes.Length
            || (long)description.Options.Blocks * description.Options.FeedForward * description.Options.Dim * 8 > bytes.Length)
            throw new InputException($"{manifest} describes a model larger than {Numbers}. Copy the folder of the model again.");
        var module = CatalogueTransformer.Create(description.Products.Count, description.Options, new(0));
        try
        {
            ModuleWeights.Fill(module, tensors, numbers);
            return new(module, description.Options, description.Products);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    static Description Describe(string manifest)
    {
        if (!File.Exists(manifest)) throw new InputException($"{manifest} is not there; expected the folder of a trained model of the next product.");
        try
        {
            var description = JsonSerializer.Deserialize<Description>(File.ReadAllBytes(manifest));
            if (description is not { Options.Training: not null, Products: not null, Sha256: not null } || description.Products.Any(p => p is null))
                throw new InputException($"{manifest} lacks options, products or checksum. Copy the folder of the model again.");
            if (description.Format != Format) throw new InputException($"{manifest} has format {description.Format}; expected {Format}. Train again with this version.");
            var problems = description.Options.Problems().ToArray();
            if (problems.Length > 0) throw new InputException($"{manifest} does not describe a model: {string.Join(' ', problems)}");
            return description;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InputException($"{manifest} is not the description of a model ({e.Message}). Copy the folder of the model again.", e);
        }
    }
}
