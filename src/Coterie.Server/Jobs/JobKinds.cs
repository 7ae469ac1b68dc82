namespace Coterie.Server.Jobs;

/// <summary>Work that the server does itself, in this process.</summary>
/// <param name="Kind">The word in <c>JobRow.Kind</c>.</param>
/// <param name="Work">Does it, tells its progress, and returns where its results are, relative to the workspace; null when there are none.</param>
public sealed record OwnJob(string Kind, Func<Data.JobRow, IReadOnlyDictionary<string, string>, IProgress<StageProgress>, CancellationToken, Task<string?>> Work);

/// <summary>The commands of the command line that the server may run, and with which options. Nothing else reaches a process.</summary>
public static class JobKinds
{
    static readonly IReadOnlyDictionary<string, string[]> Commands = new SortedDictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["segment"] = ["k", "method", "deep", "decisions", "horizon", "as-of", "time-budget", "seed", "lang"],
        ["value"] = ["horizon", "as-of", "lang", "seed"],
        ["churn"] = ["horizon", "as-of", "lang", "seed"],
        ["demand"] = ["horizon", "as-of", "lang", "seed"],
        ["pricing"] = ["as-of", "lang", "seed"],
        ["positioning"] = ["as-of", "lang", "seed"],
        ["lifecycle"] = ["as-of", "lang", "seed"],
        ["recommend"] = ["all", "as-of", "lang", "seed"],
    };

    /// <summary>Words of every command that may be asked for.</summary>
    public static IEnumerable<string> All => Commands.Keys;

    public static bool IsCommand(string kind) => Commands.ContainsKey(kind);

    /// <summary>What is wrong with a job's options, one line a problem; empty when nothing is. Values are given to the process one by one, never as a line for a shell.</summary>
    public static IReadOnlyList<string> Problems(string kind, IReadOnlyDictionary<string, string> arguments)
    {
        if (!Commands.TryGetValue(kind, out var allowed)) return [$"There is no job '{kind}'; expected one of {string.Join(", ", All)}."];
        var problems = new List<string>();
        foreach (var (option, value) in arguments)
        {
            if (!allowed.Contains(option)) problems.Add($"{kind} has no option '{option}'; expected {string.Join(", ", allowed)}.");
            else if (value.Length > 200 || value.StartsWith('-') || value.Any(char.IsControl)) problems.Add($"The value of '{option}' is too long, begins with '-' or has control characters.");
        }

        return problems;
    }

    /// <summary>The words that the process is started with, after the program itself.</summary>
    internal static IEnumerable<string> Words(string kind, IReadOnlyDictionary<string, string> arguments, string workspace, string output)
    {
        yield return kind;
        foreach (var word in new[] { "--workspace", workspace, "--out", output }) yield return word;
        foreach (var (option, value) in arguments)
        {
            yield return "--" + option;
            if (value != "true") yield return value;
        }
    }
}
