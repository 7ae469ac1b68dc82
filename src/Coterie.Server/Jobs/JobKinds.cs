using Coterie.Profiles;

namespace Coterie.Server.Jobs;

/// <summary>Work that the server does itself, in this process.</summary>
/// <param name="Kind">The word in <c>JobRow.Kind</c>.</param>
/// <param name="Work">Does it, tells its progress, and returns where its results are, relative to the workspace; null when there are none.</param>
public sealed record OwnJob(string Kind, Func<Data.JobRow, IReadOnlyDictionary<string, string>, IProgress<StageProgress>, CancellationToken, Task<string?>> Work);

/// <summary>The commands of the command line that the server may run, and with which options. Nothing else reaches a process.</summary>
public static class JobKinds
{
    /// <param name="Words">The command's words.</param>
    /// <param name="Options">Options that take a text or a number; with the value "true", a switch.</param>
    /// <param name="Files">Options that take a file: their value is the id of an upload.</param>
    /// <param name="Argument">The option among <paramref name="Files"/> that is the command's own argument; null: none.</param>
    /// <param name="Workspace">Whether the command reads events; else it is given the newest run.</param>
    sealed record Command(string[] Words, string[] Options, string[] Files, string? Argument = null, bool Workspace = true);

    static readonly SortedDictionary<string, Command> Commands = new(StringComparer.Ordinal)
    {
        ["segment"] = new(["segment"], ["k", "method", "deep", "decisions", "horizon", "as-of", "time-budget", "seed", "lang"], []),
        ["value"] = new(["value"], ["horizon", "as-of", "lang", "seed"], []),
        ["churn"] = new(["churn"], ["horizon", "as-of", "lang", "seed"], []),
        ["demand"] = new(["demand"], ["horizon", "as-of", "lang", "seed"], []),
        ["pricing"] = new(["pricing"], ["as-of", "lang", "seed"], []),
        ["positioning"] = new(["positioning"], ["as-of", "lang", "seed"], []),
        ["lifecycle"] = new(["lifecycle"], ["as-of", "lang", "seed"], []),
        ["recommend"] = new(["recommend"], ["all", "as-of", "lang", "seed"], []),
        ["campaign-plan"] = new(["campaign", "plan"], ["budget", "goal", "holdout", "horizon", "contacts", "history-start", "history-arm", "history-outcome", "history-control", "lang", "seed"], ["offers", "history"]),
        ["campaign-measure"] = new(["campaign", "measure"], ["treatment", "control", "outcome", "covariates", "pre", "segment", "id", "time", "expect", "sequential", "planned", "share", "lang", "seed"], ["results"], "results", Workspace: false),
    };

    /// <summary>Words of every command that may be asked for.</summary>
    public static IEnumerable<string> All => Commands.Keys;

    public static bool IsCommand(string kind) => Commands.ContainsKey(kind);

    /// <summary>A job's options as everybody may see them who sees jobs: whom it is about is not among them.</summary>
    public static SortedDictionary<string, string> Shown(Data.JobRow job) => new(System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(job.Arguments)!
        .ToDictionary(a => a.Key, a => a.Key is "customer" or "reason" ? "(hidden)" : a.Value), StringComparer.Ordinal);

    /// <summary>What is wrong with a job's options, empty when nothing is. Values are given to the process one by one, never as a line for a shell.</summary>
    public static IReadOnlyList<Bilingual> Problems(string kind, IReadOnlyDictionary<string, string> arguments)
    {
        if (!Commands.TryGetValue(kind, out var command)) return [new($"There is no job '{kind}'; expected one of {string.Join(", ", All)}.", $"没有任务“{kind}”；应为 {string.Join("、", All)} 之一。")];
        var problems = new ProblemList();
        foreach (var (option, value) in arguments)
        {
            if (command.Files.Contains(option))
            {
                if (!JobFiles.IsId(value)) problems.Add($"'{option}' is no upload.", $"“{option}”不是上传的文件。");
            }
            else if (!command.Options.Contains(option))
            {
                problems.Add($"{kind} has no option '{option}'; expected {string.Join(", ", command.Options.Concat(command.Files))}.", $"任务“{kind}”没有选项“{option}”；应为 {string.Join("、", command.Options.Concat(command.Files))}。");
            }
            else if (value.Length > 200 || value.StartsWith('-') || value.Any(char.IsControl))
            {
                problems.Add($"The value of '{option}' is too long, begins with '-' or has control characters.", $"“{option}”的取值过长、以“-”开头或含有控制字符。");
            }
        }

        return problems.All;
    }

    /// <summary>The files that were handed in for a job.</summary>
    internal static IEnumerable<string> FilesOf(string kind, IReadOnlyDictionary<string, string> arguments) =>
        Commands.TryGetValue(kind, out var command) ? command.Files.Select(arguments.GetValueOrDefault).OfType<string>() : [];

    /// <summary>The words that the process is started with, after the program itself.</summary>
    /// <param name="workspace">The copy it works on.</param>
    /// <param name="run">The newest run; null before the first.</param>
    /// <param name="upload">From an upload's id to its file.</param>
    internal static IEnumerable<string> Words(string kind, IReadOnlyDictionary<string, string> arguments, string workspace, string? run, string output, Func<string, string> upload)
    {
        var command = Commands[kind];
        foreach (var word in command.Words) yield return word;
        if (command.Argument is { } argument && arguments.TryGetValue(argument, out var file)) yield return upload(file);
        if (command.Workspace)
        {
            yield return "--workspace";
            yield return workspace;
        }
        else if (run is not null)
        {
            yield return "--run";
            yield return run;
        }

        yield return "--out";
        yield return output;
        foreach (var (option, value) in arguments)
        {
            if (option == command.Argument) continue;
            yield return "--" + option;
            if (command.Files.Contains(option)) yield return upload(value);
            else if (value != "true") yield return value;
        }
    }
}
