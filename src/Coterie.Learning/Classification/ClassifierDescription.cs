using System.Text.Json.Serialization;
using Coterie.Learning.Models;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Learning.Classification;

/// <summary>All that is needed to build a classifier, but for its numbers.</summary>
sealed record ClassifierDescription
{
    public required EncoderOptions Encoder { get; init; }
    public required IReadOnlyList<SequenceField> Fields { get; init; }
    public required AdaptationOptions Adaptation { get; init; }
    /// <summary>Ranks of the adapter's layers; null takes the options'.</summary>
    public required IReadOnlyDictionary<string, int>? Ranks { get; init; }
    public required ClassifierShape Shape { get; init; }
    /// <summary>Null without features.</summary>
    public required FeatureScale? Scale { get; init; }
    public required IReadOnlyList<string> Without { get; init; }
    public double Temperature { get; init; } = 1;
    /// <summary>SHA-256 of the weights of the encoder that is adapted; null where the encoder itself was trained.</summary>
    public required string? Base { get; init; }

    /// <summary>A module of this description.</summary>
    /// <param name="encoder">Weights to begin with; null draws them from the seed.</param>
    /// <exception cref="ConfigurationException">The description contradicts itself.</exception>
    public ClassifierModule Build(IReadOnlyDictionary<string, StoredTensor>? encoder, Seed seed)
    {
        var made = SequenceEncoder.Create(Fields, Encoder, seed.Child(0));
        try
        {
            if (encoder is not null) ModuleWeights.Fill(made, encoder, "the encoder");
            var module = ClassifierModule.Create(made, Adaptation, Ranks, Shape, seed.Child(1));
            module.eval();
            return module;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    [JsonIgnore]
    public string Kind => Adaptation switch
    {
        FullTuning => "full", FrozenEncoder => "frozen", LoraOptions => "lora", AdaLoraOptions => "adalora", _ => "bottleneck",
    };

    [JsonIgnore]
    public int[] HiddenFields => [.. Enumerable.Range(0, Fields.Count).Where(f => Without.Contains(Fields[f].Name))];

    public IEnumerable<string> Problems()
    {
        // Codes are 16 bits wide; more would only be an order to fill the memory.
        if (Fields.Count is 0 or > 256 || Fields.Any(f => f is null || f.Words is null || f.Codes is < SequenceField.First or > ushort.MaxValue + 1))
            yield return "fields that no encoder has";
        if (Encoder.Dim > 4096 || Shape.Segments is < 1 or > 65_536 || Shape.Hidden is < 0 or > 65_536 || !(Shape.Dropout is >= 0 and < 1))
            yield return "sizes that no classifier has";
        foreach (var problem in Encoder.Problems().Concat(Adaptation.Problems()).Concat(Shape.Features.Problems())) yield return problem;
        if (Shape.FeatureColumns != (Scale?.Columns.Count ?? 0)) yield return $"{Shape.FeatureColumns} features and a scale of {Scale?.Columns.Count ?? 0}";
        if (Scale is { } scale && (scale.Means.Count != scale.Columns.Count || scale.Deviations.Count != scale.Columns.Count || !scale.Deviations.All(d => d > 0)))
            yield return "a scale of features that is none";
        if (!(Temperature > 0 && double.IsFinite(Temperature))) yield return $"a temperature of {Temperature}";
        if (Ranks is { } ranks && ranks.Values.Any(r => r is < 0 or > 4096)) yield return "ranks that no adapter has";
    }
}
