using System.CommandLine;
using System.Text.Json;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Cli;

/// <summary>Says why a customer is in a segment.</summary>
internal static class ExplainCommand
{
    internal static Command Create()
    {
        var customer = new Argument<string>("customer") { Description = "The customer's id." };
        var run = new Option<string?>("--run") { Description = "The --out of a former run.", HelpName = "DIR" };
        var workspace = CommonOptions.Workspace();
        var events = new Option<string[]>("--events") { Description = "The run's event files, to say which events moved the customer; a workspace has them.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var map = CommonOptions.Map();
        var timezone = CommonOptions.Timezone();
        var lang = CommonOptions.Lang();
        var json = CommonOptions.Json();
        var command = new Command("explain", "Why this customer is in this segment, what speaks for and against, and the second-best segment.") { customer, run, workspace, events, map, timezone, lang, json };
        command.SetAction((parsed, stop) =>
        {
            var former = FormerRun.Open(RunDirectory.Resolve(parsed.GetValue(run), parsed.GetValue(workspace)));
            var who = parsed.GetValue(customer)!;
            var explanation = former.Explain(who);
            var files = parsed.GetValue(events) ?? [];
            var reasons = !former.LooksAtOrder ? null
                : files.Length > 0 ? former.MovingEvents(who, files, CommonOptions.Pairs(parsed.GetValue(map)!), parsed.GetValue(timezone)!, stop)
                : parsed.GetValue(workspace) is { } kept ? OfWorkspace(former, who, kept) : null;
            var writer = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                var document = JsonSerializer.SerializeToNode(explanation, Summary.Json)!.AsObject();
                document["events"] = JsonSerializer.SerializeToNode(reasons, Summary.Json);
                writer.WriteLine(document.ToJsonString(Summary.Json));
            }
            else
            {
                Summary.ShowExplanation(writer, explanation, parsed.GetValue(lang)!);
                Summary.ShowEvents(writer, reasons, former.LooksAtOrder, parsed.GetValue(lang)!);
            }

            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    static IReadOnlyList<EventReason> OfWorkspace(FormerRun former, string customer, string workspace)
    {
        using var kept = Workspace.Open(workspace, new DuckDbOptions(), create: false);
        return former.MovingEvents(customer, kept.Warehouse);
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
