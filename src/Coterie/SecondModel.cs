using System.Text.Json;
using System.Text.Json.Serialization;
using Coterie.Clustering;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie;

/// <summary>Customers placed by a second view, or by both views.</summary>
/// <param name="Assignment">n.</param>
/// <param name="Probabilities">n x K.</param>
internal sealed record SecondPlacement(Assignment Assignment, Matrix Probabilities)
{
    /// <summary>n: overlap of what each view says alone; null with one view.</summary>
    internal float[]? Agreement { get; init; }
    internal int[]? FeaturesOpinion { get; init; }
    internal int[]? SequencesOpinion { get; init; }
}

/// <summary>What places a customer by the order of events, alone or beside the features. Plain JSON; nothing in it can execute.</summary>
public sealed record SecondModel
{
    public const string CurrentSchema = "coterie.second-view/1", File = "second-view.json";

    public string Version { get; init; } = CurrentSchema;
    /// <summary>Of the codes that the models speak.</summary>
    public required SequenceSchema Codes { get; init; }
    /// <summary>Segments by the order of events alone.</summary>
    public MarkovMixtureModel? Chains { get; init; }

    static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        AllowDuplicateProperties = false,
        MaxDepth = 32,
    };

    /// <summary>Places the customers of the chunks, who must be those of the rows.</summary>
    /// <param name="customers">n ids in ordinal order.</param>
    /// <param name="rows">n x d, what the features view clusters; not looked at by a model of the order alone.</param>
    /// <param name="chunks">Coded by <see cref="Codes"/> as of the instant.</param>
    /// <param name="asOf">Instant of the chunks.</param>
    internal SecondPlacement Place(string[] customers, Matrix rows, IEnumerable<CustomerSequences> chunks, DateTime asOf)
    {
        var parts = new List<MixturePlacement>();
        var at = 0;
        foreach (var chunk in chunks)
        {
            var joined = chunk.Joined();
            if (at + joined.Count > customers.Length || !joined.Customers.AsSpan().SequenceEqual(customers.AsSpan(at, joined.Count)))
                throw new InvalidOperationException("The customers of the events in order are not those of the features.");
            parts.Add(Chains!.Place(joined, asOf));
            at += joined.Count;
        }

        if (at != customers.Length) throw new InvalidOperationException($"{customers.Length - at} customers have features and no events in order.");
        var assignment = new Assignment(
            [.. parts.SelectMany(p => p.Assignment.Labels)], [.. parts.SelectMany(p => p.Assignment.Second)], [.. parts.SelectMany(p => p.Assignment.Confidence)]);
        return new(assignment, new Matrix([.. parts.SelectMany(p => p.Probabilities.Values)], at, parts.Count == 0 ? 0 : parts[0].Probabilities.Columns));
    }

    internal void Write(string directory) => System.IO.File.WriteAllBytes(Path.Combine(directory, File), JsonSerializer.SerializeToUtf8Bytes(this, Json));

    /// <summary>Null when the run's segments rest on the features alone.</summary>
    /// <exception cref="InputException">The file is damaged or of another version.</exception>
    internal static SecondModel? Read(string directory)
    {
        var file = Path.Combine(directory, File);
        if (!System.IO.File.Exists(file)) return null;
        try
        {
            var model = JsonSerializer.Deserialize<SecondModel>(System.IO.File.ReadAllBytes(file), Json);
            if (model?.Version != CurrentSchema) throw new InputException($"'{file}' has the version '{model?.Version}'; this version reads {CurrentSchema}. Run segment again.");
            return model;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            throw new InputException($"'{file}' is damaged: {e.Message} Run segment again to write a new one.", e);
        }
    }
}
