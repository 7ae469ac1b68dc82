using System.CommandLine;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Cli;

/// <summary>Adds files to a workspace that grows.</summary>
internal static class IngestCommand
{
    internal static Command Create()
    {
        var files = CommonOptions.Files();
        var workspace = CommonOptions.Workspace();
        workspace.Required = true;
        var map = CommonOptions.Map();
        var timezone = CommonOptions.Timezone();
        var currency = CommonOptions.Currency();
        var memory = CommonOptions.MemoryLimit();
        var threads = CommonOptions.Threads();
        var lang = CommonOptions.Printed();
        var json = CommonOptions.Json();
        var command = new Command("ingest", "Cleans files and adds their events to a workspace; the same file twice changes nothing.")
            { files, workspace, map, timezone, currency, memory, threads, lang, json };
        command.SetAction((parsed, stop) =>
        {
            if (parsed.GetValue(files)!.Length == 0) throw new ConfigurationException("Name at least one file to ingest.");
            var options = new IngestionOptions
            {
                Files = parsed.GetValue(files)!,
                Workspace = parsed.GetValue(workspace)!,
                Map = CommonOptions.Pairs(parsed.GetValue(map)!),
                Timezone = parsed.GetValue(timezone)!,
                Currency = parsed.GetValue(currency),
                Storage = new DuckDbOptions { MemoryLimit = parsed.GetValue(memory), Threads = parsed.GetValue(threads) },
            };
            var quality = Progress.Show(parsed.InvocationConfiguration.Error, parsed.GetValue(json), report => Ingestion.Run(options, report, stop));
            Summary.ShowQuality(parsed.InvocationConfiguration.Output, quality, parsed.GetValue(json), parsed.GetValue(lang)!);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }
}
