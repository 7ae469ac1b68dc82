using System.CommandLine;
using System.Text.Json;
using Coterie.Decisions;
using Coterie.Numerics;
using Coterie.Reports;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Cli;

/// <summary>The arguments that every decision shares: where events and segments come from, where results go, and how they are shown.</summary>
/// <param name="eventsByOption">The command's own argument is something else than files, so files come by --events.</param>
internal sealed class DecisionArguments(bool eventsByOption = false)
{
    readonly Argument<string[]> files = CommonOptions.Files();
    readonly Option<string[]> events = new("--events") { Description = "Event files, or folders of them; a workspace has its own.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
    readonly Option<string?> workspace = CommonOptions.Workspace();
    readonly Option<string?> run = new("--run") { Description = "The --out of a former run over the same events: its segments are used. Default: the workspace's newest run.", HelpName = "DIR" };
    readonly Option<string?> output = new("--out") { Description = "Directory for the page (HTML), the result (JSON) and its tables (CSV).", HelpName = "DIR" };
    readonly Option<string[]> map = CommonOptions.Map();
    readonly Option<string> timezone = CommonOptions.Timezone();
    readonly Option<string?> currency = CommonOptions.Currency();
    readonly Option<DateTime?> asOf = CommonOptions.AsOf();
    readonly Option<ulong> seed = CommonOptions.Seed();
    readonly Option<long> memory = CommonOptions.MemoryLimit();
    readonly Option<int> threads = CommonOptions.Threads();
    readonly Option<string> lang = CommonOptions.Lang();
    readonly Option<bool> force = new("--force") { Description = "Replace files of former results in --out." };
    readonly Option<bool> json = CommonOptions.Json();

    /// <summary>A command with these arguments and its own options before them.</summary>
    internal Command Command(string name, string description, params Option[] own)
    {
        var command = new Command(name, description);
        if (eventsByOption) command.Add(events);
        else command.Add(files);
        return Completed(command, own);
    }

    /// <summary>The same with the command's own argument before all.</summary>
    internal Command Command(string name, string description, Argument argument, params Option[] own)
    {
        var command = Command(name, description, own);
        command.Arguments.Insert(0, argument);
        return command;
    }

    Command Completed(Command command, Option[] own)
    {
        foreach (var option in own) command.Add(option);
        foreach (var option in new Option[] { workspace, run, output, map, timezone, currency, asOf, seed, memory, threads, lang, force, json }) command.Add(option);
        return command;
    }

    /// <summary>A command over a table of its own, without events: with these arguments but for those that speak of events.</summary>
    internal Command Bare(string name, string description, Argument own, params Option[] options)
    {
        var command = new Command(name, description) { own };
        foreach (var option in options) command.Add(option);
        foreach (var option in new Option[] { run, output, currency, seed, threads, lang, force, json }) command.Add(option);
        return command;
    }

    internal string? RunOf(ParseResult parsed) => parsed.GetValue(run);

    internal Seed SeedOf(ParseResult parsed) => new(parsed.GetValue(seed));

    internal int ThreadsOf(ParseResult parsed) => parsed.GetValue(threads);

    internal bool IsJson(ParseResult parsed) => parsed.GetValue(json);

    internal string? CurrencyOf(ParseResult parsed) => parsed.GetValue(currency);

    /// <summary>Opens the shop, decides, writes and shows.</summary>
    internal int Run(ParseResult parsed, Func<DecisionInput, Decided> decide, CancellationToken stop)
    {
        var options = new DecisionSourceOptions
        {
            Files = (eventsByOption ? parsed.GetValue(events) : parsed.GetValue(files)) ?? [],
            Workspace = parsed.GetValue(workspace),
            Run = parsed.GetValue(run),
            Map = CommonOptions.Pairs(parsed.GetValue(map)!),
            Timezone = parsed.GetValue(timezone)!,
            Currency = parsed.GetValue(currency),
            AsOf = parsed.GetValue(asOf),
            Seed = new Seed(parsed.GetValue(seed)),
            Storage = new DuckDbOptions { MemoryLimit = parsed.GetValue(memory), Threads = parsed.GetValue(threads) },
        };
        var (decided, shop) = Progress.Show(parsed.InvocationConfiguration.Error, parsed.GetValue(json), report =>
        {
            using var source = DecisionSource.Open(options, report, stop);
            return new Answer(decide(source.Input), new DecisionShop(source.Input.Currency, source.Input.Segments?.Segments ?? []));
        });
        return Show(parsed, decided, shop);
    }

    /// <summary>Writes and shows what was decided.</summary>
    internal int Show(ParseResult parsed, Decided decided, DecisionShop shop)
    {
        var written = parsed.GetValue(output) is { } directory ? DecisionOutput.Write(decided, shop, directory, parsed.GetValue(force), parsed.GetValue(lang)!) : [];
        var writer = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(json)) writer.WriteLine(JsonSerializer.Serialize(decided.Result, decided.Result.GetType(), DecisionOutput.Json));
        else DecisionSummary.Show(writer, decided.Page, shop.Currency, parsed.GetValue(lang)!, written);
        return CommandLine.Done;
    }

    sealed record Answer(Decided Decided, DecisionShop Shop);
}
