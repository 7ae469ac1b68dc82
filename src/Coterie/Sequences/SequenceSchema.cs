using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coterie.Sequences;

/// <summary>Hashed: any product of any catalogue has a code, several share one. Vocabulary: the products of most events have a code each, all others
/// are unknown.</summary>
public enum ProductCoding { Hashed, Vocabulary }

/// <summary>How much of a catalogue gets codes of its own.</summary>
public sealed record SequenceSchemaOptions
{
    /// <summary>Categories of most events that have a code each; the rest of the training data share one.</summary>
    public int Categories { get; init; } = 128;
    public ProductCoding Products { get; init; } = ProductCoding.Hashed;
    /// <summary>Buckets of the hash, or the most products in the vocabulary.</summary>
    public int ProductCodes { get; init; } = 4096;
    /// <summary>Channels and devices of most events that have a code each.</summary>
    public int Channels { get; init; } = 30;

    internal void Validate()
    {
        // Codes are ushort, and 0 and 1 are taken.
        const int most = ushort.MaxValue - 2;
        var problems = new List<string>();
        void Within(string name, int value)
        {
            if (value is < 1 or > most) problems.Add($"sequences: {name} is {value}; expected 1 to {most}.");
        }

        Within("categories", Categories);
        Within("product-codes", ProductCodes);
        Within("channels", Channels);
        if (!Enum.IsDefined(Products)) problems.Add($"sequences: products is {Products}; expected hashed or vocabulary.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}

/// <summary>A category of the training data.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Price">Mean unit price of its events; null where none has a price.</param>
public sealed record SequenceCategory(string Name, double? Price);

/// <summary>What coding learned of one catalogue: vocabularies, usual prices, price quantiles. A model holds the schema that it was trained with; its
/// <see cref="Checksum"/> says whether two models or tables speak of the same codes.</summary>
public sealed record SequenceSchema
{
    public const string CurrentVersion = "coterie.sequences/1";

    public string Version { get; init; } = CurrentVersion;
    public required SequenceSchemaOptions Options { get; init; }
    /// <summary>Categories of the training data, those of most events first; at most <see cref="SequenceLearning.MaxCategories"/>.</summary>
    public required IReadOnlyList<SequenceCategory> Categories { get; init; }
    /// <summary>Mean unit price of all events, for products of unknown category; null where no event has a price.</summary>
    public required double? UsualPrice { get; init; }
    /// <summary>Price over usual price: at most 7 ascending borders between buckets of about equally many events.</summary>
    public required IReadOnlyList<double> PriceEdges { get; init; }
    /// <summary>The vocabulary of products, most events first; empty where products are hashed.</summary>
    public required IReadOnlyList<string> Products { get; init; }
    public required IReadOnlyList<string> Channels { get; init; }
    public required IReadOnlyList<string> Devices { get; init; }

    static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        MaxDepth = 16,
    };

    sealed record SchemaFile
    {
        public required string Checksum { get; init; }
        public required SequenceSchema Schema { get; init; }
    }

    /// <summary>The fields of every event that is coded by this schema, always the same in name and order.</summary>
    [JsonIgnore]
    public IReadOnlyList<SequenceField> Fields => SequenceFields.Of(this);

    /// <summary>SHA-256 of the schema's content, in hexadecimal.</summary>
    [JsonIgnore]
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, Json)));

    /// <summary>Categories with a code of their own.</summary>
    internal IEnumerable<string> NamedCategories => Categories.Take(Options.Categories).Select(c => c.Name);

    /// <summary>Says that a model and a table of sequences belong together.</summary>
    /// <param name="checksum">The checksum that the model was saved with.</param>
    /// <exception cref="InputException">They do not.</exception>
    public void MustBe(string checksum)
    {
        if (Checksum == checksum) return;
        throw new InputException($"The model is from another catalogue: it was trained on codes {Short(checksum)}, these sequences have {Short(Checksum)}. "
            + "Code the events with the schema that is saved beside the model, or train a new model.");
    }

    static string Short(string checksum) => checksum.Length > 12 ? checksum[..12] : checksum;

    /// <summary>Writes the schema with its checksum.</summary>
    public void Write(string file) => File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(new SchemaFile { Checksum = Checksum, Schema = this }, Json));

    /// <summary>Reads a schema.</summary>
    /// <exception cref="InputException">There is none, or it is damaged, of another version, or was changed by hand.</exception>
    public static SequenceSchema Read(string file)
    {
        try
        {
            var read = JsonSerializer.Deserialize<SchemaFile>(File.ReadAllBytes(file), Json) ?? throw new JsonException("it is empty.");
            if (read.Schema.Version != CurrentVersion)
                throw new InputException($"'{file}' has the version '{read.Schema.Version}'; this version reads {CurrentVersion}. Train the model again.");
            read.Schema.Options.Validate();
            if (read.Schema.Checksum != read.Checksum)
            {
                throw new InputException($"'{file}' was changed: its checksum is {Short(read.Schema.Checksum)}, it says {Short(read.Checksum)}. "
                    + "Restore it, or train the model again.");
            }

            return read.Schema;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or ConfigurationException)
        {
            throw new InputException($"'{file}' is damaged: {e.Message} Restore it, or train the model again.", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"There is no schema of sequences at '{file}'. Name the directory of a trained model.", e);
        }
    }
}
