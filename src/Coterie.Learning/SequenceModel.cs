using System.Security.Cryptography;
using Coterie.Learning.Models;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Learning;

/// <summary>A trained encoder of customers' histories. It owns native memory: dispose of it.</summary>
public sealed class SequenceModel : IDisposable
{
    static readonly ModelFolder<Description> Files = new("encoder", "model.json", "encoder.safetensors", "coterie-encoder-2");

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

    sealed record Description
    {
        public required EncoderOptions Options { get; init; }
        public required IReadOnlyList<SequenceField> Fields { get; init; }

        // Codes are 16 bits wide; more would only be an order to fill the memory.
        public IEnumerable<string> Problems() =>
            Fields.Count > 256 || Fields.Any(f => f is null || f.Words is null || f.Codes is < SequenceField.First or > ushort.MaxValue + 1) || Options.Dim > 4096
                ? ["fields or sizes that no encoder has"] : Options.Problems();
    }

    /// <summary>Writes <c>model.json</c> (options, fields, checksum) and <c>encoder.safetensors</c> into the folder.</summary>
    public void Save(string folder) => Files.Write(folder, new() { Options = Options, Fields = [.. Fields] }, ModuleWeights.Of(encoder));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">A file is missing, cut off or changed, or the two do not belong together.</exception>
    public static SequenceModel Load(string folder)
    {
        var read = Files.Read(folder, d => d.Problems());
        var encoder = Built(read.Description, read.Source);
        try
        {
            ModuleWeights.Fill(encoder, read.Tensors, read.Source);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }

        encoder.eval();
        return new(encoder, read.Description.Options);
    }

    static SequenceEncoder Built(Description description, string source)
    {
        try
        {
            return SequenceEncoder.Create(description.Fields, description.Options, new(0));
        }
        catch (ConfigurationException e)
        {
            throw new InputException($"{source} does not belong to an encoder: {e.Message}", e);
        }
    }

    public void Dispose() => encoder.Dispose();
}
