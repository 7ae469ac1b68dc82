using System.CommandLine;
using System.Text.Json;
using Coterie.Simulation;

namespace Coterie.Cli;

/// <summary>Writes a shop whose customers' personas are known.</summary>
internal static class SimulateCommand
{
    internal static Command Create()
    {
        var customers = new Option<int>("--customers") { Description = "Number of customers.", DefaultValueFactory = _ => 20_000, HelpName = "N" };
        customers.Validators.Add(CommonOptions.AtLeast(customers, 1));
        var days = new Option<int>("--days") { Description = "Length of the history in days.", DefaultValueFactory = _ => 365, HelpName = "N" };
        days.Validators.Add(CommonOptions.AtLeast(days, 1));
        var seed = CommonOptions.Seed();
        var output = new Option<string>("--out") { Description = "Directory for events.csv, products.csv and truth.csv.", Required = true, HelpName = "DIR" };
        var lang = CommonOptions.Printed();
        var json = CommonOptions.Json();
        var command = new Command("simulate", "Makes a shop with eight known personas: events.csv, products.csv, truth.csv.") { customers, days, seed, output, lang, json };
        command.SetAction((parsed, stop) =>
        {
            var options = new SimulationOptions { Customers = parsed.GetValue(customers), Days = parsed.GetValue(days), Seed = parsed.GetValue(seed) };
            var directory = parsed.GetValue(output)!;
            var summary = Progress.Show(parsed.InvocationConfiguration.Error, parsed.GetValue(json), report =>
            {
                report.Report(new StageProgress("simulate", $"{options.Customers:N0} customers over {options.Days} days"));
                return Simulator.Write(options, directory, null, stop);
            });
            var writer = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) writer.WriteLine(JsonSerializer.Serialize(summary, Summary.Json));
            else if (parsed.GetValue(lang) == "zh") writer.WriteLine($"{options.Customers:N0} 位客户的 {summary.Events:N0} 个事件已写入 {Path.Combine(directory, "events.csv")}；人格类型在 truth.csv 中。");
            else writer.WriteLine($"{summary.Events:N0} events of {options.Customers:N0} customers in {Path.Combine(directory, "events.csv")}; personas in truth.csv.");
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }
}
