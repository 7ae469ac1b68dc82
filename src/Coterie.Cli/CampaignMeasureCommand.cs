using System.CommandLine;
using Coterie.Decisions.Campaigns;
using Coterie.Reports;

namespace Coterie.Cli;

/// <summary>Measures what a campaign did, from a table of its results.</summary>
internal static class CampaignMeasureCommand
{
    internal static Command Create()
    {
        var shared = new DecisionArguments();
        var results = new Argument<string>("results") { Description = "CSV, also as .gz: one row for each customer, contacted or not." };
        var treatment = new Option<string>("--treatment") { Description = "Column of the arm.", Required = true, HelpName = "COL" };
        var control = new Option<string?>("--control") { Description = "Its value for not contacted. Default: the one that reads as such (control, holdout, none, 0 …).", HelpName = "NAME" };
        var outcome = Columns("--outcome", "Columns of what customers did; yes and no, or amounts.");
        outcome.Required = true;
        var covariates = Columns("--covariates", "Columns of what was known before: they check that arms are random, and teach the uplift.");
        var pre = Columns("--pre", "Numeric columns of what was known before that sharpen the effect (CUPED).");
        var segment = new Option<string?>("--segment") { Description = "Column of segments. Default: the segments of --run.", HelpName = "COL" };
        var id = new Option<string>("--id") { Description = "Column of the customer's id.", DefaultValueFactory = _ => "customer_id", HelpName = "COL" };
        var time = new Option<string?>("--time") { Description = "Column of the day a customer entered: the effect is drawn day by day.", HelpName = "COL" };
        var expect = new Option<string[]>("--expect") { Description = "Sizes that the arms were meant to have: equal, or ARM=SHARE, once for each.", DefaultValueFactory = _ => [], HelpName = "SHARES" };
        var sequential = new Option<bool>("--sequential") { Description = "Results are looked at more than once: intervals that hold at every look." };
        var planned = new Option<int>("--planned") { Description = "Customers at which intervals of --sequential are narrowest; fix it beforehand.", DefaultValueFactory = _ => 10_000, HelpName = "N" };
        var share = new Option<double>("--share") { Description = "Share contacted for which the value of the ranking is told.", DefaultValueFactory = _ => 0.3 };
        var command = shared.Bare("measure", "What each arm did, in which segments, and whether customers differ in it.", results,
            treatment, control, outcome, covariates, pre, segment, id, time, expect, sequential, planned, share);
        command.SetAction((parsed, stop) =>
        {
            var expected = parsed.GetValue(expect)!;
            var equal = expected is ["equal"];
            var options = new MeasureOptions
            {
                Results = parsed.GetValue(results)!,
                Treatment = parsed.GetValue(treatment)!,
                Control = parsed.GetValue(control),
                Outcomes = Split(parsed.GetValue(outcome)!),
                Covariates = Split(parsed.GetValue(covariates)!),
                Pre = Split(parsed.GetValue(pre)!),
                Segment = parsed.GetValue(segment),
                Id = parsed.GetValue(id)!,
                Time = parsed.GetValue(time),
                ExpectEqual = equal,
                Expected = equal ? new Dictionary<string, double>() : Shares(expected),
                Sequential = parsed.GetValue(sequential),
                Planned = parsed.GetValue(planned),
                Share = parsed.GetValue(share),
                Segments = shared.RunOf(parsed) is { } run ? DecisionSource.SegmentsOf(run) : null,
                Seed = shared.SeedOf(parsed),
                Threads = shared.ThreadsOf(parsed),
                Stop = stop,
            };
            var decided = Progress.Show(parsed.InvocationConfiguration.Error, shared.IsJson(parsed), report =>
                CampaignMeasurement.Decide(options with { Say = what => report.Report(new StageProgress(what)) }));
            return Task.FromResult(shared.Show(parsed, decided, new DecisionShop(shared.CurrencyOf(parsed), options.Segments?.Segments ?? [])));
        });
        return command;
    }

    static Option<string[]> Columns(string name, string description) => new(name) { Description = description + " Separated by commas, or repeated.", HelpName = "COLS", DefaultValueFactory = _ => [] };

    static string[] Split(string[] given) => [.. given.SelectMany(g => g.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()];

    static Dictionary<string, double> Shares(string[] given)
    {
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var pair in given)
        {
            var at = pair.LastIndexOf('=');
            if (at < 1 || !double.TryParse(pair[(at + 1)..], out var share)) throw new ConfigurationException($"--expect '{pair}' is neither 'equal' nor ARM=SHARE, such as holdout=0.1.");
            if (!shares.TryAdd(pair[..at], share)) throw new ConfigurationException($"--expect gives '{pair[..at]}' twice.");
        }

        return shares;
    }
}
