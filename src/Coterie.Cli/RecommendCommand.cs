using System.CommandLine;
using Coterie.Decisions;
using Coterie.Learning;

namespace Coterie.Cli;

/// <summary>Lists of products for customers.</summary>
internal static class RecommendCommand
{
    internal static Command Create()
    {
        var arguments = new DecisionArguments(eventsByOption: true);
        var customers = new Argument<string[]>("customer") { Description = "Ids of customers; a newcomer gets what is popular.", Arity = ArgumentArity.ZeroOrMore };
        var segment = new Option<string?>("--segment") { Description = "Everybody in this segment (its id or name); needs --run or a workspace with a run.", HelpName = "S" };
        var all = new Option<bool>("--all") { Description = "Everybody; write the lists with --out." };
        var top = new Option<int>("--top") { Description = "Products on a list.", DefaultValueFactory = _ => 10 };
        var kind = new Option<string?>("--kind") { Description = "The kind of event to recommend for, such as view. Default: purchase.", HelpName = "KIND" };
        var category = new Option<string?>("--category") { Description = "Only products of this category or below it.", HelpName = "PATH" };
        var exclude = new Option<string?>("--exclude") { Description = "File of product ids, one a line, that may be on no list: those out of stock.", HelpName = "FILE" };
        var low = new Option<double?>("--min-price") { Description = "Only products that cost at least this.", HelpName = "N" };
        var high = new Option<double?>("--max-price") { Description = "Only products that cost at most this.", HelpName = "N" };
        var diversity = new Option<double>("--diversity") { Description = "0 ranks by score alone; towards 1, products of a list are less like each other.", DefaultValueFactory = _ => 0 };
        var again = new Option<string>("--again") { Description = "Whether lists may hold what the customer bought before: yes, no, or auto (by how often that happens).", DefaultValueFactory = _ => "auto" };
        again.Validators.Add(CommonOptions.OneOf(again, "auto", "yes", "no"));
        var horizon = new Option<int?>("--horizon") { Description = "Days held back for the test, and as many before them for the choice. Default: an eighth of the log, 28 at most.", HelpName = "DAYS" };
        var network = new Option<double?>("--network") { Description = "Adds a sequence network to the blend, trained for at most this many minutes each of three times. Default: none.", HelpName = "MINUTES" };
        var command = arguments.Command("recommend", "What each customer is likely to take next, why, and how far that can be trusted.", customers,
            segment, all, top, kind, category, exclude, low, high, diversity, again, horizon, network);
        command.SetAction((parsed, stop) =>
        {
            var options = new RecommendationOptions
            {
                Customers = parsed.GetValue(customers)!,
                Segment = parsed.GetValue(segment),
                All = parsed.GetValue(all),
                Length = parsed.GetValue(top),
                Kind = parsed.GetValue(kind),
                Category = parsed.GetValue(category),
                Exclude = parsed.GetValue(exclude) is { } file ? Ids(file) : [],
                MinPrice = parsed.GetValue(low),
                MaxPrice = parsed.GetValue(high),
                Diversity = parsed.GetValue(diversity),
                Again = parsed.GetValue(again) switch { "yes" => true, "no" => false, _ => null },
                Horizon = parsed.GetValue(horizon),
                Network = parsed.GetValue(network) is { } minutes ? Network(minutes) : null,
            };
            // Wrong options are told before files are read.
            options.Check();
            return Task.FromResult(arguments.Run(parsed, input => Recommendation.Decide(input, options), stop));
        });
        return command;
    }

    static string[] Ids(string file)
    {
        if (!File.Exists(file)) throw new ConfigurationException($"--exclude: there is no file '{file}'.");
        return [.. File.ReadLines(file).Select(l => l.Trim().Trim('"')).Where(l => l.Length > 0)];
    }

    static NextItemLearner Network(double minutes)
    {
        if (!(minutes > 0)) throw new ConfigurationException($"--network {minutes}: expected more than 0 minutes.");
        var options = new NextItemOptions();
        options = options with { Training = options.Training with { TimeBudget = TimeSpan.FromMinutes(minutes) } };
        return new($"at most {minutes:0.#} minutes", (histories, seed) => NextItem.Fit(histories, options, seed).Model);
    }
}
