using System.CommandLine;
using System.Text.Json;

namespace Coterie.Cli;

/// <summary>Prints everything a run knows of one customer.</summary>
internal static class ProfileCommand
{
    internal static Command Create()
    {
        var customer = new Argument<string>("customer") { Description = "The customer's id." };
        var run = new Option<string?>("--run") { Description = "The --out of a former run.", HelpName = "DIR" };
        var workspace = CommonOptions.Workspace();
        var lang = CommonOptions.Lang();
        var json = CommonOptions.Json();
        var command = new Command("profile", "Everything known about a customer: segment, features, and where they stand among all customers.") { customer, run, workspace, lang, json };
        command.SetAction((parsed, _) =>
        {
            var directory = RunDirectory.Resolve(parsed.GetValue(run), parsed.GetValue(workspace));
            var profile = FormerRun.Open(directory).Profile(parsed.GetValue(customer)!);
            var writer = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) writer.WriteLine(JsonSerializer.Serialize(profile, Summary.Json));
            else Summary.ShowProfile(writer, profile, parsed.GetValue(lang)!);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }
}
