using System.Text.Json;
using System.Text.Json.Serialization;
using Coterie.Clustering;
using Coterie.Features;
using Coterie.Feedback;
using Coterie.Fusion;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Sequences;

namespace Coterie;

/// <summary>A segment as a saved model knows it.</summary>
public sealed record ModelSegment(int Label, string Id, Bilingual Name);

/// <summary>Customers placed by a model.</summary>
/// <param name="Assignment">n.</param>
/// <param name="Agreement">n: overlap of what the two views say, 0 to 1; null with one view.</param>
internal sealed record PlacedCustomers(Assignment Assignment, float[]? Agreement);

/// <summary>Everything that places a customer: how features become a representation, the clusters, and the segments' names. Saved as
/// plain JSON; nothing in it can execute.</summary>
public sealed record SegmentationModel
{
    public const string CurrentSchema = "coterie.model/1";

    public string Schema { get; init; } = CurrentSchema;
    public required string Version { get; init; }
    public required ulong Seed { get; init; }
    /// <summary>The run's instant: features of later scoring are taken as of this, or as of the newest event when that is later.</summary>
    public required DateTime AsOf { get; init; }
    public required bool HasTimeOfDay { get; init; }
    /// <summary>Event columns and kinds of the run's data: a scored file without a single refund has no refunds, not unknown ones.</summary>
    public required IReadOnlyList<string> Present { get; init; }
    public required IReadOnlyList<string> Kinds { get; init; }
    /// <summary>What features need to know of the shop, as it was at the run.</summary>
    public required ShopFacts Facts { get; init; }
    public required Representation Representation { get; init; }
    /// <summary>Null when the data had no structure: everybody is in the one segment.</summary>
    public required ClusterModel? Clusters { get; init; }
    public required IReadOnlyList<ModelSegment> Segments { get; init; }
    /// <summary>features, sequences or fused: by what customers are placed.</summary>
    public string Kept { get; init; } = "features";
    /// <summary>Places customers where <see cref="Kept"/> is not features; a file of its own beside this one.</summary>
    [JsonIgnore]
    public SecondModel? Second { get; init; }
    /// <summary>Whether people's feedback changed the segments.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WithFeedback { get; init; }
    /// <summary>What feedback made of the clusters; null where there was none; a file of its own beside this one.</summary>
    [JsonIgnore]
    public FeedbackModel? Feedback { get; init; }

    static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
        AllowDuplicateProperties = false,
        MaxDepth = 32,
    };

    /// <summary>Places every customer of a table.</summary>
    /// <param name="table">Customers and their features.</param>
    /// <param name="histories">Reads their events in order, coded as the model's second view has it, as of the table's instant; asked only by a model
    /// that looks at the order.</param>
    /// <param name="threads">The result does not depend on it.</param>
    internal PlacedCustomers Assign(FeatureTable table, Func<SequenceSchema, IEnumerable<CustomerSequences>> histories, int threads)
    {
        if (Feedback is null && Second is null) return new(Clusters is { } clusters ? clusters.Assign(Representation.Apply(table).Rows, threads) : Everyone(table.Count), null);
        var placed = Second is { } second ? second.Place(table.Customers, Representation.Preparation.Apply(table).Rows, histories(second.Codes), table.AsOf) : ByFeatures(table, threads);
        if (Feedback is not { } feedback) return new(placed.Assignment, placed.Agreement);
        var locked = feedback.Locked(table.Count, model => model.Assign(table, histories, threads).Assignment.Labels);
        var found = new BasePlacement(table.Customers, Representation.Apply(table).Rows, placed.Assignment, placed.Probabilities);
        return new(feedback.Place(found, locked, threads).Assignment, placed.Agreement);
    }

    SecondPlacement ByFeatures(FeatureTable table, int threads)
    {
        var found = Clusters is { } clusters ? clusters.Assign(Representation.Apply(table).Rows, threads) : Everyone(table.Count);
        // Where centres place customers, feedback asks them and not the probabilities.
        return new(found, Clusters is KMeansModel ? new Matrix(table.Count, 0) : FusionView.OfAssignment("features", found, Clusters?.Clusters ?? 1, margins: false).Opinions);
    }

    static Assignment Everyone(int count)
    {
        var second = new int[count];
        Array.Fill(second, -1);
        var confidence = new float[count];
        Array.Fill(confidence, 1f);
        return new Assignment(new int[count], second, confidence);
    }

    public void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllBytes(Path.Combine(directory, "model.json"), JsonSerializer.SerializeToUtf8Bytes(this, Json));
        Second?.Write(directory);
        Feedback?.Write(directory);
    }

    /// <summary>Writes model.json alone.</summary>
    internal void WriteTo(Stream stream) => JsonSerializer.Serialize(stream, this, Json);

    /// <summary>Reads a model from its directory, or from the run directory that holds one.</summary>
    /// <exception cref="InputException">No model there, or it is damaged or of another version.</exception>
    public static SegmentationModel Read(string directory)
    {
        var file = new[] { Path.Combine(directory, "model.json"), Path.Combine(directory, "model", "model.json") }.FirstOrDefault(File.Exists)
            ?? throw new InputException($"No model in '{directory}': expected model.json there or in its folder model/. Name the --out of a former run.");
        try
        {
            var model = JsonSerializer.Deserialize<SegmentationModel>(File.ReadAllBytes(file), Json);
            if (model?.Schema != CurrentSchema)
                throw new InputException($"'{file}' has the schema '{model?.Schema}'; this version reads {CurrentSchema}. Run segment again.");
            if (model.WithFeedback) model = model with { Feedback = FeedbackModel.Read(Path.GetDirectoryName(file)!) };
            if (model.Kept == "features") return model;
            var second = SecondModel.Read(Path.GetDirectoryName(file)!)
                ?? throw new InputException($"'{file}' places customers by {SecondModel.File}, which is not beside it. Copy the whole folder of the model.");
            return model with { Second = second };
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            throw new InputException($"'{file}' is damaged: {e.Message} Run segment again to write a new one.", e);
        }
    }
}
