using System.Text.Json;
using System.Text.Json.Serialization;
using Coterie.Clustering;
using Coterie.Numerics;
using Coterie.Profiles;

namespace Coterie.Feedback;

/// <summary>A customer whose segment people's marks decided.</summary>
/// <param name="Customer">Id.</param>
/// <param name="Segment">Label.</param>
/// <param name="Firm">Whether a person named the segment; else a mark beside another customer decided.</param>
/// <param name="Why">Who said so and when.</param>
public sealed record FeedbackPlace(string Customer, int Segment, bool Firm, Bilingual Why);

/// <summary>A locked segment and the model that says who belongs to it.</summary>
/// <param name="Entry">Id of the entry that locked it.</param>
/// <param name="Id">The segment's id.</param>
/// <param name="Label">Its label among today's segments.</param>
/// <param name="Name">As it was when it was locked.</param>
/// <param name="There">Its label in the model that defines it.</param>
/// <param name="Model">Of the run at which it was locked.</param>
/// <param name="Second">That model's second view, where it had one.</param>
/// <param name="Feedback">That model's segments made by feedback, without the places of single customers.</param>
public sealed record LockedDefinition(string Entry, string Id, int Label, Bilingual Name, int There, SegmentationModel Model, SecondModel? Second, FeedbackModel? Feedback)
{
    internal SegmentationModel Whole => Model with { Second = Second, Feedback = Feedback };
}

/// <summary>What the clusters of a model say of customers, before feedback.</summary>
/// <param name="Customers">n ids.</param>
/// <param name="Rows">n x d: the prepared rows that were clustered.</param>
/// <param name="Base">Their clusters.</param>
/// <param name="Probabilities">n x K; not looked at where centres place customers.</param>
sealed record BasePlacement(string[] Customers, Matrix Rows, Assignment Base, Matrix Probabilities);

/// <summary>Customers placed with feedback.</summary>
sealed record FeedbackPlacement(Assignment Assignment, Matrix Probabilities);

/// <summary>What feedback adds to a model: how segments are made of its clusters, and where people put customers. A file of its own beside <c>model.json</c>; nothing in it can execute.</summary>
public sealed record FeedbackModel
{
    public const string CurrentSchema = "coterie.feedback/1", File = "feedback.json";

    public string Version { get; init; } = CurrentSchema;
    /// <summary>K x d centres that place customers; null where the clusters' probabilities do.</summary>
    public float[][]? Centres { get; init; }
    public Distance Distance { get; init; }
    public required SegmentStructure Structure { get; init; }
    /// <summary>In the order in which they were locked; a customer whom two claim belongs to the first.</summary>
    public IReadOnlyList<LockedDefinition> Locks { get; init; } = [];
    /// <summary>By customer, in ordinal order.</summary>
    public IReadOnlyList<FeedbackPlace> Places { get; init; } = [];

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        AllowDuplicateProperties = false,
        MaxDepth = 64,
    };

    /// <summary>Who belongs to the locked segments by their own definitions.</summary>
    /// <param name="customers">n.</param>
    /// <param name="place">Places the same customers with another model; their labels.</param>
    internal LockedRows Locked(int customers, Func<SegmentationModel, int[]> place) => Locked(Locks, customers, place);

    internal static LockedRows Locked(IReadOnlyList<LockedDefinition> locks, int customers, Func<SegmentationModel, int[]> place)
    {
        var taken = new int[customers];
        Array.Fill(taken, -1);
        foreach (var held in locks)
        {
            var labels = place(held.Whole);
            for (var i = 0; i < customers; i++)
                if (taken[i] < 0 && labels[i] == held.There) taken[i] = held.Label;
        }

        return new([.. locks.Select(l => l.Label)], taken);
    }

    /// <summary>n x K costs of the clusters: squared distances, or minus logarithms of probabilities.</summary>
    internal static Matrix ClusterCosts(float[][]? centres, Distance distance, Matrix rows, Matrix probabilities, int threads)
    {
        if (centres is not null) return ConstrainedKMeans.SquaredDistances(distance == Distance.Cosine ? Spherical.Normalised(rows) : rows, centres, threads);
        var costs = new Matrix(probabilities.Rows, probabilities.Columns);
        // Nobody is impossible: a place that a person gave must stay finite.
        for (var i = 0; i < costs.Values.Length; i++) costs.Values[i] = (float)-Math.Log(Math.Max(probabilities.Values[i], 1e-12));
        return costs;
    }

    /// <summary>Places customers: by costs, by locked definitions, and last by people's own word.</summary>
    internal FeedbackPlacement Place(BasePlacement placed, LockedRows locked, int threads)
    {
        var costs = Structure.Costs(ClusterCosts(Centres, Distance, placed.Rows, placed.Probabilities, threads), placed.Rows, threads);
        var open = new Matrix([.. costs.Values], costs.Rows, costs.Columns);
        locked.Close(costs);
        int n = costs.Rows, k = costs.Columns;
        var assignment = Assignment.Nowhere(n);
        for (var i = 0; i < n; i++) assignment.Labels[i] = Least(costs.Row(i), -1);
        var firm = new bool[n];
        foreach (var place in Places)
        {
            var at = Array.BinarySearch(placed.Customers, place.Customer, StringComparer.Ordinal);
            if (at < 0) continue;
            assignment.Labels[at] = place.Segment;
            firm[at] = place.Firm;
        }

        var probabilities = Probabilities(costs, threads);
        for (var i = 0; i < n; i++)
        {
            var label = assignment.Labels[i];
            var second = assignment.Second[i] = Least(costs.Row(i), label);
            var certain = firm[i] || locked.Taken[i] == label;
            if (certain)
            {
                probabilities.Row(i).Clear();
                probabilities[i, label] = 1;
            }

            assignment.Confidence[i] = certain || second < 0 ? 1 : Untouched(placed.Base, i, label) ? placed.Base.Confidence[i] : Confidence(open.Row(i), probabilities.Row(i), label, second);
        }

        return new(assignment, probabilities);
    }

    // Where centres did not move and neither cluster was joined or divided, feedback changes nothing about how sure the model is.
    bool Untouched(Assignment found, int row, int label) =>
        Centres is null && found.Labels[row] is >= 0 and var cluster && Structure.Segments[label].Atoms is [{ Parts.Count: 0 } only] && only.Cluster == cluster;

    // As the clusters have it: 1 - d1/d2 by distances, else the probability.
    float Confidence(ReadOnlySpan<float> costs, ReadOnlySpan<float> probabilities, int label, int second) =>
        Centres is null ? probabilities[label]
            : float.IsFinite(costs[label]) && float.IsFinite(costs[second]) && costs[second] > 0 ? Math.Clamp(1 - MathF.Sqrt(costs[label] / costs[second]), 0, 1)
            : 0;

    static int Least(ReadOnlySpan<float> costs, int except)
    {
        var least = -1;
        for (var s = 0; s < costs.Length; s++)
            if (s != except && float.IsFinite(costs[s]) && (least < 0 || costs[s] < costs[least])) least = s;
        return least;
    }

    // By distances those of the mixture of spheres that k-means is the limit of (Bishop 2006, section 9.3.2); else the clusters' own, each segment by its likeliest part.
    Matrix Probabilities(Matrix costs, int threads)
    {
        var probabilities = new Matrix(costs.Rows, costs.Columns);
        var least = new double[costs.Rows];
        for (var i = 0; i < costs.Rows; i++) least[i] = Math.Max(0, costs[i, Least(costs.Row(i), -1)]);
        var unit = Centres is null ? 1 : costs.Rows == 0 ? 0 : 2 * least.Order().Sum() / ((double)costs.Rows * Math.Max(1, Centres[0].Length));
        Chunks.For(costs.Rows, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                double sum = 0;
                for (var s = 0; s < costs.Columns; s++) sum += probabilities[i, s] = (float)Relative(costs[i, s], least[i]);
                for (var s = 0; s < costs.Columns; s++) probabilities[i, s] = (float)(probabilities[i, s] / sum);
            }
        });
        return probabilities;

        double Relative(float cost, double nearest) => cost <= nearest ? 1 : unit > 0 && float.IsFinite(cost) ? Math.Exp((nearest - cost) / unit) : 0;
    }

    internal void Write(string directory) => System.IO.File.WriteAllBytes(System.IO.Path.Combine(directory, File), JsonSerializer.SerializeToUtf8Bytes(this, Json));

    /// <exception cref="InputException">The file is missing, damaged or of another version.</exception>
    internal static FeedbackModel Read(string directory)
    {
        var file = System.IO.Path.Combine(directory, File);
        if (!System.IO.File.Exists(file)) throw new InputException($"The model in '{directory}' was made with feedback, and {File} is not beside it. Copy the whole folder of the model.");
        try
        {
            var model = JsonSerializer.Deserialize<FeedbackModel>(System.IO.File.ReadAllBytes(file), Json);
            return model?.Version == CurrentSchema ? model : throw new InputException($"'{file}' has the version '{model?.Version}'; this version reads {CurrentSchema}. Run segment again.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            throw new InputException($"'{file}' is damaged: {e.Message} Run segment again to write a new one.", e);
        }
    }
}
