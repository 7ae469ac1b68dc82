using System.CommandLine;
using Coterie.Learning;
using Coterie.Numerics;

namespace Coterie.Cli;

/// <summary>The main job in one go: event files in, explained segments out.</summary>
internal static class SegmentCommand
{
    /// <summary>Options of the main job, shared with <c>demo</c>.</summary>
    internal sealed class JobOptions
    {
        internal readonly Option<DateTime?> AsOf = CommonOptions.AsOf();
        internal readonly Option<int?> Horizon = new("--horizon") { Description = "Days held back for the proof. Default: a quarter of the history, 7 to 90 days.", HelpName = "DAYS" };
        internal readonly Option<int?> K = new("--k") { Description = "Number of segments. Default: chosen by stability, separation and size.", HelpName = "N" };
        internal readonly Option<string> Method = new("--method") { Description = "Clustering method: auto, kmeans, gmm or genie.", DefaultValueFactory = _ => "auto" };
        internal readonly Option<string> Deep = new("--deep")
        {
            Description = "Second view, from the order of events, and its fusion with the features view: auto (where histories are long enough to learn from), on or off.",
            DefaultValueFactory = _ => "auto",
        };
        internal readonly Option<string> Decisions = new("--decisions")
        {
            Description = "What is decided with the segments, into the report and decisions/: auto (everything up to 200,000 events, what is quick up to two million), on, off, or some of them separated by commas (each is also a command).",
            DefaultValueFactory = _ => "auto",
            HelpName = "auto|on|off|LIST",
        };
        internal readonly Option<double?> TimeBudget = new("--time-budget") { Description = "Seconds that the search for segments may take, and with --deep on the networks as well; what it did not reach is listed.", HelpName = "SECONDS" };
        internal readonly Option<long> MemoryLimit = CommonOptions.MemoryLimit();
        internal readonly Option<int> Threads = CommonOptions.Threads();
        internal readonly Option<ulong> Seed = CommonOptions.Seed();
        internal readonly Option<string?> Currency = CommonOptions.Currency();
        internal readonly Option<string> Lang = CommonOptions.Lang();
        internal readonly Option<bool> Force = CommonOptions.Force();
        internal readonly Option<bool> Json = CommonOptions.Json();

        internal JobOptions()
        {
            Method.Validators.Add(CommonOptions.OneOf(Method, "auto", "kmeans", "gmm", "genie"));
            Deep.Validators.Add(CommonOptions.OneOf(Deep, "auto", "on", "off"));
            K.Validators.Add(CommonOptions.Between(K, 1, 64));
            TimeBudget.Validators.Add(CommonOptions.Between(TimeBudget, 0, 1e6));
        }

        internal void AddTo(Command command)
        {
            foreach (var option in new Option[] { AsOf, Horizon, K, Method, Deep, Decisions, TimeBudget, MemoryLimit, Threads, Seed, Currency, Lang, Force, Json })
                command.Options.Add(option);
        }

        internal SegmentationOptions Read(ParseResult parsed)
        {
            return new SegmentationOptions
            {
                AsOf = parsed.GetValue(AsOf),
                HorizonDays = parsed.GetValue(Horizon),
                Clusters = parsed.GetValue(K),
                Method = parsed.GetValue(Method)!,
                Deep = parsed.GetValue(Deep)!,
                Decisions = parsed.GetValue(Decisions)!,
                TimeBudget = parsed.GetValue(TimeBudget),
                MemoryLimit = parsed.GetValue(MemoryLimit),
                Threads = parsed.GetValue(Threads),
                Seed = new Seed(parsed.GetValue(Seed)),
                Currency = parsed.GetValue(Currency),
                Lang = parsed.GetValue(Lang)!,
                Force = parsed.GetValue(Force),
                Verbose = parsed.GetValue(CommonOptions.Verbose),
                Learner = parsed.GetValue(Deep) == "off" ? null : BehaviourLearning.Learner(),
                // Demanded, the networks take the time they need, or that they are given; else they take what a waiting person gives.
                NetworkBudget = parsed.GetValue(Deep) == "on"
                    ? parsed.GetValue(TimeBudget) is { } seconds ? TimeSpan.FromSeconds(Math.Max(1, seconds)) : null
                    : new SegmentationOptions().NetworkBudget,
            };
        }
    }

    internal static Command Create()
    {
        var files = CommonOptions.Files();
        var output = new Option<string?>("--out") { Description = "Directory for the results; created. Default with --workspace: its runs/ folder.", HelpName = "DIR" };
        var workspace = CommonOptions.Workspace();
        var map = CommonOptions.Map();
        var timezone = CommonOptions.Timezone();
        var truth = new Option<string?>("--labels", "--truth") { Description = "File of known classes (customer_id, class) to compare the segments with.", HelpName = "FILE" };
        var feedback = new Option<string?>("--feedback") { Description = "File of what people asked of the segments. Default with --workspace: its feedback.jsonl.", HelpName = "FILE" };
        var job = new JobOptions();
        var command = new Command("segment", "Reads event or order files and writes named, explained, proven customer segments.") { files, output, workspace, map, timezone, truth, feedback };
        job.AddTo(command);
        command.SetAction((parsed, stop) =>
        {
            var options = job.Read(parsed) with
            {
                Files = parsed.GetValue(files)!,
                Workspace = parsed.GetValue(workspace),
                Out = parsed.GetValue(output) ?? "",
                Map = CommonOptions.Pairs(parsed.GetValue(map)!),
                Timezone = parsed.GetValue(timezone)!,
                Truth = parsed.GetValue(truth),
                Feedback = parsed.GetValue(feedback),
            };
            var problems = new List<string>();
            if (options.Files.Count == 0 && options.Workspace is null) problems.Add("Name at least one file, or --workspace with ingested events.");
            if (options.Out.Length == 0 && options.Workspace is null) problems.Add("Name the directory for the results with --out DIR.");
            if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
            var json = parsed.GetValue(job.Json);
            var result = Progress.Show(parsed.InvocationConfiguration.Error, json, report => Segmentation.Run(options, report, stop));
            Summary.Show(parsed.InvocationConfiguration.Output, result, json);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }
}
