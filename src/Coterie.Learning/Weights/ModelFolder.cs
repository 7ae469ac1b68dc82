using System.Security.Cryptography;
using System.Text.Json;
using Coterie.Learning.Training;

namespace Coterie.Learning.Weights;

/// <summary>What a folder held.</summary>
/// <param name="Source">Name of the file with the numbers, for messages.</param>
sealed record ModelFiles<T>(T Description, SortedDictionary<string, StoredTensor> Tensors, string Source);

/// <summary>A model in a folder: a JSON file that describes it and a safetensors file with its numbers, whose SHA-256 the first names.</summary>
/// <param name="what">The model in a message, such as "classifier".</param>
/// <param name="manifest">Name of the JSON file.</param>
/// <param name="numbers">Name of the file with the numbers.</param>
/// <param name="format">Changes when files of former versions cannot be read any more.</param>
sealed class ModelFolder<T>(string what, string manifest, string numbers, string format) where T : class
{
    static readonly JsonSerializerOptions Json = new() { WriteIndented = true, RespectNullableAnnotations = true, MaxDepth = 16 };

    sealed record Manifest
    {
        public required string Format { get; init; }
        public required string File { get; init; }
        public required string Sha256 { get; init; }
        public required T Model { get; init; }
    }

    public void Write(string folder, T description, SortedDictionary<string, StoredTensor> tensors)
    {
        Directory.CreateDirectory(folder);
        var bytes = Safetensors.Write(tensors);
        Checkpoint.WriteWhole(Path.Combine(folder, numbers), bytes);
        var content = new Manifest { Format = format, File = numbers, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)), Model = description };
        Checkpoint.WriteWhole(Path.Combine(folder, manifest), JsonSerializer.SerializeToUtf8Bytes(content, Json));
    }

    /// <param name="problems">What the description says that cannot be.</param>
    /// <exception cref="InputException">A file is missing, cut off or changed, or they do not belong together.</exception>
    public ModelFiles<T> Read(string folder, Func<T, IEnumerable<string>> problems)
    {
        var path = Path.Combine(folder, manifest);
        var content = Content(path);
        if (problems(content.Model).FirstOrDefault() is { } problem)
            throw new InputException($"{path} does not describe {Article} {what}: {problem}. Copy the folder of the model again.");
        var file = Path.Combine(folder, content.File);
        if (!File.Exists(file)) throw new InputException($"{path} names {content.File}, which is not there. Copy the whole folder of the model.");
        var bytes = File.ReadAllBytes(file);
        // What the file is comes first: a pickle is called a pickle.
        var tensors = Safetensors.Read(bytes, file);
        var found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (found != content.Sha256)
            throw new InputException($"{file} was changed: its SHA-256 is {found}; {manifest} expects {content.Sha256}. Copy the folder of the model again.");
        return new(content.Model, tensors, file);
    }

    string Article => "aeiou".Contains(what[0], StringComparison.Ordinal) ? "an" : "a";

    Manifest Content(string path)
    {
        if (!File.Exists(path)) throw new InputException($"{path} is not there; expected the folder of {Article} {what}.");
        try
        {
            var content = JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(path), Json) ?? throw new JsonException("it is empty");
            if (content.Format != format) throw new InputException($"{path} has format {content.Format}; expected {format}. Train again with this version.");
            if (content.File != Path.GetFileName(content.File)) throw new InputException($"{path} names a file outside its folder: {content.File}.");
            return content;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InputException($"{path} is not the description of {Article} {what} ({e.Message}). Copy the folder of the model again.", e);
        }
    }
}
