using System.Security.Cryptography;
using System.Text.Json;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Learning;

/// <summary>A trained encoder of customers' histories. It owns native memory: dispose of it.</summary>
public sealed class SequenceModel : IDisposable
{
    const string Manifest = "model.json", Numbers = "encoder.safetensors", Format = "coterie-encoder-1";
    static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    readonly SequenceEncoder encoder;

    internal SequenceModel(SequenceEncoder encoder, EncoderOptions options)
    {
        this.encoder = encoder;
        Options = options;
    }

    public EncoderOptions Options { get; }
    /// <summary>The fields that the encoder reads.</summary>
    public IReadOnlyList<SequenceField> Fields => encoder.Fields;
    /// <summary>Numbers in an embedding.</summary>
    public int Width => encoder.Width;
    internal SequenceEncoder Encoder => encoder;
    /// <summary>SHA-256 of the weights, as the file has it that they are saved in.</summary>
    internal string Checksum => Convert.ToHexStringLower(SHA256.HashData(Safetensors.Write(ModuleWeights.Of(encoder))));

    /// <summary>An encoder with weights drawn from the seed and never trained: the floor that training must beat.</summary>
    /// <exception cref="ConfigurationException">The options do not make an encoder.</exception>
    public static SequenceModel Untrained(IReadOnlyList<SequenceField> fields, EncoderOptions options, Seed seed)
    {
        var encoder = SequenceEncoder.Create(fields, options, seed);
        encoder.eval();
        return new(encoder, options);
    }

    /// <summary>One vector for each customer of the chunks, n x <see cref="Width"/>; of a history longer than the encoder's length the newest events are read.</summary>
    /// <remarks>The same bytes for any number of threads. Cut into other chunks, the last digits may differ.</remarks>
    /// <param name="threads">0 takes all.</param>
    /// <exception cref="InputException">The sequences were coded for another catalogue.</exception>
    public Embeddings Embed(IEnumerable<CustomerSequences> chunks, int threads = 0, CancellationToken stop = default) => Embedder.Embed(encoder, chunks, threads, stop);

    sealed record Description(string Format, EncoderOptions Options, IReadOnlyList<SequenceField> Fields, string File, string Sha256);

    /// <summary>Writes <c>model.json</c> (options, fields, checksum) and <c>encoder.safetensors</c> into the folder.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var bytes = Safetensors.Write(ModuleWeights.Of(encoder));
        Checkpoint.WriteWhole(Path.Combine(folder, Numbers), bytes);
        var description = new Description(Format, Options, [.. Fields], Numbers, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Checkpoint.WriteWhole(Path.Combine(folder, Manifest), JsonSerializer.SerializeToUtf8Bytes(description, Pretty));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">A file is missing, cut off or changed, or the two do not belong together.</exception>
    public static SequenceModel Load(string folder)
    {
        var manifest = Path.Combine(folder, Manifest);
        var description = Describe(manifest);
        var numbers = Path.Combine(folder, description.File);
        if (!File.Exists(numbers)) throw new InputException($"{manifest} names {description.File}, which is not there. Copy the whole folder of the model.");
        var bytes = File.ReadAllBytes(numbers);
        // What the file is comes first: a pickle is called a pickle.
        var tensors = Safetensors.Read(bytes, numbers);
        var found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (found != description.Sha256)
            throw new InputException($"{numbers} was changed: its SHA-256 is {found}; {Manifest} expects {description.Sha256}. Copy the folder of the model again.");
        var encoder = Built(description, manifest);
        try
        {
            ModuleWeights.Fill(encoder, tensors, numbers);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }

        encoder.eval();
        return new(encoder, description.Options);
    }

    static Description Describe(string manifest)
    {
        if (!File.Exists(manifest)) throw new InputException($"{manifest} is not there; expected the folder of a trained encoder.");
        try
        {
            var description = JsonSerializer.Deserialize<Description>(File.ReadAllBytes(manifest));
            if (description is not { Options: not null, Fields: not null, File: not null, Sha256: not null }) throw new InputException($"{manifest} lacks options, fields, file or checksum. Copy the folder of the model again.");
            if (description.Format != Format) throw new InputException($"{manifest} has format {description.Format}; expected {Format}. Train again with this version.");
            if (description.File != Path.GetFileName(description.File)) throw new InputException($"{manifest} names a file outside its folder: {description.File}.");
            return description;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InputException($"{manifest} is not the description of an encoder ({e.Message}). Copy the folder of the model again.", e);
        }
    }

    static SequenceEncoder Built(Description description, string manifest)
    {
        // Codes are 16 bits wide; more would only be an order to fill the memory.
        if (description.Fields.Count > 256 || description.Fields.Any(f => f is null || f.Words is null || f.Codes is < SequenceField.First or > ushort.MaxValue + 1) || description.Options.Dim > 4096)
            throw new InputException($"{manifest} describes fields or sizes that no encoder has. Copy the folder of the model again.");
        try
        {
            return SequenceEncoder.Create(description.Fields, description.Options, new(0));
        }
        catch (ConfigurationException e)
        {
            throw new InputException($"{manifest} does not describe an encoder: {e.Message}", e);
        }
    }

    public void Dispose() => encoder.Dispose();
}
