using System.CommandLine;
using Coterie.Decisions.Lookalikes;
using Coterie.Reports;

namespace Coterie.Cli;

/// <summary>Customers who are like a seed audience.</summary>
internal static class LookalikeCommand
{
    internal static Command Create()
    {
        var list = new Option<string?>("--seed-list") { Description = "File with the seed audience: one customer id a line, or a CSV with a column customer_id.", HelpName = "FILE" };
        var segment = new Option<string?>("--segment") { Description = "The segment that is the seed audience, such as S1; needs a run.", HelpName = "ID" };
        var size = new Option<int?>("--size") { Description = "Customers to list. Default: as many as there are seeds.", HelpName = "N" };
        var arguments = new DecisionArguments();
        var command = arguments.Command("lookalike", "Ranks customers by their likeness to a seed audience, judged by hiding half of it.", list, segment, size);
        command.SetAction((parsed, stop) => Task.FromResult(arguments.Run(parsed, input => LookalikeDecision.Decide(input, new LookalikeOptions
        {
            Seeds = parsed.GetValue(list) is { } path ? SeedList.Read(path) : null,
            Segment = parsed.GetValue(segment),
            Size = parsed.GetValue(size),
            Embedding = input.Run is { } run && input.Segments is { } segments ? EmbeddingFile.Read(run, segments.AsOf) : null,
        }), stop)));
        return command;
    }
}
