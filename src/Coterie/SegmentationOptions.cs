using Coterie.Collect;
using Coterie.Numerics;

namespace Coterie;

/// <summary>What one run of the main job is told.</summary>
public sealed record SegmentationOptions
{
    /// <summary>Files or folders to read; empty when a workspace already holds the events.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
    /// <summary>Directory whose warehouse keeps the events between runs; null works in a temporary one.</summary>
    public string? Workspace { get; init; }
    /// <summary>Directory that receives the results.</summary>
    public string Out { get; init; } = "";
    /// <summary>Writes into <see cref="Out"/> although it holds something else.</summary>
    public bool Force { get; init; }
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();
    public string Timezone { get; init; } = "UTC";
    public string? Currency { get; init; }
    /// <summary>Instant up to which events are seen; null is the last event.</summary>
    public DateTime? AsOf { get; init; }
    /// <summary>Days held back for the proof; null chooses from the length of the history.</summary>
    public int? HorizonDays { get; init; }
    /// <summary>Number of segments; null searches.</summary>
    public int? Clusters { get; init; }
    /// <summary>auto, kmeans, gmm or genie.</summary>
    public string Method { get; init; } = "auto";
    /// <summary>The second view, from the order of events: auto (where histories are long enough), on or off.</summary>
    public string Deep { get; init; } = "auto";
    /// <summary>Networks that learn from the histories and the segments; null does without (the sequence view itself needs none).</summary>
    public BehaviourLearner? Learner { get; init; }
    /// <summary>Time that training the networks may take together; null is no limit. Segments do not depend on it.</summary>
    public TimeSpan? NetworkBudget { get; init; } = TimeSpan.FromSeconds(8);
    /// <summary>What is decided with the segments: auto (everything on small logs, up to two million events what is quick), on, off, or some of lifecycle … separated by commas.</summary>
    public string Decisions { get; init; } = "auto";
    /// <summary>Seconds that the search may take; null is no limit.</summary>
    public double? TimeBudget { get; init; }
    /// <summary>Bytes that the embedded database may hold in memory.</summary>
    public long MemoryLimit { get; init; } = 1_500_000_000;
    public int Threads { get; init; } = Environment.ProcessorCount;
    public Seed Seed { get; init; } = new(1);
    /// <summary>Language that the report opens in: en or zh.</summary>
    public string Lang { get; init; } = "en";
    /// <summary>File of true classes (customer_id, class), to be compared with the segments in the report.</summary>
    public string? Truth { get; init; }
    /// <summary>File of what people asked of the segments; null: the workspace's <c>feedback.jsonl</c> where it exists.</summary>
    public string? Feedback { get; init; }
    /// <summary>Customers on whom validity is judged and the outlook learned; more are sampled by a hash of their id.</summary>
    public int JudgedCustomers { get; init; } = 50_000;

    /// <summary>Tells the progress every step of SQL with the time it took.</summary>
    public bool Verbose { get; init; }

    internal CollectOptions Collect(string temporary) => new()
    {
        Files = Files,
        Map = Map,
        Timezone = Timezone,
        TemporaryDirectory = temporary,
    };
}

/// <summary>A stage of a run that began, or something worth saying within it.</summary>
public sealed record StageProgress(string Stage, string? Detail = null);
