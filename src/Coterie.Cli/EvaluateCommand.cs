using System.CommandLine;
using System.Text.Json;
using Coterie.Evaluation;

namespace Coterie.Cli;

/// <summary>Compares two label files.</summary>
internal static class EvaluateCommand
{
    internal static Command Create()
    {
        var labels = new Option<string>("--labels") { Description = "Labels to judge: customer_id, segment (as segments.csv), or one column.", Required = true, HelpName = "FILE" };
        var truth = new Option<string>("--truth") { Description = "True classes: customer_id, class, or one column in the same order.", Required = true, HelpName = "FILE" };
        var lang = CommonOptions.Printed();
        var json = CommonOptions.Json();
        var command = new Command("evaluate", "Accuracy, precision, recall, F1, ARI, AMI, NMI and more between two label files.") { labels, truth, lang, json };
        command.SetAction((parsed, _) =>
        {
            var pairs = LabelFiles.Pair(LabelFiles.Read(parsed.GetValue(truth)!), LabelFiles.Read(parsed.GetValue(labels)!));
            var report = LabelMetrics.Compare(pairs.Truth, pairs.Predicted);
            var writer = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) writer.WriteLine(JsonSerializer.Serialize(new { report, pairs.OnlyInPredicted, pairs.OnlyInTruth }, Summary.Json));
            else Summary.ShowLabels(writer, report, pairs.OnlyInPredicted, pairs.OnlyInTruth, parsed.GetValue(lang)!);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }
}
