using System.CommandLine;
using Coterie.Decisions.Campaigns;

namespace Coterie.Cli;

/// <summary>Plans a campaign over a shop's events.</summary>
internal static class CampaignPlanCommand
{
    internal static Command Create()
    {
        var shared = new DecisionArguments();
        var offers = new Option<string>("--offers") { Description = "CSV with the columns offer and cost (of one contact), and where known value (of one unit of the goal) and limit (most contacts).", Required = true, HelpName = "FILE" };
        var budget = new Option<double>("--budget") { Description = "Money that may be spent on contacts.", Required = true, HelpName = "N" };
        var goal = new Option<string>("--goal") { Description = "What the campaign is for: visit, purchase or revenue.", Required = true };
        goal.Validators.Add(CommonOptions.OneOf(goal, "visit", "purchase", "revenue"));
        var history = new Option<string?>("--history") { Description = "Results of a former randomised campaign: customer_id, arm (the offers' names and control), outcome. Without it the plan makes one.", HelpName = "FILE" };
        var start = new Option<DateTime?>("--history-start") { Description = "Day the former campaign began; nothing later describes its customers.", HelpName = "DAY" };
        var arm = new Option<string>("--history-arm") { Description = "Its column of arms.", DefaultValueFactory = _ => "arm", HelpName = "COL" };
        var outcome = new Option<string>("--history-outcome") { Description = "Its column of the goal.", DefaultValueFactory = _ => "outcome", HelpName = "COL" };
        var control = new Option<string?>("--history-control") { Description = "Its value for not contacted. Default: the one that reads as such.", HelpName = "NAME" };
        var holdout = new Option<double>("--holdout") { Description = "Share of customers held out at random.", DefaultValueFactory = _ => 0.1, HelpName = "SHARE" };
        var horizon = new Option<int>("--horizon") { Description = "Days in which the goal counts.", DefaultValueFactory = _ => 30, HelpName = "DAYS" };
        var contacts = new Option<int?>("--contacts") { Description = "Most contacts of all.", HelpName = "N" };
        var command = shared.Command("plan", "Who gets which offer, and who is held out: by a randomised history where there is one, else as an experiment with sample size and power stated.",
            offers, budget, goal, history, start, arm, outcome, control, holdout, horizon, contacts);
        command.SetAction((parsed, stop) => Task.FromResult(shared.Run(parsed, input => CampaignPlanning.Decide(input, new PlanOptions
        {
            Offers = parsed.GetValue(offers)!,
            Budget = parsed.GetValue(budget),
            Goal = Enum.Parse<CampaignGoal>(parsed.GetValue(goal)!, ignoreCase: true),
            History = parsed.GetValue(history),
            HistoryStart = parsed.GetValue(start) is { } day ? DateTime.SpecifyKind(day, DateTimeKind.Utc) : null,
            HistoryArm = parsed.GetValue(arm)!,
            HistoryOutcome = parsed.GetValue(outcome)!,
            HistoryControl = parsed.GetValue(control),
            Holdout = parsed.GetValue(holdout),
            HorizonDays = parsed.GetValue(horizon),
            Contacts = parsed.GetValue(contacts),
        }), stop)));
        return command;
    }
}
