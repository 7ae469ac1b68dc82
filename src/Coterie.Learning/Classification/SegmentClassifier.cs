using Coterie.Clustering;
using Coterie.Evaluation;
using Coterie.Learning.Adaptation;
using Coterie.Learning.Classification;
using Coterie.Learning.Models;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Learning;

/// <summary>Customers in segments.</summary>
/// <param name="Customers">n ids, in the order of the sequences.</param>
/// <param name="Probabilities">n x K.</param>
/// <param name="Assignment">Likeliest segment, next likeliest, and the probability of the likeliest.</param>
public sealed record SegmentPlacement(string[] Customers, Matrix Probabilities, Assignment Assignment);

/// <summary>Places customers, also new ones and those of a few events, into segments by their histories. It owns native memory: dispose of it.</summary>
public sealed class SegmentClassifier : IDisposable
{
    const string EncoderPrefix = "encoder.";
    static readonly ModelFolder<ClassifierDescription> Whole = new("classifier", "classifier.json", "classifier.safetensors", "coterie-classifier-1");
    static readonly ModelFolder<ClassifierDescription> Adapter = new("adapter", "adapter.json", "adapter.safetensors", "coterie-adapter-1");

    readonly ClassifierModule module;
    readonly ClassifierDescription description;

    internal SegmentClassifier(ClassifierModule module, ClassifierDescription description)
    {
        this.module = module;
        this.description = description;
    }

    /// <summary>K.</summary>
    public int Segments => description.Shape.Segments;
    /// <summary>The fields of the sequences that it reads.</summary>
    public IReadOnlyList<SequenceField> Fields => description.Fields;
    /// <summary>Names of the features that it looks at beside the sequences; empty without.</summary>
    public IReadOnlyList<string> FeatureColumns => description.Scale?.Columns ?? [];
    public AdaptationOptions Adaptation => description.Adaptation;
    /// <summary>Rank, or width, of each adapted layer; empty without.</summary>
    public IReadOnlyDictionary<string, int> Ranks => module.Adapter?.Ranks ?? new Dictionary<string, int>();
    /// <summary>Logits are divided by it (Guo et al. 2017).</summary>
    public double Temperature => description.Temperature;
    /// <summary>SHA-256 of the weights of the encoder that the adapter belongs to; null where the encoder itself was trained.</summary>
    public string? Base => description.Base;
    internal ClassifierModule Module => module;
    internal ClassifierDescription Description => description;

    /// <summary>A probability for each segment, for every customer of the chunks. Sequences of one customer that stand one behind the other count as one;
    /// of a history longer than the encoder's length the newest events are read.</summary>
    /// <remarks>The same bytes for any number of threads. Cut into other chunks, the last digits may differ.</remarks>
    /// <param name="features">Of all, some or none of the customers; who has none is placed by history alone.</param>
    /// <param name="threads">0 takes all.</param>
    /// <exception cref="InputException">The sequences were coded for another catalogue, or the features are others than in training.</exception>
    public SegmentPlacement Place(IEnumerable<CustomerSequences> chunks, CustomerFeatures? features = null, int threads = 0, CancellationToken stop = default)
    {
        var rows = Rows(features);
        var customers = new List<string>();
        var logits = new List<float[]>();
        foreach (var chunk in chunks)
        {
            stop.ThrowIfCancellationRequested();
            FieldsOf.Same(Fields, chunk.Fields, "the model");
            var joined = chunk.Joined();
            var pool = new SequencePool([joined]);
            customers.AddRange(joined.Customers);
            logits.Add(Logits(pool, [.. Enumerable.Range(0, pool.Count).Select(pool.Whole)], rows, threads, stop).Values);
        }

        var probabilities = Probabilities(new([.. logits.SelectMany(l => l)], customers.Count, Segments));
        return new([.. customers], probabilities, Likeliest(probabilities));
    }

    /// <summary>The same classifier, which passes to the new one, at another temperature.</summary>
    internal SegmentClassifier At(double temperature) => new(module, description with { Temperature = temperature });

    internal FeatureRows? Rows(CustomerFeatures? features)
    {
        if (description.Scale is { } scale) return new(scale, features);
        return features is null ? null : throw new InputException("The classifier was trained without features; expected none.");
    }

    /// <summary>Scores before temperature and softmax, one row for each span.</summary>
    internal Matrix Logits(SequencePool pool, EventSpan[] spans, FeatureRows? features, int threads, CancellationToken stop = default)
    {
        module.eval();
        var hidden = description.HiddenFields;
        var logits = HistoryBatches.Run(module.Encoder, pool, spans, Segments, (batch, rows) =>
        {
            HistoryFields.Hide(batch, module.Encoder.Table, hidden);
            var side = features is null ? null : new float[rows.Length * features.Width];
            for (var i = 0; i < rows.Length && features is not null; i++) features.Fill(pool.Customer(spans[rows[i]].Row), side.AsSpan(i * features.Width, features.Width));
            return module.Logits(batch, side);
        }, threads, stop);
        return new(logits, spans.Length, Segments);
    }

    internal Matrix Probabilities(Matrix logits) => new TemperatureScaling(description.Temperature, 0, 0, false).Apply(logits);

    static Assignment Likeliest(Matrix probabilities)
    {
        int n = probabilities.Rows, k = probabilities.Columns;
        var assignment = new Assignment(new int[n], new int[n], new float[n]);
        for (var i = 0; i < n; i++)
        {
            int best = 0, second = -1;
            for (var c = 1; c < k; c++)
            {
                if (probabilities[i, c] > probabilities[i, best]) (best, second) = (c, best);
                else if (second < 0 || probabilities[i, c] > probabilities[i, second]) second = c;
            }

            (assignment.Labels[i], assignment.Second[i], assignment.Confidence[i]) = (best, second, probabilities[i, best]);
        }

        return assignment;
    }

    /// <summary>Writes the whole classifier: <c>classifier.json</c> and <c>classifier.safetensors</c>.</summary>
    public void Save(string folder) => Whole.Write(folder, description, ModuleWeights.Of(module));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">A file is missing, cut off or changed, or the two do not belong together.</exception>
    public static SegmentClassifier Load(string folder)
    {
        var read = Whole.Read(folder, d => d.Problems());
        return Filled(read.Description, read.Tensors, read.Source);
    }

    /// <summary>Writes what belongs to this shop alone, <c>adapter.json</c> and <c>adapter.safetensors</c>: one encoder serves many shops.</summary>
    /// <exception cref="ConfigurationException">The encoder itself was trained.</exception>
    public void SaveAdapter(string folder)
    {
        if (description.Base is null)
            throw new ConfigurationException("adapter: the encoder itself was trained, so there is no adapter to save by itself. "
                + "Save the classifier, or adapt an encoder by lora, adalora or bottleneck.");
        Adapter.Write(folder, description, OfThisShop());
    }

    SortedDictionary<string, StoredTensor> OfThisShop() => new(
        ModuleWeights.Of(module).Where(t => !t.Key.StartsWith(EncoderPrefix, StringComparison.Ordinal)).ToDictionary(), StringComparer.Ordinal);

    /// <summary>Numbers in a file of what belongs to this shop alone.</summary>
    internal long Stored => (description.Base is null ? ModuleWeights.Of(module) : OfThisShop()).Values.Sum(t => (long)t.Values.Length);

    /// <summary>Reads what <see cref="SaveAdapter"/> wrote, upon the encoder that it was made for. The encoder is copied and stays the caller's.</summary>
    /// <exception cref="InputException">Files are damaged, or the encoder is another one.</exception>
    public static SegmentClassifier LoadAdapter(string folder, SequenceModel encoder)
    {
        var read = Adapter.Read(folder, d => d.Problems());
        var checksum = encoder.Checksum;
        if (read.Description.Base != checksum)
            throw new InputException($"{read.Source} adapts another encoder: it was made for weights of SHA-256 {read.Description.Base}"
                + $"; these have {checksum}. Load the encoder that it was trained upon.");
        FieldsOf.Same(encoder.Fields, read.Description.Fields, "the encoder");
        var tensors = read.Tensors;
        foreach (var (name, tensor) in ModuleWeights.Of(encoder.Encoder)) tensors[EncoderPrefix + name] = tensor;
        return Filled(read.Description, tensors, read.Source);
    }

    internal static SegmentClassifier Filled(ClassifierDescription description, SortedDictionary<string, StoredTensor> tensors, string source)
    {
        ClassifierModule module;
        try
        {
            module = description.Build(null, new(0));
        }
        catch (ConfigurationException e)
        {
            throw new InputException($"{source} does not describe a classifier: {e.Message}", e);
        }

        try
        {
            ModuleWeights.Fill(module, tensors, source);
            return new(module, description);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>The same classifier with the changes of low rank added to the encoder's own weights: as quick as an encoder without an adapter.</summary>
    /// <exception cref="ConfigurationException">There is nothing of low rank to add.</exception>
    public SegmentClassifier Merged()
    {
        if (module.Adapter is not LowRankAdapter changes)
            throw new ConfigurationException($"adapter: only changes of low rank can be merged into the encoder (lora, adalora)"
                + $"; this one has {description.Kind}.");
        var tensors = OfThisShop();
        foreach (var name in tensors.Keys.Where(n => n.StartsWith("adapter.", StringComparison.Ordinal)).ToArray()) tensors.Remove(name);
        foreach (var (name, tensor) in changes.Merged(ModuleWeights.Of(module.Encoder))) tensors[EncoderPrefix + name] = tensor;
        return Filled(description with { Adaptation = new FullTuning(), Ranks = null, Base = null }, tensors, "the merged classifier");
    }

    public void Dispose() => module.Dispose();
}
