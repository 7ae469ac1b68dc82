using System.CommandLine;
using System.Text.Json;
using Coterie.Feedback;

namespace Coterie.Cli;

/// <summary>Offers borderline customers for review, and takes a reviewer's answer.</summary>
internal static class FeedbackReviewCommand
{
    internal static Command Create()
    {
        var customer = new Argument<string?>("customer") { Description = "Whom the answer is about. Without it, the customers worth a look are listed.", Arity = ArgumentArity.ZeroOrOne };
        var answer = new Argument<string?>("answer") { Description = "agree, disagree, or the id of the segment where the customer belongs.", Arity = ArgumentArity.ZeroOrOne };
        var take = new Option<int>("--take") { Description = "How many customers to list.", DefaultValueFactory = _ => 10, HelpName = "N" };
        take.Validators.Add(CommonOptions.AtLeast(take, 1));
        var (workspace, who, note, lang, json) = (FeedbackCommand.Workspace(), FeedbackCommand.Who(), FeedbackCommand.Note(), CommonOptions.Printed(), CommonOptions.Json());
        var command = new Command("review", "Lists the customers that a person should look at first, and takes answers: 'feedback review CUSTOMER agree'.") { customer, answer, take, workspace, who, note, lang, json };
        command.SetAction(parsed =>
        {
            var directory = parsed.GetValue(workspace)!;
            var log = FeedbackLog.Open(directory);
            var run = RunDirectory.Resolve(null, directory);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(customer) is { } id)
            {
                var said = parsed.GetValue(answer) ?? throw new ConfigurationException("Say agree, disagree, or the id of a segment after the customer.");
                var model = FormerRun.Open(run).Profile(id).Segment;
                var review = new ReviewCustomer
                {
                    Who = parsed.GetValue(who)!,
                    Note = parsed.GetValue(note),
                    Customer = id,
                    Segment = model,
                    Agree = said == "agree" || said == model,
                    Chosen = said is "agree" or "disagree" || said == model ? null : said,
                };
                FeedbackTargets.Check(review, run);
                FeedbackSummary.Added(output, log.Append(review), parsed.GetValue(lang)!);
                return CommandLine.Done;
            }

            var queue = ReviewQueue.Of(run, log, parsed.GetValue(take));
            var agreement = ReviewAgreement.Of(log);
            if (parsed.GetValue(json)) output.WriteLine(JsonSerializer.Serialize(new { Queue = queue, Agreement = agreement }, Summary.Json));
            else FeedbackSummary.Show(output, queue, agreement, parsed.GetValue(lang)!);
            return CommandLine.Done;
        });
        return command;
    }
}
