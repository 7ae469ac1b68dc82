using System.CommandLine;
using System.Text.Json;

namespace Coterie.Cli;

/// <summary>Says why a customer is in a segment.</summary>
internal static class ExplainCommand
{
    internal static Command Create()
    {
        var customer = new Argument<string>("customer") { Description = "The customer's id." };
        var run = new Option<string?>("--run") { Description = "The --out of a former run.", HelpName = "DIR" };
        var workspace = CommonOptions.Workspace();
        var lang = CommonOptions.Lang();
        var json = CommonOptions.Json();
        var command = new Command("explain", "Why this customer is in this segment, what speaks for and against, and the second-best segment.") { customer, run, workspace, lang, json };
        command.SetAction((parsed, _) =>
        {
            var directory = RunDirectory.Resolve(parsed.GetValue(run), parsed.GetValue(workspace));
            var explanation = FormerRun.Open(directory).Explain(parsed.GetValue(customer)!);
            var writer = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) writer.WriteLine(JsonSerializer.Serialize(explanation, Summary.Json));
            else Summary.ShowExplanation(writer, explanation, parsed.GetValue(lang)!);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }
}

/// <summary>Which former run a command is about.</summary>
internal static class RunDirectory
{
    internal static string Resolve(string? run, string? workspace) => (run, workspace) switch
    {
        ({ } directory, null) => directory,
        (null, { } directory) => Workspace.LatestRunOf(directory)
            ?? throw new InputException($"The workspace '{directory}' has no run yet: './coterie segment --workspace {directory}' makes one."),
        (null, null) => throw new ConfigurationException("Name the run: --run DIR (the --out of a former run) or --workspace DIR."),
        _ => throw new ConfigurationException("Name either --run or --workspace, not both."),
    };
}
