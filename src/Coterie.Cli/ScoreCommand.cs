using System.CommandLine;
using System.Text.Json;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Cli;

/// <summary>Puts customers of new files into existing segments.</summary>
internal static class ScoreCommand
{
    internal static Command Create()
    {
        var files = CommonOptions.Files();
        var model = new Option<string>("--model") { Description = "The --out of a former run, or its model folder.", Required = true, HelpName = "DIR" };
        var output = new Option<string>("--out") { Description = "File to write: .csv or .parquet.", Required = true, HelpName = "FILE" };
        var map = CommonOptions.Map();
        var timezone = CommonOptions.Timezone();
        var asOf = CommonOptions.AsOf();
        var memory = CommonOptions.MemoryLimit();
        var threads = CommonOptions.Threads();
        var force = new Option<bool>("--force") { Description = "Replace the output file if it exists." };
        var lang = CommonOptions.Printed();
        var json = CommonOptions.Json();
        var command = new Command("score", "Puts the customers of new files, new ones too, into the segments of a former run.")
            { files, model, output, map, timezone, asOf, memory, threads, force, lang, json };
        command.SetAction((parsed, stop) =>
        {
            if (parsed.GetValue(files)!.Length == 0) throw new ConfigurationException("Name at least one file to score.");
            var options = new ScoringOptions
            {
                Files = parsed.GetValue(files)!,
                Model = parsed.GetValue(model)!,
                Out = parsed.GetValue(output)!,
                Map = CommonOptions.Pairs(parsed.GetValue(map)!),
                Timezone = parsed.GetValue(timezone)!,
                AsOf = parsed.GetValue(asOf),
                Force = parsed.GetValue(force),
                Storage = new DuckDbOptions { MemoryLimit = parsed.GetValue(memory), Threads = parsed.GetValue(threads) },
            };
            var result = Progress.Show(parsed.InvocationConfiguration.Error, parsed.GetValue(json), report => Scoring.Run(options, report, stop));
            var writer = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) writer.WriteLine(JsonSerializer.Serialize(result, Summary.Json));
            else Summary.ShowScores(writer, result, parsed.GetValue(lang)!);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }
}
