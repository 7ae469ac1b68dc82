using System.CommandLine;
using Coterie.Simulation;

namespace Coterie.Cli;

/// <summary>Simulates a small shop and runs the whole main job on it.</summary>
internal static class DemoCommand
{
    internal static Command Create()
    {
        var customers = new Option<int>("--customers") { Description = "Customers of the simulated shop.", DefaultValueFactory = _ => 3_000, HelpName = "N" };
        customers.Validators.Add(CommonOptions.AtLeast(customers, 1));
        var output = new Option<string>("--out") { Description = "Directory for the shop's files and the results.", DefaultValueFactory = _ => "demo", HelpName = "DIR" };
        var job = new SegmentCommand.JobOptions();
        var command = new Command("demo", "Simulates a small shop, segments its customers, and says where the report is.") { customers, output };
        job.AddTo(command);
        command.SetAction((parsed, stop) =>
        {
            var directory = parsed.GetValue(output)!;
            var shop = Path.Combine(directory, "shop");
            var json = parsed.GetValue(job.Json);
            var result = Progress.Show(parsed.InvocationConfiguration.Error, json, report =>
            {
                report.Report(new StageProgress("simulate", $"a shop with {parsed.GetValue(customers):N0} customers, into {shop}"));
                Simulator.Write(new SimulationOptions { Customers = parsed.GetValue(customers), Seed = parsed.GetValue(job.Seed) }, shop, null, stop);
                // A demo may be run again: its own earlier results are replaced.
                var options = job.Read(parsed) with
                {
                    Files = [Path.Combine(shop, "events.csv")],
                    Out = Path.Combine(directory, "report"),
                    Truth = Path.Combine(shop, "truth.csv"),
                };
                // A demo shows what the networks can do, and still ends in minutes.
                if (options.Deep == "auto") options = options with { NetworkBudget = TimeSpan.FromSeconds(60) };
                return Segmentation.Run(options, report, stop);
            });
            Summary.Show(parsed.InvocationConfiguration.Output, result, json);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }
}
