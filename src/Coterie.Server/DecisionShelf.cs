using Coterie.Decisions;
using Coterie.Reports;
using Coterie.Server.Jobs;

namespace Coterie.Server;

/// <summary>A decision that was made: with a run, or by a job of its own.</summary>
/// <param name="Kind">The command: value, churn … campaign-plan.</param>
/// <param name="Page">What people read.</param>
/// <param name="Segments">In the order of their colours.</param>
/// <param name="Made">When.</param>
/// <param name="Run">The run it came with; null for a job of its own.</param>
/// <param name="Job">The job; null when it came with a run.</param>
/// <param name="Files">Its result and tables: name to path.</param>
public sealed record ShelvedDecision(string Kind, DecisionPage Page, string? Currency, IReadOnlyList<SegmentRef> Segments, DateTime Made, string? Run, long? Job, IReadOnlyDictionary<string, string> Files);

/// <summary>Where decisions are found: the newest of each kind, whoever made it.</summary>
public sealed class DecisionShelf(WorkspaceHost host, Runs runs, JobQueue queue)
{
    /// <summary>The kinds that the dashboard knows, in the order of the report.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["next_actions", "value", "churn", "lifecycle", "recommend", "demand", "pricing", "positioning"];

    /// <summary>The newest of each kind that there is.</summary>
    public IReadOnlyList<ShelvedDecision> All => [.. Kinds.Select(Newest).OfType<ShelvedDecision>()];

    /// <summary>The newest decision of a kind; null when there is none.</summary>
    public ShelvedDecision? Newest(string kind)
    {
        var job = queue.Newest(kind);
        var ofRun = runs.Latest is { } run ? OfRun(run, kind) : null;
        return job is { Ended: { } ended } && (ofRun is null || ended > ofRun.Made) && OfJob(job) is { } own ? own : ofRun;
    }

    /// <summary>What a finished job decided; null when it left nothing, or what it left is gone.</summary>
    public ShelvedDecision? OfJob(Data.JobRow job)
    {
        if (job is not { Result: { } result, Ended: { } ended }) return null;
        var directory = Path.Combine(host.Directory, result);
        if (!Directory.Exists(directory) || Directory.EnumerateFiles(directory, "*" + DecisionOutput.PageEnding).FirstOrDefault() is not { } file) return null;
        var read = DecisionOutput.ReadPage(file);
        return new(job.Kind, read.Page, read.Currency, read.Segments, ended, null, job.Id, Files(directory, f => !f.EndsWith(DecisionOutput.PageEnding, StringComparison.Ordinal)));
    }

    ShelvedDecision? OfRun(RunEntry run, string kind)
    {
        var report = runs.Report(run);
        if (report.Decisions.FirstOrDefault(d => d.Id == kind) is not { } page) return null;
        var names = Tables.GetValueOrDefault(kind, []);
        return new(kind, page, report.Currency, [.. report.Segments.Select(s => new SegmentRef(s.Id, s.Name))], run.Finished, run.Id, null,
            Files(Path.Combine(run.Directory, "decisions"), f => Path.GetFileNameWithoutExtension(f) is var n && (n == kind || names.Contains(n))));
    }

    // A run keeps the tables of all decisions in one folder.
    static readonly Dictionary<string, string[]> Tables = new(StringComparer.Ordinal)
    {
        ["value"] = ["value_segments", "value_cohorts"],
        ["churn"] = ["churn_gone"],
        ["lifecycle"] = ["lifecycle_cohorts", "migration"],
        ["recommend"] = ["recommendations", "segment_recommendations"],
        ["demand"] = ["reorder"],
        ["pricing"] = ["price_proposals"],
        ["positioning"] = ["baskets", "switching", "wallet"],
    };

    static SortedDictionary<string, string> Files(string directory, Func<string, bool> wanted) =>
        new(Directory.Exists(directory) ? Directory.EnumerateFiles(directory).Where(f => f.EndsWith(".csv", StringComparison.Ordinal) || f.EndsWith(".json", StringComparison.Ordinal)).Where(wanted).ToDictionary(f => Path.GetFileName(f)) : [], StringComparer.Ordinal);

    /// <summary>The page as someone sees it who may not see customers: without the tables that name them.</summary>
    public static DecisionPage WithoutCustomers(DecisionPage page) => page with { Blocks = [.. page.Blocks.Where(b => !Names(b))] };

    /// <summary>Whether a page names customers.</summary>
    public static bool NamesCustomers(DecisionPage page) => page.Blocks.Any(Names);

    static bool Names(DecisionBlock block) => block is DecisionTable table && table.Columns.Any(c => c.Name.En.StartsWith("Customer", StringComparison.Ordinal) && c.Unit == "text");

    /// <summary>Whether a table tells about single customers: looking at it is looking at personal data.</summary>
    public static bool IsPersonal(string path)
    {
        if (path.EndsWith(".json", StringComparison.Ordinal)) return true;
        using var reader = new StreamReader(path);
        return reader.ReadLine() is { } head && head.Split(',').Any(c => c is "customer_id" or "customer");
    }
}
